"""The tests of single days: whether they came before a dose, with what, and their values."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from b12guide.audit.event import Given, Tested, clock
from b12guide.audit.finding import Family, Gravity, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.severity import Departure
from b12guide.audit.wording import called, days, joined
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.facts import compare
from b12guide.graph.model import Decision, Monitoring, Rule, Target
from b12guide.regimen.interval import longest, shortest
from b12guide.values.calendar import add
from b12guide.values.quantity import format_quantity

__all__ = ["nearest_dose", "trough_window", "visit_findings", "waits_for_dose"]


def visit_findings(replay: Replay) -> Iterator[Departure]:
    """What is wrong with the tests of single days."""
    for rule in replay.graph.rules.values():
        match rule.value:
            case Monitoring() as value if not rule.optional:
                yield from _troughs(replay, rule, value)
                yield from _companions(replay, rule, value)
                yield from _alone(replay, rule, value)
            case Target() as value:
                yield from _off_target(replay, rule, value)
            case _:
                pass


def _binding(replay: Replay, rule: Rule, day: dt.date) -> RuleVerdict | None:
    verdict = replay.verdict(rule, day)
    return verdict if verdict.verdict in OPEN else None


def _visits(replay: Replay, test: str) -> tuple[Tested, ...]:
    """The tests of one name, one a day; those before the first dose watch no treatment."""
    first = replay.first
    if first is None:
        return ()
    by_day = {tested.on: tested for tested in reversed(replay.tests(test))}
    return tuple(by_day[day] for day in sorted(by_day) if day > first)


# ------------------------------------------------------------------- before a dose


def trough_window(replay: Replay) -> int:
    """How many days before a dose still are just before it: the day before at least."""
    return max(1, replay.tolerance.doses)


def nearest_dose(replay: Replay, day: dt.date, test: str) -> dt.date | None:
    """The dose before which a test that is due on `day` may be taken, if it belongs before one.

    It is the dose nearest to that day, the earlier of two, and within half an interval of it.
    """
    if not _belongs_before_dose(replay, test, day):
        return None
    index = bisect_left(replay.dose_days, day)
    around = replay.dose_days[max(index - 1, 0) : index + 1]
    nearest = min(around, key=lambda on: (abs((on - day).days), on), default=None)
    if nearest is None or 2 * abs((nearest - day).days) > _interval_days(replay, day):
        return None
    return nearest


def waits_for_dose(replay: Replay, due: dt.date, test: str) -> bool:
    """Whether a test that was due belongs before a dose that is still to come in its time."""
    if not replay.doses or not _belongs_before_dose(replay, test, due):
        return False
    last = replay.doses[-1].on
    interval = replay.interval_on(last)
    expected = None if interval is None else add(last, longest(interval))
    if last > due or expected is None or replay.on > expected:
        return False
    away = abs((expected - due).days)
    return away < (due - last).days and 2 * away <= _interval_days(replay, due)


def _interval_days(replay: Replay, day: dt.date) -> int:
    """The length in days of the longest interval between doses that the guideline allows."""
    interval = replay.interval_on(day)
    after = None if interval is None else add(day, longest(interval))
    return 0 if after is None else (after - day).days


def _belongs_before_dose(replay: Replay, test: str, day: dt.date) -> bool:
    return any(
        isinstance(v.rule.value, Monitoring)
        and v.rule.value.before_next_dose
        and test in v.rule.value.tests
        for v in replay.binding(Decision.MONITORING, day)
    )


def _troughs(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """Tests that were to be taken just before a dose, and were not."""
    if not value.before_next_dose:
        return
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _binding(replay, rule, tested.on)
            if verdict is None or _is_trough(replay, tested):
                continue
            name = called(replay.graph, test)
            index = bisect_right(replay.dose_days, tested.on)
            before = replay.dose_days[index - 1] if index else tested.on
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("trough", test),
                text=f"{name} was measured {days((tested.on - before).days)} after a dose "
                "and not just before the next",
                common=f"{name} was not measured just before a dose",
                limit="on the day before a dose, or on its day before it is given",
                compared=(before, tested.on),
                clears=f"{name} just before the next dose",
                about={test},
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
    interval = replay.interval_on(tested.on)
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
    if (dose.time.utcoffset() is None) is not (tested.time.utcoffset() is None):
        return True  # one has an offset from UTC and the other has none
    return clock(dose.time) >= clock(tested.time)


# --------------------------------------------------------------- with other tests


def _companions(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """Tests that belong to every visit, and were not done that day."""
    if not value.companions:
        return
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _binding(replay, rule, tested.on)
            lacking = [c for c in value.companions if not _done(replay, c, tested.on)]
            if verdict is None or not lacking:
                continue
            names = joined(called(replay.graph, c) for c in lacking)
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("companions", test, tuple(lacking)),
                text=f"{called(replay.graph, test)} was measured without {names}",
                limit="with "
                + joined(called(replay.graph, c) for c in value.companions),
                compared=(tested.on,),
                clears=f"{names} on that day",
                about={test, *lacking},
            )


def _alone(replay: Replay, rule: Rule, value: Monitoring) -> Iterator[Departure]:
    """A test that is not to be relied on alone, on a day without any other.

    Whether anybody relied on it is not recorded, so it is unresolved; and where a companion is
    missing anyway, that has been told.
    """
    if not value.never_alone:
        return
    why = Missing(What.RECORD, "whether it was relied on alone is not recorded")
    for test in value.tests:
        for tested in _visits(replay, test):
            verdict = _binding(replay, rule, tested.on)
            others = (o for o in replay.tests_by_name if o != test)
            is_alone = not any(_done(replay, other, tested.on) for other in others)
            if verdict is None or not is_alone:
                continue
            if _has_companions(replay, test, tested.on):
                continue
            yield Departure(
                on=tested.on,
                family=Family.MONITORING,
                verdict=verdict,
                matter=("visit", tested.on, test),
                like=("alone", test),
                text=f"{called(replay.graph, test)} was the only test of the day",
                limit="not to be relied on alone",
                compared=(tested.on,),
                clears="another test on that day",
                about={test},
                why=(why,),
            )


def _has_companions(replay: Replay, test: str, day: dt.date) -> bool:
    """Whether a rule asks for companions of a test on a day."""
    return any(
        isinstance(rule.value, Monitoring)
        and bool(rule.value.companions)
        and test in rule.value.tests
        and _binding(replay, rule, day) is not None
        for rule in replay.graph.rules.values()
    )


def _done(replay: Replay, test: str, day: dt.date) -> bool:
    return any(t.on == day for t in replay.tests(test))


# -------------------------------------------------------------------------- targets


def _off_target(replay: Replay, rule: Rule, target: Target) -> Iterator[Departure]:
    """Values that miss a target; the guideline sets one without saying what follows."""
    for tested in replay.tests(target.measure):
        verdict = _binding(replay, rule, tested.on)
        if verdict is None or tested.value is None:
            continue
        if compare(target.operator, tested.value, target.low):
            continue
        name = called(replay.graph, target.measure)
        bound = f"{target.operator.value} {format_quantity(target.low, target.unit)}"
        yield Departure(
            on=tested.on,
            family=Family.MONITORING,
            verdict=verdict,
            matter=("value", tested.on, tested.row, target.measure),
            like=("value", target.measure),
            text=f"{name} was {format_quantity(tested.value, target.unit)}",
            common=f"{name} missed its target",
            limit=f"target {bound}",
            compared=(tested.on,),
            about={target.measure},
            ceiling=Gravity.INFO,
        )
