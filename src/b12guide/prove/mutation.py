"""The kinds of mistakes that mutants make."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import TypeAlias, TypeVar, assert_never

from attrs import evolve, field, frozen

from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import (
    Decision,
    Exclusion,
    FormChoice,
    Monitoring,
    Regimens,
    Routes,
    Rule,
    RuleGraph,
    Target,
    Technique,
    Value,
)
from b12guide.graph.query import definitions_in
from b12guide.graph.value_from_syntax import decision_of
from b12guide.prove.claim import ProofOutcome
from b12guide.prove.difference import Compared, Sameness, TwoGuidelines
from b12guide.prove.everything import invariants_of
from b12guide.prove.witness import Witness
from b12guide.regimen.model import Every, Phase, Regimen
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
from b12guide.values.term import Operator


class MutantKind(Enum):
    """What kind of mistake a mutant makes."""

    OPERATOR = "operator"
    THRESHOLD = "threshold"
    OPERAND = "operand dropped"
    JUNCTION = "and for or"
    NEGATION = "negation"
    CHOICE = "value of a choice dropped"
    DELETED = "rule deleted"
    OPTION = "option for default"
    EXCEPTION = "exception dropped"
    FLATTENED = "exception flattened"
    DOSE = "dose"
    INTERVAL = "interval"
    ADVICE = "advice dropped"


T = TypeVar("T")

Change: TypeAlias = tuple[MutantKind, str]


def values(value: Value) -> Iterator[tuple[Change, Value]]:
    """The value with one change in each possible place."""
    match value:
        case Regimens(regimens=regimens):
            for index, regimen in enumerate(regimens):
                before, after = regimens[:index], regimens[index + 1 :]
                if len(regimens) > 1:
                    text = f"regimen {index + 1} dropped"
                    yield (MutantKind.ADVICE, text), Regimens(regimens=before + after)
                for change, other in _regimens(regimen):
                    yield change, Regimens(regimens=(*before, other, *after))
        case FormChoice(drugs=drugs, excluded=excluded):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (MutantKind.ADVICE, text), evolve(value, drugs=but(drugs, drug))
            for drug in excluded:
                changed = evolve(value, excluded=but(excluded, drug))
                yield (MutantKind.ADVICE, f"{drug} not excluded"), changed
        case Exclusion(drugs=drugs):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (MutantKind.ADVICE, text), evolve(value, drugs=but(drugs, drug))
        case Routes(routes=routes):
            for route in routes if len(routes) > 1 else ():
                text = f"without {route}"
                yield (MutantKind.ADVICE, text), Routes(routes=but(routes, route))
        case Monitoring():
            yield from _checks(value)
        case Technique(instructions=instructions):
            for index in range(len(instructions)) if len(instructions) > 1 else ():
                kept = instructions[:index] + instructions[index + 1 :]
                text = f"instruction {index + 1} dropped"
                yield (MutantKind.ADVICE, text), Technique(instructions=kept)
        case Target(low=low, high=high):
            for by in (1, -1):
                changed_one = evolve(value, low=low + by, high=high + by)
                yield (MutantKind.THRESHOLD, f"target {by:+d}"), changed_one
        case _:
            return


def _checks(value: Monitoring) -> Iterator[tuple[Change, Value]]:
    for test in value.tests if len(value.tests) > 1 else ():
        changed = evolve(value, tests=but(value.tests, test))
        yield (MutantKind.ADVICE, f"without {test}"), changed
    for test in value.companions:
        changed = evolve(value, companions=but(value.companions, test))
        yield (MutantKind.ADVICE, f"without {test}"), changed
    for time in value.at:
        text = f"not at {time.value} {time.unit.value}"
        yield (MutantKind.INTERVAL, text), evolve(value, at=but(value.at, time))
    if value.every is not None:
        every = evolve(value.every, low=value.every.low + 1, high=value.every.high + 1)
        yield (MutantKind.INTERVAL, "interval +1"), evolve(value, every=every)


def but(items: Iterable[T], item: T) -> tuple[T, ...]:
    """The items without one."""
    return tuple(other for other in items if other != item)


def _regimens(regimen: Regimen) -> Iterator[tuple[Change, Regimen]]:
    for phase in regimen.phases:
        for change, other in _phases(phase):
            changed = (other if p is phase else p for p in regimen.phases)
            yield change, Regimen(tuple(changed))


def _phases(phase: Phase) -> Iterator[tuple[Change, Phase]]:
    dose = phase.dose
    larger = evolve(dose, low=dose.low * 10, high=dose.high * 10)
    yield (MutantKind.DOSE, "dose tenfold"), evolve(phase, dose=larger)
    smaller = evolve(dose, low=dose.low / 2, high=dose.high / 2)
    yield (MutantKind.DOSE, "dose halved"), evolve(phase, dose=smaller)
    if isinstance(phase.frequency, Every):
        every = phase.frequency.interval
        for by in (1, -1):
            if every.low + by > 0:
                moved = evolve(every, low=every.low + by, high=every.high + by)
                changed = evolve(phase, frequency=Every(moved))
                yield (MutantKind.INTERVAL, f"interval {by:+d}"), changed
        if every.low != every.high:
            narrow = evolve(every, low=every.high)
            changed = evolve(phase, frequency=Every(narrow))
            yield (MutantKind.INTERVAL, "interval without its shorter end"), changed
    if phase.bound is not None:
        yield (MutantKind.ADVICE, "end dropped"), evolve(phase, bound=None)
    for event in phase.after:
        others = but(phase.after, event)
        yield (MutantKind.ADVICE, "`after` dropped"), evolve(phase, after=others)


@frozen(kw_only=True)
class Mutant:
    """A guideline with one mistake.

    Attributes:
        of: The rule or definition that was changed.
        text: What was changed.
    """

    mistake: MutantKind
    of: str
    text: str
    graph: RuleGraph = field(repr=False, eq=False)


Changed: TypeAlias = Iterator[tuple[Change, Condition]]


def mutants(graph: RuleGraph) -> Iterator[Mutant]:
    """Every first-order mutant, rule by rule and then definition by definition."""
    for rule in graph.rules.values():
        for (mistake, text), condition in _conditions(rule.condition):
            changed = evolve(rule, condition=condition)
            yield _mutant(mistake, text, changed, graph)
        for (mistake, text), value in values(rule.value):
            yield _mutant(mistake, text, evolve(rule, value=value), graph)
        changed = evolve(rule, optional=not rule.optional)
        text = "default for option" if rule.optional else "option for default"
        yield _mutant(MutantKind.OPTION, text, changed, graph)
        yield from _edges(rule, graph)
        yield _without(rule, graph)
    for name, definition in graph.definitions.items():
        for (mistake, text), condition in _conditions(definition.condition):
            changed_one = evolve(definition, condition=condition)
            definitions = {**graph.definitions, name: changed_one}
            changed_graph = evolve(graph, definitions=definitions)
            yield Mutant(mistake=mistake, of=name, text=text, graph=changed_graph)


def _mutant(mistake: MutantKind, text: str, rule: Rule, graph: RuleGraph) -> Mutant:
    rules = {**graph.rules, rule.name: rule}
    return Mutant(
        mistake=mistake, of=rule.name, text=text, graph=evolve(graph, rules=rules)
    )


# ---------------------------------------------------------------------- conditions


def _conditions(condition: Condition) -> Changed:
    """The condition with one change in each possible place."""
    match condition:
        case Compare():
            yield from _comparisons(condition)
        case OneOf(fact=fact, values=values):
            if len(values) > 1:
                for value in values:
                    kept = tuple(other for other in values if other != value)
                    yield (
                        (MutantKind.CHOICE, f"{fact} without {value}"),
                        OneOf(fact, kept),
                    )
            yield (MutantKind.NEGATION, f"not {fact}"), Not(condition)
        case Has(fact=name) | Defined(name=name) | HasValue(fact=name):
            yield (MutantKind.NEGATION, f"not {name}"), Not(condition)
        case Established():
            yield (MutantKind.NEGATION, "not established"), Not(condition)
        case Recorded():
            yield (MutantKind.NEGATION, "not recorded"), Not(condition)
        case Not(operand=operand):
            yield (MutantKind.NEGATION, "`not` dropped"), operand
            for change, inner in _conditions(operand):
                if change[0] is not MutantKind.NEGATION:
                    yield change, Not(inner)
        case Resting(operand=operand, assumptions=assumptions):
            for change, inner in _conditions(operand):
                yield change, Resting(inner, assumptions)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            yield from _junctions(condition, operands)
        case _:
            assert_never(condition)


_SWAPPED = {
    Operator.LESS: (Operator.AT_MOST, Operator.MORE),
    Operator.AT_MOST: (Operator.LESS, Operator.AT_LEAST),
    Operator.MORE: (Operator.AT_LEAST, Operator.LESS),
    Operator.AT_LEAST: (Operator.MORE, Operator.AT_MOST),
    Operator.EQUAL: (Operator.AT_MOST, Operator.AT_LEAST),
}


def _comparisons(condition: Compare) -> Changed:
    for operator in _SWAPPED[condition.operator]:
        text = f"{condition.fact} {operator.value} for {condition.operator.value}"
        yield (MutantKind.OPERATOR, text), evolve(condition, operator=operator)
    for by in (1, -1):
        text = f"{condition.fact} {condition.operator.value} bound {by:+d}"
        moved = evolve(condition, low=condition.low + by, high=condition.high + by)
        yield (MutantKind.THRESHOLD, text), moved


def _junctions(condition: AllOf | AnyOf, operands: tuple[Condition, ...]) -> Changed:
    kind = type(condition)
    for index, operand in enumerate(operands):
        before, after = operands[:index], operands[index + 1 :]
        if len(operands) > 1:
            text = f"operand {index + 1} dropped"
            yield (MutantKind.OPERAND, text), kind((*before, *after))
        for change, inner in _conditions(operand):
            yield change, kind((*before, inner, *after))
    if len(operands) > 1:
        if isinstance(condition, AllOf):
            yield (MutantKind.JUNCTION, "`or` for `and`"), AnyOf(operands)
        else:
            yield (MutantKind.JUNCTION, "`and` for `or`"), AllOf(operands)


# ------------------------------------------------------------------ rules and edges


def _edges(rule: Rule, graph: RuleGraph) -> Iterator[Mutant]:
    for parent in rule.exception_to:
        yield Mutant(
            mistake=MutantKind.EXCEPTION,
            of=rule.name,
            text=f"no exception to {parent}",
            graph=_unlinked(graph, rule.name, parent),
        )
        for grand in graph.rules[parent].exception_to:
            if grand not in rule.exception_to:
                text = f"exception to {grand} instead of {parent}"
                moved = _linked(_unlinked(graph, rule.name, parent), rule.name, grand)
                yield Mutant(
                    mistake=MutantKind.FLATTENED, of=rule.name, text=text, graph=moved
                )


def _unlinked(graph: RuleGraph, exception: str, parent: str) -> RuleGraph:
    child, other = graph.rules[exception], graph.rules[parent]
    rules = {
        **graph.rules,
        exception: evolve(child, exception_to=but(child.exception_to, parent)),
        parent: evolve(other, exceptions=but(other.exceptions, exception)),
    }
    return evolve(graph, rules=rules)


def _linked(graph: RuleGraph, exception: str, parent: str) -> RuleGraph:
    child, other = graph.rules[exception], graph.rules[parent]
    rules = {
        **graph.rules,
        exception: evolve(child, exception_to=(*child.exception_to, parent)),
        parent: evolve(other, exceptions=(*other.exceptions, exception)),
    }
    return evolve(graph, rules=rules)


def _without(rule: Rule, graph: RuleGraph) -> Mutant:
    rules = {
        name: evolve(
            other,
            exception_to=but(other.exception_to, rule.name),
            exceptions=but(other.exceptions, rule.name),
        )
        for name, other in graph.rules.items()
        if name != rule.name
    }
    return Mutant(
        mistake=MutantKind.DELETED,
        of=rule.name,
        text="deleted",
        graph=evolve(graph, rules=rules),
    )


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
        comparison = TwoGuidelines.of(self.graph, mutant.graph, ordered)
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
                if explanation.verdict(rule, mutant.graph, facts).value != expected:
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
            explanation.verdict(graph.rules[name], graph, result.facts)
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
            if proof.settled in {ProofOutcome.BROKEN, ProofOutcome.VACUOUS}:
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
    mutant: Mutant, comparison: TwoGuidelines, compared: Iterable[Compared]
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
