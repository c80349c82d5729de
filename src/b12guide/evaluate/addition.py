"""Rules that add up: instructions, prohibitions, tests, targets.

Of several bounds or intervals for the same thing the tightest counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from b12guide.evaluate.answer import Advice
from b12guide.evaluate.composed import Composed, Entry, Kind
from b12guide.graph.model import (
    Continuation,
    Monitoring,
    Prohibition,
    Rule,
    Target,
    Technique,
)
from b12guide.values.term import Operator

__all__ = ["added_up", "items", "tightest_targets", "visits"]


def added_up(entries: tuple[Entry, ...]) -> Composed:
    """Everything that binding rules say, and what only optional ones say beside it."""
    default = tuple(e for e in entries if any(not r.optional for r in e.rules))
    beside = tuple(e for e in entries if all(r.optional for r in e.rules))
    return Composed(
        kind=Kind.ADVICE if default else Kind.SILENT,
        default=default,
        alternatives=beside,
    )


def items(rules: Sequence[Rule]) -> tuple[Entry, ...]:
    """Each instruction, prohibition and continuation with the rules behind it."""
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


def tightest_targets(rules: Sequence[Rule]) -> Composed:
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
    return added_up(tuple(entries))


def visits(rules: Sequence[Rule]) -> tuple[Entry, ...]:
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
