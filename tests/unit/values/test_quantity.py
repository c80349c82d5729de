"""Quantities as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.values.quantity import (
    Misreading,
    Quantity,
    QuantityMistake,
    format_number,
    format_quantity,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("35 mL/min", "35", "mL/min"),
        ("35mL/min", "35", "mL/min"),
        ("0.58 mL/s", "0.58", "mL/s"),
        ("1000 µg", "1000", "µg"),
        (" 250 x10^9/L ", "250", "x10^9/L"),
        ("250x10^9/L", "250", "x10^9/L"),
        ("250 10*9/L", "250", "10*9/L"),
        ("250 10⁹/L", "250", "10⁹/L"),
        ("2 /nL", "2", "/nL"),
        ("25%", "25", "%"),
        ("25 G", "25", "G"),
        ("-3 cm", "-3", "cm"),
        ("\u22123 cm", "-3", "cm"),
        ("+3 cm", "3", "cm"),
        (".5 mg", "0.5", "mg"),
        ("45", "45", None),
        ("2 mL/min/1.73 m2", "2", "mL/min/1.73 m2"),
        ("3 tonnes", "3", "tonnes"),
    ],
)
def test_a_number_and_what_follows_it_are_read(
    text: str, value: str, unit: str | None
) -> None:
    assert parse_quantity(text) == Quantity(Fraction(value), unit)


@pytest.mark.parametrize(
    ("text", "mistake", "suggestions"),
    [
        ("", QuantityMistake.EMPTY, ()),
        ("  ", QuantityMistake.EMPTY, ()),
        ("high", QuantityMistake.NO_NUMBER, ()),
        ("5.", QuantityMistake.NO_NUMBER, ()),
        ("3.5.2 mg", QuantityMistake.NO_NUMBER, ()),
        ("1,5,2 mg", QuantityMistake.NO_NUMBER, ()),
        ("10^9/L", QuantityMistake.NO_NUMBER, ()),
        ("٣٥ mL/min", QuantityMistake.NO_NUMBER, ()),
        ("1,5 mg", QuantityMistake.DECIMAL_COMMA, ("1.5 mg",)),
        ("1,000 µg", QuantityMistake.THOUSANDS, ("1000 µg", "1.000 µg")),
        ("1 000 µg", QuantityMistake.THOUSANDS, ("1000 µg",)),
        ("1'000 µg", QuantityMistake.THOUSANDS, ("1000 µg",)),
        ("1,234.5 mg", QuantityMistake.THOUSANDS, ("1234.5 mg",)),
        ("1,234,567", QuantityMistake.THOUSANDS, ("1234567",)),
        ("1e3 mg", QuantityMistake.EXPONENT, ("1000 mg",)),
        ("1.5E-3 g", QuantityMistake.EXPONENT, ("0.0015 g",)),
        ("1e999999999 mg", QuantityMistake.EXPONENT, ()),
        ("30-60 cm", QuantityMistake.RANGE, ()),
        ("30 \u2013 60 cm", QuantityMistake.RANGE, ()),
        ("30 to 60 cm", QuantityMistake.RANGE, ()),
        ("30 cm to 60 cm", QuantityMistake.RANGE, ()),
        ("<30 mL/min", QuantityMistake.BOUND, ()),
        ("≥ 60", QuantityMistake.BOUND, ()),
        ("9" * 31, QuantityMistake.TOO_LONG, ()),
        ("9" * 100_000 + " mg", QuantityMistake.TOO_LONG, ()),
    ],
)
def test_what_is_no_quantity_is_told_with_what_was_meant(
    text: str, mistake: QuantityMistake, suggestions: tuple[str, ...]
) -> None:
    assert parse_quantity(text) == Misreading(mistake, suggestions)


def test_thirty_digits_are_read() -> None:
    assert parse_quantity("9" * 30) == Quantity(Fraction("9" * 30), None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1000), "1000"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(1, 8), "0.125"),
        (Fraction(10**29), "1" + "0" * 29),
        (Fraction(1, 10**20), "0.00000000000000000001"),
        (Fraction(200) / Fraction("1355.4") * 1000, "147.557916482"),
    ],
)
def test_a_number_is_printed_exactly_or_with_twelve_digits(
    value: Fraction, text: str
) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1000", "mcg", "1000 µg"),
        ("45", "years", "45 years"),
        ("1", "years", "1 year"),
        ("0.5", "y", "0.5 years"),
        ("25", "%", "25 %"),
        ("2", "per day?", "2 per day?"),
        ("7", None, "7"),
    ],
)
def test_a_quantity_is_printed_one_way(value: str, unit: str | None, text: str) -> None:
    assert format_quantity(Fraction(value), unit) == text
