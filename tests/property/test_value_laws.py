"""Laws of numbers, units and dates."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from b12guide.values.calendar import MonthEnd, add
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.quantity import (
    Misreading,
    Quantity,
    format_number,
    format_quantity,
    parse_quantity,
)
from b12guide.values.unit import Unit, convert, parse_unit, spellings, suggest_units

DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
RULES = st.sampled_from(MonthEnd)


def simple_units() -> st.SearchStrategy[str]:
    return st.sampled_from(spellings())


def units() -> st.SearchStrategy[str]:
    """Products and quotients of simple units, with small exponents."""
    power = st.sampled_from(["", "2", "-1", "^3", "²"])
    terms = st.tuples(simple_units().filter(lambda s: s[-1] != "]"), power).map("".join)
    rest = st.lists(st.tuples(st.sampled_from("./"), terms).map("".join), max_size=2)
    return st.tuples(terms, rest.map("".join)).map("".join)


def short_decimals() -> st.SearchStrategy[Fraction]:
    return st.decimals(-(10**9), 10**9, places=6).map(Fraction)


def parsed(text: str) -> Unit:
    unit = parse_unit(text)
    assert unit is not None, text
    return unit


@given(units())
def test_printing_a_unit_undoes_parsing_it(text: str) -> None:
    unit = parsed(text)

    if unit.text:
        assert parsed(unit.text) == unit


@given(short_decimals(), units(), units())
def test_conversion_there_and_back_changes_nothing(
    value: Fraction, one: str, other: str
) -> None:
    there = convert(value, parsed(one), parsed(other))

    if there is not None:
        assert convert(there, parsed(other), parsed(one)) == value


@given(
    short_decimals(),
    simple_units(),
    simple_units(),
    st.fractions(Fraction(1, 100), 10_000, max_denominator=1000),
)
def test_conversion_by_a_molar_mass_goes_there_and_back(
    value: Fraction, one: str, other: str, mass: Fraction
) -> None:
    written, wanted = parsed(f"{one}/L"), parsed(f"{other}/mL")
    there = convert(value, written, wanted, mass)

    if there is not None:
        assert convert(there, wanted, written, mass) == value


@given(short_decimals(), simple_units(), simple_units(), simple_units())
def test_conversion_by_way_of_a_third_unit_changes_nothing(
    value: Fraction, one: str, way: str, other: str
) -> None:
    first = convert(value, parsed(one), parsed(way))
    direct = convert(value, parsed(one), parsed(other))

    if first is not None and direct is not None:
        assert convert(first, parsed(way), parsed(other)) == direct


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_units(text: str) -> None:
    unit = parse_unit(text)
    suggested = suggest_units(text, ["mL/min"])

    assert unit is None or unit.factor > 0
    assert all(parse_unit(s) is not None for s in suggested if "/" not in text)


@given(st.text(alphabet="0123456789.,eE+-<> mgµ/L^*x'to", max_size=20))
def test_no_text_breaks_the_reading_of_quantities(text: str) -> None:
    quantity = parse_quantity(text)

    if isinstance(quantity, Misreading):
        for suggestion in quantity.suggestions:
            assert isinstance(parse_quantity(suggestion), Quantity)
    else:
        assert format_number(quantity.value)


@given(short_decimals(), simple_units().filter(lambda s: parsed(s).text != ""))
def test_reading_undoes_printing(value: Fraction, unit: str) -> None:
    written = parse_quantity(format_quantity(value, unit))

    assert isinstance(written, Quantity)
    assert written.value == value
    assert written.unit is not None
    assert parsed(written.unit) == parsed(unit)


@given(st.fractions(max_denominator=10**6))
def test_a_printed_number_is_near_the_number(value: Fraction) -> None:
    printed = Fraction(format_number(value))

    assert abs(printed - value) <= abs(value) / 10**11


@given(DATES, st.integers(-600, 600), RULES)
def test_a_month_sum_lands_in_its_month_or_on_the_first_of_the_next(
    day: dt.date, months: int, rule: MonthEnd
) -> None:
    found = add(day, Duration(Fraction(months), TimeUnit.MONTH), rule)

    if found is None:
        assert rule is MonthEnd.REFUSE
        assert day.day > 28
    else:
        reached = found.year * 12 + found.month - (day.year * 12 + day.month)
        spilled = rule is MonthEnd.NEXT_MONTH_FIRST and found.day == 1 < day.day
        assert reached == months + spilled


@given(DATES, st.integers(0, 600), st.integers(0, 600), RULES)
def test_more_months_never_lead_to_an_earlier_day(
    day: dt.date, some: int, more: int, rule: MonthEnd
) -> None:
    near = add(day, Duration(Fraction(some), TimeUnit.MONTH), rule)
    far = add(day, Duration(Fraction(some + more), TimeUnit.MONTH), rule)

    if near is not None and far is not None:
        assert near <= far


@given(DATES, st.integers(-5000, 5000))
def test_days_can_be_taken_back(day: dt.date, days: int) -> None:
    there = add(day, Duration(Fraction(days), TimeUnit.DAY))

    assert there is not None
    assert add(there, Duration(Fraction(-days), TimeUnit.DAY)) == day
