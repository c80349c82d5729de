"""What small mistakes a guideline's examples do not notice, and the examples that would.

An example is made of the patient who is treated differently: only the facts that make the
difference, and one thing that the guideline answers and the mistaken one does not. Each is tried on
both before it is offered, and tried on the mistakes that are left, so that there are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field, frozen

from b12guide.answers import Answer
from b12guide.errors import PatientError, UnknownNameError
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision, Prohibition, RuleGraph
from b12guide.graph.query import definitions_in
from b12guide.prove.mutation import Fate, Judged, mutants, mutate
from b12guide.prove.rewritten import Rewritten, rewritten
from b12guide.prove.witness import Witness, given_lines
from b12guide.say.names import stated_value
from b12guide.say.words import listing
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.syntax import ast
from b12guide.syntax.admission import LANGUAGES
from b12guide.syntax.parse import parse
from b12guide.syntax.phrases import quoted
from b12guide.syntax.printing import formatted
from b12guide.text import Text
from b12guide.trial.own_words import option_in_gdl
from b12guide.trial.result import Trial
from b12guide.trial.run import run_example
from b12guide.truth import Truth

__all__ = ["Mutations", "mutations_of"]


@frozen(kw_only=True)
class Mutations(Answer):
    """The small mistakes that were made in a guideline, and what became of them.

    Attributes:
        draft: The files in which its rules and examples stand.
        of: The rule or definition in which they were made; empty for all.
        judged: Every mistake with its fate, in the order of the rules.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    of: str = ""
    judged: tuple[Judged, ...] = field(repr=False)

    @property
    def survivors(self) -> tuple[Judged, ...]:
        """The mistakes that no example and no invariant notices."""
        return tuple(one for one in self.judged if one.fate is Fate.SURVIVED)

    @property
    def is_fine(self) -> bool:
        """Whether every mistake that matters to somebody is noticed."""
        return not self.survivors

    def line_of(self, one: Judged) -> Rewritten | None:
        """The lines of the author in which a mistake lies, and how they would read with it."""
        return rewritten(one.mutant, self.graph, self.draft)

    def examples(self) -> str:
        """A file of examples that notice the mistakes that survived, to be read over.

        Empty where there is nothing to add.
        """
        made = _killing(self)
        return formatted(Text("", self._head + _blocks(made))) if made else ""

    def more_examples(self) -> str:
        """The same without a head, to stand behind what a file has already."""
        return self.examples().removeprefix(self._head)

    @property
    def _head(self) -> str:
        language = self.draft.main.language or 1
        return f"language {language}\nexamples for {self.graph.name}\n"


def mutations_of(graph: RuleGraph, draft: Draft, of: str = "") -> Mutations:
    """What becomes of every small mistake in a guideline, or in one rule or definition.

    Raises:
        UnknownNameError: The guideline has no rule and no definition so called.
    """
    part = known_part(of, graph)
    chosen = (mutant for mutant in mutants(graph) if part in {"", mutant.of})
    judged = mutate(graph, draft, chosen)
    return Mutations(graph=graph, draft=draft, of=part, judged=judged)


def known_part(of: str, graph: RuleGraph) -> str:
    """The name of a rule or definition, or nothing for all of them.

    Raises:
        UnknownNameError: The guideline has none so called.
    """
    named = (*graph.rules, *graph.definitions)
    if of and of not in named:
        kind = "rule or definition"
        raise UnknownNameError(kind, of, named)
    return of


# ------------------------------------------------------------------------ examples


@define(kw_only=True)
class _Example:
    """An example in the making: a patient, what it shows, and what is expected of them."""

    witness: Witness
    title: str
    given: tuple[str, ...]
    expected: list[str]


def _killing(found: Mutations) -> tuple[_Example, ...]:
    """Few examples that notice what survived, as far as an example can."""
    made: list[_Example] = []
    search = _Search(found.graph, Evaluator.of(found.graph), scope_of(found.draft))
    for one in found.survivors:
        mistaken = Evaluator.of(one.mutant.graph)
        if any(search.notices(example, mistaken) for example in made):
            continue
        if one.witness is None or one.decision is None:
            continue
        for witness in search.patients(one.witness):
            same = next((e for e in made if e.witness == witness), None)
            example = same or search.begun(one, witness)
            expected = search.expected(one, one.decision, example, mistaken)
            if expected is not None:
                example.expected.append(expected)
                if same is None:
                    made.append(example)
                break
    return tuple(made)


def _blocks(examples: Iterable[_Example]) -> str:
    """The examples as they are written, a line between them."""
    return "".join(
        "\n".join(
            (
                f"\nexample {quoted(one.title)}",
                *one.given,
                *(f"    expect {expected}" for expected in one.expected),
                "",
            )
        )
        for one in examples
    )


_SAID = {
    Verdict.APPLIES: "applies",
    Verdict.DOES_NOT_APPLY: "does not apply",
    Verdict.OVERRIDDEN: "is overridden",
    Verdict.UNKNOWN: "is open",
    Verdict.INDETERMINATE: "is left open by the source",
}


