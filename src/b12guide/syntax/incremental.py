"""Reads a text again after each change, and of its items only those that changed.

What it finds is what `parse_partial` finds, item by item: each piece keeps the places in a text of
its own, so that nothing has to be moved when something is written above it. What remains of an item
with errors is kept as well, for an editor wants to know its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import define, evolve, field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Label, has_errors, in_order
from b12guide.syntax import admission, scan
from b12guide.syntax.ast import Declaration, Example, Header, Implication, Item, Rule
from b12guide.syntax.build.pieces import Clause
from b12guide.syntax.explain.failure import Piece
from b12guide.syntax.grammar import Parts
from b12guide.syntax.parse import (
    MOST_IN_A_FILE,
    PieceFault,
    after_reading,
    parse_partial,
    pieces,
    read_piece,
    wrong,
)
from b12guide.text import Span, Text
from b12guide.values.term import Kind


@frozen(kw_only=True, eq=False)
class ReadText:
    """A stretch of text that was read.

    Attributes:
        text: The text that its places count in.
        parts: What it says; of one with errors, what is left without them.
        diagnostics: What is wrong with it.
    """

    text: Text = field(repr=False)
    keyword: str
    parts: Parts = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    unread: PieceFault | None = None


@frozen(kw_only=True, eq=False)
class ReadPiece:
    """Where a stretch of text stands, and what is known of it.

    Attributes:
        span: Where it stands in the file.
        offset: What is to be added to its places to have places in the file.
    """

    known: ReadText
    span: Span
    offset: int


@frozen(kw_only=True, eq=False)
class TextVersion:
    """One version of a text, read.

    Attributes:
        head: The text that the places of the first header count in.
        diagnostics: What `parse_partial` says of it, with places in `text`.
    """

    text: Text
    head: Text = field(repr=False)
    pieces: tuple[ReadPiece, ...] = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers, in order."""
        return tuple(h for piece in self.pieces for h in piece.known.parts.headers)

    @property
    def items(self) -> Iterator[tuple[Text, Item]]:
        """The items with the texts that their places count in."""
        for piece in self.pieces:
            for item in piece.known.parts.items:
                yield piece.known.text, item


@define(eq=False)
class Reader:
    """Reads the versions of one text, one after the other, and remembers the last one."""

    _known: dict[_Key, ReadText] = field(factory=dict, init=False)
    _last: TextVersion | None = field(default=None, init=False)

    def read(self, text: Text) -> TextVersion:
        """What this version of the text says."""
        if self._last is None or self._last.text != text:
            self._last = self._read(text)
        return self._last

    def _read(self, text: Text) -> TextVersion:
        admitted = admission.admitted(text)
        characters = admitted.characters
        if characters is None:
            return TextVersion(
                text=text, head=text, pieces=(), diagnostics=admitted.diagnostics
            )
        round_ = _Round(text=text, characters=characters, before=self._known)
        cut = round_.cut()
        self._known = round_.known
        is_broken = any(piece.known.unread for piece in cut)
        if not (is_broken or _is_a_file(cut)) or _is_odd(cut):
            return _as_a_whole(text)
        wrong_in_pieces = (
            _shifted(diagnostic, text, piece.offset)
            for piece in cut
            for diagnostic in piece.known.diagnostics
        )
        diagnostics = (*admitted.diagnostics, *wrong_in_pieces)
        diagnostics += tuple(
            after_reading(text, characters, _together(cut), diagnostics)
        )
        heads = (piece.known.text for piece in cut if piece.known.parts.headers)
        return TextVersion(
            text=text,
            head=next(heads, text),
            pieces=cut,
            diagnostics=in_order(diagnostics),
        )


_Key: TypeAlias = tuple[str, int, str, str, int]
"""The keyword, where it stands, the text as written and as read, and which one of its like."""


