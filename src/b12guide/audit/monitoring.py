"""Tests that are missing or late.

Months are counted from the first dose. A test that is due between two doses may be taken just
before the dose nearest to its date, because the trough is what counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.trough import nearest_dose, trough_window, waits_for_dose
from b12guide.audit.wording import called, days, every_text, joined, length_text
from b12guide.evaluate.answer import RuleVerdict
from b12guide.graph.model import Decision, Monitoring, Rule
from b12guide.regimen.interval import exceeds, longest
from b12guide.values.calendar import add

__all__ = ["monitoring_findings"]


def monitoring_findings(replay: Replay) -> Iterator[Finding]:
    """Tests that are missing or late, single ones and recurring ones."""
    for rule in replay.graph.rules.values():
        if rule.decision is Decision.MONITORING and not rule.optional:
            value = rule.value
            if isinstance(value, Monitoring):
                yield from _single(replay, rule, value)
                yield from _recurring(replay, rule, value)


def _binding(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


# -------------------------------------------------------------- at 3, 6 and 12 months


def _single(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Finding]:
    first = replay.first
    if first is None:
        return
    for time in value.at:
        due = add(first, time)
        verdict = None if due is None else _binding(replay, rule, due)
        if due is None or verdict is None:
            continue
        for test in value.tests:
            if not _is_overdue(replay, due, test):
                continue
            if any(_in_time(replay, due, t.on) for t in replay.tests(test)):
                continue
            yield _missing(
                replay, verdict, (test,), due=due, since=first, when=length_text(time)
            )


def _is_overdue(replay: Replay, due: dt.date, test: str) -> bool:
    return (replay.on - due).days > replay.tolerance.tests and not waits_for_dose(
        replay, due, test
    )


def _in_time(replay: Replay, due: dt.date, day: dt.date) -> bool:
    """Whether a test was taken about when it was due, or just before the dose nearest to then."""
    if abs((day - due).days) <= replay.tolerance.tests:
        return True
    nearest = nearest_dose(replay, due)
    if nearest is None:
        return False
    return 0 <= (nearest - day).days <= trough_window(replay)


def _missing(  # noqa: PLR0913 -- one argument for each thing that the finding tells
    replay: Replay,
    verdict: RuleVerdict,
    tests: Sequence[str],
    *,
    due: dt.date,
    since: dt.date,
    when: str,
) -> Finding:
    names = joined(called(replay.graph, test) for test in tests)
    later = [
        t.on
        for test in tests
        for t in replay.tests(test)
        if t.on > due and len(tests) == 1
    ]
    was, is_ = ("was", "is") if len(tests) == 1 else ("were", "are")
    text = f"{names} {was} due on {due} ({when}) and {is_} missing"
    if later and (later[0] - due) < (due - since):
        text = (
            f"{names} was due on {due} ({when}) and came "
            f"{days((later[0] - due).days)} late, on {later[0]}"
        )
    gravity = gravity_of(verdict)
    if gravity is Gravity.VIOLATION and replay.was_treated_before:
        gravity = Gravity.UNRESOLVED
        text += "; treatment had begun before this record, so its months are not known"
    if gravity is Gravity.VIOLATION and any(
        _is_undefined(replay, t, due) for t in tests
    ):
        gravity = Gravity.UNRESOLVED
        text += "; the guideline does not say which test that is"
    return Finding(
        on=due,
        gravity=gravity,
        family=Family.MONITORING,
        rule=verdict.rule,
        text=text,
        limit=f"{when}, with {days(replay.tolerance.tests)} to spare",
        compared=(since, due),
        needs=verdict.needs,
        assumptions=verdict.rule.assumptions,
        clears=f"{names} on {due} or just before the dose nearest to it",
    )


def _is_undefined(replay: Replay, test: str, day: dt.date) -> bool:
    """Whether the guideline itself says that it does not say which test is meant."""
    silences = replay.knowledge.on(day).recommendation.silences
    return any(test in silence.topics for silence in silences)


# ------------------------------------------------------------------------- recurring


def _recurring(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Finding]:
    if value.every is None:
        return
    start = _start(replay, rule, value)
    if start is None:
        return
    length = longest(value.every)
    missed: dict[tuple[dt.date, dt.date], list[str]] = {}
    for test in value.tests:
        done = [t.on for t in replay.tests(test)]
        spare = replay.tolerance.tests
        before = [d for d in done if (d - start).days <= spare]
        reference = max([start, *before]) if value.after is not None else start
        later = [d for d in done if d > reference]
        for first, second in pairwise([reference, *later, replay.on]):
            due = add(first, length)
            if due is None or not exceeds(first, second, length, spare):
                continue
            if second in later and _in_time(replay, due, second):
                continue
            is_open = second == replay.on and second not in later
            if is_open and waits_for_dose(replay, due, test):
                continue
            missed.setdefault((first, due), []).append(test)
    for (first, due), tests in missed.items():
        verdict = _binding(replay, rule, due)
        if verdict is not None:
            yield _missing(
                replay,
                verdict,
                tests,
                due=due,
                since=first,
                when=every_text(value.every),
            )


def _start(replay: Replay, rule: Rule, value: Monitoring) -> dt.date | None:
    """The day from which a recurring test is counted.

    That is the event that it waits for or, where nobody recorded it, the last of the single
    checks of the same test; else the day on which there was reason for it.
    """
    if value.after is not None:
        recorded = _recorded(replay, value.after)
        return recorded or _last_check(replay, value)
    since = replay.knowledge.since(rule, replay.on)
    if since is not None:
        return since
    if replay.first is not None:
        return replay.first
    return replay.events[0].on if replay.events else None


def _recorded(replay: Replay, event: str) -> dt.date | None:
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
