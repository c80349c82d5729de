"""The figures that a sentence names: doses, how often, how long, and how many doses in what time.

Prose is no dosing instruction: most of it says nothing about doses, and what it says stands among
other words ("an injection every second month", "three a week"). So the reader of dosing English
(`b12guide.interop.pattern`) is let loose on it, and what it does not know is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import Record
from b12guide.interop import pattern as p
from b12guide.regimen.model import Dose, Every, ForTime, Times
from b12guide.text import Span
from b12guide.values.duration import DurationRange
from b12guide.values.unit import parse_unit

__all__ = ["DosesIn", "Figure", "OnDays", "figures_in"]


@frozen(repr=False)
class DosesIn(Record):
    """So many doses in a length of time: "nine injections in three weeks"."""

    low: Fraction
    high: Fraction
    length: DurationRange


@frozen(repr=False)
class OnDays(Record):
    """Times after the start: "after three, six and twelve months"."""

    times: tuple[DurationRange, ...]


Said: TypeAlias = Dose | Every | Times | ForTime | DosesIn | OnDays


@frozen(repr=False)
class Figure(Record):
    """A figure of a text, with the characters that say it."""

    said: Said
    span: Span


_DOSES = r"(?:injections?|doses?|shots?|jabs?|tablets?|pills?|capsules?|ampoules?)"
_EACH = r"(?:a|an|per|each|every)"
_MASS = {
    "microgram": "\u00b5g",
    "mcg": "\u00b5g",
    "ug": "\u00b5g",
    "\u00b5g": "\u00b5g",
    "\u03bcg": "\u00b5g",
    "milligram": "mg",
    "mg": "mg",
    "gram": "g",
    "g": "g",
}
_UNIT = r"(?:(?:micro|milli)?grams?|mcg|ug|\u00b5g|\u03bcg|mg|g)"


def figures_in(sentence: str) -> Iterator[Figure]:
    """The figures of a sentence, in order."""
    found = list(p.phrases_in(_evenly(sentence), _phrases()))
    for place, one in enumerate(found):
        if isinstance(one.value, p.UnreadWords):
            continue
        # "1500 µg per day" is how much, whatever the doses; "the daily dose" is no frequency.
        before = found[place - 1].value if place else None
        is_rate = isinstance(before, Dose) and sentence[one.span.start :].startswith(
            "per "
        )
        if is_rate or _OF_A_NOUN.match(sentence, one.span.end):
            continue
        yield Figure(one.value, one.span)


_OF_A_NOUN = re.compile(
    r"\s+(?:dose|intake|requirement|life|living|amount|allowance)\b"
)


def _evenly(sentence: str) -> str:
    """The sentence, as long as before, with ranges as the reader knows them."""
    either = re.compile(rf"({p.NUMBER}\s+)or(?=\s+{p.NUMBER})", re.IGNORECASE)
    plain = either.sub(r"\1to", sentence)
    roughly = re.compile(r"\b(?:about|around|roughly|approximately)\b", re.IGNORECASE)
    return roughly.sub(lambda found: " " * len(found[0]), plain)


@cache
def _phrases() -> tuple[p.Phrase[Said], ...]:
    count = p.span("count")
    length = rf"{p.span('every')}\s+(?P<every_unit>{p.TIME})"
    times = rf"{p.NUMBER}(?:\s*,\s*{p.NUMBER})*(?:\s*,?\s+(?:and|to)\s+{p.NUMBER})?"
    return (
        p.phrase_of(
            rf"{p.span('dose')}\s*(?P<unit>{_UNIT})(?![\w/])(?!\s*/|\s+per\s+(?:kg|kilo))",
            _dose,
        ),
        *p.frequencies(),
        p.phrase_of(
            rf"every\s+(?:other|second)\s+(?P<unit>{p.TIME})",
            lambda m: Every(_length(Fraction(2), m["unit"])),
        ),
        p.phrase_of(
            rf"{count}\s+(?:{_DOSES}\s+)?{_EACH}\s+(?P<unit>{p.TIME})",
            lambda m: _times(m, _length(Fraction(1), m["unit"])),
        ),
        p.phrase_of(
            rf"{count}\s+{_DOSES}\s+every\s+{length}",
            lambda m: _times(m, p.length_of(m, "every")),
        ),
        p.phrase_of(
            rf"{count}\s+{_DOSES}\s+(?:in|over|within)\s+{length}",
            lambda m: DosesIn(*p.numbers_of(m, "count"), p.length_of(m, "every")),
        ),
        p.for_time(),
        p.phrase_of(
            rf"(?:at|after)\s+(?P<times>{times})\s+(?P<unit>{p.TIME})", _on_days
        ),
    )


def _dose(match: re.Match[str]) -> Dose:
    low, high = p.numbers_of(match, "dose")
    unit = match["unit"].lower()
    return Dose(low, high, _MASS.get(unit) or _MASS[unit.removesuffix("s")])


def _length(number: Fraction, unit: str) -> DurationRange:
    found = re.fullmatch(
        rf"{p.span('one')}\s(?P<one_unit>{p.TIME})", f"{number} {unit}", re.IGNORECASE
    )
    if found is None:
        raise ValueError(unit)
    return p.length_of(found, "one")


def _times(match: re.Match[str], per: DurationRange) -> Times:
    low, high = p.numbers_of(match, "count")
    if low.denominator != 1 or high.denominator != 1 or low < 1:
        raise ValueError(match[0])
    return Times(int(low), int(high), per)


def _on_days(match: re.Match[str]) -> OnDays:
    numbers = re.findall(p.NUMBER, match["times"], re.IGNORECASE)
    is_range = re.search(r"\bto\b", match["times"]) is not None
    if is_range:  # a window, which is no time to be held against a day
        raise ValueError(match[0])
    return OnDays(tuple(_length(p.number_of(n), match["unit"]) for n in numbers))


def is_of_mass(dose: Dose) -> bool:
    """Whether a dose can be compared with those of prose."""
    unit = parse_unit(dose.unit)
    gram = parse_unit("g")
    return unit is not None and gram is not None and unit.dimensions == gram.dimensions
