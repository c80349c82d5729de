"""The closed table of base units, with their prefixes and the spellings that clinicians use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from attrs import frozen

from b12guide.record import Record

__all__ = ["Dimension", "Dimensions", "Symbol", "in_words", "spellings", "symbol"]


class Dimension(Enum):
    """What a base unit measures."""

    MASS = "mass"
    SUBSTANCE = "amount of substance"
    LENGTH = "length"
    TIME = "time"
    CALENDAR = "calendar time"
    ACTIVITY = "amount in international units"
    GAUGE = "needle gauge"
    SURFACE = "standard body surface"


Dimensions: TypeAlias = tuple[tuple[Dimension, int], ...]


@frozen(repr=False)
class Symbol(Record):
    """A unit of the table, before prefixes and exponents."""

    text: str
    factor: Fraction
    dimensions: Dimensions


_MILLI = Fraction(1, 1000)

_PREFIXES: Mapping[str, tuple[str, Fraction]] = {
    "kilo": ("k", Fraction(1000)),
    "deci": ("d", Fraction(1, 10)),
    "centi": ("c", Fraction(1, 100)),
    "milli": ("m", _MILLI),
    "micro": ("µ", _MILLI**2),
    "nano": ("n", _MILLI**3),
    "pico": ("p", _MILLI**4),
    "femto": ("f", _MILLI**5),
}
"""Larger prefixes than kilo are left out: `Mg` is a megagram and was meant to be `mg`."""

_MICRO_SPELLINGS = ("µ", "u", "mc")

_METRIC: Mapping[tuple[str, ...], Symbol] = {
    ("g",): Symbol("g", Fraction(1), ((Dimension.MASS, 1),)),
    ("mol",): Symbol("mol", Fraction(1), ((Dimension.SUBSTANCE, 1),)),
    ("m",): Symbol("m", Fraction(1), ((Dimension.LENGTH, 1),)),
    ("L", "l"): Symbol("L", _MILLI, ((Dimension.LENGTH, 3),)),
    ("s",): Symbol("s", Fraction(1), ((Dimension.TIME, 1),)),
}

_METRIC_WORDS: Mapping[str, tuple[str, ...]] = {
    "g": ("gram", "grams"),
    "mol": ("mole", "moles"),
    "m": ("metre", "metres", "meter", "meters"),
    "L": ("litre", "litres", "liter", "liters"),
    "s": ("second", "seconds"),
}


def _time(text: str, seconds: int) -> Symbol:
    return Symbol(text, Fraction(seconds), ((Dimension.TIME, 1),))


def _months(text: str, months: int) -> Symbol:
    return Symbol(text, Fraction(months), ((Dimension.CALENDAR, 1),))


_OTHER: Mapping[tuple[str, ...], Symbol] = {
    ("sec", "secs"): _time("s", 1),
    ("min", "mins", "minute", "minutes"): _time("min", 60),
    ("h", "hr", "hrs", "hour", "hours"): _time("h", 3600),
    ("d", "day", "days"): _time("day", 86_400),
    ("wk", "wks", "week", "weeks"): _time("week", 604_800),
    ("mo", "month", "months"): _months("month", 1),
    ("a", "y", "yr", "yrs", "year", "years"): _months("year", 12),
    ("%", "percent"): Symbol("%", Fraction(1, 100), ()),
    ("fraction",): Symbol("fraction", Fraction(1), ()),
    ("cell", "cells"): Symbol("", Fraction(1), ()),
    ("IU", "[IU]", "[iU]"): Symbol("IU", Fraction(1), ((Dimension.ACTIVITY, 1),)),
    ("mIU", "m[IU]", "m[iU]"): Symbol("mIU", _MILLI, ((Dimension.ACTIVITY, 1),)),
    ("µIU", "uIU", "u[IU]", "u[iU]"): Symbol(
        "µIU", _MILLI**2, ((Dimension.ACTIVITY, 1),)
    ),
    ("G", "gauge"): Symbol("G", Fraction(1), ((Dimension.GAUGE, 1),)),
}


@lru_cache(maxsize=1)
def _symbols() -> Mapping[str, Symbol]:
    return dict(_spelled_out())


def _spelled_out() -> Iterator[tuple[str, Symbol]]:
    """Every spelling with what it stands for."""
    for names, symbol in _OTHER.items():
        yield from ((name, symbol) for name in names)
    for names, symbol in _METRIC.items():
        words = _METRIC_WORDS[symbol.text]
        yield from ((name, symbol) for name in (*names, *words))
        for prefix_word, (prefix, factor) in _PREFIXES.items():
            prefixed = Symbol(
                prefix + symbol.text, symbol.factor * factor, symbol.dimensions
            )
            letters = _MICRO_SPELLINGS if prefix == "µ" else (prefix,)
            yield from ((a + b, prefixed) for a in letters for b in names)
            yield from ((prefix_word + word, prefixed) for word in words)


def symbol(spelling: str) -> Symbol | None:
    """The simple unit of that spelling, if there is one."""
    return _symbols().get(spelling)


def spellings() -> tuple[str, ...]:
    """Every spelling of a simple unit that is understood."""
    return tuple(_symbols())


# ------------------------------------------------------------------------ in words

_NAMED: Mapping[Dimensions, str] = {
    (): "a plain number",
    ((Dimension.LENGTH, 2),): "an area",
    ((Dimension.LENGTH, 3),): "a volume",
    ((Dimension.LENGTH, -3),): "a count per volume",
    ((Dimension.CALENDAR, 1),): "a time in months or years",
    ((Dimension.TIME, 1),): "a time",
}


def in_words(dimensions: Dimensions) -> str:
    """What a unit of these dimensions measures: `a volume per time`."""
    if dimensions in _NAMED:
        return _NAMED[dimensions]
    above = tuple((d, e) for d, e in dimensions if e > 0)
    below = tuple((d, -e) for d, e in dimensions if e < 0)
    pieces = [_one_in_words(above) if above else "a number"]
    pieces += [_one_in_words((part,)).partition(" ")[2] for part in below]
    return " per ".join(pieces)


def _one_in_words(dimensions: Dimensions) -> str:
    if dimensions in _NAMED:
        return _NAMED[dimensions]
    names = " and ".join(
        d.value + (f" to the {e}" if e != 1 else "") for d, e in dimensions
    )
    return ("an " if names[0] in "aeiou" else "a ") + names