_HELD = {Truth.TRUE: "holds", Truth.FALSE: "does not hold", Truth.UNKNOWN: "is open"}


@frozen
class _Search:
    """Looks for what a guideline answers and a mistaken one does not."""

    graph: RuleGraph
    evaluator: Evaluator
    scope: Scope

    def begun(self, one: Judged, witness: Witness) -> _Example:
        """An example of a patient that expects nothing yet, called after what it shows."""
        graph, name = self.graph, one.mutant.of
        facts = implied_facts(witness.stated, graph, self.evaluator.program)
        rule, definition = graph.rules.get(name), graph.definitions.get(name)
        if rule is not None:
            said = _SAID[explanation.verdict(rule, graph, facts)]
            shown = f"{rule.title}: {said}"
        elif definition is not None:
            said = _HELD[explanation.truth(definition.condition, graph, facts)]
            shown = f"{definition.label}: {said}"
        else:
            shown = name
        values = witness.values.items()
        given = listing(stated_value(graph, fact, value) for fact, value in values)
        whom = f"with {given}" if given else "where nothing is known"
        return _Example(
            witness=witness,
            title=f"{shown} {whom}",
            given=given_lines(witness.values, graph),
            expected=[],
        )

    def patients(self, witness: Witness) -> Iterator[Witness]:
        """The patient, and the same once nothing is withheld: a dose shows where it is given."""
        yield witness
        permission = recommend(self.evaluator, witness.stated).decisions[
            Decision.PERMISSION
        ]
        waited = (
            name
            for option in permission.options
            if isinstance(option.advice, Prohibition)
            for name in (option.advice.until, option.advice.unless)
            if name is not None and name in self.graph.vocabulary.facts
        )
        come = {name: True for name in waited if name not in witness.values}
        if come:
            later = Witness({**witness.values, **come}, witness.reading)
            if self._can_be(later):
                yield later

    def _can_be(self, witness: Witness) -> bool:
        try:
            implied_facts(witness.stated, self.graph, self.evaluator.program)
        except PatientError:
            return False
        return True

    def expected(
        self, one: Judged, decision: Decision, example: _Example, mistaken: Evaluator
    ) -> str | None:
        """What the guideline answers about the patient of an example, and the mistaken one not."""
        for expected in self._expectations(one, decision, example.witness):
            tried = evolve(example, expected=[expected])
            if self.is_so(tried) and self.notices(tried, mistaken):
                return expected
        return None

    def _expectations(
        self, one: Judged, decision: Decision, witness: Witness
    ) -> Iterator[str]:
        """What can be expected of the patient that may notice the mistake, best first."""
        ours = recommend(self.evaluator, witness.stated)
        theirs = recommend(Evaluator.of(one.mutant.graph), witness.stated)
        if decision in ours.decisions:
            yield from self._advice(ours.decisions[decision], self.graph)
            others = self._advice(theirs.decisions[decision], one.mutant.graph)
            yield from (f"no {text}" for text in others)
        yield from self._verdicts(one, ours)
        for decided in ours.decisions.values():
            is_open = decided.outcome is Outcome.DEPENDS
            open_ = f" on {', '.join(decided.depends_on)}" if is_open else ""
            yield f"decision {decided.decision.value} {decided.outcome.value}{open_}"

    def _advice(self, decided: Decided, graph: RuleGraph) -> Iterator[str]:
        def is_doubtful(option: Option) -> bool:
            return not option.certain or option.withheld

        for option in sorted(decided.options, key=is_doubtful):
            text = option_in_gdl(option, decided, graph)
            if text is not None:
                yield text

    def _verdicts(self, one: Judged, answer: Recommendation) -> Iterator[str]:
        """The verdicts of the rules that the mistake touches, and then of the others."""
        name, definitions = one.mutant.of, self.graph.definitions
        touched = [
            verdict
            for verdict in answer.rules
            if verdict.rule.name == name
            or name in definitions_in(verdict.rule.condition, definitions)
        ]
        for verdict in (*touched, *answer.rules):
            yield f"rule {verdict.rule.name} {verdict.verdict.value}"

    def is_so(self, example: _Example) -> bool:
        """Whether the guideline meets what is expected, which it could have missed."""
        return self._tried(example, self.evaluator, is_vacuous=False)

    def notices(self, example: _Example, mistaken: Evaluator) -> bool:
        """Whether the mistaken guideline fails the example."""
        return not self._tried(example, mistaken)

    def _tried(
        self, example: _Example, evaluator: Evaluator, *, is_vacuous: bool = True
    ) -> bool:
        head = f"language {LANGUAGES[-1]}\nexamples for {self.graph.name}\n"
        text = Text("", head + _blocks((example,)))
        (item,) = parse(text).items
        if not isinstance(item, ast.Example):
            return False
        result = run_example(evaluator, item, text, self.scope)
        is_passed = result.trial is Trial.PASSED
        return is_passed and (is_vacuous or not result.vacuous)
