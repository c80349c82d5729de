"""From a phase and the day on which it begins to the days of its doses.

A range stays a range: "every 2 to 3 months" gives each dose an earliest and a latest day. A phase
that lasts until an event has days that are open, because the event may come before them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import (
    Bound,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Times,
    Until,
)
from b12guide.values.calendar import MonthEnd, add
from b12guide.values.duration import Duration, DurationRange, TimeUnit

__all__ = ["DoseDay", "Window", "after", "dose_days"]


@frozen
class Window:
    """From the earliest to the latest day, both included."""

    earliest: dt.date
    latest: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.earliest <= day <= self.latest

    def distance(self, day: dt.date) -> int:
        """How many days lie between `day` and the window; none if it lies inside."""
        if day in self:
            return 0
        return min(abs((day - self.earliest).days), abs((day - self.latest).days))

    @property
    def is_day(self) -> bool:
        """Whether the window is a single day."""
        return self.earliest == self.latest


@frozen(kw_only=True)
class DoseDay:
    """When one dose of a phase is due.

    Attributes:
        number: Within the phase, from 1.
        spread: The day on which it falls when the doses of a period are spread evenly.
        is_open: Whether an event may make the dose unnecessary.
    """

    number: int
    window: Window
    spread: dt.date | None = None
    is_open: bool = False


def dose_days(
    phase: Phase,
    begin: Window,
    horizon: dt.date,
    rule: MonthEnd = MonthEnd.CLAMP,
) -> tuple[DoseDay, ...]:
    """The days of the doses of `phase`, the first at `begin`, as far as `horizon`.

    >>> from b12guide.regimen.model import Dose
    >>> every = Every(DurationRange(Fraction(2), Fraction(3), TimeUnit.MONTH))
    >>> phase = Phase(dose=Dose(Fraction(1), Fraction(1), "mg"), frequency=every)
    >>> start = Window(dt.date(2026, 1, 31), dt.date(2026, 1, 31))
    >>> [str(d.window.latest) for d in dose_days(phase, start, dt.date(2026, 6, 1))]
    ['2026-01-31', '2026-04-30', '2026-07-31']
    """
    match phase.frequency:
        case Times(high=high, per=per):
            found = _in_periods(high, per, phase.bound, begin, rule)
        case Every(interval=interval):
            found = _one_by_one(interval, phase.bound, begin, rule)
        case None:
            found = iter((DoseDay(number=1, window=begin),))
    days = []
    for day in found:
        if day.window.earliest > horizon:
            break
        days.append(day)
    return tuple(days)


def after(
    window: Window, interval: DurationRange, rule: MonthEnd = MonthEnd.CLAMP
) -> Window | None:
    """One interval after `window`; None where the calendar has no such days."""
    earliest = add(window.earliest, shortest(interval), rule)
    latest = add(window.latest, longest(interval), rule)
    return None if earliest is None or latest is None else Window(earliest, latest)


def _one_by_one(
    interval: DurationRange, bound: Bound | None, begin: Window, rule: MonthEnd
) -> Iterator[DoseDay]:
    """Each dose one interval after the one before, counted from the first."""
    number = 1
    while True:
        steps = number - 1
        earliest = add(begin.earliest, _times(shortest(interval), steps), rule)
        latest = add(begin.latest, _times(longest(interval), steps), rule)
        if earliest is None or latest is None or _is_over(bound, interval, number):
            return
        yield DoseDay(
            number=number,
            window=Window(earliest, latest),
            is_open=isinstance(bound, Until),
        )
        number += 1


def _is_over(bound: Bound | None, interval: DurationRange, number: int) -> bool:
    """Whether a dose of this number lies beyond the bound of the phase."""
    match bound:
        case ForDoses(count=count):
            return number > count
        case ForTime(length=length):
            if not interval.is_comparable_with(length):
                return False
            return (number - 1) * interval.smallest[1] >= length.smallest[1]
        case ForLife() | Until() | None:
            return False


def _in_periods(
    count: int, per: DurationRange, bound: Bound | None, begin: Window, rule: MonthEnd
) -> Iterator[DoseDay]:
    """So many doses in each period: anywhere in it, as long as the others still fit."""
    number, period = 1, 0
    while not _is_over(bound, per, period + 1):
        first = add(begin.earliest, _times(longest(per), period), rule)
        end = add(begin.latest, _times(longest(per), period + 1), rule)
        if first is None or end is None:
            return
        days = (end - first).days
        for place in range(count):
            yield DoseDay(
                number=number,
                window=_place(first, days, count, place, is_first=number == 1),
                spread=_later(first, place * days // count),
                is_open=isinstance(bound, Until),
            )
            number += 1
        period += 1


def _place(
    first: dt.date, days: int, count: int, place: int, *, is_first: bool
) -> Window:
    """Where in a period of so many days one of its doses may lie."""
    if is_first:
        return Window(first, first)
    if days < count:  # several doses on one day
        return Window(first, _later(first, days - 1))
    return Window(_later(first, place), _later(first, days - count + place))


def _times(length: Duration, count: int) -> Duration:
    return Duration(length.value * count, length.unit)


def _later(day: dt.date, days: int) -> dt.date:
    moved = add(day, Duration(Fraction(days), TimeUnit.DAY))
    return day if moved is None else moved
