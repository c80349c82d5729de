"""How truths and numbers are written in the cells of a table, where somebody declared it.

Only a researcher knows whether 1 means yes. Whatever was not declared stays a mistake, so that
nothing is read as what it does not mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from attrs import frozen

from b12guide.errors import CohortError
from b12guide.record import Record
from b12guide.values.quantity import quantity_in

__all__ = ["DECIMAL", "PLAIN", "TRUTHS", "Spelling", "has_comma", "truths_from"]

TRUTHS = '`truths={"yes": True, "no": False}` (`--true yes --false no`)'
DECIMAL = '`decimal=","` (`--decimal ,`)'
"""How a caller declares the words for yes and no, and the decimal comma."""

_TRUE, _FALSE = (
    frozenset({"true", "True", "TRUE"}),
    frozenset({"false", "False", "FALSE"}),
)
_WHOLE = re.compile(r"([+-]?[0-9]+)[.]0+")
_COMMA = re.compile(r"(\s*[+-\u2212]?[0-9]*),([0-9])")
_POINT = re.compile(r"\s*[+-\u2212]?[0-9]*[.][0-9]")


@frozen(kw_only=True, repr=False)
class Spelling(Record):
    """How cells are written.

    Attributes:
        true: The words that mean yes, besides `true`; folded.
        false: Those that mean no, besides `false`.
        decimal: What stands between the whole number and its fraction: a point or a comma.
    """

    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    decimal: str = "."

    @property
    def has_truths(self) -> bool:
        """Whether it was declared how truths are written."""
        return bool(self.true or self.false)

    def truth(self, cell: Any) -> bool | None:
        """What a text or a number says; None for what was not declared."""
        if isinstance(cell, bool):
            return cell
        if not isinstance(cell, str | int | float | Decimal | Fraction):
            return None
        if cell in _TRUE or cell in _FALSE:
            return cell in _TRUE
        word = _folded(cell)
        if word in self.true:
            return True
        return False if word in self.false else None

    def number(self, text: str) -> str | None:
        """`text` with a point in its number; None where another sign stands there than declared.

        Under a decimal comma, `1.500` is probably fifteen hundred, and is not read at all.
        """
        if self.decimal == ".":
            return text
        if _POINT.match(text):
            return None
        return _COMMA.sub(r"\1.\2", text, count=1) if _COMMA.match(text) else text


PLAIN = Spelling()
"""Where nothing was declared."""


def truths_from(declared: Mapping[Any, Any]) -> dict[str, bool]:
    """What was declared of words and numbers, by the word as cells are compared with it.

    Raises:
        CohortError: A word was declared to mean both, or something else than yes or no.
    """
    if not isinstance(cast("Any", declared), Mapping):
        message = '`truths` is a mapping such as `{"yes": True, "no": False}`'
        raise CohortError(message)
    found: dict[str, bool] = {}
    for word, truth in declared.items():
        if not isinstance(truth, bool):
            message = f"`truths` says of `{word}` neither `True` nor `False`"
            raise CohortError(message)
        folded = _folded(word)
        known = {"true": True, "false": False} | found
        if not folded:
            message = "`truths` cannot declare an empty cell, which means unknown"
            raise CohortError(message)
        if known.get(folded, truth) is not truth:
            message = f"`{word}` is declared to mean both yes and no"
            raise CohortError(message)
        found[folded] = truth
    return found


def has_comma(text: str) -> bool:
    """Whether `text` would be a quantity if its comma were a decimal one."""
    return "," in text and quantity_in(_COMMA.sub(r"\1.\2", text, count=1)) is not None


def _folded(word: Any) -> str:
    """A word without capitals and blanks around it; a number as a whole one, where it is one."""
    if isinstance(word, float) and math.isfinite(word) and word.is_integer():
        word = int(word)
    text = str(word).strip().casefold()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text
