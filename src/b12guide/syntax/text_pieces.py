"""How the small pieces of a guideline are printed: quantities, names, prose, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from b12guide.syntax.ast import Name, Prose, Quantity

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def number(quantity: Quantity) -> str:
    """The number or range of a quantity, without its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    return low if quantity.low == quantity.high else f"{low} to {high}"


def quantity(quantity: Quantity) -> str:
    """A quantity with its unit, if it has one."""
    unit = "" if quantity.unit is None else f" {quantity.unit}"
    return number(quantity) + unit


def full_range(quantity: Quantity) -> str:
    """A range with both its ends, equal or not, and its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    unit = "" if quantity.unit is None else f" {quantity.unit}"
    return f"{low} to {high}{unit}"


def listed(names: Iterable[Name], joint: str = ", ") -> str:
    """Names in a row."""
    return joint.join(name.text for name in names)


def quoted(text: str) -> str:
    """A text in quotation marks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def word(text: str) -> str:
    """A word as it is, or in quotation marks where it has other characters than a name."""
    return text if _WORD.fullmatch(text) else quoted(text)


def clause(keyword: str, text: str = "") -> str:
    """A clause on a line of its own."""
    return f"{keyword} {text}".rstrip() + "\n"


def prose_clause(keyword: str, said: Prose | None) -> Iterator[str]:
    """A clause with a text in quotation marks, if there is one."""
    if said is not None:
        yield clause(keyword, quoted(said.text))


def head(*words: str, title: Prose | None = None) -> str:
    """The first line of an item."""
    titles = () if title is None else (quoted(title.text),)
    return " ".join((*words, *titles)) + "\n"
