"""What the formatter puts on lines: words with their comments, in parts between which lines break.

A `Chain` stays on one line wherever it can; a `Row` has the places at which a line is broken first.
A `Block` is an item or a header: its head, and a clause to a line below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import frozen

__all__ = [
    "Block",
    "Chain",
    "Clause",
    "Page",
    "Part",
    "Remark",
    "Row",
    "Word",
    "chained",
    "words_of",
]


@frozen(kw_only=True)
class Word:
    """A word, or a text in quotation marks, with the marks that touch it.

    Attributes:
        prose: What a text says that may be folded; `text` is then what touches its end.
        before: The comments that stand on lines of their own before it.
        after: The comment that ends its line.
    """

    text: str
    prose: str | None = None
    before: tuple[str, ...] = ()
    after: str | None = None


@frozen
class Chain:
    """Words that belong together."""

    words: tuple[Word, ...]


@frozen
class Row:
    """Parts, two at least; a line is broken between them before it is broken inside one."""

    parts: tuple[Part, ...]


Part: TypeAlias = Chain | Row


@frozen(kw_only=True)
class Clause:
    """A clause: its keyword, and what follows."""

    keyword: Chain
    rest: Part | None = None


@frozen
class Remark:
    """A comment between items, and whether an empty line stands before it."""

    text: str
    apart: bool


@frozen(kw_only=True)
class Block:
    """An item or a header.

    Attributes:
        above: The comments before it.
        apart: Whether an empty line stands before it, after those comments.
        column: The width of the column of keywords.
        below: The comments after its last clause that belong to it.
    """

    above: tuple[Remark, ...]
    apart: bool
    head: Part
    clauses: tuple[Clause, ...]
    column: int
    below: tuple[str, ...]


@frozen
class Page:
    """A whole file: its blocks, and the comments after the last."""

    blocks: tuple[Block, ...]
    below: tuple[Remark, ...]


def chained(parts: Iterable[Part]) -> Part | None:
    """The parts one after the other; each begins where the one before it ends.

    Lines break where they would break inside the parts, and not between them.
    """
    done: list[Part] = []
    for part in parts:
        inner = part.parts if isinstance(part, Row) else (part,)
        if done:
            done[-1] = _touching(done[-1], inner[0])
            done += inner[1:]
        else:
            done += inner
    if len(done) < 2:
        return done[0] if done else None
    return Row(tuple(done))


def _touching(left: Part, right: Part) -> Part:
    if isinstance(left, Chain) and isinstance(right, Chain):
        return Chain(left.words + right.words)
    return chained((left, right)) or left


def words_of(part: Part) -> Iterator[Word]:
    """All words of a part, in order."""
    if isinstance(part, Chain):
        yield from part.words
    else:
        for inner in part.parts:
            yield from words_of(inner)
