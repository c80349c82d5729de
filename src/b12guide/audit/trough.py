"""Tests that belong just before a dose: which dose that is, and whether they came before it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from b12guide.audit.event import Given, Tested
from b12guide.audit.finding import Family, Finding, gravity_of
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, days
from b12guide.evaluate.answer import Verdict
from b12guide.graph.model import Decision, Monitoring
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Every
from b12guide.values.calendar import add
from b12guide.values.duration import DurationRange

__all__ = ["nearest_dose", "trough_findings", "trough_window", "waits_for_dose"]


def trough_window(replay: Replay) -> int:
    """How many days before a dose still are just before it: the day before at least."""
    return max(1, replay.tolerance.doses)


def nearest_dose(replay: Replay, day: dt.date) -> dt.date | None:
    """The day of the dose that lies nearest to `day`, the earlier of two at equal distance."""
    index = bisect_left(replay.dose_days, day)
    around = replay.dose_days[max(index - 1, 0) : index + 1]
    return min(around, key=lambda on: (abs((on - day).days), on), default=None)


def waits_for_dose(replay: Replay, due: dt.date, test: str) -> bool:
    """Whether a test that was due belongs before a dose that is still to come in its time."""
    if not replay.doses or not _belongs_before_dose(replay, test, due):
        return False
    last = replay.doses[-1].on
    interval = _interval(replay, last)
    expected = None if interval is None else add(last, longest(interval))
    if last > due or expected is None or replay.on > expected:
        return False
    return abs((expected - due).days) < (due - last).days


def _belongs_before_dose(replay: Replay, test: str, day: dt.date) -> bool:
    return any(
        isinstance(v.rule.value, Monitoring)
        and v.rule.value.before_next_dose
        and test in v.rule.value.tests
        for v in replay.binding(Decision.MONITORING, day)
    )


def _interval(replay: Replay, day: dt.date) -> DurationRange | None:
    """The interval of maintenance that holds on a day, where one rule applies."""
    for verdict in replay.binding(Decision.MAINTENANCE, day):
        if verdict.verdict is Verdict.APPLIES:
            for phase in phases_of(verdict.rule):
                if isinstance(phase.frequency, Every):
                    return phase.frequency.interval
    return None


def trough_findings(replay: Replay) -> Iterator[Finding]:
    """Tests that were to be taken just before a dose, and were not."""
    first = replay.first
    if first is None:
        return
    for rule in replay.graph.rules.values():
        value = rule.value
        if (
            not isinstance(value, Monitoring)
            or not value.before_next_dose
            or rule.optional
        ):
            continue
        tests = (t for name in value.tests for t in replay.tests(name))
        for tested in tests:
            verdict = replay.verdict(rule, tested.on)
            if tested.on <= first or verdict.verdict not in OPEN:
                continue
            if _is_trough(replay, tested):
                continue
            name = called(replay.graph, tested.test)
            index = bisect_right(replay.dose_days, tested.on)
            before = replay.dose_days[index - 1] if index else first
            yield Finding(
                on=tested.on,
                gravity=gravity_of(verdict),
                family=Family.MONITORING,
                rule=rule,
                text=f"{name} was measured {days((tested.on - before).days)} after a dose "
                "and not just before the next",
                limit="on the day before a dose, or on its day before it is given",
                compared=(before, tested.on),
                needs=verdict.needs,
                assumptions=rule.assumptions,
                clears=f"{name} just before the next dose",
            )


def _is_trough(replay: Replay, tested: Tested) -> bool:
    """Whether a test was taken just before a dose, or when one was due, or cannot be judged."""
    if any(
        c.start.drug in replay.drugs
        and c.start.on <= tested.on
        and (c.until is None or c.until > tested.on)
        for c in replay.courses
    ):
        return True
    window = trough_window(replay)
    index = bisect_left(replay.dose_days, tested.on)
    while index < len(replay.doses) and not _is_after(replay.doses[index], tested):
        index += 1
    earlier, later = replay.doses[:index], replay.doses[index : index + 1]
    if later and (later[0].on - tested.on).days <= window:
        return True
    if not earlier:
        return True
    interval = _interval(replay, tested.on)
    if interval is None:
        return not later
    soonest = add(earlier[-1].on, shortest(interval))
    latest = add(earlier[-1].on, longest(interval))
    if soonest is None or latest is None:
        return not later
    if not later:
        return (soonest - tested.on).days <= window or (
            (replay.on - tested.on).days <= window
        )
    was_late = (later[0].on - latest).days > replay.tolerance.doses
    return was_late and abs((latest - tested.on).days) <= window


def _is_after(dose: Given, tested: Tested) -> bool:
    """Whether a dose came after a test; on one day it did, unless their times say otherwise."""
    if dose.on != tested.on:
        return dose.on > tested.on
    if dose.time is None or tested.time is None:
        return True
    return dose.time >= tested.time
