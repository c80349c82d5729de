"""Numbers and amounts as people and programs read them, in no locale."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import count
from typing import TypeAlias

from b12guide.values.duration import TimeUnit
from b12guide.values.quantity import format_number
from b12guide.values.term import Operator
from b12guide.values.unit import parse_unit


def number_text(number: Fraction | int) -> str:
    """The number as people read it: in decimals, thousands without a separator.

    >>> number_text(123456), number_text(Fraction(1, 8)), number_text(Fraction(1, 3))
    ('123456', '0.125', '0.3333')
    """
    # Decimals that end are never cut, because somebody wrote them. Others are rounded to four
    # significant decimals, counted from where the number leaves the nearest whole one: a value
    # must not seem to have reached a bound that it has not (49.9999999 mL/min is below 50).
    value = Fraction(number)
    if _MOST_DECIMALS % value.denominator == 0:
        return format_number(value)
    apart = abs(value - round(value))
    places = 4 + next(n for n in count() if apart * 10 ** (n + 1) >= 1)
    return format_number(round(value, places))


_MOST_DECIMALS = 10**9


def range_text(low: Fraction | int, high: Fraction | int) -> str:
    """One number, or the two ends of a range."""
    if low == high:
        return number_text(low)
    return f"{number_text(low)} to {number_text(high)}"


def exact_text(number: Fraction | int) -> str:
    """The number as it can be read back: in decimals, or as a fraction where they never end.

    >>> exact_text(Fraction(3, 4)), exact_text(Fraction(1, 3))
    ('0.75', '1/3')
    """
    value = Fraction(number)
    text = format_number(value)
    return text if Fraction(text) == value else str(value)


def exact_range_text(low: Fraction | int, high: Fraction | int) -> str:
    """One number, or the two ends of a range, as they can be read back."""
    if low == high:
        return exact_text(low)
    return f"{exact_text(low)} to {exact_text(high)}"


Spelling: TypeAlias = Callable[[Fraction, Fraction], str]
"""How the two ends of a range are spelled: `range_text` for people, or `exact_range_text`."""


def number_json(number: Fraction) -> int | float:
    """An integer where the number is one, a float otherwise."""
    if number.denominator == 1:
        return number.numerator
    return float(number)


_PLAIN = {"µg": "micrograms", "mg": "milligrams", "g": "grams"}
PLAIN_UNITS = _PLAIN | {
    f"{unit}/kg": f"{word} for each kilogram that you weigh"
    for unit, word in _PLAIN.items()
}


def unit_text(unit: str, *, single: bool = False) -> str:
    """A unit as it is printed; units of time are words, of one or of several."""
    parsed = parse_unit(unit)
    text = unit if parsed is None else parsed.text
    if text in _TIMES:
        return text if single else f"{text}s"
    return _POWER.sub(lambda m: f"\u00d710{m[1].translate(_RAISED)}", text)


_TIMES = {unit.value for unit in TimeUnit}
_POWER = re.compile(r"x10\^(\d+)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def measured(number: str, unit: str | None) -> str:
    """A number, or a range of them, with the unit of its measure."""
    return (
        number if unit is None else f"{number} {unit_text(unit, single=number == '1')}"
    )


def quantity_text(value: Fraction | int, unit: str | None) -> str:
    """A value with its unit: "35.5 mL/min", "1 year"."""
    return measured(number_text(value), unit)


_SYMBOLS = {
    Operator.LESS: "<",
    Operator.AT_MOST: "≤",
    Operator.MORE: ">",
    Operator.AT_LEAST: "≥",
    Operator.EQUAL: "=",
}


def comparison_text(operator: Operator) -> str:
    """The sign of a comparison."""
    return _SYMBOLS[operator]
