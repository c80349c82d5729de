"""Quantities: an exact number with a unit, as people write them and as b12guide prints them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from enum import Enum
from fractions import Fraction
from functools import lru_cache

from attrs import frozen

from b12guide.frozen import Record
from b12guide.values.unit import parse_unit

__all__ = [
    "MOST_DIGITS",
    "Misreading",
    "Quantity",
    "QuantityMistake",
    "format_number",
    "format_quantity",
    "parse_quantity",
    "quantity_in",
]

MOST_DIGITS = 30
"""Longer numbers are refused, because no clinical number has as many digits."""

_EXACT = Context(prec=MOST_DIGITS, traps=[Inexact])
_ROUNDED = Context(prec=12, rounding=ROUND_HALF_EVEN)


@frozen(repr=False)
class Quantity(Record):
    """A number and the unit written behind it; None where none was written.

    The unit is kept as it was spelled, because whether it is a unit at all depends on the
    measure: a vocabulary may declare further spellings.
    """

    value: Fraction
    unit: str | None = None


class QuantityMistake(Enum):
    """Why a text is no quantity."""

    EMPTY = "empty"
    NO_NUMBER = "no number"
    DECIMAL_COMMA = "decimal comma"
    THOUSANDS = "thousands separator"
    EXPONENT = "exponent"
    DATE = "date"
    RANGE = "range"
    BOUND = "bound"
    TOO_LONG = "too long"


@frozen(repr=False)
class Misreading(Record):
    """A text that is no quantity, with what was probably meant."""

    mistake: QuantityMistake
    suggestions: tuple[str, ...] = ()


_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_EXPONENT = rf"(?P<number>{_NUMBER})[eE](?P<exponent>[+-]?[0-9]+)(?P<unit>.*)$"
_RANGE = rf"{_NUMBER}\s*[^\W\d]*\s*(?:[-\u2013\u2014]|to\b)\s*{_NUMBER}"
# `re` compiles and keeps each pattern when it is first used.
_QUANTITY = (
    rf"(?!{_RANGE})(?P<number>{_NUMBER})"
    r"(?:\s*(?P<unit>(?![eE][+-]?[0-9])[^\s0-9.,'\u2019^*+-].*)"
    r"|\s+(?P<power>10[*^⁰¹²³⁴-⁹].*))?$"
)
_DATE = r"(?:19|20|21)[0-9]{2}-[01]?[0-9]-[0-3]?[0-9](?:[T ].*)?"
_BOUND = r"[<>≤≥~≈=]"
_COMMA = r"(?P<whole>[+-]?[0-9]+),(?P<rest>[0-9]+)(?![0-9.,])(?P<unit>.*)$"
_GROUPS = (
    r"(?P<number>[+-]?[0-9]{1,3}(?:[,'\u2019 \u00a0\u202f][0-9]{3})+(?:\.[0-9]+)?)"
    r"(?![0-9,.])(?P<unit>.*)$"
)


def parse_quantity(text: str) -> Quantity | Misreading:
    """The quantity that `text` spells, or why it spells none.

    >>> parse_quantity("0.58 mL/s")
    Quantity(value=Fraction(29, 50), unit='mL/s')
    >>> parse_quantity("1,5 mg").suggestions
    ('1.5 mg',)
    """
    text = _tidy(text)
    if not text:
        return Misreading(QuantityMistake.EMPTY)
    quantity = _read(text)
    if quantity is not None:
        return quantity
    misreading = _misreading(text)
    readable = tuple(s for s in misreading.suggestions if _read(s) is not None)
    return Misreading(misreading.mistake, readable)


def quantity_in(text: str) -> Quantity | None:
    """The quantity that `text` spells; None for none, whatever the reason."""
    return _read(_tidy(text))


def _tidy(text: str) -> str:
    return text.strip().replace("\u2212", "-")


def _read(text: str) -> Quantity | None:
    match = re.match(_QUANTITY, text)
    if match is None or sum(c.isdigit() for c in match["number"]) > MOST_DIGITS:
        return None
    return Quantity(Fraction(match["number"]), match["unit"] or match["power"])


def _misreading(text: str) -> Misreading:
    """Why `text` is no quantity, and what was probably meant."""
    if re.match(_QUANTITY, text):
        return Misreading(QuantityMistake.TOO_LONG)
    if re.match(_BOUND, text):
        return Misreading(QuantityMistake.BOUND)
    exponent = re.match(_EXPONENT, text)
    if exponent is not None:
        # Its number written out, where that is short enough to read.
        is_short = len(exponent["number"]) <= MOST_DIGITS
        if len(exponent["exponent"]) > 3 or not is_short:
            return Misreading(QuantityMistake.EXPONENT, ())
        number = Fraction(exponent["number"]) * Fraction(10) ** int(
            exponent["exponent"]
        )
        plain = format_number(number) + exponent["unit"]
        return Misreading(QuantityMistake.EXPONENT, (plain,))
    if re.fullmatch(_DATE, text):
        return Misreading(QuantityMistake.DATE)
    if re.match(_RANGE, text):
        return Misreading(QuantityMistake.RANGE)
    groups, comma = re.match(_GROUPS, text), re.match(_COMMA, text)
    decimal = (
        () if comma is None else (f"{comma['whole']}.{comma['rest']}{comma['unit']}",)
    )
    if groups is not None:
        whole = re.sub(r"[^0-9.+-]", "", groups["number"])
        return Misreading(QuantityMistake.THOUSANDS, (whole + groups["unit"], *decimal))
    return Misreading(
        QuantityMistake.DECIMAL_COMMA if decimal else QuantityMistake.NO_NUMBER, decimal
    )


# ------------------------------------------------------------------------ printing


@lru_cache(maxsize=1024)
def format_number(value: Fraction) -> str:
    """`value` as a decimal: exact where that takes at most 30 digits, else rounded to 12.

    >>> format_number(Fraction(3, 2)), format_number(Fraction(1, 3))
    ('1.5', '0.333333333333')
    """
    numerator, denominator = Decimal(value.numerator), Decimal(value.denominator)
    try:
        decimal = _EXACT.divide(numerator, denominator)
    except Inexact:
        decimal = _ROUNDED.divide(numerator, denominator)
    text = format(decimal, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_PLURAL = frozenset({"day", "week", "month", "year"})


def format_quantity(value: Fraction, unit: str | None) -> str:
    """`value` with `unit`, each printed the one way: `1000 µg`, `25 %`, `2 years`."""
    number = format_number(value)
    if unit is None:
        return number
    parsed = parse_unit(unit)
    text = unit if parsed is None else parsed.text
    if text in _PLURAL and value != 1:
        text += "s"
    return f"{number} {text}"
