"""How the small pieces of a guideline are printed: quantities, names, prose, clauses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from b12guide.syntax.ast import Name, Prose, Quantity

WIDTH = 88
INDENT = " " * 4
COLUMN = 10  # the width of the column of keywords, as in `strength  required`

# Stands for a blank at which a line must not be broken, until the text is done.
GLUE = "\N{NO-BREAK SPACE}"

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def number(quantity: Quantity) -> str:
    """The number or range of a quantity, without its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    return low if quantity.low == quantity.high else f"{low} to {high}"


def quantity(quantity: Quantity) -> str:
    """A quantity with its unit, if it has one."""
    unit = "" if quantity.unit is None else f"{GLUE}{quantity.unit}"
    return (number(quantity) + unit).replace(" ", GLUE)


def full_range(quantity: Quantity) -> str:
    """A range with both its ends, equal or not, and its unit."""
    low, high = format(quantity.low, "f"), format(quantity.high, "f")
    unit = "" if quantity.unit is None else f" {quantity.unit}"
    return f"{low} to {high}{unit}".replace(" ", GLUE)


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
    """An indented clause; what does not fit on its line goes on below its first word."""
    if not text:
        return f"{INDENT}{keyword}\n"
    return unglued(_folded(_start(keyword), text))


def row(keyword: str, parts: Iterable[str]) -> str:
    """An indented clause that lists words; a line is only broken between two of them."""
    start = _start(keyword)
    lines: list[str] = []
    for part in parts:
        if lines and len(f"{start}{lines[-1]}, {part},") <= WIDTH:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return start + f",\n{' ' * len(start)}".join(lines) + "\n"


def prose_clause(keyword: str, said: Prose | None) -> Iterator[str]:
    """An indented clause with a text in quotation marks, if there is one."""
    if said is not None:
        start = _start(keyword)
        yield (
            start + f"\n{' ' * len(start)}".join(_strings(said.text, len(start))) + "\n"
        )


def head(*words: str, title: Prose | None = None) -> str:
    """The first line of an item, with its title on the line or below it."""
    start = " ".join(words)
    if title is None:
        return unglued(_folded("", start, hanging=INDENT))
    whole = f"{start} {quoted(title.text)}\n"
    if len(whole) <= WIDTH:
        return whole
    strings = _strings(title.text, len(INDENT))
    return start + "".join(f"\n{INDENT}{string}" for string in strings) + "\n"


def unglued(text: str) -> str:
    """The text with blanks where lines were not to be broken."""
    return text.replace(GLUE, " ")


def _start(keyword: str) -> str:
    return f"{INDENT}{keyword:<{COLUMN - 1}} "


def _folded(start: str, text: str, hanging: str | None = None) -> str:
    lines = wrap(
        text,
        width=WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start) if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) + "\n"


def _strings(text: str, indent: int) -> Iterator[str]:
    """The text as strings that each fit on a line; side by side they say the same."""
    room = WIDTH - indent - 2
    line: list[str] = []
    for part in text.split(" "):
        if line and len(" ".join((*line, part))) > room:
            yield quoted(" ".join(line))
            line = []
        line.append(part)
    yield quoted(" ".join(line))
