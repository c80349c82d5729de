"""Numbers, lengths of time and frequencies as people and programs read them, in no locale."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from b12guide.regimen.model import Every, Frequency, Times
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.quantity import format_number


def number_text(number: Fraction) -> str:
    """The number in decimals; four significant digits where decimals do not end.

    >>> number_text(Fraction(1000)), number_text(Fraction(1, 2)), number_text(Fraction(1, 3))
    ('1000', '0.5', '0.3333')
    """
    if number.denominator == 1:
        return str(number.numerator)
    places = _decimal_places(number.denominator)
    if places is None:
        return f"{float(number):.4g}"
    digits = str(abs(number) * 10**places).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _decimal_places(denominator: int) -> int | None:
    """How many decimals a fraction with this denominator has, if few enough to print."""
    return next((n for n in range(1, 10) if 10**n % denominator == 0), None)


def range_text(low: Fraction, high: Fraction) -> str:
    """One number, or the two ends of a range."""
    if low == high:
        return number_text(low)
    return f"{number_text(low)} to {number_text(high)}"


def number_json(number: Fraction) -> int | float:
    """An integer where the number is one, a float otherwise."""
    if number.denominator == 1:
        return number.numerator
    return float(number)


def exact_text(number: Fraction) -> str:
    """The number in decimals, or as a fraction where decimals cannot hold it.

    >>> exact_text(Fraction(3, 4)), exact_text(Fraction(1, 3))
    ('0.75', '1/3')
    """
    text = format_number(number)
    return text if Fraction(text) == number else str(number)


def span_text(low: Fraction, high: Fraction) -> str:
    """One number, or the two ends of a range."""
    if low == high:
        return exact_text(low)
    return f"{exact_text(low)} to {exact_text(high)}"


def plural(count: str | int, noun: str) -> str:
    """The count with its noun, which takes an s unless the count is 1."""
    return f"{count} {noun}" if str(count) == "1" else f"{count} {noun}s"


def length_text(length: DurationRange) -> str:
    """A length of time: "2 weeks", "2 to 3 months"."""
    return plural(span_text(length.low, length.high), length.unit.value)


_SINGLE = {
    TimeUnit.DAY: "daily",
    TimeUnit.WEEK: "weekly",
    TimeUnit.MONTH: "monthly",
    TimeUnit.YEAR: "yearly",
}


def every_text(interval: DurationRange) -> str:
    """A recurring interval: "monthly", "on alternate days", "every 2 to 3 months"."""
    match (interval.low, interval.high, interval.unit):
        case (1, 1, unit) if unit in _SINGLE:
            return _SINGLE[unit]
        case (2, 2, TimeUnit.DAY):
            return "on alternate days"
        case (1, 1, unit):
            return f"every {unit.value}"
        case _:
            return f"every {length_text(interval)}"


def frequency_text(frequency: Frequency) -> str:
    """How often: "every 2 months", "3 times per week", "1 to 2 times every 2 weeks"."""
    match frequency:
        case Every(interval=interval):
            return every_text(interval)
        case Times(low=low, high=high, per=per):
            times = times_text(low, high)
            if per.low == per.high == 1:
                return f"{times} per {per.unit.value}"
            return f"{times} every {length_text(per)}"
        case _:
            assert_never(frequency)


def times_text(low: int, high: int) -> str:
    """How many times: "once", "twice", "3 times", "1 to 2 times"."""
    count = str(low) if low == high else f"{low} to {high}"
    return {"1": "once", "2": "twice"}.get(count, f"{count} times")


def choice_text(words: tuple[str, ...]) -> str:
    """The words as a choice whose first member comes first."""
    if len(words) == 1:
        return words[0]
    *others, last = words[1:]
    end = f"{', '.join(others)} or {last}" if others else last
    return f"{words[0]} (first choice) or {end}"
