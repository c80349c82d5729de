"""The words of a file by what they mean, for an editor to colour them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import frozen

from b12guide.editor.analysis import Analysis
from b12guide.editor.occurrence import Mention, mentions_in
from b12guide.semantics.scope import Namespace
from b12guide.syntax import scan
from b12guide.syntax.ast import Declaration, Kind
from b12guide.syntax.failure import all_keywords
from b12guide.syntax.reread import ReadPiece
from b12guide.text import Span

__all__ = ["Colour", "Token", "tokens"]


class Colour(Enum):
    """What a word is; the values are the names that editors know."""

    KEYWORD = "keyword"
    COMMENT = "comment"
    TEXT = "string"
    NUMBER = "number"
    FACT = "variable"
    MEASURE = "property"
    VALUE = "enumMember"
    WORD = "type"
    RULE = "function"
    PAPER = "decorator"


@frozen
class Token:
    """A word at its place in a file."""

    span: Span
    colour: Colour
    declares: bool = False


def tokens(analysis: Analysis, file: str, within: Span) -> Iterator[Token]:
    """The words in a stretch of a file, in order."""
    reading = analysis.draft.readings.get(file)
    if reading is None:
        return
    characters = reading.text.characters
    pieces = [p for p in reading.pieces if _meet(p.span, within)]
    begin = pieces[0].span.start if pieces else len(characters)
    end = pieces[-1].span.end if pieces else len(characters)
    named = {at: token for piece in pieces for at, token in _named(piece, analysis)}
    if not reading.pieces or pieces[0] is reading.pieces[0]:
        begin = 0
    for kind, start, after in scan.words(characters[begin:end]):
        span = Span(start + begin, after + begin)
        if span.end <= within.start or span.start >= within.end:
            continue
        known = named.get(span.start)
        if known is not None:
            yield known
        else:
            colour = _plain(kind, characters[span.start : span.end])
            if colour is not None:
                yield Token(span, colour)


def _meet(one: Span, two: Span) -> bool:
    return one.start <= two.end and two.start <= one.end


def _plain(kind: str, word: str) -> Colour | None:
    match kind:
        case "string":
            return Colour.TEXT
        case "comment":
            return Colour.COMMENT
        case "number":
            return Colour.NUMBER
        case "word" if word in all_keywords():
            return Colour.KEYWORD
        case _:
            return None


def _named(piece: ReadPiece, analysis: Analysis) -> Iterator[tuple[int, Token]]:
    for mention in mentions_in(piece.known):
        span = mention.name.span.shifted(piece.offset)
        token = Token(span, _colour(mention, analysis), mention.declares)
        yield span.start, token


def _colour(mention: Mention, analysis: Analysis) -> Colour:
    space = mention.named(analysis.scope).space
    if space.startswith("value of "):
        return Colour.VALUE
    match space:
        case Namespace.FACT.value:
            fact = analysis.scope.fact(mention.name.text)
            is_measure = isinstance(fact, Declaration) and fact.kind is Kind.MEASURE
            return Colour.MEASURE if is_measure else Colour.FACT
        case Namespace.RULE.value | "invariant" | "implication" | "guideline":
            return Colour.RULE
        case Namespace.SOURCE.value | Namespace.ASSUMPTION.value:
            return Colour.PAPER
        case Namespace.CHALLENGE.value | "statement":
            return Colour.PAPER
        case "decision" | "file":
            return Colour.RULE
        case _:
            return Colour.WORD
