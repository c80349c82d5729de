"""Months and days on a calendar.

A day or a week has a fixed length. A month has not: what one month after 31 January is, a rule has
to say, and three are in use. Repeated intervals are counted from their anchor, because counting
from the last date would let 31 January drift to the 28th for good.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from enum import Enum
from typing import assert_never

from b12guide.values.duration import Duration

__all__ = [
    "MonthEnd",
    "add",
    "add_days",
    "add_months",
    "days_within",
    "parse_date",
    "parse_moment",
    "steps",
]


class MonthEnd(Enum):
    """What becomes of a day that the month does not have, such as 31 April."""

    CLAMP = "clamp to the last day"
    NEXT_MONTH_FIRST = "the first day of the next month"
    REFUSE = "no such date"


_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = (
    rf"{_DATE}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{{1,9}})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?"
)
_SECONDS_IN_DAY = 86_400
_SHORTEST_MONTH = 28
_LAST_DAY = dt.date.max.toordinal()


def parse_date(text: str) -> dt.date | None:
    """The date that `text` writes as year-month-day, or None when there is no such day."""
    # Of ten characters, Python reads no other form that has dashes at these two places.
    if len(text) != 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def days_within(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and the last day that a date may mean which can lack its day, or month and day.

    None when the calendar has no such day, month or year.

    >>> days_within("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    found = _PARTIAL.fullmatch(text)
    if found is None:
        day = parse_date(text)
        return None if day is None else (day, day)
    year, month = int(found[1]), found[2]
    first, last = (int(month), int(month)) if month else (1, 12)
    if year < dt.MINYEAR or not 1 <= first <= 12:
        return None
    end = monthrange(year, last)[1]
    return dt.date(year, first, 1), dt.date(year, last, end)


def parse_moment(text: str) -> dt.date | dt.datetime | None:
    """The day that `text` writes, or the moment where it has a time, or None.

    A moment has an offset from UTC if one is written.

    >>> parse_moment("2026-01-01T10:00+02:00").utcoffset()
    datetime.timedelta(seconds=7200)
    >>> parse_moment("2026-01-01")
    datetime.date(2026, 1, 1)
    """
    if not re.fullmatch(_MOMENT, text):
        return parse_date(text)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def add(
    date: dt.date, duration: Duration, rule: MonthEnd = MonthEnd.CLAMP
) -> dt.date | None:
    """The date `duration` after `date` (before it, if negative).

    None when there is no such date: the rule refuses it, it lies outside the years 1 to 9999, or
    the duration is no whole number of days or of months.

    >>> from fractions import Fraction
    >>> from b12guide.values.duration import TimeUnit
    >>> add(dt.date(2025, 1, 31), Duration(Fraction(1), TimeUnit.MONTH))
    datetime.date(2025, 2, 28)
    """
    # In whole numbers: a schedule adds thousands of times, and fractions are slow.
    smallest = duration.value.numerator * duration.unit.in_smallest
    parts = duration.value.denominator
    if not duration.unit.is_calendar:
        parts *= _SECONDS_IN_DAY
    whole, rest = divmod(smallest, parts)
    if rest:
        return None
    if duration.unit.is_calendar:
        return add_months(date, whole, rule)
    return add_days(date, whole)


def add_days(date: dt.date, days: int) -> dt.date | None:
    """The date so many days after `date`; None outside the years 1 to 9999."""
    ordinal = date.toordinal() + days
    return dt.date.fromordinal(ordinal) if 1 <= ordinal <= _LAST_DAY else None


def steps(
    anchor: dt.date, interval: Duration, rule: MonthEnd = MonthEnd.CLAMP
) -> Iterator[dt.date]:
    """The dates one, two, three ... intervals after `anchor`, each counted from the anchor.

    Dates that the rule refuses are left out; the calendar's last year ends the steps, and so
    does an interval that is no whole number of days or months, or not positive.
    """
    whole = add(dt.date(2000, 1, 1), interval)
    if whole is None or interval.value <= 0:
        return
    count = 1
    while True:
        total = Duration(interval.value * count, interval.unit)
        if add(anchor, total, MonthEnd.CLAMP) is None:
            return
        date = add(anchor, total, rule)
        if date is not None:
            yield date
        count += 1


def add_months(
    date: dt.date, months: int, rule: MonthEnd = MonthEnd.CLAMP
) -> dt.date | None:
    """The date so many months after `date`; None outside the years 1 to 9999."""
    years, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    month += 1
    if not dt.MINYEAR <= years <= dt.MAXYEAR:
        return None
    if date.day <= _SHORTEST_MONTH:
        return dt.date(years, month, date.day)
    last = monthrange(years, month)[1]
    if date.day <= last:
        return dt.date(years, month, date.day)
    match rule:
        case MonthEnd.CLAMP:
            return dt.date(years, month, last)
        case MonthEnd.NEXT_MONTH_FIRST:
            # A month that lacks a day is never December, so the year stays.
            return dt.date(years, month + 1, 1)
        case MonthEnd.REFUSE:
            return None
        case _:
            assert_never(rule)
