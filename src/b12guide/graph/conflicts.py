"""Pairs of rules that cannot both be followed, whoever the patient is.

Whether there is a patient to whom both apply is not asked here.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from fractions import Fraction
from itertools import combinations, product

from b12guide.graph.model import (
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    NotNeeded,
    Regimens,
    Routes,
    Rule,
    RuleGraph,
    Target,
    Technique,
    Value,
)
from b12guide.regimen.model import Regimen
from b12guide.values.term import Operator

__all__ = ["are_incompatible", "are_ordered", "rule_pairs"]


_COMPETING = frozenset(
    {
        Decision.FORM,
        Decision.LOADING,
        Decision.MAINTENANCE,
        Decision.ROUTE,
        Decision.ADJUNCT,
        Decision.TECHNIQUE,
        Decision.TARGETS,
    }
)
"""Of the other decisions, all that is said can be followed together."""


def rule_pairs(graph: RuleGraph) -> Iterator[tuple[Rule, Rule]]:
    """The pairs on one decision that exclude each other, are not ordered and not expected.

    Options are left out: they stand beside the default instead of against it.
    """
    expected = {frozenset({c.first, c.second}) for c in graph.conflicts}
    for decision in Decision:
        alike: dict[Value, list[Rule]] = {}
        for rule in graph.rules.values():
            if rule.decision is decision and not rule.optional:
                alike.setdefault(rule.value, []).append(rule)
        if decision in _COMPETING:
            yield from _between(alike, expected)


def _between(
    alike: Mapping[Value, list[Rule]], expected: Container[frozenset[str]]
) -> Iterator[tuple[Rule, Rule]]:
    """The pairs among rules that are sorted by what they say."""
    for mine, theirs in combinations(alike, 2):
        if are_incompatible(mine, theirs):
            for one, two in product(alike[mine], alike[theirs]):
                names = frozenset({one.name, two.name})
                if names not in expected and not are_ordered(one, two):
                    yield one, two


def are_ordered(one: Rule, two: Rule) -> bool:
    """Whether one of the rules gives way to the other."""
    return one.name in two.exception_to or two.name in one.exception_to


def are_incompatible(one: Value, two: Value) -> bool:
    """Whether nobody can follow both."""
    match one, two:
        case Regimens(regimens=mine), Regimens(regimens=theirs):
            return not any(
                _overlap(my_plan, their_plan)
                for my_plan in mine
                for their_plan in theirs
            )
        case (Regimens(), NotNeeded()) | (NotNeeded(), Regimens()):
            return True
        case ((FormChoice() | Exclusion()), (FormChoice() | Exclusion())):
            return _leave_no_drug(one, two)
        case Routes(routes=mine), Routes(routes=theirs):
            return not set(mine) & set(theirs)
        case Target(), Target():
            return one.measure == two.measure and _leave_no_value(one, two)
        case Technique(instructions=mine), Technique(instructions=theirs):
            return any(_clash(a, b) for a in mine for b in theirs)
        case _:
            return False


def _overlap(one: Regimen, two: Regimen) -> bool:
    """Whether one regimen follows both; regimens of different drugs never compete."""
    mine = {drug for phase in one.phases for drug in phase.drugs}
    theirs = {drug for phase in two.phases for drug in phase.drugs}
    if mine and theirs and not mine & theirs:
        return True
    return one.intersection(two) is not None


def _leave_no_drug(one: FormChoice | Exclusion, two: FormChoice | Exclusion) -> bool:
    excluded = {*_excluded(one), *_excluded(two)}
    choices = [set(c.drugs) for c in (one, two) if isinstance(c, FormChoice)]
    return bool(choices) and not set.intersection(*choices) - excluded


def _excluded(value: FormChoice | Exclusion) -> tuple[str, ...]:
    return value.excluded if isinstance(value, FormChoice) else value.drugs


def _leave_no_value(one: Target, two: Target) -> bool:
    """Whether no value satisfies both bounds; a bound that is a range is read generously."""
    lows: list[tuple[Fraction, bool]] = []
    highs: list[tuple[Fraction, bool]] = []
    for target in (one, two):
        match target.operator:
            case Operator.LESS | Operator.AT_MOST:
                is_strict = target.operator is Operator.LESS
                highs.append((target.high, is_strict))
            case Operator.MORE | Operator.AT_LEAST:
                lows.append((target.low, target.operator is Operator.MORE))
            case Operator.EQUAL:
                lows.append((target.low, False))
                highs.append((target.high, False))
    return any(
        low > high or (low == high and (low_strict or high_strict))
        for low, low_strict in lows
        for high, high_strict in highs
    )


def _clash(one: Instruction, two: Instruction) -> bool:
    if one.gauge is not None and two.gauge is not None:
        return one.gauge[0] > two.gauge[1] or two.gauge[0] > one.gauge[1]
    if one.pressure is not None and two.pressure is not None:
        return one.pressure.intersection(two.pressure) is None
    return False
