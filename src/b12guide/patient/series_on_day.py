"""Several dated values of one measure, on one day: what they say together (M96, M97)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Generic, TypeAlias, TypeVar

from attrs import frozen

from b12guide.graph.model import Currency, Repeated, RoseOrFell, Series
from b12guide.patient.model import Datum, FactValue
from b12guide.patient.over_time import DatedValue, latest_on
from b12guide.values.calendar import add, add_days
from b12guide.values.duration import Duration
from b12guide.values.term import Operator

T = TypeVar("T")

Found: TypeAlias = tuple[dt.date, FactValue | None, T]
"""A value, the day on which it was found, and what it came from."""


@frozen
class SeriesOnDay(Generic[T]):
    """What several values say together on a day.

    Attributes:
        is_so: None where they do not say.
        values: What decides it, the latest first.
        turns: The day from which on it is not known, as a value is too old then; if there is one.
    """

    is_so: bool | None
    values: tuple[T, ...] = ()
    turns: dt.date | None = None


def latest_first(entries: Iterable[Datum], day: dt.date | None) -> list[Datum]:
    """The values that counted, one for each day: of those of one day, the latest."""
    left = list(entries)
    found = latest_on(left, day)
    if found is None or found.on is None:
        return [] if found is None else [found]
    before = [e for e in left if e.on is not None and e.on < found.on]
    before.sort(key=lambda e: e.on or dt.date.min, reverse=True)
    back = [found]
    for on, of_day in groupby(before, key=lambda e: e.on):
        latest = latest_on(of_day, on)
        if latest is not None:
            back.append(latest)
    return back


def series_on(
    one: Series,
    back: Sequence[Found[T]],
    day: dt.date | None,
    currency: Currency | None,
) -> SeriesOnDay[T]:
    """What the values say on a day.

    Args:
        one: What is asked.
        back: The values up to that day, the latest first, one for each day.
        day: The day asked for; None where it does not matter how old they are.
        currency: How long a value of the measure counts.
    """
    if not back:
        return SeriesOnDay(None)
    match one:
        case Repeated():
            return _repeated(one, back[: one.count], day, currency)
        case RoseOrFell():
            return _rose_or_fell(one, back, day, currency)


def _repeated(
    one: Repeated,
    last: Sequence[Found[T]],
    day: dt.date | None,
    currency: Currency | None,
) -> SeriesOnDay[T]:
    counting = [
        (found, _over(found[0], currency))
        for found in last
        if found[1] is not None and not _is_over(found[0], currency, day)
    ]
    failing = [
        (found, over)
        for found, over in counting
        if not _satisfies(found[1], one.operator, one.bound)
    ]
    if failing:  # as long as one of these counts
        ends = [over for _, over in failing]
        turns = None if None in ends else max(end for end in ends if end)
        return SeriesOnDay(False, tuple(f[2] for f, _ in failing), turns)
    if len(counting) < one.count:
        return SeriesOnDay(None)
    turns = min((over for _, over in counting if over is not None), default=None)
    return SeriesOnDay(True, tuple(found[2] for found, _ in counting), turns)


def _rose_or_fell(
    one: RoseOrFell,
    back: Sequence[Found[T]],
    day: dt.date | None,
    currency: Currency | None,
) -> SeriesOnDay[T]:
    on, latest, source = back[0]
    between = days_before(one, on)
    if latest is None or between is None or _is_over(on, currency, day):
        return SeriesOnDay(None)
    first, last = between
    middle = first.toordinal() + last.toordinal()
    earlier = [
        (abs(2 * found[0].toordinal() - middle), found[0], found)
        for found in back[1:]
        if found[1] is not None and first <= found[0] <= last
    ]
    if not earlier:
        return SeriesOnDay(None)
    *_, nearest = min(earlier, key=lambda each: each[:2])
    change = Fraction(latest) - Fraction(nearest[1] or 0)
    is_so = _satisfies(-change if one.fell else change, one.operator, one.by)
    return SeriesOnDay(is_so, (source, nearest[2]), _over(on, currency))


_QUARTER = 4
"""What is found so long before is found a quarter of it earlier or later, where nothing is said."""


def days_before(one: RoseOrFell, on: dt.date) -> tuple[dt.date, dt.date] | None:
    """From which day to which the earlier value may be, if the latest is of the day `on`."""
    low, high, unit = one.length.low, one.length.high, one.length.unit
    first, last = add(on, Duration(-high, unit)), add(on, Duration(-low, unit))
    if first is None or last is None:
        return None
    if low == high:
        leeway = (on - first).days // _QUARTER
        first, last = (
            add_days(first, -leeway) or first,
            last + dt.timedelta(days=leeway),
        )
    return first, last


def _over(on: dt.date, currency: Currency | None) -> dt.date | None:
    """The first day on which a value does not count any more."""
    last = None if currency is None else add(on, currency.length)
    return None if last is None else add_days(last, 1)


def _is_over(on: dt.date, currency: Currency | None, day: dt.date | None) -> bool:
    over = _over(on, currency)
    return over is not None and day is not None and over <= day


def _satisfies(value: FactValue | None, operator: Operator, bound: Fraction) -> bool:
    number = Fraction(value or 0)
    match operator:
        case Operator.MORE:
            return number > bound
        case Operator.AT_LEAST:
            return number >= bound
        case Operator.LESS:
            return number < bound
        case Operator.AT_MOST:
            return number <= bound
        case Operator.EQUAL:
            return number == bound


# ------------------------------------------------------------------------ day by day


def series_over_time(
    one: Series, found: Iterable[DatedValue], currency: Currency | None
) -> list[DatedValue]:
    """What the values say together, from each day on which that may change.

    Args:
        one: What is asked.
        found: What is recorded of the measure; of one day, the last counts.
        currency: How long a value of the measure counts.
    """
    values = sorted(dict(sorted(found, key=lambda each: each[0])).items())
    ends = (_over(on, currency) for on, _ in values)
    days = sorted(
        {*(on for on, _ in values), *(end for end in ends if end is not None)}
    )
    told: list[DatedValue] = []
    for day in days:
        back = [(on, value, None) for on, value in reversed(values) if on <= day]
        told.append((day, series_on(one, back, day, currency).is_so))
    return told
