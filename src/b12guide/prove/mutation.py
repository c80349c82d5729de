"""The kinds of mistakes that mutants make."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import TypeAlias, TypeVar, assert_never

from attrs import evolve, field, frozen

from b12guide.evaluate import explanation
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.graph import condition as logic
from b12guide.graph import model, series
from b12guide.graph.conclusions import with_conclusions
from b12guide.graph.query import definitions_in
from b12guide.graph.value_from_syntax import decision_of
from b12guide.prove.claim import ProofOutcome
from b12guide.prove.decisions import QUIET
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.everything import invariants_of
from b12guide.prove.witness import Witness
from b12guide.regimen.model import Dose, Every, Phase, Regimen
from b12guide.regimen.phase import PER_KILOGRAM
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_example, run_examples
from b12guide.values.duration import DurationRange
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


def values(value: model.Value) -> Iterator[tuple[Change, model.Value]]:
    """The value with one change in each possible place."""
    match value:
        case model.Regimens(regimens=regimens):
            for index, regimen in enumerate(regimens):
                before, after = regimens[:index], regimens[index + 1 :]
                if len(regimens) > 1:
                    text = f"regimen {index + 1} dropped"
                    yield (
                        (MutantKind.ADVICE, text),
                        model.Regimens(regimens=before + after),
                    )
                for phase in regimen.phases:
                    for change, other in _phases(phase):
                        phases = (other if p is phase else p for p in regimen.phases)
                        changed = Regimen(tuple(phases))
                        yield (
                            change,
                            model.Regimens(regimens=(*before, changed, *after)),
                        )
        case model.Change() | model.Referral() | model.Stop():
            yield from _values_of_course(value)
        case model.FormChoice(drugs=drugs, excluded=excluded):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (MutantKind.ADVICE, text), evolve(value, drugs=but(drugs, drug))
            for drug in excluded:
                kept = evolve(value, excluded=but(excluded, drug))
                yield (MutantKind.ADVICE, f"{drug} not excluded"), kept
        case model.Exclusion(drugs=drugs):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (MutantKind.ADVICE, text), evolve(value, drugs=but(drugs, drug))
        case model.Routes(routes=routes):
            for route in routes if len(routes) > 1 else ():
                text = f"without {route}"
                yield (MutantKind.ADVICE, text), model.Routes(routes=but(routes, route))
        case model.Monitoring():
            for test in value.tests if len(value.tests) > 1 else ():
                fewer = evolve(value, tests=but(value.tests, test))
                yield (MutantKind.ADVICE, f"without {test}"), fewer
            for test in value.companions:
                fewer = evolve(value, companions=but(value.companions, test))
                yield (MutantKind.ADVICE, f"without {test}"), fewer
            for time in value.at:
                text = f"not at {time.value} {time.unit.value}"
                yield (MutantKind.INTERVAL, text), evolve(value, at=but(value.at, time))
            for window in value.windows:
                text = f"not at {window.low} to {window.high} {window.unit.value}"
                fewer = evolve(value, windows=but(value.windows, window))
                yield (MutantKind.INTERVAL, text), fewer
            if value.every is not None:
                every = _one_more(value.every)
                yield (MutantKind.INTERVAL, "interval +1"), evolve(value, every=every)
            yield from _intervals(value)
            if value.during is not None:
                yield (
                    (MutantKind.INTERVAL, "not only during"),
                    evolve(value, during=None),
                )
        case model.NotChecked(tests=tests):
            for test in tests if len(tests) > 1 else ():
                only = model.NotChecked(tests=but(tests, test))
                yield (MutantKind.ADVICE, f"{test} not advised against"), only
        case model.Technique(instructions=instructions):
            for index in range(len(instructions)) if len(instructions) > 1 else ():
                left = instructions[:index] + instructions[index + 1 :]
                text = f"instruction {index + 1} dropped"
                yield (MutantKind.ADVICE, text), model.Technique(instructions=left)
        case model.Target(low=low, high=high):
            for by in (1, -1):
                moved = evolve(value, low=low + by, high=high + by)
                yield (MutantKind.THRESHOLD, f"target {by:+d}"), moved
        case _:
            return


def _intervals(value: model.Monitoring) -> Iterator[tuple[Change, model.Monitoring]]:
    """A visit with one of the lengths of time changed that come with its first interval."""
    if value.lasts is not None:
        longer = evolve(value, lasts=_one_more(value.lasts))
        yield (MutantKind.INTERVAL, "lasts 1 more"), longer
    for number, one in enumerate(value.then):
        changed = {"+1": evolve(one, every=_one_more(one.every))}
        if one.lasts is not None:
            changed["lasts 1 more"] = evolve(one, lasts=_one_more(one.lasts))
        for text, other in changed.items():
            then = (*value.then[:number], other, *value.then[number + 1 :])
            told = (MutantKind.INTERVAL, f"interval {number + 2} {text}")
            yield told, evolve(value, then=then)
    if value.then:
        fewer = evolve(value, then=value.then[:-1])
        yield (MutantKind.INTERVAL, "without the last interval"), fewer


def _one_more(length: DurationRange) -> DurationRange:
    return evolve(length, low=length.low + 1, high=length.high + 1)


def _values_of_course(
    value: model.Change | model.Referral | model.Stop,
) -> Iterator[tuple[Change, model.Value]]:
    """What changes the course of a treatment, with one change in each possible place."""
    match value:
        case model.Change(of=of, to=to):
            for change, into in values(to):
                if isinstance(into, model.Regimens | model.FormChoice | model.Routes):
                    yield change, model.Change(of=of, to=into)
        case model.Referral(services=services):
            for service in services if len(services) > 1 else ():
                fewer = model.Referral(services=but(services, service))
                yield (MutantKind.ADVICE, f"without {service}"), fewer
        case model.Stop(treatment=treatment):
            goes_on = model.Continuation(treatment=treatment)
            yield (MutantKind.ADVICE, "goes on instead"), goes_on


def _concluded(
    value: model.Concluded, graph: model.RuleGraph
) -> Iterator[tuple[Change, model.Value]]:
    """Each other value of the conclusion."""
    conclusion = graph.vocabulary.conclusions.get(value.conclusion)
    for other in () if conclusion is None else but(conclusion.values, value.value):
        text = f"{other} for {value.value}"
        yield (MutantKind.ADVICE, text), evolve(value, value=other)


def but(items: Iterable[T], item: T) -> tuple[T, ...]:
    """The items without one."""
    return tuple(other for other in items if other != item)


def _phases(phase: Phase) -> Iterator[tuple[Change, Phase]]:
    dose = phase.dose
    larger = evolve(phase, dose=dose.times(Fraction(10)))
    yield (MutantKind.DOSE, "dose tenfold"), larger
    smaller = evolve(phase, dose=dose.times(Fraction(1, 2)))
    yield (MutantKind.DOSE, "dose halved"), smaller
    if dose.low is None or dose.high is None:
        (end,) = dose.stated
        closed = evolve(phase, dose=evolve(dose, low=end, high=end))
        yield (MutantKind.DOSE, "open end dropped"), closed
    if dose.limit is not None:
        unlimited = evolve(phase, dose=evolve(dose, limit=None))
        yield (MutantKind.DOSE, "limit dropped"), unlimited
    if dose.is_by_weight:
        unit = dose.unit.removesuffix(PER_KILOGRAM)
        fixed = Dose(dose.low, dose.high, unit)
        yield (MutantKind.DOSE, "weight dropped"), evolve(phase, dose=fixed)
    if phase.apart is not None:
        yield (MutantKind.INTERVAL, "spacing dropped"), evolve(phase, apart=None)
    if phase.as_needed:
        yield (MutantKind.ADVICE, "as needed dropped"), evolve(phase, as_needed=False)
    if phase.with_food:
        yield (MutantKind.ADVICE, "with food dropped"), evolve(phase, with_food=False)
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


@frozen
class Mutant:
    """A guideline with one mistake.

    Attributes:
        of: The rule or definition that was changed.
        text: What was changed.
    """

    mistake: MutantKind
    of: str
    text: str
    graph: model.RuleGraph = field(repr=False, eq=False)


Changed: TypeAlias = Iterator[tuple[Change, logic.Condition]]


def mutants(graph: model.RuleGraph) -> Iterator[Mutant]:
    """Every first-order mutant, rule by rule and then definition by definition."""
    for rule in graph.rules.values():
        changed = [
            *(
                (c, evolve(rule, condition=other))
                for c, other in _conditions(rule.condition)
            ),
            *((c, evolve(rule, value=other)) for c, other in values(rule.value)),
        ]
        for change, other, more in _series(rule.condition, graph):
            rules = {**graph.rules, rule.name: evolve(rule, condition=other)}
            yield Mutant(*change[:1], rule.name, change[1], evolve(more, rules=rules))
        text = "default for option" if rule.optional else "option for default"
        option = (MutantKind.OPTION, text)
        changed.append((option, evolve(rule, optional=not rule.optional)))
        if isinstance(rule.value, model.Concluded):
            changed += (
                (c, evolve(rule, value=v)) for c, v in _concluded(rule.value, graph)
            )
        for (mistake, text), one in changed:
            rules = {**graph.rules, rule.name: one}
            mutant = with_conclusions(evolve(graph, rules=rules))
            yield Mutant(mistake, rule.name, text, mutant)
        for (mistake, text), left in _edges(rule, graph.rules):
            mutant = with_conclusions(evolve(graph, rules=left))
            yield Mutant(mistake, rule.name, text, mutant)
    for name, definition in graph.definitions.items():
        if not definition.is_written:
            continue
        for (mistake, text), condition in _conditions(definition.condition):
            definitions = {
                **graph.definitions,
                name: evolve(definition, condition=condition),
            }
            mutant = evolve(graph, definitions=definitions)
            yield Mutant(mistake, name, text, mutant)
        for (mistake, text), condition, more in _series(definition.condition, graph):
            definitions = {
                **graph.definitions,
                name: evolve(definition, condition=condition),
            }
            mutant = evolve(more, definitions=definitions)
            yield Mutant(mistake, name, text, mutant)


# ---------------------------------------------------------------------- conditions


_SWAPPED = {
    Operator.LESS: (Operator.AT_MOST, Operator.MORE),
    Operator.AT_MOST: (Operator.LESS, Operator.AT_LEAST),
    Operator.MORE: (Operator.AT_LEAST, Operator.LESS),
    Operator.AT_LEAST: (Operator.MORE, Operator.AT_MOST),
    Operator.EQUAL: (Operator.AT_MOST, Operator.AT_LEAST),
}


def _conditions(condition: logic.Condition) -> Changed:
    """The condition with one change in each possible place."""
    match condition:
        case logic.Compare(fact=fact, operator=operator, low=low, high=high):
            for other in _SWAPPED[operator]:
                text = f"{fact} {other.value} for {operator.value}"
                yield (MutantKind.OPERATOR, text), evolve(condition, operator=other)
            for by in (1, -1):
                text = f"{fact} {operator.value} bound {by:+d}"
                moved = evolve(condition, low=low + by, high=high + by)
                yield (MutantKind.THRESHOLD, text), moved
        case logic.OneOf(fact=fact, values=values):
            if len(values) > 1:
                for value in values:
                    kept = tuple(other for other in values if other != value)
                    yield (
                        (MutantKind.CHOICE, f"{fact} without {value}"),
                        logic.OneOf(fact, kept),
                    )
            yield (MutantKind.NEGATION, f"not {fact}"), logic.Not(condition)
        case (
            logic.Has(fact=name) | logic.Defined(name=name) | logic.HasValue(fact=name)
        ):
            yield (MutantKind.NEGATION, f"not {name}"), logic.Not(condition)
        case logic.Established():
            yield (MutantKind.NEGATION, "not established"), logic.Not(condition)
        case logic.Recorded():
            yield (MutantKind.NEGATION, "not recorded"), logic.Not(condition)
        case logic.Not(operand=operand):
            yield (MutantKind.NEGATION, "`not` dropped"), operand
            for change, inner in _conditions(operand):
                if change[0] is not MutantKind.NEGATION:
                    yield change, logic.Not(inner)
        case logic.Resting(operand=operand, assumptions=assumptions):
            for change, inner in _conditions(operand):
                yield change, logic.Resting(inner, assumptions)
        case logic.AllOf() | logic.AnyOf() | logic.AtLeast():
            operands = condition.operands
            for index, operand in enumerate(operands):
                before, after = operands[:index], operands[index + 1 :]
                if len(operands) > 1:
                    text = f"operand {index + 1} dropped"
                    left = (*before, *after)
                    yield (MutantKind.OPERAND, text), evolve(condition, operands=left)
                for change, inner in _conditions(operand):
                    others = (*before, inner, *after)
                    yield change, evolve(condition, operands=others)
            if isinstance(condition, logic.AtLeast):
                for count in (condition.count - 1, condition.count + 1):
                    text = f"at least {count} for {condition.count}"
                    yield (MutantKind.JUNCTION, text), evolve(condition, count=count)
            elif len(operands) > 1:
                if isinstance(condition, logic.AllOf):
                    yield (MutantKind.JUNCTION, "`or` for `and`"), logic.AnyOf(operands)
                else:
                    yield (MutantKind.JUNCTION, "`and` for `or`"), logic.AllOf(operands)
        case _:
            assert_never(condition)


def _series(
    condition: logic.Condition, graph: model.RuleGraph
) -> Iterator[tuple[Change, logic.Condition, model.RuleGraph]]:
    """The condition with one change in what it asks of several values, and the graph that has it.

    It asks for a fact that the guideline does not have, with ties of its own.
    """
    asked = [a.fact for a in logic.atoms(condition) if isinstance(a, logic.Has)]
    for name in dict.fromkeys(asked):
        one = graph.series.get(name)
        for text, other in series.changed(one) if one is not None else ():
            kind = _SERIES_MISTAKES.get(text.split()[0], MutantKind.OPERATOR)
            if isinstance(one, model.Repeated) and other is None:
                instead: logic.Condition = series.latest(one)
                more = graph
            elif other is not None:
                instead, more = logic.Has(series.name_of(other)), _with(other, graph)
            else:
                continue
            changed = _put(logic.Has(name), instead, condition)
            yield (kind, f"{one.fact if one else name} {text}"), changed, more


_SERIES_MISTAKES = {
    "last": MutantKind.THRESHOLD,
    "bound": MutantKind.THRESHOLD,
    "length": MutantKind.INTERVAL,
}


def _put(
    old: logic.Condition, new: logic.Condition, within: logic.Condition
) -> logic.Condition:
    """A condition with one part in place of another."""
    if within == old:
        return new
    return logic.rebuilt(within, lambda part: _put(old, new, part))


def _with(one: model.Series, graph: model.RuleGraph) -> model.RuleGraph:
    """The graph with one more fact that stands for several values of a measure."""
    facts, several = graph.vocabulary.facts, graph.series
    name = series.name_of(one)
    if name in several:
        return graph
    named = {**several, name: one}
    own = (tie for tie in series.ties(named.values()) if tie not in graph.implications)
    made = {**facts, name: series.fact_of(one, facts[one.fact])}
    return evolve(
        graph,
        vocabulary=evolve(graph.vocabulary, facts=made),
        series=named,
        implications=(*graph.implications, *own),
    )


# ------------------------------------------------------------------ rules and edges


def _edges(
    rule: model.Rule, rules: Mapping[str, model.Rule]
) -> Iterator[tuple[Change, Mapping[str, model.Rule]]]:
    """The rules without this one, or with it as no exception, or as one to another rule."""

    def linked(old: str, new: str | None) -> Mapping[str, model.Rule]:
        to = but(rule.exception_to, old)
        changed = {
            rule.name: evolve(rule, exception_to=to if new is None else (*to, new)),
            old: evolve(rules[old], exceptions=but(rules[old].exceptions, rule.name)),
        }
        if new is not None:
            exceptions = (*rules[new].exceptions, rule.name)
            changed[new] = evolve(rules[new], exceptions=exceptions)
        return {**rules, **changed}

    for parent in rule.exception_to:
        no_exception = (MutantKind.EXCEPTION, f"no exception to {parent}")
        yield no_exception, linked(parent, None)
        for grand in rules[parent].exception_to:
            if grand not in rule.exception_to:
                text = f"exception to {grand} instead of {parent}"
                yield (MutantKind.FLATTENED, text), linked(parent, grand)
    without = {
        name: evolve(
            other,
            exception_to=but(other.exception_to, rule.name),
            exceptions=but(other.exceptions, rule.name),
        )
        for name, other in rules.items()
        if name != rule.name
    }
    yield (MutantKind.DELETED, "deleted"), without


# -------------------------------------------------------------------- is it noticed?


LIKELY = 8
"""Examples that are tried before it is proved that a mutant makes no difference."""

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
    decision: model.Decision | None = None
    witness: Witness | None = None


def mutate(
    graph: model.RuleGraph, draft: Draft, chosen: Iterable[Mutant] | None = None
) -> tuple[Judged, ...]:
    """What becomes of every mutant of `graph`, or of those chosen."""
    results = run_examples(Evaluator.of(graph), draft)
    passed = tuple(result for result in results if result.trial is Trial.PASSED)
    expected: dict[str, list[tuple[str, Facts, str]]] = {}
    for result in passed:
        for one in result.example.expectations:
            if isinstance(one, ast.ExpectRule) and result.facts is not None:
                entry = (result.title, result.facts, one.verdict)
                expected.setdefault(one.rule.text, []).append(entry)
    gate = _Gate(graph=graph, draft=draft, passed=passed, verdicts=expected)
    some = mutants(graph) if chosen is None else chosen
    return tuple(gate.judged(mutant) for mutant in some)


@frozen(kw_only=True)
class _Gate:
    """The examples and invariants of a guideline, which a mutant has to get past.

    Attributes:
        passed: The examples that pass without the mistake.
        verdicts: By rule, the examples that expect a verdict of it.
    """

    graph: model.RuleGraph
    draft: Draft = field(repr=False)
    passed: Sequence[ExampleResult] = field(repr=False)
    verdicts: Mapping[str, Sequence[tuple[str, Facts, str]]] = field(repr=False)

    def judged(self, mutant: Mutant) -> Judged:
        """What becomes of one mutant: cheap gates first, proof before long searches."""
        rules = self._touched(mutant)
        concerned = tuple(self._concerned(mutant, rules))
        # An expected verdict is one look at facts that are kept, an example is answered anew, and a
        # proof goes through all patients; most mutants are noticed by one of the first two.
        by = None
        # Of a definition, what follows from the facts may have changed, too; and what a mutant asks
        # of several values is in no facts that are kept.
        is_kept = (
            mutant.of in self.graph.rules
            and mutant.graph.vocabulary is self.graph.vocabulary
        )
        for name in rules if is_kept else ():
            rule = mutant.graph.rules.get(name)
            for title, facts, expected in self.verdicts.get(name, ()):
                found = rule and explanation.verdict(rule, mutant.graph, facts)
                if by is None and (found is None or found.value != expected):
                    by = title
        if by is None and not (is_kept and _is_of_condition(mutant, self.graph)):
            by = self._by_example(mutant, concerned[:LIKELY])
        if by is not None:
            return Judged(mutant=mutant, fate=Fate.KILLED_BY_EXAMPLE, by=by)
        decisions = {self.graph.rules[name].decision for name in rules}
        ordered = [decision for decision in model.Decision if decision in decisions]
        comparison = TwoGuidelines.of(self.graph, mutant.graph, ordered)
        compared = [comparison.decision(d, confirm=False) for d in ordered]
        if all(one.sameness is Sameness.SAME for one in compared):
            return Judged(mutant=mutant, fate=Fate.EQUIVALENT)
        by = self._by_example(mutant, concerned)
        if by is not None:
            return Judged(mutant=mutant, fate=Fate.KILLED_BY_EXAMPLE, by=by)
        # An invariant that can no longer be broken by anybody notices the mistake as well (M58).
        for proof in invariants_of(mutant.graph, self.draft):
            if proof.settled in {ProofOutcome.BROKEN, ProofOutcome.VACUOUS}:
                by = proof.claim.name
                return Judged(mutant=mutant, fate=Fate.KILLED_BY_INVARIANT, by=by)
        different = (c.decision for c in compared if c.sameness is Sameness.DIFFERENT)
        decision = next((d for d in different if d is not None), None)
        return Judged(
            mutant=mutant,
            fate=Fate.SURVIVED,
            decision=decision,
            witness=comparison.decision(decision).witness if decision else None,
        )

    def _touched(self, mutant: Mutant) -> tuple[str, ...]:
        """The rules that the mutant can change, itself or through their exceptions."""
        changed = _changed_conclusions(mutant, self.graph)
        names: list[str] = []
        if mutant.of in self.graph.rules:
            graphs = (self.graph, mutant.graph)
            rules = (g.rules[mutant.of] for g in graphs if mutant.of in g.rules)
            parents = (name for rule in rules for name in rule.exception_to)
            names += (mutant.of, *parents)
        else:
            changed |= {mutant.of}
        names += (
            name
            for rule in (self.graph.rules.values() if changed else ())
            if changed & definitions_in(rule.condition, self.graph.definitions)
            for name in (rule.name, *rule.exception_to)
        )
        return tuple(dict.fromkeys(names))

    def _concerned(
        self, mutant: Mutant, rules: Sequence[str]
    ) -> Iterator[ExampleResult]:
        """The examples that the mutant could make fail."""
        if mutant.of not in self.graph.rules or _changed_conclusions(
            mutant, self.graph
        ):
            yield from self.passed
            return
        is_of_condition = _is_of_condition(mutant, self.graph)
        names = rules if is_of_condition else (mutant.of,)
        decisions = {self.graph.rules[name].decision for name in names}

        def may_change(name: str, result: ExampleResult) -> bool:
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

        for result in self.passed:
            if _speaks_of(result.example, decisions, names) and any(
                may_change(name, result) for name in names
            ):
                yield result

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


def _speaks_of(
    example: ast.Example, decisions: Container[model.Decision], rules: Container[str]
) -> bool:
    """Whether anything that is expected bears on the decisions or the rules."""
    for expectation in example.expectations:
        match expectation:
            case ast.ExpectAction(action=action):
                # the form decision fills the drugs in everywhere
                if model.Decision.FORM in decisions or decision_of(action) in decisions:
                    return True
            case ast.ExpectDecision(decision=name) | ast.ExpectReasons(decision=name):
                if model.Decision(name.text) in decisions:
                    return True
            case ast.ExpectRule(rule=rule):
                if rule.text in rules:
                    return True
            case ast.ExpectScope():
                pass
            case _:
                return True
    return False


def _changed_conclusions(mutant: Mutant, graph: model.RuleGraph) -> frozenset[str]:
    """The definitions of what is concluded that other rules conclude now, or otherwise."""
    if not graph.vocabulary.conclusions:
        return frozenset()
    now = mutant.graph.definitions
    return frozenset(
        name
        for name, one in graph.definitions.items()
        if one.concluded is not None and now[name].condition != one.condition
    )


def _is_of_condition(mutant: Mutant, graph: model.RuleGraph) -> bool:
    """Whether it is to whom the rule speaks that was changed, not what it says."""
    before, after = graph.rules.get(mutant.of), mutant.graph.rules.get(mutant.of)
    return (
        before is None
        or after is None
        or (before.value == after.value and before.optional is after.optional)
    )
