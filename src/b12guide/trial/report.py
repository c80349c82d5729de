"""What came of the examples of a guideline, all together, and what they reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.graph import condition as logic
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Place, RuleGraph
from b12guide.semantics.draft import Draft, every_part, parts
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_examples
from b12guide.truth import Truth

__all__ = [
    "AtomCoverage",
    "ConditionCoverage",
    "Coverage",
    "RuleCoverage",
    "TrialReport",
    "coverage",
    "trial_of",
]


@frozen(kw_only=True)
class AtomCoverage:
    """One atom as written, and the truth values that examples gave it.

    Attributes:
        possible: The truth values that it can have; what is recorded is never unknown (M14).
    """

    place: Place
    written: str
    seen: frozenset[Truth]
    possible: tuple[Truth, ...] = tuple(Truth)

    @property
    def missing(self) -> tuple[Truth, ...]:
        """The truth values that no example gave it."""
        return tuple(truth for truth in self.possible if truth not in self.seen)


@frozen(kw_only=True)
class ConditionCoverage:
    """The atoms of a rule, a definition, a silence or the scope (whose name is empty)."""

    name: str
    place: Place
    atoms: tuple[AtomCoverage, ...]


@frozen(kw_only=True)
class RuleCoverage:
    """One rule.

    Attributes:
        decisive_in: The examples in which it is decisive.
        exceptions: Of each exception, the examples in which it overrides the rule.
    """

    name: str
    place: Place
    decisive_in: tuple[str, ...]
    exceptions: tuple[tuple[str, tuple[str, ...]], ...]


@frozen(kw_only=True)
class Coverage:
    """What the examples reach together."""

    rules: tuple[RuleCoverage, ...]
    conditions: tuple[ConditionCoverage, ...] = field(repr=False)

    @property
    def values(self) -> tuple[int, int]:
        """How many truth values of atoms were seen, and how many there are."""
        atoms = [atom for one in self.conditions for atom in one.atoms]
        return sum(len(atom.seen) for atom in atoms), sum(
            len(atom.possible) for atom in atoms
        )

    @property
    def decisive(self) -> tuple[int, int]:
        """How many rules were decisive, and how many there are."""
        return sum(bool(rule.decisive_in) for rule in self.rules), len(self.rules)

    @property
    def overriding(self) -> tuple[int, int]:
        """How many exceptions overrode their rule, and how many there are."""
        edges = [titles for rule in self.rules for _, titles in rule.exceptions]
        return sum(map(bool, edges)), len(edges)


def coverage(
    graph: RuleGraph, draft: Draft, results: Sequence[ExampleResult]
) -> Coverage:
    """What `results`, the examples tried, reach of the guideline."""
    tried = [
        (result.title, result.facts, result.answer)
        for result in results
        if result.facts is not None and result.answer is not None
    ]
    rules = tuple(
        RuleCoverage(
            name=name,
            place=Place(text=text, span=rule.name.span),
            decisive_in=tuple(
                title for title, _, answer in tried if name in decisive_rules(answer)
            ),
            exceptions=tuple(
                (
                    exception,
                    tuple(
                        title
                        for title, _, answer in tried
                        for verdict in answer.rules
                        if verdict.rule.name == name
                        and exception in verdict.overridden_by
                    ),
                )
                for exception in graph.rules[name].exceptions
            ),
        )
        for text, rule in draft.each(ast.Rule)
        for name in (rule.name.text,)
    )
    scope = scope_of(draft)
    patients = [facts for _, facts, _ in tried]
    conditions = tuple(
        ConditionCoverage(
            name=name,
            place=Place(text=text, span=node.span),
            atoms=tuple(
                reached(
                    lower_condition(atom, scope),
                    Place(text=text, span=atom.span),
                    graph,
                    patients,
                )
                for atom in every_part(condition)
                if not parts(atom)
            ),
        )
        for text, name, node, condition in _written(draft)
    )
    return Coverage(rules=rules, conditions=conditions)


def decisive_rules(answer: Recommendation) -> frozenset[str]:
    """The rules that apply and stand among the reasons of `answer`."""
    applying = {v.rule.name for v in answer.rules if v.verdict is Verdict.APPLIES}
    named = {name for decided in answer.decisions.values() for name in decided.rules}
    named |= {notice.rule for notice in answer.notices if notice.rule is not None}
    return frozenset(applying & named)


def _written(draft: Draft) -> Iterator[tuple[Text, str, ast.Node, ast.Condition]]:
    """Each condition of the guideline with the name of the item that it belongs to."""
    header = draft.header
    if header is not None and header.scope is not None:
        yield draft.main.text, "", header, header.scope
    for text, item in draft.each_item():
        conditions: tuple[ast.Condition, ...] = ()
        match item:
            case ast.Rule(name=name, conditions=conditions):
                pass
            case ast.Definition(name=name, condition=condition):
                conditions = (condition,)
            case ast.Silent(topics=(name, *_), conditions=conditions):
                pass
            case _:
                continue
        yield from ((text, name.text, name, condition) for condition in conditions)


def reached(
    condition: logic.Condition,
    place: Place,
    graph: RuleGraph,
    patients: Iterable[Facts],
) -> AtomCoverage:
    """What examples reach of one atom."""

    def plain(part: logic.Condition) -> logic.Condition:
        """X itself is to be seen in three values where it is asked to be established."""
        return (
            part.operand
            if isinstance(part, logic.Established)
            else logic.rebuilt(part, plain)
        )

    is_recorded = any(
        isinstance(c, logic.Recorded) for c in logic.record_claims(condition)
    )
    asked = plain(condition)
    return AtomCoverage(
        place=place,
        written=" ".join(place.text.slice(place.span).split()),
        seen=frozenset(explanation.truth(asked, graph, facts) for facts in patients),
        possible=(Truth.TRUE, Truth.FALSE) if is_recorded else tuple(Truth),
    )


@frozen(kw_only=True)
class TrialReport(Answer):
    """The examples of a guideline, tried in the order written.

    Attributes:
        draft: The files in which the examples stand.
        titled: Only examples with this in their title were tried.
        reached: What the examples reach together; None where only some were tried.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    results: tuple[ExampleResult, ...] = field(repr=False)
    titled: str = ""
    reached: Coverage | None = field(default=None, repr=False)

    @property
    def is_fine(self) -> bool:
        """Whether every example passed, or expects nothing."""
        bad = {Trial.FAILED, Trial.UNUSABLE}
        return not any(result.trial in bad for result in self.results)

    @property
    def coverage(self) -> Coverage:
        """What these examples reach, even if only some were tried."""
        return self.reached or coverage(self.graph, self.draft, self.results)


def trial_of(graph: RuleGraph, draft: Draft, titled: str = "") -> TrialReport:
    """The examples of a guideline with `titled` in their title, tried."""
    results = run_examples(Evaluator.of(graph), draft, titled)
    return TrialReport(
        graph=graph,
        draft=draft,
        results=results,
        titled=titled,
        reached=None if titled else coverage(graph, draft, results),
    )
