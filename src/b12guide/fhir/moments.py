"""When something was so: a FHIR date, dateTime, instant or Period, which may lack its day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.values.calendar import days_within, parse_moment

__all__ = ["When", "by", "when"]


@frozen(kw_only=True, repr=False)
class When(Record):
    """A day, a moment of it, or a stretch of days of which one is meant.

    Attributes:
        first: The earliest day that is meant.
        last: The latest.
        written: The day or moment as a patient's record has it; None where the day is not known,
            or is one by which something was so.
    """

    first: dt.date
    last: dt.date
    written: str | None

    @property
    def day(self) -> dt.date | None:
        """The day, where it is known."""
        return self.first if self.first == self.last else None


def when(value: Any) -> When | None:
    """What a date, dateTime or instant means; None where it is none.

    >>> when("2024-03-05T08:30:15.250Z").written
    '2024-03-05T08:30:15.250Z'
    >>> when("2024-02").last
    datetime.date(2024, 2, 29)
    """
    if not isinstance(value, str):
        return None
    written = value.strip()
    moment = parse_moment(written)
    if isinstance(moment, dt.datetime):
        day = moment.date()
        return When(first=day, last=day, written=written)
    # A time of day that no clock shows, such as that of a leap second, leaves the
    # day.
    date = written.partition("T")[0]
    days = days_within(date)
    if days is None:
        return None
    first, last = days
    return When(first=first, last=last, written=date if first == last else None)


def by(known: When | None) -> When | None:
    """That something was so by then, and perhaps for long before."""
    return None if known is None else evolve(known, written=None)
