"""Amounts and lengths of time as FHIR R4 has them: exact numbers, with units of UCUM.

A number goes out only if it is the very number when it is read back. One third of a milligram has
no decimal, so that it is refused; one third of a day goes out as 8 hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from b12guide.diagnostics import Diagnostic
from b12guide.errors import DosageError
from b12guide.interop.dosage import FhirUnit
from b12guide.interop.fhir import TIME_UNITS, UCUM
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.quantity import format_number
from b12guide.values.unit import parse_unit

TIME_CODES: Mapping[TimeUnit, str] = {unit: code for code, unit in TIME_UNITS.items()}

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_IN_UCUM = (
    (r"^x?10\^", "10*"),
    (r"1\.73 m2", "{1.73_m2}"),
    (r"µ", "u"),
    (r"(?<![A-Za-z])([mu]?)IU(?![A-Za-z])", r"\1[iU]"),
    (r"\bday\b", "d"),
    (r"\bweek\b", "wk"),
    (r"\bmonth\b", "mo"),
    (r"\byear\b", "a"),
    (r"^fraction$", "1"),
)


@lru_cache(maxsize=256)
def ucum(unit: str) -> str | None:
    """The code of a unit in UCUM; None for a unit that is not in the table of units.

    >>> ucum("µg"), ucum("mL/min/1.73 m²"), ucum("x10^9/L"), ucum("IU")
    ('ug', 'mL/min/{1.73_m2}', '10*9/L', '[iU]')
    """
    known = parse_unit(unit)
    if known is None:
        return None
    code = known.text.translate(_DIGITS)
    for printed, coded in _IN_UCUM:
        code = re.sub(printed, coded, code)
    same = parse_unit(code)
    return code if code == "1" or same == known else None


def fhir_unit(unit: str) -> FhirUnit:
    """A unit as it is printed, with its code where it has one."""
    code = ucum(unit)
    return FhirUnit(text=unit, system=UCUM if code else None, code=code)


def exact(number: Fraction | Decimal) -> int | float:
    """The number as JSON has it.

    Raises:
        DosageError: JSON has no such number: read back, it would be another one.
    """
    fraction = Fraction(number)
    if fraction.denominator == 1:
        return fraction.numerator
    found = float(fraction)
    if Fraction(repr(found)) != fraction:
        text = f"{format_number(fraction)} cannot be written as a decimal"
        message = "the schedule cannot be written as FHIR"
        raise DosageError(message, [Diagnostic(code="DOS202", message=text)])
    return found


def plain(value: Any) -> Any:
    """The element with every decimal as JSON has it.

    Raises:
        DosageError: JSON has no such number.
    """
    match value:
        case Decimal():
            return exact(value)
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return value


def is_decimal(number: Fraction) -> bool:
    """Whether a number ends as a decimal that JSON can hold."""
    return number.denominator == 1 or number == Fraction(repr(float(number)))


def decimal_length(length: DurationRange) -> DurationRange:
    """The same length in the unit in which it was written, else in one in which it is a decimal.

    Raises:
        DosageError: There is no such unit.
    """
    size = length.unit.in_smallest
    units = [
        unit
        for unit in reversed(TimeUnit)
        if unit.is_calendar is length.unit.is_calendar and unit.in_smallest <= size
    ]
    for unit in units:
        low, high = (end / unit.in_smallest for end in length.smallest)
        if is_decimal(low) and is_decimal(high):
            return DurationRange(low, high, unit)
    exact(length.low)
    exact(length.high)
    return length


def quantity(value: Fraction, unit: str | None, comparator: str = "") -> dict[str, Any]:
    """A Quantity; `comparator` is one of FHIR's, such as `<`."""
    found: dict[str, Any] = {"value": exact(value)}
    if comparator:
        found["comparator"] = comparator
    if unit is not None:
        named = fhir_unit(unit)
        found["unit"] = named.text
        if named.code is not None:
            found |= {"system": UCUM, "code": named.code}
    return found


def duration(length: Duration) -> dict[str, Any]:
    """A Duration."""
    same = decimal_length(DurationRange(length.value, length.value, length.unit))
    return time_quantity(same.low, same.unit)


def time_quantity(value: Fraction, unit: TimeUnit) -> dict[str, Any]:
    """So many of a unit of time."""
    name = unit.value if value == 1 else f"{unit.value}s"
    return {
        "value": exact(value),
        "unit": name,
        "system": UCUM,
        "code": TIME_CODES[unit],
    }


def duration_value(length: DurationRange, name: str) -> dict[str, Any]:
    """A length of time as a choice of elements: `name` with `Duration`, or with `Range`."""
    same = decimal_length(length)
    low, high = (time_quantity(end, same.unit) for end in (same.low, same.high))
    if same.low == same.high:
        return {f"{name}Duration": low}
    return {f"{name}Range": {"low": low, "high": high}}
