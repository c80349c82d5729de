"""Laws of intervals and of the days of doses."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from b12guide.regimen.interval import exceeds, falls_short
from b12guide.regimen.model import Dose, Every, ForDoses, ForTime, Phase, Times
from b12guide.regimen.schedule import doses_due
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, DurationRange, TimeUnit

_DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
_DOSE = Dose(Fraction(1000), Fraction(1000), "µg")


def lengths() -> st.SearchStrategy[Duration]:
    units = st.sampled_from(
        (TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR)
    )
    return st.builds(Duration, st.integers(1, 40).map(Fraction), units)


def ranges() -> st.SearchStrategy[DurationRange]:
    return st.builds(
        lambda length, more: DurationRange(
            length.value, length.value + more, length.unit
        ),
        lengths(),
        st.integers(0, 4),
    )


@given(_DAYS, lengths())
def test_a_gap_of_exactly_one_interval_is_neither_too_long_nor_too_short(
    day: dt.date, length: Duration
) -> None:
    later = add(day, length)
    assert later is not None

    assert not exceeds(day, later, length)
    assert not falls_short(day, later, length)


@given(_DAYS, _DAYS, lengths())
def test_a_gap_is_never_both_too_long_and_too_short(
    first: dt.date, second: dt.date, length: Duration
) -> None:
    first, second = sorted((first, second))

    assert not (exceeds(first, second, length) and falls_short(first, second, length))


@given(_DAYS, _DAYS, lengths(), st.integers(0, 30), st.integers(0, 30))
def test_more_tolerance_never_makes_a_gap_too_long(
    first: dt.date, second: dt.date, length: Duration, spare: int, more: int
) -> None:
    if exceeds(first, second, length, spare + more):
        assert exceeds(first, second, length, spare)
    if falls_short(first, second, length, spare + more):
        assert falls_short(first, second, length, spare)


@given(_DAYS, lengths(), st.integers(1, 400))
def test_a_longer_gap_stays_too_long(
    first: dt.date, length: Duration, more: int
) -> None:
    second = add(first, length)
    assert second is not None
    days = [second + dt.timedelta(days=n) for n in (more, more + 1)]

    if exceeds(first, days[0], length):
        assert exceeds(first, days[1], length)


@given(_DAYS, ranges(), st.integers(1, 12))
def test_doses_at_the_ends_of_their_windows_keep_the_interval(
    start: dt.date, interval: DurationRange, count: int
) -> None:
    phase = Phase(dose=_DOSE, frequency=Every(interval), bound=ForDoses(count))
    days = doses_due([phase], start, until=dt.date.max).doses
    low = Duration(interval.low, interval.unit)
    high = Duration(interval.high, interval.unit)

    assert [day.number for day in days] == list(range(1, count + 1))
    for one, two in pairwise(days):
        assert not falls_short(one.window.earliest, two.window.earliest, low)
        assert not exceeds(one.window.latest, two.window.latest, high)
        assert two.window.earliest <= two.window.latest


@given(_DAYS, st.integers(2, 7), st.integers(1, 8))
def test_doses_of_a_week_lie_in_their_week_and_all_fit(
    start: dt.date, count: int, weeks: int
) -> None:
    week = DurationRange(Fraction(1), Fraction(1), TimeUnit.WEEK)
    length = DurationRange(Fraction(weeks), Fraction(weeks), TimeUnit.WEEK)
    phase = Phase(
        dose=_DOSE, frequency=Times(count, count, week), bound=ForTime(length)
    )
    days = doses_due([phase], start, until=dt.date.max).doses

    assert len(days) == count * weeks
    for index, day in enumerate(days):
        first = start + dt.timedelta(days=7 * (index // count))
        assert first <= day.window.earliest <= day.window.latest
        assert day.window.latest < first + dt.timedelta(days=7)
        assert day.spread is not None
        assert first <= day.spread < first + dt.timedelta(days=7)
    for one, two in pairwise(days):
        assert one.window.earliest < two.window.earliest
        assert one.window.latest < two.window.latest


@given(_DAYS)
def test_alternate_days_are_every_second_day(start: dt.date) -> None:
    every = Every(DurationRange(Fraction(2), Fraction(2), TimeUnit.DAY))
    phase = Phase(dose=_DOSE, frequency=every, bound=ForDoses(30))
    days = doses_due([phase], start, until=dt.date.max).doses

    assert [d.window.earliest - start for d in days] == [
        dt.timedelta(days=2 * n) for n in range(30)
    ]
    assert all(d.window.is_day for d in days)
