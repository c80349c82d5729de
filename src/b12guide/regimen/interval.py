"""Whether days lie further apart, or closer, than an interval; doses counted from an event.

Months have different lengths, so counting forward from the first day and counting back from the
second can disagree: 31 January to 31 March is two months counted back and more than two monthly
steps counted forward from 28 February. A gap is held to be too long, or too short, only where
both ways of counting say so.

A phase of one dose that comes after an event has a window of its own: one interval after the
event. Several such phases may bind at once, such as one by age and one by the dose before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from b12guide.regimen.phase import Every, ForDoses, Phase
from b12guide.values.calendar import add, add_months
from b12guide.values.duration import Duration, DurationRange


def longest(length: DurationRange) -> Duration:
    """The upper end of a range."""
    return Duration(length.high, length.unit)


def shortest(length: DurationRange) -> Duration:
    """The lower end of a range."""
    return Duration(length.low, length.unit)


def exceeds(
    first: dt.date, second: dt.date, length: Duration, tolerance: int = 0
) -> bool:
    """Whether the days lie further apart than `length`, with `tolerance` days to spare.

    >>> from fractions import Fraction
    >>> from b12guide.values.duration import TimeUnit
    >>> one = Duration(Fraction(1), TimeUnit.MONTH)
    >>> exceeds(dt.date(2025, 2, 28), dt.date(2025, 3, 31), one)
    False
    >>> exceeds(dt.date(2025, 2, 27), dt.date(2025, 3, 31), one)
    True
    """
    second = _earlier(second, tolerance)
    if _is_surely(first, second, length, _SHORTEST_MONTH, longer=False):
        return False
    whole = _whole(length)
    if whole is None:  # no whole number of days or months
        return False
    if not length.unit.is_calendar:  # whichever way one counts
        return (second - first).days > whole
    if (second - first).days > whole * _LONGEST_MONTH + _DRIFT > 0:
        return True
    forward, back = add_months(first, whole), add_months(second, -whole)
    return forward is not None and second > forward and (back is None or back > first)


def falls_short(
    first: dt.date, second: dt.date, length: Duration, tolerance: int = 0
) -> bool:
    """Whether the days lie closer than `length`, even `tolerance` days later."""
    second = _earlier(second, -tolerance)
    if _is_surely(first, second, length, _LONGEST_MONTH, longer=True):
        return False
    whole = _whole(length)
    if whole is None:
        return False
    if not length.unit.is_calendar:
        is_day = first.toordinal() + whole <= _LAST_DAY
        return is_day and (second - first).days < whole
    forward, back = add_months(first, whole), add_months(second, -whole)
    return forward is not None and second < forward and (back is None or back < first)


_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31
_SECONDS_IN_DAY = 86_400
_LAST_DAY = dt.date.max.toordinal()
_DRIFT = 3
"""By so many days the ends of months differ."""


def _is_surely(
    first: dt.date, second: dt.date, length: Duration, month: int, *, longer: bool
) -> bool:
    """Whether days alone show a gap to be as long as so many months, or no longer."""
    if not length.unit.is_calendar:
        return False
    # In whole numbers: an audit asks this of every two doses.
    months, parts = length.value.as_integer_ratio()
    days = months * length.unit.in_smallest * month
    gap = (second - first).days * parts
    return gap >= days if longer else gap <= days


def _whole(length: Duration) -> int | None:
    """The length in days, or in months where it has those; None where that is no whole number."""
    numerator, parts = length.value.as_integer_ratio()
    if not length.unit.is_calendar:
        parts *= _SECONDS_IN_DAY
    whole, rest = divmod(numerator * length.unit.in_smallest, parts)
    return None if rest else whole


def _earlier(day: dt.date, days: int) -> dt.date:
    if not days:
        return day
    ordinal = day.toordinal() - days
    return dt.date.fromordinal(min(max(ordinal, 1), dt.date.max.toordinal()))


# ---------------------------------------------------------- doses counted from an event


@frozen
class CountedDose:
    """One dose between the ends of `interval` after `event`.

    Attributes:
        phase: The phase whose only dose it is.
    """

    event: str
    interval: DurationRange
    phase: Phase

    @property
    def least(self) -> Duration:
        """How long after the event it may come at the earliest.

        That is the lower end of the interval, or what the phase says of doses that lie apart:
        `every 8 weeks at least 4 weeks apart` asks for eight weeks and allows four.
        """
        return self.phase.apart or shortest(self.interval)


def counted(phase: Phase) -> CountedDose | None:
    """What a phase counts from; None where it does not count one dose from an event."""
    match phase:
        case Phase(
            after=(event,), frequency=Every(interval=interval), bound=ForDoses(count=1)
        ):
            return CountedDose(event, interval, phase)
        case _:
            return None


def is_early(one: CountedDose, since: dt.date, day: dt.date, grace: int) -> bool:
    """Whether a dose on `day` came too soon after the event on `since`."""
    return falls_short(since, day, one.least, grace)


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
