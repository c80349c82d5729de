"""Guideline text and the places in it.

A place is two offsets into the text (a `Span`); lines and columns are worked out only when a
person has to be told.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

from attrs import field, frozen

from b12guide.frozen import Record

__all__ = ["Position", "Span", "Text", "shortened"]


@frozen(order=True, repr=False)
class Span(Record):
    """A stretch of text, from offset `start` up to but not including `end`."""

    start: int
    end: int

    def __contains__(self, other: Span) -> bool:
        """Whether `other` lies inside this span."""
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: int) -> Span:
        """The same span after `by` characters were put in front of the text."""
        return Span(self.start + by, self.end + by)

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`."""
        return Span(self.start, other.end)


@frozen(repr=False)
class Position(Record):
    """A line and a column, both counted from 1, columns in characters."""

    line: int
    column: int


@frozen(slots=False, repr=False)
class Text(Record):
    """The characters of one file together with the name people know it by.

    Attributes:
        is_private: Whether it is a record that an application handed over. An error on it leaves
            the values out of its own text, because errors land in logs.
        is_rendered: Whether it was written out by b12guide from the caller's data. Nobody has
            seen it, so its lines and columns say nothing to anybody.
    """

    name: str
    characters: str = field(repr=False)
    is_private: bool = field(default=False, kw_only=True, repr=False)
    is_rendered: bool = field(default=False, kw_only=True, repr=False)

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        lengths = (len(line) for line in self.characters.splitlines(keepends=True))
        return (0, *accumulate(lengths))

    def position(self, offset: int) -> Position:
        """The line and column of `offset`; past the end counts as the end."""
        offset = min(max(offset, 0), len(self.characters))
        line = max(bisect_right(self._line_starts, offset), 1)
        if line == len(self._line_starts) and line > 1 and not self._ends_with_newline:
            line -= 1
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The characters of line `number` (from 1), without its line end."""
        if not 0 < number < len(self._line_starts):
            return ""
        start, end = self._line_starts[number - 1 : number + 1]
        lines = self.characters[start:end].splitlines()
        return lines[0] if lines else ""

    def slice(self, span: Span) -> str:
        """The characters that `span` covers."""
        return self.characters[span.start : span.end]

    @cached_property
    def _ends_with_newline(self) -> bool:
        return self.characters[-1:] in {"\n", "\r"}


def shortened(words: str, most: int = 60) -> str:
    """`words` as a message has them, which is no place for a megabyte."""
    return words if len(words) <= most else f"{words[: most - 3]}..."
