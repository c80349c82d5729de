"""Units of measure: an exact, closed part of UCUM with the spellings that clinicians write.

A unit is a product of powers of base units and one exact factor. Only what the table names is a
unit; a guess such as `MG` for `mg` is left to `b12guide.values.unit_suggestion`. Months and years
have a dimension of their own, since neither has a fixed number of days, and so has the body
surface of 1.73 m², because a filtration rate per 1.73 m² is another quantity than one per person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

from attrs import frozen

from b12guide.record import Record
from b12guide.values.duration import TimeUnit
from b12guide.values.unit_table import (
    Dimension,
    Dimensions,
    in_words,
    spellings,
    symbol,
)

__all__ = [
    "Dimension",
    "Unit",
    "convert",
    "parse_unit",
    "spellings",
    "time_unit",
]


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
    return _product(terms)


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


def _product(terms: tuple[_Term, ...]) -> Unit:
    factor = Fraction(1)
    exponents = dict.fromkeys(Dimension, 0)
    for term in terms:
        factor *= term.factor**term.exponent
        for dimension, exponent in term.dimensions:
            exponents[dimension] += exponent * term.exponent
    dimensions = tuple((d, e) for d, e in exponents.items() if e)
    return Unit(dimensions, factor, _text(terms))


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
