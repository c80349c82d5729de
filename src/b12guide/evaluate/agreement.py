"""Rules of which each must be followed: regimens and routes intersect.

Optional rules stand beside the default and never restrict it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from attrs import evolve

from b12guide.evaluate.answer import Advice, Side
from b12guide.evaluate.composed import Composed, Entry, Kind
from b12guide.graph.model import NotNeeded, Regimens, Routes, Rule
from b12guide.regimen.model import Regimen

__all__ = ["agreed_adjuncts", "agreed_regimens", "agreed_routes"]


def _met(
    offers: Sequence[tuple[Rule, tuple[Advice, ...]]],
    meet: Callable[[Advice, Advice], Advice | None],
) -> tuple[Advice, ...]:
    """The advice that follows every offer."""

    def step(left: tuple[Advice, ...], right: tuple[Advice, ...]) -> tuple[Advice, ...]:
        both = (meet(one, two) for one in left for two in right)
        return tuple(dict.fromkeys(found for found in both if found is not None))

    return reduce(step, (advice for _, advice in offers))


def _agreement(
    rules: Sequence[Rule],
    offered: Callable[[Rule], tuple[Advice, ...]],
    meet: Callable[[Advice, Advice], Advice | None],
) -> Composed:
    """The default on which all binding rules agree, or their conflict; options beside it."""
    binding = [(rule, offered(rule)) for rule in rules if not rule.optional]
    options = [(rule, offered(rule)) for rule in rules if rule.optional]
    default: tuple[Entry, ...] = ()
    sides: tuple[Side, ...] = ()
    kind = Kind.SILENT
    if binding:
        agreed = _met(binding, meet)
        kind = Kind.ADVICE if agreed else Kind.CONFLICT
        sides = () if agreed else _sides(binding, meet)
        default = tuple(_entry(advice, binding, meet) for advice in agreed)
    beside: dict[Advice, list[Rule]] = {}
    for rule, advice in options:
        for one in advice:
            beside.setdefault(one, []).append(rule)
    same = {
        e.advice: [a for a in beside if meet(a, e.advice) == e.advice] for e in default
    }
    default = tuple(
        Entry(e.advice, (*e.rules, *(r for a in same[e.advice] for r in beside[a])))
        for e in default
    )
    for joined in {advice for found in same.values() for advice in found}:
        del beside[joined]
    return Composed(
        kind=kind,
        default=default,
        alternatives=tuple(Entry(one, tuple(by)) for one, by in beside.items()),
        sides=sides,
    )


def _entry(
    advice: Advice,
    offers: Sequence[tuple[Rule, tuple[Advice, ...]]],
    meet: Callable[[Advice, Advice], Advice | None],
) -> Entry:
    behind = (
        rule
        for rule, offered in offers
        if any(meet(one, advice) is not None for one in offered)
    )
    return Entry(advice, tuple(behind))


def _sides(
    offers: Sequence[tuple[Rule, tuple[Advice, ...]]],
    meet: Callable[[Advice, Advice], Advice | None],
) -> tuple[Side, ...]:
    """The advice of the rules that clash with another, rules of one mind together."""

    def clash(one: tuple[Advice, ...], two: tuple[Advice, ...]) -> bool:
        return all(meet(a, b) is None for a in one for b in two)

    clashing = [
        (rule, mine)
        for rule, mine in offers
        if any(clash(mine, theirs) for _, theirs in offers)
    ] or list(offers)
    by_advice: dict[tuple[Advice, ...], list[str]] = {}
    for rule, advice in clashing:
        by_advice.setdefault(advice, []).append(rule.name)
    return tuple(
        Side(rules=tuple(names), advice=one)
        for advice, names in by_advice.items()
        for one in advice
    )


def agreed_regimens(rules: Sequence[Rule]) -> Composed:
    """The regimen that follows all rules, or that nothing is needed."""
    dosing = [rule for rule in rules if isinstance(rule.value, Regimens)]
    idle = [rule for rule in rules if isinstance(rule.value, NotNeeded)]
    composed = _agreement(dosing, _offered_regimens, _meet_regimens)
    if idle and composed.kind is Kind.SILENT:
        return evolve(composed, kind=Kind.NOT_NEEDED, idle=tuple(idle))
    return composed


def _offered_regimens(rule: Rule) -> tuple[Advice, ...]:
    return rule.value.regimens if isinstance(rule.value, Regimens) else ()


def _meet_regimens(one: Advice, two: Advice) -> Advice | None:
    if isinstance(one, Regimen) and isinstance(two, Regimen):
        return one.intersection(two)
    return None


def agreed_adjuncts(rules: Sequence[Rule]) -> Composed:
    """Each drug by itself; a conflict about one drug is a conflict of the decision."""
    drugs = dict.fromkeys(_first_drug(rule) for rule in rules)
    parts = [
        agreed_regimens([r for r in rules if _first_drug(r) == drug]) for drug in drugs
    ]
    kinds = {part.kind for part in parts} or {Kind.SILENT}
    order = (Kind.CONFLICT, Kind.ADVICE, Kind.NOT_NEEDED, Kind.SILENT)
    return Composed(
        kind=next(kind for kind in order if kind in kinds),
        default=tuple(entry for part in parts for entry in part.default),
        alternatives=tuple(entry for part in parts for entry in part.alternatives),
        sides=tuple(side for part in parts for side in part.sides),
    )


def _first_drug(rule: Rule) -> str:
    if isinstance(rule.value, Regimens):
        for regimen in rule.value.regimens:
            for phase in regimen.phases:
                if phase.drugs:
                    return phase.drugs[0]
    return ""


def agreed_routes(rules: Sequence[Rule]) -> Composed:
    """The routes that all rules allow."""

    def offered(rule: Rule) -> tuple[Advice, ...]:
        return (rule.value,) if isinstance(rule.value, Routes) else ()

    def meet(one: Advice, two: Advice) -> Advice | None:
        if not isinstance(one, Routes) or not isinstance(two, Routes):
            return None
        both = tuple(route for route in one.routes if route in two.routes)
        return Routes(routes=both) if both else None

    return _agreement(rules, offered, meet)
