"""Whether a guideline's own examples and invariants notice small mistakes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum

from attrs import field, frozen

from b12guide.evaluate import interpreter
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.query import definitions_in
from b12guide.graph.value_from_syntax import decision_of
from b12guide.prove.claim import Settled
from b12guide.prove.comparison import Compared, Comparison, Sameness
from b12guide.prove.everything import invariants_of
from b12guide.prove.mutants import Mutant, mutants
from b12guide.prove.smallest import Witness
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax.ast import (
    Example,
    ExpectAction,
    ExpectDecision,
    ExpectReasons,
    ExpectRule,
    ExpectScope,
)
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_example, run_examples

__all__ = ["Fate", "Judged", "mutate"]


LIKELY = 8
"""Examples that are tried before it is proved that a mutant makes no difference."""

QUIET = {Verdict.DOES_NOT_APPLY, Verdict.OVERRIDDEN}
UNSETTLED = {Verdict.UNKNOWN, Verdict.INDETERMINATE}


class Fate(Enum):
    """What became of a mutant."""

    KILLED_BY_EXAMPLE = "killed by an example"
    KILLED_BY_INVARIANT = "killed by an invariant"
    EQUIVALENT = "proved equivalent"
    SURVIVED = "survived"


@frozen(kw_only=True)
class Judged:
    """A mutant and what became of it.

    Attributes:
        by: The example or invariant that noticed it.
        decision: For a survivor, a decision in which it treats somebody differently.
        witness: For a survivor, a patient whose example would kill it.
    """

    mutant: Mutant
    fate: Fate
    by: str = ""
    decision: Decision | None = None
    witness: Witness | None = None


def mutate(
    graph: RuleGraph, draft: Draft, chosen: Iterable[Mutant] | None = None
) -> tuple[Judged, ...]:
    """What becomes of every mutant of `graph`, or of those chosen."""
    results = run_examples(Evaluator.of(graph), draft)
    passed = tuple(result for result in results if result.trial is Trial.PASSED)
    gate = _Gate(graph=graph, draft=draft, passed=passed, verdicts=_verdicts(passed))
    some = mutants(graph) if chosen is None else chosen
    return tuple(gate.judged(mutant) for mutant in some)


def _verdicts(
    passed: Iterable[ExampleResult],
) -> Mapping[str, Sequence[tuple[str, Facts, str]]]:
    """Of each rule, the examples that expect a verdict of it."""
    found: dict[str, list[tuple[str, Facts, str]]] = {}
    for result in passed:
        for expectation in result.example.expectations:
            if isinstance(expectation, ExpectRule) and result.facts is not None:
                entry = (result.title, result.facts, expectation.verdict)
                found.setdefault(expectation.rule.text, []).append(entry)
    return found


@frozen(kw_only=True)
class _Gate:
    """The examples and invariants of a guideline, which a mutant has to pass."""

    graph: RuleGraph
    draft: Draft = field(repr=False)
    passed: Sequence[ExampleResult] = field(repr=False)
    verdicts: Mapping[str, Sequence[tuple[str, Facts, str]]] = field(repr=False)

    def judged(self, mutant: Mutant) -> Judged:
        """What becomes of one mutant: cheap gates first, proof before long searches."""
        rules = self._touched(mutant)
        concerned = tuple(self._concerned(mutant, rules))
        by = self._by_verdict(mutant, rules)
        if by is None and not _is_of_condition(mutant, self.graph):
            by = self._by_example(mutant, concerned[:LIKELY])
        if by is not None:
            return Judged(mutant=mutant, fate=Fate.KILLED_BY_EXAMPLE, by=by)
        decisions = {self.graph.rules[name].decision for name in rules}
        ordered = [decision for decision in Decision if decision in decisions]
        comparison = Comparison.of(self.graph, mutant.graph, ordered)
        compared = [comparison.decision(d, confirm=False) for d in ordered]
        if all(one.sameness is Sameness.SAME for one in compared):
            return Judged(mutant=mutant, fate=Fate.EQUIVALENT)
        by = self._by_example(mutant, concerned)
        if by is not None:
            return Judged(mutant=mutant, fate=Fate.KILLED_BY_EXAMPLE, by=by)
        by = self._by_invariant(mutant)
        if by is not None:
            return Judged(mutant=mutant, fate=Fate.KILLED_BY_INVARIANT, by=by)
        return _survivor(mutant, comparison, compared)

    def _touched(self, mutant: Mutant) -> tuple[str, ...]:
        """The rules that the mutant can change, itself or through their exceptions."""
        if mutant.of in self.graph.rules:
            graphs = (self.graph, mutant.graph)
            rules = (g.rules[mutant.of] for g in graphs if mutant.of in g.rules)
            parents = (name for rule in rules for name in rule.exception_to)
            return tuple(dict.fromkeys((mutant.of, *parents)))
        reading = [
            rule
            for rule in self.graph.rules.values()
            if mutant.of in definitions_in(rule.condition, self.graph.definitions)
        ]
        names = (name for rule in reading for name in (rule.name, *rule.exception_to))
        return tuple(dict.fromkeys(names))

    def _by_verdict(self, mutant: Mutant, rules: Iterable[str]) -> str | None:
        """An example that expects another verdict of one of `rules`."""
        if mutant.of not in self.graph.rules:
            return None  # what follows from the facts may have changed, too
        for name in rules:
            rule = mutant.graph.rules.get(name)
            for title, facts, expected in self.verdicts.get(name, ()):
                if rule is None:
                    return title
                if interpreter.verdict(rule, mutant.graph, facts).value != expected:
                    return title
        return None

    def _concerned(
        self, mutant: Mutant, rules: Sequence[str]
    ) -> Iterator[ExampleResult]:
        """The examples that the mutant could make fail."""
        if mutant.of not in self.graph.rules:
            yield from self.passed
            return
        is_of_condition = _is_of_condition(mutant, self.graph)
        names = rules if is_of_condition else (mutant.of,)
        decisions = {self.graph.rules[name].decision for name in names}
        for result in self.passed:
            if _speaks_of(result.example, decisions, names) and any(
                self._may_change(n, mutant, result, is_of_condition) for n in names
            ):
                yield result

    def _may_change(
        self, name: str, mutant: Mutant, result: ExampleResult, is_of_condition: bool
    ) -> bool:
        """Whether a rule's part in an answer can be another one."""
        if result.facts is None or name not in mutant.graph.rules:
            return True
        before, after = (
            interpreter.verdict(graph.rules[name], graph, result.facts)
            for graph in (self.graph, mutant.graph)
        )
        if is_of_condition:
            return before is not after or before in UNSETTLED
        return before not in QUIET

    def _by_example(
        self, mutant: Mutant, results: Iterable[ExampleResult]
    ) -> str | None:
        evaluator, scope = Evaluator.of(mutant.graph), scope_of(self.draft)
        for result in results:
            text = result.place.text
            tried = run_example(evaluator, result.example, text, scope)
            if tried.trial is not Trial.PASSED:
                return result.title
        return None

    def _by_invariant(self, mutant: Mutant) -> str | None:
        for proof in invariants_of(mutant.graph, self.draft):
            if proof.settled in {Settled.BROKEN, Settled.VACUOUS}:
                return proof.claim.name
        return None


