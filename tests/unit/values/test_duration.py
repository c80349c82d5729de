"""Lengths of time of two kinds that never mix."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.values.duration import DurationRange, TimeUnit


def between(low: int, high: int, unit: TimeUnit) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high), unit)


def test_months_and_years_have_no_fixed_length() -> None:
    calendar = {unit for unit in TimeUnit if unit.is_calendar}

    assert calendar == {TimeUnit.MONTH, TimeUnit.YEAR}


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (
            between(2, 3, TimeUnit.MONTH),
            between(2, 2, TimeUnit.MONTH),
            between(2, 2, TimeUnit.MONTH),
        ),
        (
            between(1, 2, TimeUnit.YEAR),
            between(6, 18, TimeUnit.MONTH),
            between(12, 18, TimeUnit.MONTH),
        ),
        (
            between(1, 2, TimeUnit.WEEK),
            between(10, 30, TimeUnit.DAY),
            between(10, 14, TimeUnit.DAY),
        ),
        (between(1, 2, TimeUnit.MONTH), between(3, 4, TimeUnit.MONTH), None),
        (between(4, 5, TimeUnit.WEEK), between(1, 1, TimeUnit.MONTH), None),
    ],
)
def test_ranges_intersect_within_one_kind(
    one: DurationRange, two: DurationRange, expected: DurationRange | None
) -> None:
    assert one.intersection(two) == two.intersection(one) == expected


def test_a_range_contains_what_lies_in_it() -> None:
    two_to_three = between(2, 3, TimeUnit.MONTH)

    assert between(2, 2, TimeUnit.MONTH) in two_to_three
    assert between(1, 3, TimeUnit.MONTH) not in two_to_three
    assert between(3, 4, TimeUnit.MONTH) not in two_to_three
    assert between(60, 70, TimeUnit.DAY) not in two_to_three
