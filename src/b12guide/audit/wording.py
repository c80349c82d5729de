"""Words that findings share."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.graph.model import RuleGraph
from b12guide.regimen.model import Dose, Every, Frequency
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.quantity import format_number, format_quantity

__all__ = [
    "called",
    "days",
    "dose_text",
    "every_text",
    "frequency_text",
    "joined",
    "length_text",
]


def joined(words: Iterable[str], last: str = "and") -> str:
    """The words as an English list.

    >>> joined(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def days(count: int) -> str:
    """A number of days."""
    return "1 day" if count == 1 else f"{count} days"


def length_text(length: DurationRange | Duration) -> str:
    """A length of time: "2 weeks", "2 to 3 months"."""
    if isinstance(length, Duration):
        return format_quantity(length.value, length.unit.value)
    if length.low == length.high:
        return format_quantity(length.high, length.unit.value)
    low = format_number(length.low)
    return f"{low} to {format_quantity(length.high, length.unit.value)}"


def every_text(length: DurationRange | Duration) -> str:
    """A recurring length of time: "every month", "every 2 to 3 months"."""
    text = length_text(length)
    return f"every {text.removeprefix('1 ')}"


def frequency_text(frequency: Frequency) -> str:
    """How often: "every 2 days", "3 times per week"."""
    if isinstance(frequency, Every):
        return every_text(frequency.interval)
    low, high = frequency.low, frequency.high
    count = str(low) if low == high else f"{low} to {high}"
    return f"{count} times per {length_text(frequency.per).removeprefix('1 ')}"


def dose_text(dose: Dose) -> str:
    """A dose: "1000 µg", "1000 to 2000 µg"."""
    if dose.low == dose.high:
        return format_quantity(dose.high, dose.unit)
    return f"{format_number(dose.low)} to {format_quantity(dose.high, dose.unit)}"


def called(graph: RuleGraph, name: str) -> str:
    """What the vocabulary calls a drug, test, route, site, fact or definition."""
    words = graph.vocabulary
    for kind in (words.drugs, words.tests, words.routes, words.sites):
        if name in kind:
            return kind[name].label
    if name in words.facts:
        return words.facts[name].label
    if name in graph.definitions:
        return graph.definitions[name].label
    return name.replace("_", " ")
