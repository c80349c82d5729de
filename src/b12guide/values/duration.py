"""Lengths of time. Days and weeks are one kind, months and years another.

A month has no fixed number of days, so the two kinds are never converted into each other; what a
month means on a calendar is decided in `b12guide.values.calendar`.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from attrs import frozen

from b12guide.frozen import Record

__all__ = ["Duration", "DurationRange", "TimeUnit"]


_IN_SMALLEST = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 1,
    "year": 12,
}


class TimeUnit(Enum):
    """A unit of time, named as in the JSON.

    Attributes:
        is_calendar: Whether the unit has no fixed length (months and years).
        in_smallest: The unit in months, or in seconds where its length is fixed.
    """

    is_calendar: bool
    in_smallest: int

    def __init__(self, name: str) -> None:
        self.is_calendar = name in {"month", "year"}
        self.in_smallest = _IN_SMALLEST[name]

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@frozen(repr=False)
class Duration(Record):
    """A length of time such as 2 weeks."""

    value: Fraction
    unit: TimeUnit


@frozen(eq=False, repr=False)
class DurationRange(Record):
    """A length of time from `low` to `high`, both included, in the unit that was written.

    Lengths are equal when they last equally long: 7 days are 1 week, and 12 months 1 year.
    """

    low: Fraction
    high: Fraction
    unit: TimeUnit

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DurationRange)
            and self.is_comparable_with(other)
            and self.smallest == other.smallest
        )

    def __hash__(self) -> int:
        return hash((self.unit.is_calendar, self.smallest))

    @property
    def smallest(self) -> tuple[Fraction, Fraction]:
        """Both ends in months, or in seconds where the unit has a fixed length."""
        size = self.unit.in_smallest
        return (self.low * size, self.high * size)

    @property
    def canonical(self) -> DurationRange:
        """The same length in the largest unit of which both ends are whole numbers."""
        low, high = self.smallest
        units = [u for u in TimeUnit if u.is_calendar is self.unit.is_calendar]
        fitting = [u for u in units if low % u.in_smallest == high % u.in_smallest == 0]
        unit = fitting[-1] if fitting else units[0]
        return DurationRange(low / unit.in_smallest, high / unit.in_smallest, unit)

    def is_comparable_with(self, other: DurationRange) -> bool:
        """Whether both are of one kind: fixed lengths, or months and years."""
        return self.unit.is_calendar == other.unit.is_calendar

    def intersection(self, other: DurationRange) -> DurationRange | None:
        """The lengths that lie in both; None when there is none or the kinds differ."""
        if not self.is_comparable_with(other):
            return None
        low = max(self.smallest[0], other.smallest[0])
        high = min(self.smallest[1], other.smallest[1])
        if low > high:
            return None
        unit = min(self.unit, other.unit, key=lambda u: u.in_smallest)
        return DurationRange(low / unit.in_smallest, high / unit.in_smallest, unit)

    def __contains__(self, other: DurationRange) -> bool:
        """Whether every length of `other` lies in this range."""
        return (
            self.is_comparable_with(other)
            and self.smallest[0] <= other.smallest[0]
            and other.smallest[1] <= self.smallest[1]
        )
