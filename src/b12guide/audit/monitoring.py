"""Tests that are missing or late.

Months are counted from the first dose, or from the event that a rule counts from. A test is in
time within the tolerance of its day; one that belongs before a dose may be taken just before the
dose nearest to that day, because the trough is what counts, as long as the dose lies within half
an interval. Each test serves one target of a schedule, so that one visit cannot stand in for all
that were missed after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from b12guide.audit.finding import Family, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.severity import Departure
from b12guide.audit.visit import nearest_dose, trough_window, waits_for_dose
from b12guide.audit.wording import called, days, every_text, joined, length_text
from b12guide.evaluate.answer import RuleVerdict
from b12guide.graph.model import Monitoring, Rule
from b12guide.regimen.interval import exceeds, longest
from b12guide.values.calendar import add

__all__ = ["monitoring_findings"]


def monitoring_findings(replay: Replay) -> Iterator[Departure]:
    """Tests that are missing or late, single ones and recurring ones."""
    rules = [
        (rule, rule.value)
        for rule in replay.graph.rules.values()
        if isinstance(rule.value, Monitoring) and not rule.optional
    ]
    found = [*_singles(replay, rules), *_recurring(replay, rules)]
    yield from _one_matter(found, replay.tolerance.tests)


_Rules = Sequence[tuple[Rule, Monitoring]]


def _one_matter(found: Sequence[Departure], spare: int) -> Iterator[Departure]:
    """What is missing, that of the same tests about the same time being one matter."""
    since: dict[tuple[object, ...], dt.date] = {}
    for one in sorted(found, key=lambda each: each.on):
        first = since.get(one.matter)
        if first is None or (one.on - first).days > spare:
            first = since[one.matter] = one.on
        yield evolve(one, matter=(*one.matter, first))


def _binding(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


def _happened(replay: Replay, event: str) -> dt.date | None:
    """The day on which an event was recorded; the first dose, where it was known all along."""
    first = replay.first
    if first is not None and _is_so(replay, event, first):
        return first
    for day in replay.knowledge.days:
        if day <= replay.on and _is_so(replay, event, day):
            return day
    return None


def _is_so(replay: Replay, event: str, day: dt.date) -> bool:
    return replay.knowledge.on(day).stated.values.get(event) is True


def _is_over(replay: Replay, value: Monitoring, day: dt.date) -> bool:
    """Whether the event until which a test is asked for had come by a day."""
    return value.until is not None and _is_so(replay, value.until, day)


# -------------------------------------------------------------- at 3, 6 and 12 months


@frozen
class _Target:
    """A day on which a test was due, and the rules that say so."""

    test: str
    due: dt.date
    anchor: dt.date
    rules: tuple[tuple[RuleVerdict, str], ...]


def _singles(replay: Replay, rules: _Rules) -> Iterator[Departure]:
    schedules: dict[tuple[str, dt.date], list[_Target]] = {}
    for target in _targets(replay, rules):
        schedules.setdefault((target.test, target.anchor), []).append(target)
    for (test, anchor), targets in schedules.items():
        taken = [t.on for t in replay.tests(test) if t.on > anchor]
        served = _served(replay, targets, taken)
        spare = [day for day in taken if day not in served.values()]
        for target in targets:
            if target not in served and _is_overdue(replay, target.due, test):
                for verdict, when in target.rules:
                    yield _missing(replay, verdict, target, when, spare)


def _targets(replay: Replay, rules: _Rules) -> Iterator[_Target]:
    """The single checks of every rule that binds when they are due, in the order of their days."""
    found: dict[tuple[str, dt.date, dt.date], list[tuple[RuleVerdict, str]]] = {}
    for rule, value in rules:
        anchor = replay.first if value.after is None else _happened(replay, value.after)
        for time in value.at:
            due = None if anchor is None else add(anchor, time)
            if anchor is None or due is None or due > replay.on:
                continue
            verdict = _binding(replay, rule, due)
            if verdict is not None and not _is_over(replay, value, due):
                for test in value.tests:
                    key = (test, due, anchor)
                    found.setdefault(key, []).append((verdict, length_text(time)))
    for (test, due, anchor), said in sorted(found.items(), key=lambda each: each[0]):
        yield _Target(test, due, anchor, tuple(said))


def _served(
    replay: Replay, targets: Sequence[_Target], taken: Sequence[dt.date]
) -> dict[_Target, dt.date]:
    """Which test serves which target: as many targets as can be, each by a test of its own."""
    fits = {
        target: sorted(
            (
                day
                for day in set(taken)
                if _in_time(replay, target.due, day, target.test)
            ),
            key=lambda day, due=target.due: (abs((day - due).days), day),  # type: ignore[misc]
        )
        for target in targets
    }
    by_day: dict[dt.date, _Target] = {}

    def place(target: _Target, tried: set[dt.date]) -> bool:
        for day in fits[target]:
            if day in tried:
                continue
            tried.add(day)
            if day not in by_day or place(by_day[day], tried):
                by_day[day] = target
                return True
        return False

    for target in targets:
        place(target, set())
    return {target: day for day, target in by_day.items()}


def _is_overdue(replay: Replay, due: dt.date, test: str) -> bool:
    return (replay.on - due).days > replay.tolerance.tests and not waits_for_dose(
        replay, due, test
    )


def _in_time(replay: Replay, due: dt.date, day: dt.date, test: str) -> bool:
    """Whether a test was taken about when it was due, or just before the dose nearest to then."""
    if abs((day - due).days) <= replay.tolerance.tests:
        return True
    nearest = nearest_dose(replay, due, test)
    return nearest is not None and 0 <= (nearest - day).days <= trough_window(replay)


def _missing(
    replay: Replay,
    verdict: RuleVerdict,
    target: _Target,
    when: str,
    spare: Sequence[dt.date],
) -> Departure:
    later = next((day for day in sorted(spare) if day > target.due), None)
    if later is not None and (later - target.due) >= (target.due - target.anchor):
        later = None
    value = verdict.rule.value
    counts_from_dose = isinstance(value, Monitoring) and value.after is None
    why = (
        Missing(
            What.RECORD,
            "treatment had begun before this record, so its months are not known",
        ),
    )
    return _absent(
        replay,
        verdict,
        (target.test,),
        (target.anchor, target.due),
        when=when,
        later=later,
        why=why if counts_from_dose and replay.was_treated_before else (),
    )


def _absent(  # noqa: PLR0913 -- one argument for each thing that the finding tells
    replay: Replay,
    verdict: RuleVerdict,
    tests: Sequence[str],
    compared: tuple[dt.date, dt.date],
    *,
    when: str,
    later: dt.date | None = None,
    why: tuple[Missing, ...] = (),
) -> Departure:
    names = joined(called(replay.graph, test) for test in tests)
    due = compared[-1]
    was, is_ = ("was", "is") if len(tests) == 1 else ("were", "are")
    text = f"{names} {was} due on {due} and {is_} missing"
    if later is not None:
        late = days((later - due).days)
        text = f"{names} {was} due on {due} and came {late} late, on {later}"
    return Departure(
        on=due,
        family=Family.MONITORING,
        verdict=verdict,
        matter=("missing", frozenset(tests)),
        text=text,
        limit=f"{when}, with {days(replay.tolerance.tests)} to spare",
        compared=compared,
        clears=f"{names} on {due} or just before the dose nearest to it",
        about=frozenset(tests),
        why=why,
    )


# ------------------------------------------------------------------------- recurring


def _recurring(replay: Replay, rules: _Rules) -> Iterator[Departure]:
    for rule, value in rules:
        start = None if value.every is None else _start(replay, rule, value)
        if value.every is None or start is None:
            continue
        missed: dict[tuple[dt.date, dt.date], list[str]] = {}
        for test in value.tests:
            for first, due in _gaps(replay, value, test, start):
                missed.setdefault((first, due), []).append(test)
        for compared, tests in missed.items():
            verdict = _binding(replay, rule, compared[-1])
            if verdict is not None and not _is_over(replay, value, compared[-1]):
                when = every_text(value.every)
                yield _absent(replay, verdict, tests, compared, when=when)


def _gaps(
    replay: Replay, value: Monitoring, test: str, start: dt.date
) -> Iterator[tuple[dt.date, dt.date]]:
    """Each test after which the next was too late, or the start, and when that was due."""
    if value.every is None:
        return
    length, spare = longest(value.every), replay.tolerance.tests
    done = sorted({t.on for t in replay.tests(test)})
    before = [day for day in done if (day - start).days <= spare]
    reference = max([start, *before]) if value.after is not None else start
    later = [day for day in done if day > reference]
    for first, second in zip([reference, *later], [*later, None], strict=True):
        due = add(first, length)
        last = replay.on if second is None else second
        if due is None or not exceeds(first, last, length, spare):
            continue
        if second is None and waits_for_dose(replay, due, test):
            continue
        if second is None or not _in_time(replay, due, second, test):
            yield first, due


def _start(replay: Replay, rule: Rule, value: Monitoring) -> dt.date | None:
    """The day from which a recurring test is counted.

    That is the event that it waits for or, where nobody recorded it, the last of the single
    checks of the same test; else the day on which there was reason for it.
    """
    if value.after is not None:
        return _happened(replay, value.after) or _last_check(replay, value)
    since = replay.knowledge.since(rule, replay.on)
    if since is not None:
        return since
    if replay.first is not None:
        return replay.first
    return replay.events[0].on if replay.events else None


def _last_check(replay: Replay, value: Monitoring) -> dt.date | None:
    first = replay.first
    if first is None:
        return None
    days_ = [
        day
        for rule in replay.graph.rules.values()
        if isinstance(rule.value, Monitoring)
        and set(rule.value.tests) & set(value.tests)
        for time in rule.value.at
        if (day := add(first, time)) is not None
    ]
    return max(days_, default=None)
