"""Gives each word of a text the comments that belong to it.

A comment at the end of a line belongs to the word before it, any other to the word after it. A
word that is not touched by another may stand on either side of a line's end; a comma, a parenthesis
or a word that joins, such as `and`, may not, and changes its side of a comment instead. Comments
never change places among themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile

from attrs import evolve, field, frozen
from lark import Token

from b12guide.syntax.ast import Comment
from b12guide.syntax.layout import Remark, Word
from b12guide.syntax.text_pieces import quoted
from b12guide.syntax.tree_pieces import unquoted
from b12guide.values.unit import parse_unit

__all__ = ["JOINTS", "Between", "Written", "one_spelling", "written"]

JOINTS = frozenset({"AND", "OR", "THEN"})
_CLOSING = frozenset({"COMMA", "RPAR"})
_OPERATORS = {"\u2264": "<=", "\u2265": ">="}
_MICRO = re.compile(r"(?:mc|u|\u03bc)(?=[A-Za-z])")
_EMPTY_LINE = re.compile(r"\n[ \t\f]*\n")


@frozen(kw_only=True)
class Between:
    """What stands between two items: comments of the one above, and of the one below.

    Attributes:
        apart: Whether there is an empty line right above the item below.
    """

    above: tuple[str, ...]
    below: tuple[Remark, ...]
    apart: bool


@frozen(kw_only=True)
class Written:
    """The words by the offset of their token, and what stands before each item and at the end."""

    words: Mapping[int, Word]
    between: Mapping[int, Between]
    end: Between


@frozen(kw_only=True)
class _Said:
    """A word with what touches it, and the comments since the word before."""

    start: int
    end: int
    text: str
    comments: tuple[Comment, ...] = field(default=())


def written(
    characters: str,
    tokens: Sequence[Token],
    comments: Sequence[Comment],
    firsts: Collection[int],
) -> Written:
    """The words of a text whose items begin at the offsets `firsts`."""
    words: dict[int, Word] = {}
    between: dict[int, Between] = {}
    before, margin = _Said(start=-1, end=0, text=""), 0
    for said in _said(characters, tokens, comments):
        ends_line, own = _sides(characters, said.comments)
        if before.start in words:
            words[before.start] = evolve(words[before.start], after=ends_line)
        if said.start in firsts:
            margin = _margin(characters, said.start)
        if said.start in firsts or said.start == len(characters):
            between[said.start] = _between(characters, before, own, said, margin)
            own = ()
        texts = tuple(comment.text.rstrip() for comment in own)
        words[said.start] = Word(text=said.text, before=texts)
        before = said
    return Written(words=words, between=between, end=between[len(characters)])


def one_spelling(unit: str) -> str:
    """The unit with `µ` for micro, however the author wrote it: `mcg`, `ug`."""
    return "/".join(map(_micro, unit.split("/")))


def _micro(unit: str) -> str:
    if not _MICRO.match(unit):
        return unit
    meant = parse_unit(unit)
    if meant is None or not meant.text.startswith("\N{MICRO SIGN}"):
        return unit
    return _MICRO.sub("\N{MICRO SIGN}", unit, count=1)


def _said(
    characters: str, tokens: Sequence[Token], comments: Sequence[Comment]
) -> Iterator[_Said]:
    """The words with what touches them, and last an empty word at the end of the text."""
    coming = [*reversed(comments)]
    last: _Said | None = None
    joins, opening, since = False, "", list[Comment]()
    for token in tokens:
        start, end = token.start_pos or 0, token.end_pos or 0
        while coming and coming[-1].span.start < start:
            since.append(coming.pop())
        if token.type in _CLOSING and last:
            last = evolve(last, text=last.text + token, end=end)
        elif token.type == "LPAR":
            opening += token
        else:
            if last:
                moved = tuple(since) if joins else ()
                yield evolve(last, comments=last.comments + moved)
                since = [] if joins else since
            text = opening + _text(token)
            last = _Said(start=start, end=end, text=text, comments=tuple(since))
            joins, opening, since = token.type in JOINTS, "", []
    if last:
        yield last
    everything = len(characters)
    rest = (*since, *reversed(coming))
    yield _Said(start=everything, end=everything, text="", comments=rest)


def _text(token: Token) -> str:
    match token.type:
        case "UNIT":
            return one_spelling(token)
        case "COMPARISON":
            return _OPERATORS.get(token, str(token))
        case "STRING":
            return quoted(unquoted(token))
        case _:
            return str(token)


def _sides(
    characters: str, comments: tuple[Comment, ...]
) -> tuple[str | None, tuple[Comment, ...]]:
    """The comment that ends the line of the word before, and those on lines of their own."""
    if not comments or not _line_before(characters, comments[0].span.start).strip():
        return None, comments
    return comments[0].text.rstrip(), comments[1:]


def _between(
    characters: str,
    before: _Said,
    own: Sequence[Comment],
    said: _Said,
    margin: int,
) -> Between:
    """The comments before an item; what is indented more than the item belongs to the last."""
    above = tuple(
        comment.text.rstrip()
        for comment in takewhile(
            lambda c: len(_line_before(characters, c.span.start)) > margin, own
        )
    )
    if before.start < 0:
        above = ()
    end = before.end
    remarks: list[Remark] = []
    for number, comment in enumerate(own):
        apart = _has_empty_line(characters, end, comment.span.start)
        if number >= len(above):
            remarks.append(Remark(comment.text.rstrip(), apart))
        end = comment.span.end
    apart = _has_empty_line(characters, end, said.start)
    return Between(above=above, below=tuple(remarks), apart=apart)


def _has_empty_line(characters: str, start: int, end: int) -> bool:
    return _EMPTY_LINE.search(characters, start, end) is not None


def _line_before(characters: str, at: int) -> str:
    """The line up to an offset."""
    return characters[characters.rfind("\n", 0, at) + 1 : at]


def _margin(characters: str, at: int) -> int:
    """The blanks at the beginning of the line of an offset."""
    line = _line_before(characters, at)
    return len(line) - len(line.lstrip())
