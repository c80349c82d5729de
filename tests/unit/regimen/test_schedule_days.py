"""Days are counted in whole numbers, and come out as fractions would have them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from b12guide.regimen.schedule import shifted
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, TimeUnit

LENGTHS = st.fractions(0, 400, max_denominator=12)


@given(st.dates(), LENGTHS, st.sampled_from(TimeUnit), st.integers(0, 40))
def test_so_many_times_a_length_is_as_long_as_all_of_them(
    day: dt.date, length: Fraction, unit: TimeUnit, times: int
) -> None:
    assert shifted(day, length, unit, times) == shifted(day, length * times, unit)


@given(st.dates(), LENGTHS, st.sampled_from(TimeUnit))
def test_a_length_counts_by_its_whole_months_and_days(
    day: dt.date, length: Fraction, unit: TimeUnit
) -> None:
    size = length * unit.in_smallest
    if unit.is_calendar:
        months = Fraction(size // 1)
        found = add(day, Duration(months, TimeUnit.MONTH))
        days = Fraction((size - months) * 30 // 1)
    else:
        found, days = day, Fraction(size // 86_400)
    expected = None if found is None else add(found, Duration(days, TimeUnit.DAY))

    assert shifted(day, length, unit) == expected


def test_a_part_of_a_month_counts_in_thirtieths() -> None:
    first = dt.date(2026, 1, 1)

    assert shifted(first, Fraction(11, 12), TimeUnit.MONTH) == dt.date(2026, 1, 28)
    assert shifted(first, Fraction(29, 30), TimeUnit.MONTH) == dt.date(2026, 1, 30)


@given(
    st.dates(), st.fractions(-40, 400, max_denominator=12), st.sampled_from(TimeUnit)
)
def test_only_whole_days_and_months_are_added(
    day: dt.date, length: Fraction, unit: TimeUnit
) -> None:
    size = length * unit.in_smallest
    whole = size if unit.is_calendar else size / 86_400
    found = add(day, Duration(length, unit))

    if whole.denominator != 1:
        assert found is None
    elif found is not None and not unit.is_calendar:
        assert (found - day).days == whole
    elif found is not None:
        months = (found.year - day.year) * 12 + found.month - day.month

        assert months == whole
        assert found.day == day.day or (found + dt.timedelta(1)).day == 1
