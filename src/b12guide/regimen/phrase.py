"""Numbers, lengths of time, frequencies and bounds as English phrases.

Each phrase has one meaning, and `b12guide.regimen.pattern` reads it back. Every number is exact:
one whose decimals never end is printed as a fraction.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from b12guide.regimen.model import Every, Frequency, Times
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.quantity import format_number

__all__ = [
    "choice_text",
    "every_text",
    "exact_text",
    "frequency_text",
    "length_text",
    "plural",
    "span_text",
    "times_text",
]


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
