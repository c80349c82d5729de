"""Text on a terminal: how wide it is, how it is broken, aligned and coloured.

A wide character takes two columns and a combining one none. Characters that would command the
terminal or turn the direction of writing are shown by name instead of being sent.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any
from unicodedata import category, combining, east_asian_width

from attrs import frozen


class Ink(Enum):
    """What a stretch of text is, which decides how it is coloured."""

    BOLD = "1"
    HEADING = "1;36"
    CAUTION = "33"
    ERROR = "1;31"
    WARNING = "1;33"
    INFO = "1;34"
    HELP = "32"
    QUIET = "2"
    NONE = ""


@frozen
class Style:
    """Whether there is colour."""

    coloured: bool

    def __call__(self, ink: Ink, text: str) -> str:
        """The text in this ink."""
        if not self.coloured or not text or ink is Ink.NONE:
            return text
        return f"\x1b[{ink.value}m{text}\x1b[0m"


PLAIN = Style(coloured=False)
COLOURED = Style(coloured=True)


_NAMED = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_HARMLESS = {"\u00ad", "\u200c", "\u200d"}


def visible(text: str) -> str:
    r"""The text with every character that commands a terminal replaced by its name.

    >>> visible("a\x1b[31mb")
    'a<U+001B>[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"<U+{ord(c):04X}>" if category(c) in _NAMED and c not in _HARMLESS else c
        for c in text
    )


def one_line(text: str) -> str:
    """The text on one line, visible and with single spaces."""
    return visible(" ".join(text.split()))


def columns(text: str) -> int:
    r"""How many columns the text takes.

    >>> columns("B₁₂"), columns("維生素"), columns("e\u0301")
    (3, 6, 1)
    """
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if combining(character) or character in _HARMLESS:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


_NUMBER = re.compile(r"\b([\d.]+) (?=[a-zµ%\u00d7°])")
_CITATION = re.compile(r"(?<=\u00b7) (?=\[)| (?=\u00b7 \[)")
_JOINER = "\u00a0"


def _tied(text: str) -> str:
    """The text with numbers tied to their units, and citations to what they stand behind."""
    return _CITATION.sub(_JOINER, _NUMBER.sub(rf"\1{_JOINER}", text))


def wrapped(text: str, width: int, taken: int = 0) -> list[str]:
    """The text in lines of at most `width` columns; a longer word is broken.

    A number and the word after it stay together. Of the first line, `taken` columns are not
    free; it is empty where nothing fits into the rest.
    """
    lines: list[str] = []
    line, used = "", 0
    if taken:
        start, text = _beginning(one_line(text), width - taken)
        lines.append(start)
        if not text:
            return lines
    for joined in _tied(one_line(text)).split(" "):
        for word in _broken(joined.replace(_JOINER, " "), width):
            size = columns(word)
            if not line:
                line, used = word, size
            elif used + 1 + size <= width:
                line, used = f"{line} {word}", used + 1 + size
            else:
                lines.append(line)
                line, used = word, size
    return [*lines, line] if line else lines or [""]


def _beginning(text: str, room: int) -> tuple[str, str]:
    """The words that fit into `room` columns, and the rest."""
    words = _tied(text).split(" ")
    count, used = 0, -1
    for word in words:
        used += 1 + columns(word)
        if used > room:
            break
        count += 1
    first, rest = " ".join(words[:count]), " ".join(words[count:])
    return first.replace(_JOINER, " "), rest.replace(_JOINER, " ")


def _broken(word: str, width: int) -> list[str]:
    """The word in pieces that fit."""
    if columns(word) <= width:
        return [word]
    pieces = [""]
    for character in word:
        if columns(pieces[-1]) + _width(character) > width and pieces[-1]:
            pieces.append("")
        pieces[-1] += character
    return pieces


_FORMULA = {"=", "+", "-", "@", "\t", "\r"}


def to_csv(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    exact: Collection[str] = (),
) -> str:
    r"""A heading and the rows; lists are joined by blanks, what is not stated is empty.

    Text that a spreadsheet would take for a formula gets an apostrophe in front. What the caller
    brought, such as ids, has to come back as it was, or it could not be joined: it is `exact`.

    >>> to_csv(("a", "b"), [{"a": None, "b": ["x", "y"]}])
    'a,b\n,x y\n'
    >>> to_csv(("id", "text"), [{"id": "=1+1", "text": "=1+1"}], exact=("id",))
    "id,text\n=1+1,'=1+1\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            [
                cell if column in exact else _guarded(cell)
                for column, cell in ((c, _cell(row.get(c))) for c in columns)
            ]
        )
    return stream.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return " ".join(str(item) for item in value)
        case _:
            return str(value)


def _guarded(cell: str) -> str:
    if cell[:1] not in _FORMULA or re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", cell):
        return cell
    return f"'{cell}"
