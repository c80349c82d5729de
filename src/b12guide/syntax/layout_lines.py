"""Puts a laid-out file on lines.

A line is broken where the structure has its outermost joint. A comment always ends its line, and
what would have stood behind it goes on below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.syntax.layout import Block, Chain, Clause, Page, Part, Word, words_of
from b12guide.syntax.text_pieces import quoted

__all__ = ["WIDTH", "page_to_text"]

WIDTH = 100
_INDENT = 4


def page_to_text(page: Page) -> str:
    """The text of a file."""
    lines = _Lines()
    for block in page.blocks:
        lines.block(block)
    for remark in page.below:
        lines.remark(remark.text, apart=remark.apart)
    return lines.text()


class _Lines:
    """The lines so far, and the one that is being written."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._line = ""
        self._margin = 0
        self._is_closed = False  # by a comment

    def text(self) -> str:
        """All lines."""
        self._end_line(0)
        return "".join(f"{line}\n" for line in self._done)

    def remark(self, text: str, *, apart: bool) -> None:
        """A comment between items."""
        self._end_line(0)
        self._set_apart(apart)
        self._done.append(text)

    def block(self, block: Block) -> None:
        """An item or a header, with its comments."""
        for remark in block.above:
            self.remark(remark.text, apart=remark.apart)
        self._end_line(0)
        self._set_apart(block.apart)
        self._put(block.head, _INDENT)
        for clause in block.clauses:
            self._clause(clause, block.column)
        for comment in block.below:
            self._end_line(_INDENT)
            self._done.append(" " * _INDENT + comment)

    def _clause(self, clause: Clause, column: int) -> None:
        self._end_line(_INDENT)
        self._put(clause.keyword, 2 * _INDENT)
        if clause.rest is not None:
            if not self._is_closed:
                self._line = self._line.ljust(_INDENT + column - 1)
            self._put(clause.rest, 2 * _INDENT)

    def _put(self, part: Part, margin: int) -> bool:
        """Put a part behind what stands on the line; whether it took several lines.

        Its further lines begin at `margin`.
        """
        if self._has_room_for(part):
            for word in words_of(part):
                self._word(word, margin)
            return False
        if isinstance(part, Chain):
            self._put_words(part.words, margin)
        else:
            self._put_parts(part.parts, margin)
        return True

    def _put_words(self, words: Sequence[Word], margin: int) -> None:
        for number, word in enumerate(words):
            fits_below = margin + len(_flat(word)) <= WIDTH
            if number and fits_below and not self._has_room_for(word):
                self._end_line(margin)
            self._word(word, margin)

    def _put_parts(self, parts: Sequence[Part], margin: int) -> None:
        was_broken = False
        for number, part in enumerate(parts):
            if number and (was_broken or self._begins_a_line(part, margin)):
                self._end_line(margin)
            _, *more = words_of(part)
            was_broken = self._put(part, margin + _INDENT if more else margin)

    def _begins_a_line(self, part: Part, margin: int) -> bool:
        """Whether a part goes below; a text that has to be folded anyway does not."""
        first, *more = words_of(part)
        if self._has_room_for(part):
            return False
        if more or first.prose is None or first.before or self._is_closed:
            return True
        if margin + len(_flat(first)) <= WIDTH:
            return True
        return not self._has_room(len(quoted(first.prose.split(" ")[0])))

    def _has_room_for(self, each: Part | Word) -> bool:
        first, *more = [each] if isinstance(each, Word) else words_of(each)
        words = [first, *more]
        if (self._line and first.before) or any(word.before for word in more):
            return False
        if any(word.after for word in words[:-1]):
            return False
        return self._has_room(sum(len(_flat(word)) + 1 for word in words) - 1)

    def _has_room(self, length: int) -> bool:
        if self._is_closed:
            return False
        blank = 1 if self._line else self._margin
        return len(self._line) + blank + length <= WIDTH

    def _word(self, word: Word, margin: int) -> None:
        if self._is_closed or (word.before and self._line):
            self._end_line(margin)
        self._done += [" " * self._margin + comment for comment in word.before]
        if word.prose is None:
            self._add(word.text)
        else:
            first, *others = self._folded(word, margin)
            self._add(first)
            for other in others:
                self._end_line(margin)
                self._add(other)
        if word.after is not None:
            self._line += f"  {word.after}"
            self._is_closed = True

    def _folded(self, word: Word, margin: int) -> Iterator[str]:
        """The text as strings that each fit on a line; side by side they say the same."""
        said, touching = word.prose or "", len(word.text)
        room = WIDTH - (len(self._line) + 1 if self._line else self._margin)
        line: list[str] = []
        for piece in said.split(" "):
            if line and len(quoted(" ".join((*line, piece)))) + touching > room:
                yield quoted(" ".join(line))
                line, room = [], WIDTH - margin
            line.append(piece)
        yield quoted(" ".join(line)) + word.text

    def _add(self, text: str) -> None:
        self._line = f"{self._line} {text}" if self._line else " " * self._margin + text

    def _set_apart(self, apart: bool) -> None:
        if apart and self._done:
            self._done.append("")

    def _end_line(self, margin: int) -> None:
        if self._line:
            self._done.append(self._line.rstrip())
        self._line, self._margin, self._is_closed = "", margin, False


def _flat(word: Word) -> str:
    """The word on one line."""
    return word.text if word.prose is None else quoted(word.prose) + word.text
