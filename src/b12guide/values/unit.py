"""Units of measurement: the closed table, how a spelling is read, and what a wrong one meant.

A unit is a factor and dimensions. Months and years are a dimension of their own, because they
are counted on the calendar. A guess such as `MG` for `mg` is never taken for the unit; it is
offered in the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import Record
from b12guide.values.duration import TimeUnit

__all__ = ["Dimension", "Unit", "convert", "parse_unit", "spellings", "time_unit"]


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


@frozen(repr=False)
class Unit(Record):
    """A unit: its dimension, its size in base units (g, mol, m, s, month), and how it is printed.

    Attributes:
        dimensions: The exponent of each dimension, without zeros, in the order of `Dimension`.
    """

    dimensions: Dimensions
    factor: Fraction
    text: str

    def is_commensurable_with(self, other: Unit) -> bool:
        """Whether amounts in both units can be compared without a molar mass."""
        return self.dimensions == other.dimensions

    @property
    def measures(self) -> str:
        """What the unit measures in words, such as `a volume per time`."""
        return in_words(self.dimensions)


# ------------------------------------------------------------------------- reading

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ALIKE = str.maketrans({"\u03bc": "\u00b5", "\u2212": "-", "·": ".", "⋅": "."})

# `re` compiles and keeps each pattern when it is first used, which many a program never does.
_STANDARD_SURFACE = r"\s*/\s*(\{)?1[.,]73[\s_]*m(?:\^?2|²)(?(1)\})$"
_COUNT = r"([GT])(?:pt)?(?=\s*/\s*[Ll]$)|([MKk]|thou)(?=\s*/\s*(?:[µu]|mc)[Ll]$)"
_COUNTED = {"thou": 3, "k": 3, "K": 3, "M": 6, "G": 9, "T": 12}
_POWER_OF_TEN = (
    r"(?:[x\u00d7]\s?)?10"
    r"(?:[*^](?P<plain>[+-]?[0-9]{1,2})|(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,2}))$"
)
# Powers of ten as laboratories print them: `x10E3/uL`, `x10(9)/L`, `{10*3}/uL`.
_LABORATORY_POWER = (
    r"(?<![0-9.])10(?:E([+-]?[0-9]{1,2})|\(([+-]?[0-9]{1,2})\))(?![0-9])"
)
_BRACED_POWER = r"^\{((?:x\s?)?10[*^][+-]?[0-9]{1,2})\}(?=\s*/)"
_TERM = (
    r"(?P<symbol>[^\s0-9^⁰¹²³⁴-⁹⁺⁻+*./{}-]+)"
    r"(?:\^?(?P<plain>[+-]?[1-9])|(?P<raised>[⁺⁻]?[¹²³⁴-⁹]))?$"
)
_OPERATORS = r"\s*([/.])\s*"


@frozen(repr=False)
class _Term(Record):
    text: str
    factor: Fraction
    dimensions: Dimensions
    exponent: int = 1


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit | None:
    """The unit that `text` spells, or None when it spells none.

    >>> parse_unit("mcg") == parse_unit("ug") == parse_unit("\u03bcg")
    True
    >>> parse_unit("10*9/L").text
    'x10^9/L'
    """
    rest = re.sub(r"\s+per\s+", "/", text.strip().translate(_ALIKE))
    rest = re.sub(_LABORATORY_POWER, r"10^\1\2", rest)
    rest = re.sub(_BRACED_POWER, r"\1", rest)
    surface = re.search(_STANDARD_SURFACE, rest)
    if surface is not None:
        rest = rest[: surface.start()]
    count = re.match(_COUNT, rest)
    if count is not None:
        rest = f"10^{_COUNTED[count[1] or count[2]]}{rest[count.end() :]}"
    terms = _terms(rest)
    if not terms:
        return None
    if surface is not None:
        per = ((Dimension.SURFACE, 1),)
        terms = (*terms, _Term("1.73 m²", Fraction(1), per, exponent=-1))
    factor = Fraction(1)
    exponents = dict.fromkeys(Dimension, 0)
    for term in terms:
        factor *= term.factor**term.exponent
        for dimension, exponent in term.dimensions:
            exponents[dimension] += exponent * term.exponent
    dimensions = tuple((d, e) for d, e in exponents.items() if e)
    return Unit(dimensions, factor, _text(terms))


def _terms(text: str) -> tuple[_Term, ...] | None:
    """The terms of a product, or None when one of them is no unit."""
    first, *others = re.split(_OPERATORS, text)
    pieces = [(".", first), *zip(others[::2], others[1::2], strict=True)]
    # No other integer is a factor: `109/L` is `10^9/L` that has lost its exponent.
    if first in {"", "1"} and len(pieces) > 1 and pieces[1][0] == "/":
        del pieces[0]
    terms = []
    for operator, piece in pieces:
        term = _term(piece)
        if term is None:
            return None
        sign = -1 if operator == "/" else 1
        terms.append(
            _Term(term.text, term.factor, term.dimensions, sign * term.exponent)
        )
    return tuple(terms)


def _term(piece: str) -> _Term | None:
    power = re.match(_POWER_OF_TEN, piece)
    if power is not None:
        exponent = _exponent(power)
        return _Term(f"10^{exponent}", Fraction(10) ** exponent, ())
    match = re.match(_TERM, piece)
    named = symbol(match["symbol"]) if match else None
    if match is None or named is None:
        return None
    return _Term(named.text, named.factor, named.dimensions, _exponent(match))


def _exponent(match: re.Match[str]) -> int:
    written = match["plain"] or match["raised"]
    return 1 if written is None else int(written.translate(_SUPERSCRIPTS))


def _text(terms: tuple[_Term, ...]) -> str:
    above = [_raised(t) for t in terms if t.exponent > 0 and t.text]
    below = [_raised(t) for t in terms if t.exponent < 0 and t.text]
    if above and above[0].startswith("10^"):
        above[0] = f"x{above[0]}"
    return ".".join(above) + "".join(f"/{text}" for text in below)


def _raised(term: _Term) -> str:
    size = abs(term.exponent)
    return term.text if size == 1 else term.text + str(size).translate(_RAISED)


# ---------------------------------------------------------------------- converting


def convert(
    value: Fraction, written: Unit, wanted: Unit, molar_mass: Fraction | None = None
) -> Fraction | None:
    """The amount `value` of the unit `written`, in the unit `wanted`; None when there is no way.

    Args:
        value: How many of the unit `written`.
        written: The unit in which it stands.
        wanted: The unit in which it is asked for.
        molar_mass: In g/mol, for the way between a mass and an amount of substance.
    """
    if written.dimensions == wanted.dimensions:
        return value * written.factor / wanted.factor
    if molar_mass is None or molar_mass <= 0:
        return None
    have, want = dict(written.dimensions), dict(wanted.dimensions)
    moles = want.get(Dimension.SUBSTANCE, 0) - have.get(Dimension.SUBSTANCE, 0)
    grams = have.get(Dimension.MASS, 0) - want.get(Dimension.MASS, 0)
    others = [d for d in Dimension if d not in {Dimension.SUBSTANCE, Dimension.MASS}]
    if moles != grams or any(have.get(d, 0) != want.get(d, 0) for d in others):
        return None
    return value * written.factor / molar_mass**moles / wanted.factor


_TIME_UNITS: Mapping[str, TimeUnit] = {
    "s": TimeUnit.SECOND,
    "min": TimeUnit.MINUTE,
    "h": TimeUnit.HOUR,
    "day": TimeUnit.DAY,
    "week": TimeUnit.WEEK,
    "month": TimeUnit.MONTH,
    "year": TimeUnit.YEAR,
}


def time_unit(text: str) -> TimeUnit | None:
    """The unit of time that `text` spells, or None when it spells none."""
    unit = parse_unit(text)
    return None if unit is None else _TIME_UNITS.get(unit.text)


_MEANT = {
    "cc": "mL",
    "mgm": "mg",
    "gm": "g",
    "gms": "g",
    "mgs": "mg",
    "mcgs": "µg",
    "ugs": "µg",
    "gamma": "µg",
    "mcgm": "µg",
    "kgs": "kg",
    "lt": "L",
    "ltr": "L",
    "yo": "years",
    "y/o": "years",
    "years old": "years",
    "mth": "months",
    "mths": "months",
    "mos": "months",
    "u": "IU",
    "ie": "IU",
    "ui": "IU",
    "i.e.": "IU",
    "i.u.": "IU",
    "units": "IU",
    "pct": "%",
    "x10e9": "x10^9",
    "10e9": "x10^9",
    "x109": "x10^9",
    "109": "x10^9",
    "x10e3": "x10^3",
    "10e3": "x10^3",
    "giga": "G",
}

_MOLAR = r"([mµunp]?)M"


def suggest_units(text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Units that `text` may have been meant to be, the likeliest first.

    Args:
        text: What was written for a unit.
        known: Units that are expected here; they are preferred.
    """
    whole = _MEANT.get(text.strip().casefold())
    if whole is not None:
        return (whole,)
    pieces = [_meant(piece.strip()) for piece in re.split(r"/|\bper\b", text)]
    unit = parse_unit("/".join(pieces)) if all(pieces) else None
    if unit is not None:
        return (unit.text,)
    return tuple(get_close_matches(text.strip(), tuple(known), n=2))


def _meant(piece: str) -> str:
    """The simple unit that `piece` was meant to be; empty when nothing is near."""
    if parse_unit(piece) is not None:
        return piece
    molar = re.fullmatch(_MOLAR, piece)
    if molar is not None:
        return f"{molar[1]}mol/L"
    folded = piece.casefold()
    if folded in _MEANT:
        return _MEANT[folded]
    same_letters = [s for s in spellings() if s.casefold() == folded]
    words = [s for s in spellings() if len(s) > 3]
    # A letter struck twice is a slip in a short unit, too; of other slips these have too many.
    once = re.sub(r"(.)\1", r"\1", folded)
    struck_twice = [s for s in spellings() if s == once]
    near = (
        same_letters
        or struck_twice
        or get_close_matches(folded, words, n=1, cutoff=0.8)
    )
    unit = parse_unit(near[0]) if near else None
    return "" if unit is None else unit.text
