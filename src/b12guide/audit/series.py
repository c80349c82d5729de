"""Doses of a series that are counted from events: those that came too early, and those overdue.

The days of the events are what the patient's record and the history say of them; the latest day
counts, so an event that every dose repeats is the dose before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from b12guide.audit.course import scheduled
from b12guide.audit.event import Given
from b12guide.audit.finding import Family
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.severity import Departure
from b12guide.audit.wording import called, days, length_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.series import Counted, counted, is_early, is_late
from b12guide.values.calendar import add

__all__ = ["series_findings"]

_DECISIONS = (Decision.LOADING, Decision.MAINTENANCE)
_DAY = dt.timedelta(days=1)


def series_findings(replay: Replay) -> Iterator[Departure]:
    """Each dose against the counts that bound when it was given; then what is overdue."""
    for dose in replay.doses:
        yield from _early(replay, dose)
    yield from _overdue(replay)


def _counting(
    replay: Replay, day: dt.date, *, optional: bool
) -> Iterator[tuple[RuleVerdict, Counted]]:
    """The rules that applied with what was known on a day, with what they count from."""
    for decision in _DECISIONS:
        for verdict in replay.knowledge.on(day).of(decision, Verdict.APPLIES):
            if verdict.rule.optional is optional and not scheduled(verdict.rule):
                for phase in phases_of(verdict.rule):
                    one = counted(phase)
                    if one is not None:
                        yield verdict, one


def _early(replay: Replay, dose: Given) -> Iterator[Departure]:
    # A dose may itself bring the event about that ends its rule: the day before decides.
    known = dose.on - _DAY
    events = replay.knowledge.events(known)
    grace = replay.tolerance.early
    offered = [
        one
        for _, one in _counting(replay, known, optional=True)
        if one.event in events and not is_early(one, events[one.event], dose.on, grace)
    ]
    for verdict, one in _counting(replay, known, optional=False):
        since = events.get(one.event)
        if since is None or not is_early(one, since, dose.on, grace):
            continue
        if verdict.rule.decision is Decision.MAINTENANCE and offered:
            continue
        first = add(since, shortest(one.interval))
        yield Departure(
            on=dose.on,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("too soon", dose.on, dose.row),
            text=f"the dose came {days((dose.on - since).days)} after "
            f"{called(replay.graph, one.event)} on {since}, which is too soon",
            limit=f"{length_text(shortest(one.interval))}, with {days(grace)} to spare",
            compared=(since, dose.on),
            clears=f"a dose on {first} or later",
            about={dose.drug},
        )


def _overdue(replay: Replay) -> Iterator[Departure]:
    """Counts that nobody has ended by the day of the audit."""
    events: Mapping[str, dt.date] = replay.knowledge.events(replay.on)
    grace = replay.tolerance.doses
    for verdict, one in _counting(replay, replay.on, optional=False):
        since = events.get(one.event)
        if since is None or not is_late(one, since, replay.on, grace):
            continue
        due = add(since, longest(one.interval))
        if due is None:
            continue
        yield Departure(
            on=due,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("overdue", due),
            text=f"no dose that counts is recorded by {due}",
            limit=f"{length_text(one.interval)} after {called(replay.graph, one.event)}",
            compared=(since, replay.on),
            clears=f"a dose by {due}",
        )