def _speaks_of(
    example: Example, decisions: Container[Decision], rules: Container[str]
) -> bool:
    """Whether anything that is expected bears on the decisions or the rules."""
    for expectation in example.expectations:
        match expectation:
            case ExpectAction(action=action):
                # the form decision fills the drugs in everywhere
                if Decision.FORM in decisions or decision_of(action) in decisions:
                    return True
            case ExpectDecision(decision=name) | ExpectReasons(decision=name):
                if Decision(name.text) in decisions:
                    return True
            case ExpectRule(rule=rule):
                if rule.text in rules:
                    return True
            case ExpectScope():
                pass
            case _:
                return True
    return False


def _is_of_condition(mutant: Mutant, graph: RuleGraph) -> bool:
    """Whether it is to whom the rule speaks that was changed, not what it says."""
    before, after = graph.rules.get(mutant.of), mutant.graph.rules.get(mutant.of)
    return (
        before is None
        or after is None
        or (before.value == after.value and before.optional is after.optional)
    )


def _survivor(
    mutant: Mutant, comparison: Comparison, compared: Iterable[Compared]
) -> Judged:
    for one in compared:
        if one.sameness is Sameness.DIFFERENT and one.decision is not None:
            found = comparison.decision(one.decision)
            return Judged(
                mutant=mutant,
                fate=Fate.SURVIVED,
                decision=one.decision,
                witness=found.witness,
            )
    return Judged(mutant=mutant, fate=Fate.SURVIVED)
