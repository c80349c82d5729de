"""Lines and columns as editors count them, and the edits that editors send.

An editor counts lines from 0 and ends them at a line feed, a carriage return, or both together;
columns count units of the encoding that was agreed on. A place that does not exist is taken for the
nearest one that does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from functools import cached_property

from attrs import field, frozen

__all__ = ["Encoding", "Lines", "Point"]

_LINE_END = re.compile(r"\r\n|\n|\r")


class Encoding(Enum):
    """What a column counts."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"


@frozen(order=True)
class Point:
    """A line and a column, both counted from 0."""

    line: int
    column: int


@frozen(slots=False)
class Lines:
    """The lines of a text."""

    characters: str = field(repr=False)
    encoding: Encoding

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where the lines begin."""
        return (0, *(found.end() for found in _LINE_END.finditer(self.characters)))

    def offset(self, point: Point) -> int:
        """The offset of a point."""
        if point.line < 0:
            return 0
        if point.line >= len(self.starts):
            return len(self.characters)
        start = self.starts[point.line]
        line = self._line(point.line)
        if self.encoding is Encoding.UTF_32 or line.isascii():
            return start + min(max(point.column, 0), len(line))
        units = 0
        for at, character in enumerate(line):
            units += self._width(character)
            if units > point.column:
                return start + at
        return start + len(line)

    def point(self, offset: int) -> Point:
        """The point at an offset."""
        offset = min(max(offset, 0), len(self.characters))
        line = bisect_right(self.starts, offset) - 1
        before = self.characters[self.starts[line] : offset]
        if self.encoding is Encoding.UTF_32 or before.isascii():
            return Point(line, len(before))
        return Point(line, sum(map(self._width, before)))

    def replaced(self, start: Point, end: Point, replacement: str) -> str:
        """The text with something else between two points."""
        first, last = sorted((self.offset(start), self.offset(end)))
        return self.characters[:first] + replacement + self.characters[last:]

    def _line(self, number: int) -> str:
        begin = self.starts[number]
        is_last = number + 1 == len(self.starts)
        end = len(self.characters) if is_last else self.starts[number + 1]
        return self.characters[begin:end].rstrip("\r\n")

    def _width(self, character: str) -> int:
        if self.encoding is Encoding.UTF_16:
            return 2 if ord(character) > 0xFFFF else 1
        return len(character.encode("utf-8", "surrogatepass"))