@define(kw_only=True, eq=False)
class _Round:
    """The reading of one version."""

    text: Text
    characters: str
    before: Mapping[_Key, ReadText]
    known: dict[_Key, ReadText] = field(factory=dict)
    done: dict[tuple[int, int], ReadPiece] = field(factory=dict)
    alike: dict[tuple[str, int, str, str], dict[int, int]] = field(factory=dict)

    def cut(self) -> tuple[ReadPiece, ...]:
        """The pieces of the text, each as it was read before or is read now.

        A line may begin with the word of an item and yet be the end of the item before. So a piece
        that is not finished is read together with the next, as the parser would, until something
        cannot stand there.
        """
        found = list(pieces(self.characters))
        read: list[ReadPiece] = []
        rest = list(reversed(found))
        while rest:
            piece = rest.pop()
            one = self._read(piece)
            while one.known.unread is PieceFault.UNFINISHED and rest:
                piece = evolve(piece, end=rest.pop().end)
                one = self._read(piece)
            if one.known.unread is not None:
                return tuple(self._one_by_one(found))
            read.append(one)
        return tuple(read)

    def _one_by_one(self, found: Iterable[Piece]) -> Iterator[ReadPiece]:
        """The pieces of a text with errors, up to the most that anybody reads."""
        count = 0
        for piece in found:
            one = self._read(piece, is_explained=True)
            yield one
            count += len(one.known.diagnostics)
            if count >= MOST_IN_A_FILE:
                return

    def _read(self, piece: Piece, *, is_explained: bool = False) -> ReadPiece:
        # A piece is read from the start of its line, so that its columns stay what they are; a
        # head from that of the file, so that its places are those of the file.
        begin = self.characters.rfind("\n", 0, piece.start) + 1
        if piece.keyword in scan.HEADERS or not piece.keyword:
            begin = 0
        at = (piece.start, piece.end)
        done = self.done.get(at)
        if done is not None and not (is_explained and done.known.unread):
            return done
        written = read = self.text.characters[begin : piece.end]
        if self.characters is not self.text.characters:
            read = self.characters[begin : piece.end]
        like = (piece.keyword, piece.start - begin, written, read)
        # Twins get a reading each: a place is found again by the identity of its text.
        places = self.alike.setdefault(like, {})
        key = (*like, places.setdefault(piece.start, len(places)))
        known = self.known.get(key) or self.before.get(key)
        if known is None or (is_explained and known.unread and not known.diagnostics):
            own = evolve(piece, start=piece.start - begin, end=piece.end - begin)
            known = known or _known(Text(self.text.name, written), read, own)
            known = _explained(known, read, own) if is_explained else known
        self.known[key] = known
        found = ReadPiece(known=known, span=Span(*at), offset=begin)
        self.done[at] = found
        return found


def _known(text: Text, characters: str, piece: Piece) -> ReadText:
    read = read_piece(characters, piece)
    if isinstance(read, Parts):
        return ReadText(text=text, keyword=piece.keyword, parts=read)
    return ReadText(text=text, keyword=piece.keyword, parts=Parts(), unread=read)


def _explained(known: ReadText, characters: str, piece: Piece) -> ReadText:
    """The same with what is wrong with it, if anything is."""
    if known.unread is None:
        return known
    found = wrong(known.text, characters, piece)
    return evolve(known, parts=found.rest or Parts(), diagnostics=found.diagnostics)


def _as_a_whole(text: Text) -> TextVersion:
    """The text in one piece, for the few that are more than their items."""
    file, diagnostics = parse_partial(text)
    parts = Parts(languages=(), headers=file.headers, items=file.items)
    unread = PieceFault.BROKEN if has_errors(diagnostics) else None
    known = ReadText(
        text=text, keyword="", parts=parts, diagnostics=diagnostics, unread=unread
    )
    whole = ReadPiece(known=known, span=Span(0, len(text.characters)), offset=0)
    return TextVersion(text=text, head=text, pieces=(whole,), diagnostics=diagnostics)


def _is_odd(cut: tuple[ReadPiece, ...]) -> bool:
    """Whether something has to be said whose place is that of the file."""
    rules = sum(isinstance(i, Rule) for p in cut for i in p.known.parts.items)
    strays = (p for p in cut if p.offset and p.known.parts.languages)
    return rules > admission.MOST_RULES or next(strays, None) is not None


def _is_a_file(cut: tuple[ReadPiece, ...]) -> bool:
    """Whether the pieces follow one another as the grammar wants them to in a file."""
    head, begun = "", False
    for piece in cut:
        parts = piece.known.parts
        nodes = (*parts.languages, *parts.headers, *parts.items)
        for node in sorted(nodes, key=lambda node: node.span.start):
            match node:
                case Header(kind=kind):
                    fits = not head or (head == "vocabulary" and kind != head)
                    head = kind
                case Declaration(kind=kind) if head == "vocabulary":
                    fits = True
                case Declaration(kind=kind):
                    fits = head in {"guideline", "part"} and kind is not Kind.ROUTE
                case Implication():
                    fits = head in {"vocabulary", "guideline", "part"}
                case Example():
                    fits = head in {"guideline", "part", "examples"}
                case Clause():
                    fits = not begun
                case _:
                    fits = head in {"guideline", "part"}
            if not fits:
                return False
            begun = True
    return True


def _together(cut: tuple[ReadPiece, ...]) -> Parts:
    parts = [piece.known.parts for piece in cut]
    return Parts(
        languages=tuple(line for each in parts for line in each.languages),
        headers=tuple(header for each in parts for header in each.headers),
        items=tuple(item for each in parts for item in each.items),
    )


def _shifted(diagnostic: Diagnostic, text: Text, by: int) -> Diagnostic:
    return moved(diagnostic, lambda _, span: Label(text=text, span=span.shifted(by)))


def moved(diagnostic: Diagnostic, place: Callable[[Text, Span], Label]) -> Diagnostic:
    """The diagnostic with each of its places where `place` says that it is."""

    def label(old: Label) -> Label:
        return evolve(place(old.text, old.span), message=old.message)

    def edit(old: Edit) -> Edit:
        new = place(old.text, old.span)
        return Edit(text=new.text, span=new.span, replacement=old.replacement)

    return evolve(
        diagnostic,
        labels=tuple(map(label, diagnostic.labels)),
        help=tuple(
            evolve(each, edits=tuple(map(edit, each.edits))) for each in diagnostic.help
        ),
    )
