"""Formats a file with one edit that leaves alone the lines at both ends that stay as they are."""

from __future__ import annotations

import re
from itertools import takewhile

from b12guide.diagnostics import Edit
from b12guide.syntax.format import formatted
from b12guide.text import Span, Text

__all__ = ["reformatted"]

_WINDOWS = re.compile(r"[^\n]*\r\n")


def reformatted(text: Text) -> Edit | None:
    """The edit that formats a file; None for one that is formatted.

    Raises:
        GuidelineError: The file has errors.
    """
    new = formatted(text)
    if _WINDOWS.match(text.characters):
        new = new.replace("\n", "\r\n")
    if new == text.characters:
        return None
    old_lines = text.characters.splitlines(keepends=True)
    new_lines = new.splitlines(keepends=True)
    first = _alike(old_lines, new_lines)
    last = _alike(old_lines[first:][::-1], new_lines[first:][::-1])
    start = sum(map(len, old_lines[:first]))
    end = len(text.characters) - sum(map(len, old_lines[len(old_lines) - last :]))
    middle = "".join(new_lines[first : len(new_lines) - last])
    return Edit(text=text, span=Span(start, end), replacement=middle)


def _alike(one: list[str], two: list[str]) -> int:
    """How many lines two texts begin with alike."""
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
