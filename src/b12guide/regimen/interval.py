"""Whether two days lie further apart, or closer, than a length of time.

Months have different lengths, so counting forward from the first day and counting back from the
second can disagree: 31 January to 31 March is two months counted back and more than two monthly
steps counted forward from 28 February. A gap is held to be too long, or too short, only where
both ways of counting say so.
"""

from __future__ import annotations

import datetime as dt

from b12guide.values.calendar import add
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
    forward, back = add(first, length), add(second, _negative(length))
    return forward is not None and second > forward and (back is None or back > first)


def falls_short(
    first: dt.date, second: dt.date, length: Duration, tolerance: int = 0
) -> bool:
    """Whether the days lie closer than `length`, even `tolerance` days later."""
    second = _earlier(second, -tolerance)
    if _is_surely(first, second, length, _LONGEST_MONTH, longer=True):
        return False
    forward, back = add(first, length), add(second, _negative(length))
    return forward is not None and second < forward and (back is None or back < first)


_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31


def _is_surely(
    first: dt.date, second: dt.date, length: Duration, month: int, *, longer: bool
) -> bool:
    """Whether days alone show a gap to be as long as so many months, or no longer."""
    if not length.unit.is_calendar:
        return False
    days = length.value * length.unit.in_smallest * month
    gap = (second - first).days
    return gap >= days if longer else gap <= days


def _negative(length: Duration) -> Duration:
    return Duration(-length.value, length.unit)


def _earlier(day: dt.date, days: int) -> dt.date:
    ordinal = day.toordinal() - days
    return dt.date.fromordinal(min(max(ordinal, 1), dt.date.max.toordinal()))
