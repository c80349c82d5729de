"""Where and how a piece of text fails to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

from attrs import field, frozen
from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken
from lark.lexer import PatternStr
from lark.utils import TextSlice

from b12guide.diagnostics import Diagnostic, found_at
from b12guide.syntax import grammar, scan
from b12guide.syntax.build.pieces import Doubt, Refusal
from b12guide.syntax.grammar import Start
from b12guide.text import Span, Text

# How far from the place of a failure its cause is looked for.
_NEAR = 1000

# Keywords of which one at least can follow whatever is complete.
_FOLLOWERS = frozenset({"STRENGTH", "RULE", "FINDING", "$END", "EXPECT", "BECAUSE"})

# What the words that are no keywords are called when they are missing.
_CALLED = {
    "NAME": "a name",
    "STRING": "a text in quotation marks",
    "NUMBER": "a number",
    "VERSION": "a version such as `1.0.0`",
    "DATE": "a date such as `2026-02-24`",
    "PARTIAL_DATE": "a date such as `2026-02-24`, `2026-02` or `2026`",
    "DIGEST": "a digest that begins with `sha256:`",
    "PATH": "the name of a file",
    "UNIT": "a unit",
    "COMPARISON": "a comparison such as `<=`",
    "$END": "the end of the file",
}


@frozen(kw_only=True)
class Piece:
    """A piece of the text that is read on its own, usually one item."""

    start: int
    end: int
    keyword: str
    read_as: Start


@frozen(kw_only=True, slots=False)
class Failure:
    """A place at which the parser could not go on, with what it had read.

    Attributes:
        characters: The text as it was read: what was found wrong before is blank in it.
        span: The word that could not stand there; empty at the end.
        expected: The terminals that could have stood there.
        tokens: What was read before.
        doubt: What makes a text refused that the grammar accepts.
    """

    text: Text
    characters: str = field(repr=False)
    piece: Piece
    span: Span
    expected: frozenset[str] = field(repr=False)
    tokens: tuple[Token, ...] = field(repr=False)
    doubt: Doubt | None = None

    @cached_property
    def found(self) -> str:
        """The word that could not stand there."""
        return self.characters[self.span.start : self.span.end]

    @cached_property
    def window(self) -> Span:
        """The lines of the clause around the place, as far as they are near it."""
        statement = self.statement
        line = self.characters.rfind("\n", 0, statement.start) + 1
        start = max(line, self.span.start - _NEAR)
        end = max(statement.end, self.span.end)
        return Span(start, min(end, self.span.end + _NEAR))

    @cached_property
    def masked(self) -> str:
        """The window, with blanks for comments and for what strings say."""
        return scan.masked(self.characters[self.window.start : self.window.end])

    @cached_property
    def outline(self) -> scan.Outline:
        """The first words of the lines of the piece, as far as they are near the place."""
        start = max(self.piece.start, self.span.start - 10 * _NEAR)
        end = min(self.piece.end, self.span.end + 10 * _NEAR)
        return scan.Outline(self.characters, start, end)

    @cached_property
    def before(self) -> Token | None:
        """The token before the place."""
        earlier = [t for t in self.tokens if (t.start_pos or 0) < self.span.start]
        return earlier[-1] if earlier else None

    @cached_property
    def statement(self) -> Span:
        """The clause around the place, from its keyword to the next one."""
        return self.clause_around(self.span.start)

    @cached_property
    def keyword(self) -> str:
        """The word that the clause around the place begins with."""
        start = self.statement.start
        return next(
            (line.word for line in self.outline.lines if line.start >= start), ""
        )

    def clause_around(
        self, offset: int, begins: Callable[[scan.Line], bool] | None = None
    ) -> Span:
        """The clause that `offset` stands in, if lines that `begins` names begin one."""
        begins = begins or (lambda line: line.word in scan.CLAUSES)
        starts = [
            line.start
            for line in self.outline.lines
            if self.piece.start <= line.start < self.piece.end and begins(line)
        ]
        near = {self.outline.begin, self.outline.end}
        edges = sorted({*starts, *near})
        for start, end in pairwise(edges):
            if start <= offset < end:
                return Span(start, end)
        return Span(edges[-2] if len(edges) > 1 else edges[0], edges[-1])

    def begins_line(self, offset: int) -> bool:
        """Whether the word at `offset` is the first on its line."""
        line = self.characters.rfind("\n", 0, offset) + 1
        return not self.characters[line:offset].strip()

    @cached_property
    def is_complete(self) -> bool:
        """Whether a clause could have begun, or the file ended, at the place."""
        return not self.expected.isdisjoint(_FOLLOWERS)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What could have stood there, in the author's words."""
        return tuple(sorted(map(spelling, self.expected)))

    def say(
        self,
        code: str,
        message: str,
        *remedies: str,
        span: Span | None = None,
        fix: str | None = None,
    ) -> Diagnostic:
        """A diagnostic here, or at `span`; `fix` belongs to the first remedy."""
        place = self.span if span is None else span
        return found_at(self.text, place, code, message, *remedies, fix=fix)


def failure_of(text: Text, characters: str, piece: Piece) -> Failure:
    """How the piece fails; it is known to fail."""
    parser = grammar.parser()
    slice_ = TextSlice(characters, piece.start, piece.end)
    run = parser.parse_interactive(slice_, start=piece.read_as)
    tokens: list[Token] = []
    doubt: Doubt | None = None
    end = piece.start + len(characters[piece.start : piece.end].rstrip())
    span = Span(end, end)
    try:
        stream: Iterator[Token] = run.lexer_thread.lex(run.parser_state)  # type: ignore[no-untyped-call]
        for token in stream:
            span = Span(token.start_pos or 0, token.end_pos or 0)
            run.feed_token(token)
            tokens.append(token)
        span = Span(end, end)
        run.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedToken as error:
        token = error.token
        if token.type != "$END":
            span = Span(token.start_pos or 0, token.end_pos or 0)
    except UnexpectedCharacters as error:
        at: Any = error.pos_in_stream
        span = Span(at, at + 1)
    except Refusal as refusal:
        span, doubt = refusal.span, refusal.doubt
    span = Span(span.start, min(span.end, span.start + _NEAR))
    # After a refusal the parser stands behind the word: what it accepts there is beside the point.
    accepted: set[str] = set() if doubt else run.accepts()  # type: ignore[no-untyped-call]
    return Failure(
        text=text,
        characters=characters,
        piece=piece,
        span=span,
        expected=frozenset(accepted),
        tokens=tuple(tokens),
        doubt=doubt,
    )


@cache
def _spellings() -> dict[str, str]:
    lark: Lark = grammar.parser()
    return {
        terminal.name: terminal.pattern.value
        for terminal in lark.terminals
        if isinstance(terminal.pattern, PatternStr)
    } | {"DECLARED_ROUTE": "route", "LAST": "last"}


def spelling(terminal: str) -> str:
    """What the author calls a terminal: a keyword in backticks, or a description."""
    return _CALLED.get(terminal) or f"`{_spellings()[terminal]}`"


@cache
def all_keywords() -> frozenset[str]:
    """All keywords of the language."""
    return frozenset(word for word in _spellings().values() if word.isidentifier())


def keywords(terminals: frozenset[str]) -> frozenset[str]:
    """The keywords among the terminals."""
    spellings = _spellings()
    return frozenset(spellings[t] for t in terminals if t in spellings)
