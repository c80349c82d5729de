"""How wide text is on a terminal, and how it is broken into lines.

A wide character takes two columns and a combining one none. Characters that would command the
terminal or turn the direction of writing are shown by name instead of being sent.
"""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

__all__ = ["columns", "one_line", "visible", "wrapped"]

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
