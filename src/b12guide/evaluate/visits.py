"""Which visits the rules on monitoring ask for (M43, M44).

A visit is a test with its times or its interval, with what comes first (`after`), with its end
(`until`), and with what belongs to it: companions, the trough, that it is never relied on alone. A
rule without any of the first four speaks of every visit of its test; what a rule with a schedule
says belongs to its own visits only.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from attrs import evolve

from b12guide.graph.model import Monitoring, Rule


def visits(rules: Sequence[Rule]) -> tuple[tuple[Monitoring, tuple[Rule, ...]], ...]:
    """Each visit with the rules behind it, test by test."""
    by_test: dict[str, list[tuple[Rule, Monitoring]]] = {}
    for rule in rules:
        if isinstance(rule.value, Monitoring):
            for test in rule.value.tests:
                one = evolve(rule.value, tests=(test,))
                by_test.setdefault(test, []).append((rule, one))
    return tuple(visit for found in by_test.values() for visit in _of_test(found))


def _of_test(
    found: Sequence[tuple[Rule, Monitoring]],
) -> list[tuple[Monitoring, tuple[Rule, ...]]]:
    general = [(rule, one) for rule, one in found if not is_scheduled(one)]
    everywhere = [one for _, one in general]
    scheduled = [
        (rule, _with(one, everywhere)) for rule, one in found if is_scheduled(one)
    ]
    alike: dict[Hashable, list[tuple[Rule, Monitoring]]] = {}
    for rule, one in scheduled:
        alike.setdefault(_bare(one), []).append((rule, one))
    merged = [visit for some in alike.values() for visit in _merged(some)]
    merged = [
        (one, by)
        for one, by in merged
        if not any(is_done_by(one, other) for other, _ in merged)
    ]
    if not merged:
        first, *others = everywhere
        merged = [(_with(first, others), set())]
    behind = {rule.name for rule, _ in general}
    return [
        (visit, tuple(rule for rule, _ in found if rule.name in names | behind))
        for visit, names in merged
    ]


def is_scheduled(one: Monitoring) -> bool:
    """Whether it is a visit of its own, and does not speak of every visit of its test (M44)."""
    return bool(one.at or one.every is not None or one.once or one.after or one.until)


def _with(one: Monitoring, others: Sequence[Monitoring]) -> Monitoring:
    """The visit with what rules on every visit of the test say of it."""
    every = (one, *others)
    return evolve(
        one,
        before_next_dose=any(m.before_next_dose for m in every),
        never_alone=any(m.never_alone for m in every),
        companions=tuple(sorted({c for m in every for c in m.companions})),
    )


def _bare(one: Monitoring) -> Monitoring:
    """All of a visit but its times: visits that share it may become one."""
    return evolve(one, at=(), every=None, at_least=False, once=False)


def _merged(
    found: Sequence[tuple[Rule, Monitoring]],
) -> list[tuple[Monitoring, set[str]]]:
    """The visits, single times ("at 3", "at 6 and 12 months") in one.

    Single times come first. A rule with both times and an interval stands by itself.
    """
    times = [(r, m) for r, m in found if m.at and m.every is None and not m.once]
    merged: dict[Monitoring, set[str]] = {}
    if times:
        at = sorted(
            {time for _, one in times for time in one.at},
            key=lambda t: (t.unit.is_calendar, t.value * t.unit.in_smallest),
        )
        merged[evolve(times[0][1], at=tuple(at))] = {rule.name for rule, _ in times}
    for rule, one in found:
        if (rule, one) not in times:
            merged.setdefault(one, set()).add(rule.name)
    return list(merged.items())


def is_done_by(one: Monitoring, other: Monitoring) -> bool:
    """Whether whoever does `other` does `one`: sooner again, and nothing is lost (M43)."""
    if any(visit.at or visit.once for visit in (one, other)):
        return False
    asked = (one.before_next_dose, one.never_alone)
    done = (other.before_next_dose, other.never_alone)
    return (
        (one.after, one.until) == (other.after, other.until)
        and {*one.companions} <= {*other.companions}
        and all(mine <= theirs for mine, theirs in zip(asked, done, strict=True))
        and _is_shorter(other, one)
    )


def _is_shorter(one: Monitoring, two: Monitoring) -> bool:
    """Whether the interval of `one` is the shorter, so that whoever keeps it keeps the other."""
    if one.every is None or two.every is None:
        return False
    mine, theirs = (
        (each.every.smallest[1], each.every.smallest[0], each.at_least)
        for each in (one, two)
        if each.every is not None
    )
    return one.every.is_comparable_with(two.every) and mine < theirs
