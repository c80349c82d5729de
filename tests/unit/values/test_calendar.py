"""Months and days on a calendar, against python-dateutil and published tables."""

from __future__ import annotations

import csv
import datetime as dt
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta

from b12guide.values.calendar import MonthEnd, add, parse_date, steps
from b12guide.values.duration import Duration, TimeUnit


def length(value: int | str, unit: TimeUnit) -> Duration:
    return Duration(Fraction(value), unit)


def test_clamping_agrees_with_dateutil_on_every_day_of_two_centuries() -> None:
    first, last = dt.date(1900, 1, 1).toordinal(), dt.date(2100, 12, 31).toordinal()
    # Every day once, with a number of months that goes round from -25 to 25.
    for ordinal in range(first, last + 1):
        day = dt.date.fromordinal(ordinal)
        months = ordinal % 51 - 25
        expected = day + relativedelta(months=months)

        assert add(day, length(months, TimeUnit.MONTH)) == expected


@pytest.mark.parametrize("year", [1900, 2000, 2023, 2024, 2100])
def test_every_number_of_months_agrees_with_dateutil_at_month_ends(year: int) -> None:
    for month in range(1, 13):
        end = dt.date(year, month, 1) + relativedelta(day=31)
        for day in (end, end - dt.timedelta(days=1), end - dt.timedelta(days=3)):
            for months in range(-30, 31):
                clamped = add(day, length(months, TimeUnit.MONTH))
                following = add(
                    day, length(months, TimeUnit.MONTH), MonthEnd.NEXT_MONTH_FIRST
                )
                refused = add(day, length(months, TimeUnit.MONTH), MonthEnd.REFUSE)
                expected = day + relativedelta(months=months)

                assert clamped == expected
                if expected.day == day.day:
                    assert following == refused == expected
                else:
                    assert following == expected + dt.timedelta(days=1)
                    assert refused is None


def test_a_year_is_twelve_months() -> None:
    leap_day = dt.date(2012, 2, 29)

    assert add(leap_day, length(1, TimeUnit.YEAR)) == dt.date(2013, 2, 28)
    assert add(leap_day, length(4, TimeUnit.YEAR)) == dt.date(2016, 2, 29)
    assert add(leap_day, length("0.5", TimeUnit.YEAR)) == dt.date(2012, 8, 29)


def test_days_and_weeks_are_exact() -> None:
    start = dt.date(2024, 2, 28)

    assert add(start, length(2, TimeUnit.DAY)) == dt.date(2024, 3, 1)
    assert add(start, length(-4, TimeUnit.WEEK)) == dt.date(2024, 1, 31)
    assert add(start, length(48, TimeUnit.HOUR)) == dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    "duration",
    [
        length("0.5", TimeUnit.DAY),
        length("1.5", TimeUnit.MONTH),
        length(90, TimeUnit.MINUTE),
        length(8000, TimeUnit.YEAR),
        length(-8000, TimeUnit.YEAR),
        length(4_000_000, TimeUnit.DAY),
        length(-4_000_000, TimeUnit.DAY),
    ],
)
def test_a_date_that_is_none_is_none(duration: Duration) -> None:
    assert add(dt.date(2025, 1, 31), duration) is None


def test_steps_are_counted_from_the_anchor() -> None:
    monthly = steps(dt.date(2025, 1, 31), length(1, TimeUnit.MONTH))

    assert [d.isoformat() for d in islice(monthly, 4)] == [
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
        "2025-05-31",
    ]


def test_steps_leave_out_what_the_rule_refuses() -> None:
    monthly = steps(dt.date(2025, 1, 31), length(1, TimeUnit.MONTH), MonthEnd.REFUSE)

    assert [d.isoformat() for d in islice(monthly, 3)] == [
        "2025-03-31",
        "2025-05-31",
        "2025-07-31",
    ]


def test_steps_end_with_the_calendar() -> None:
    yearly = steps(dt.date(9997, 5, 1), length(1, TimeUnit.YEAR))

    assert list(yearly) == [dt.date(9998, 5, 1), dt.date(9999, 5, 1)]


@pytest.mark.parametrize(
    "interval",
    [
        length(0, TimeUnit.DAY),
        length(-1, TimeUnit.MONTH),
        length("0.5", TimeUnit.DAY),
        length("0.5", TimeUnit.MONTH),
    ],
)
def test_an_interval_that_leads_nowhere_has_no_steps(interval: Duration) -> None:
    assert list(steps(dt.date(2025, 1, 1), interval)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-05", dt.date(2025, 3, 5)),
        ("2024-02-29", dt.date(2024, 2, 29)),
        ("2025-02-29", None),
        ("20250305", None),
        ("2025-W10-3", None),
        ("2025-3-5", None),
        ("05/03/2025", None),
        ("\u0662\u0660\u0662\u0665-03-05", None),
        ("", None),
    ],
)
def test_a_date_is_written_year_month_day(text: str, expected: dt.date | None) -> None:
    assert parse_date(text) == expected


# ------------------------------------------------------------- published month sums


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        cells = [
            [c.strip() for c in row] for row in csv.reader(file, delimiter=";") if row
        ]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def period(text: str) -> list[Duration]:
    """`[0 years, 1 months, 0 days]` as durations to add one after the other."""
    years, months, days = (int(p.split()[0]) for p in text.strip("[]").split(","))
    return [length(years * 12 + months, TimeUnit.MONTH), length(days, TimeUnit.DAY)]


def total(start: str, text: str, rule: MonthEnd) -> str:
    date = dt.date.fromisoformat(start)
    for duration in period(text):
        found = add(date, duration, rule)
        assert found is not None
        date = found
    return date.isoformat()


def test_exact_sums_agree_with_the_published_table(third_party_data: Path) -> None:
    table = rows(third_party_data / "dates_calc" / "exact_computations.csv")

    assert len(table) == 19
    for row in table:
        for rule in MonthEnd:
            assert total(row["Date"], row["Period"], rule) == row["Date+Period"]


def test_ambiguous_sums_agree_with_both_published_roundings(
    third_party_data: Path,
) -> None:
    table = rows(third_party_data / "dates_calc" / "ambiguous_computations.csv")

    assert len(table) == 11
    for row in table:
        up = total(row["Date"], row["Period"], MonthEnd.NEXT_MONTH_FIRST)
        down = total(row["Date"], row["Period"], MonthEnd.CLAMP)
        month_part = period(row["Period"])[0]
        day = dt.date.fromisoformat(row["Date"])

        assert up == row["Date +up Period"]
        assert down == row["Date +down Period"]
        assert add(day, month_part, MonthEnd.REFUSE) is None
