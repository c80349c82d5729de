"""What the rules that apply say together about one decision, everything being known.

Rules on one decision must agree: forms and routes intersect, interval ranges intersect, and an
empty intersection is a conflict with both sides shown. Instructions, tests, targets and
prohibitions add up. Rules marked optional stand beside the default and never restrict it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache, reduce

from attrs import evolve, frozen

from b12guide.evaluate.answer import Advice, Side
from b12guide.graph.model import (
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Routes,
    Rule,
    Target,
    Technique,
)
from b12guide.regimen.model import Regimen
from b12guide.values.term import Operator, Strength

__all__ = ["ORDER", "Composed", "Entry", "Kind", "compose", "strongest"]

ORDER = (
    Strength.REQUIRED,
    Strength.DO_NOT,
    Strength.SHOULD,
    Strength.AVOID,
    Strength.TARGET,
    Strength.SHOULD_CONSIDER,
    Strength.ACCEPTABLE_ALTERNATIVE,
    Strength.MAY,
    Strength.CLAIM,
    Strength.DEFINITION,
)
"""From the strongest to the weakest."""


def strongest(strengths: Iterable[Strength]) -> Strength:
    """The strongest of some strengths, `may` where there is none."""
    return min(strengths, key=ORDER.index, default=Strength.MAY)


class Kind(Enum):
    """What the rules amount to."""

    ADVICE = "advice"
    CONFLICT = "conflict"
    NOT_NEEDED = "not needed"
    SILENT = "silent"


@frozen
class Entry:
    """A piece of advice and the rules behind it."""

    advice: Advice
    rules: tuple[Rule, ...]


@frozen(kw_only=True)
class Composed:
    """What some rules say together.

    Attributes:
        default: What is advised.
        alternatives: What may be done instead or besides.
        sides: The sides of a conflict.
        idle: The rules that say that nothing is needed.
    """

    kind: Kind
    default: tuple[Entry, ...] = ()
    alternatives: tuple[Entry, ...] = ()
    sides: tuple[Side, ...] = ()
    idle: tuple[Rule, ...] = ()

    @property
    def advice(self) -> tuple[Kind, frozenset[Advice]]:
        """The default alone, without its reasons."""
        return (self.kind, frozenset(entry.advice for entry in self.default))

    @property
    def everything(self) -> tuple[Kind, frozenset[Advice], frozenset[Advice]]:
        """Default and alternatives, without their reasons."""
        return (*self.advice, frozenset(entry.advice for entry in self.alternatives))


SILENT = Composed(kind=Kind.SILENT)


def compose(decision: Decision, rules: Sequence[Rule]) -> Composed:
    """What `rules`, all of which apply, say about `decision`."""
    match decision:
        case Decision.LOADING | Decision.MAINTENANCE:
            return _regimens(rules)
        case Decision.ADJUNCT:
            return _adjuncts(rules)
        case Decision.FORM:
            return _form(rules)
        case Decision.ROUTE:
            return _routes(rules)
        case Decision.MONITORING:
            return _union(_monitoring(rules))
        case Decision.TARGETS:
            return _targets(rules)
        case (
            Decision.PERMISSION
            | Decision.TECHNIQUE
            | Decision.CONTINUATION
            | Decision.NOTE
        ):
            return _union(_items(rules))


# ------------------------------------------------------------------- intersection


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


# ----------------------------------------------------------------------- regimens


def _regimens(rules: Sequence[Rule]) -> Composed:
    dosing = [rule for rule in rules if isinstance(rule.value, Regimens)]
    idle = [rule for rule in rules if isinstance(rule.value, NotNeeded)]
    composed = _agreement(dosing, _offered_regimens, _meet_regimens)
    if idle and composed.kind is Kind.SILENT:
        return evolve(composed, kind=Kind.NOT_NEEDED, idle=tuple(idle))
    return composed


def _offered_regimens(rule: Rule) -> tuple[Advice, ...]:
    return rule.value.regimens if isinstance(rule.value, Regimens) else ()


@lru_cache(maxsize=4096)
def _meet_regimens(one: Advice, two: Advice) -> Advice | None:
    if isinstance(one, Regimen) and isinstance(two, Regimen):
        return one.intersection(two)
    return None


def _adjuncts(rules: Sequence[Rule]) -> Composed:
    """Each drug by itself; a conflict about one drug is a conflict of the decision."""
    drugs = dict.fromkeys(_first_drug(rule) for rule in rules)
    parts = [_regimens([r for r in rules if _first_drug(r) == drug]) for drug in drugs]
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


# ----------------------------------------------------------------- form and route


def _form(rules: Sequence[Rule]) -> Composed:
    """Preferred drugs as default, then acceptable ones, then those not to be used."""
    choices = [rule for rule in rules if isinstance(rule.value, FormChoice)]
    binding = [rule for rule in choices if not rule.optional]
    excluded = _exclusions(rules)
    named = dict.fromkeys(
        drug for rule in [*binding, *choices] for drug in _drugs(rule)
    )
    allowed = [drug for drug in named if drug not in excluded]
    preferred = [d for d in allowed if binding and all(d in _drugs(r) for r in binding)]
    entries = {
        drug: Entry(
            FormChoice(drugs=(drug,)), tuple(r for r in choices if drug in _drugs(r))
        )
        for drug in allowed
    }
    kind = Kind.ADVICE if preferred else Kind.SILENT
    sides: tuple[Side, ...] = ()
    if binding and not preferred:
        kind = Kind.CONFLICT
        sides = tuple(
            Side(rules=(rule.name,), advice=rule.value)
            for rule in [*binding, *(r for by in excluded.values() for r in by)]
            if isinstance(rule.value, FormChoice | Exclusion)
        )
    return Composed(
        kind=kind,
        default=tuple(entries[drug] for drug in preferred),
        alternatives=(
            *(entries[drug] for drug in allowed if drug not in preferred),
            *(
                Entry(Exclusion(drugs=(drug,), outright=_outright(by)), tuple(by))
                for drug, by in excluded.items()
            ),
        ),
        sides=tuple(dict.fromkeys(sides)),
    )


def _drugs(rule: Rule) -> tuple[str, ...]:
    return rule.value.drugs if isinstance(rule.value, FormChoice) else ()


def _exclusions(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        match rule.value:
            case FormChoice(excluded=drugs) | Exclusion(drugs=drugs):
                for drug in drugs:
                    found.setdefault(drug, []).append(rule)
            case _:
                pass
    return found


def _outright(rules: Sequence[Rule]) -> bool:
    return any(isinstance(r.value, Exclusion) and r.value.outright for r in rules)


def _routes(rules: Sequence[Rule]) -> Composed:
    def offered(rule: Rule) -> tuple[Advice, ...]:
        return (rule.value,) if isinstance(rule.value, Routes) else ()

    def meet(one: Advice, two: Advice) -> Advice | None:
        if not isinstance(one, Routes) or not isinstance(two, Routes):
            return None
        both = tuple(route for route in one.routes if route in two.routes)
        return Routes(routes=both) if both else None

    return _agreement(rules, offered, meet)


# -------------------------------------------------------------------------- union


def _union(entries: tuple[Entry, ...]) -> Composed:
    """Everything that binding rules say, and what only optional ones say beside it."""
    default = tuple(e for e in entries if any(not r.optional for r in e.rules))
    beside = tuple(e for e in entries if all(r.optional for r in e.rules))
    return Composed(
        kind=Kind.ADVICE if default else Kind.SILENT,
        default=default,
        alternatives=beside,
    )


def _items(rules: Sequence[Rule]) -> tuple[Entry, ...]:
    found: dict[Advice, list[Rule]] = {}
    for rule in rules:
        match rule.value:
            case Technique(instructions=instructions):
                for instruction in instructions:
                    found.setdefault(instruction, []).append(rule)
            case Prohibition() as value:
                for drug in value.drugs:
                    found.setdefault(evolve(value, drugs=(drug,)), []).append(rule)
            case Continuation() as value:
                found.setdefault(value, []).append(rule)
            case _:
                pass
    return tuple(Entry(advice, tuple(by)) for advice, by in found.items())


def _targets(rules: Sequence[Rule]) -> Composed:
    """Of the bounds on a measure in one direction the tightest."""
    found: dict[tuple[str, Operator], list[Rule]] = {}
    for rule in rules:
        if isinstance(rule.value, Target):
            key = (rule.value.measure, rule.value.operator)
            found.setdefault(key, []).append(rule)
    entries = []
    for (_, operator), by in found.items():
        targets = [rule.value for rule in by if isinstance(rule.value, Target)]
        upper = operator in {Operator.LESS, Operator.AT_MOST}
        tightest = (min if upper else max)(targets, key=lambda target: target.low)
        entries.append(Entry(tightest, tuple(by)))
    return _union(tuple(entries))


def _monitoring(rules: Sequence[Rule]) -> tuple[Entry, ...]:
    """One entry for each test and schedule; what holds of every visit joins each of them."""
    by_test: dict[str, list[tuple[Rule, Monitoring]]] = {}
    for rule in rules:
        if isinstance(rule.value, Monitoring):
            for test in rule.value.tests:
                one = evolve(rule.value, tests=(test,))
                by_test.setdefault(test, []).append((rule, one))
    return tuple(e for found in by_test.values() for e in _test_entries(found))


def _test_entries(found: Sequence[tuple[Rule, Monitoring]]) -> tuple[Entry, ...]:
    scheduled = [(r, m) for r, m in found if m.at or m.every is not None or m.once]
    general = [(r, m) for r, m in found if not (m.at or m.every is not None or m.once)]
    merged: dict[Monitoring, list[Rule]] = {}
    for rule, value in scheduled:
        if not any(_is_tighter(other, value) for _, other in scheduled):
            merged.setdefault(_bare(value), []).append(rule)
    visits = _joined_times(merged) or {Monitoring(tests=found[0][1].tests): []}
    attributes = [m for _, m in found]
    always = {rule.name for rule, _ in general}
    entries = []
    for value, by in visits.items():
        full = evolve(
            value,
            before_next_dose=any(m.before_next_dose for m in attributes),
            never_alone=any(m.never_alone for m in attributes),
            companions=tuple(
                dict.fromkeys(c for m in attributes for c in m.companions)
            ),
        )
        names = always | {rule.name for rule in by}
        entries.append(Entry(full, tuple(r for r, _ in found if r.name in names)))
    return tuple(entries)


def _bare(value: Monitoring) -> Monitoring:
    return evolve(value, before_next_dose=False, never_alone=False, companions=())


def _joined_times(
    merged: dict[Monitoring, list[Rule]],
) -> dict[Monitoring, list[Rule]]:
    """The schedules with all single times ("at 3", "at 6 and 12 months") in one."""
    found: dict[Monitoring, list[Rule]] = {}
    timed = [m for m in merged if m.at and m.every is None]
    if timed:
        times = sorted(
            {time for m in timed for time in m.at},
            key=lambda t: (t.unit.is_calendar, t.value * t.unit.in_smallest),
        )
        by = {rule.name: rule for m in timed for rule in merged[m]}
        found[evolve(timed[0], at=tuple(times))] = list(by.values())
    found.update({m: by for m, by in merged.items() if m not in timed})
    return found


def _is_tighter(one: Monitoring, two: Monitoring) -> bool:
    """Whether whoever does `one` has done `two`: a shorter interval, not starting later."""
    if one.every is None or two.every is None or two.at or one == two:
        return False
    if one.after not in {None, two.after} or one.until not in {None, two.until}:
        return False
    if not one.every.is_comparable_with(two.every):
        return False
    return one.every.smallest[1] < two.every.smallest[1]
