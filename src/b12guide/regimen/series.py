"""Doses that are counted from an event: the first of a series from birth, the next from the last.

A phase of one dose that comes after an event has a window of its own: one interval after the
event. Several such phases may bind at once, such as one by age and one by the dose before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from b12guide.regimen.interval import exceeds, falls_short, longest, shortest
from b12guide.regimen.model import Every, ForDoses, Phase
from b12guide.values.calendar import add
from b12guide.values.duration import DurationRange


@frozen
class CountedDose:
    """One dose between the ends of `interval` after `event`."""

    event: str
    interval: DurationRange


def counted(phase: Phase) -> CountedDose | None:
    """What a phase counts from; None where it does not count one dose from an event."""
    match phase:
        case Phase(
            after=(event,),
            frequency=Every(interval=interval),
            bound=ForDoses(count=1),
        ):
            return CountedDose(event, interval)
        case _:
            return None


def is_early(one: CountedDose, since: dt.date, day: dt.date, grace: int) -> bool:
    """Whether a dose on `day` came too soon after the event on `since`."""
    return falls_short(since, day, shortest(one.interval), grace)


def is_late(one: CountedDose, since: dt.date, day: dt.date, grace: int) -> bool:
    """Whether `day` lies too long after the event on `since` for a dose."""
    return exceeds(since, day, longest(one.interval), grace)


def earliest(
    series: tuple[CountedDose, ...], events: Mapping[str, dt.date]
) -> dt.date | None:
    """The first day on which every count of a series is far enough; None while one waits."""
    days = [
        add(events[one.event], shortest(one.interval))
        for one in series
        if one.event in events
    ]
    found = [day for day in days if day is not None]
    return max(found) if found and len(found) == len(series) else None


def latest(
    series: tuple[CountedDose, ...], events: Mapping[str, dt.date]
) -> dt.date | None:
    """The last day that no count of a series has overrun."""
    days = [
        add(events[one.event], longest(one.interval))
        for one in series
        if one.event in events
    ]
    return min((day for day in days if day is not None), default=None)
