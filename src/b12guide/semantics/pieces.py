"""A draft whose items were read apart from one another: an editor's, or one that has errors.

Items that did not change are walked only once, whatever happens around them. Of broken
files the diagnostics are those of their text, and those that do not merely follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Label
from b12guide.frozen import frozen_map
from b12guide.semantics.draft import Draft, NameUse, names_used
from b12guide.semantics.scope import Scope
from b12guide.syntax import scan
from b12guide.syntax.ast import Header, Item, Node, descendants
from b12guide.syntax.incremental import ReadPiece, ReadText, TextVersion, moved
from b12guide.text import Span, Text

_MOST_KEPT = 20_000


@lru_cache(maxsize=_MOST_KEPT)
def _nodes_in(known: ReadText) -> Mapping[type[Node], list[tuple[Text, Node]]]:
    found: dict[type[Node], list[tuple[Text, Node]]] = {}
    for outermost in (*known.parts.headers, *known.parts.items):
        for node in descendants(outermost):
            found.setdefault(type(node), []).append((known.text, node))
    return found


@lru_cache(maxsize=_MOST_KEPT)
def _references_in(known: ReadText) -> tuple[tuple[Text, NameUse, Item], ...]:
    return tuple(
        (known.text, reference, item)
        for item in known.parts.items
        for reference in names_used(item)
    )


@frozen(slots=False)
class PiecedDraft(Draft):
    """The files of one guideline, each in pieces."""

    readings: Mapping[str, TextVersion] = field(
        kw_only=True, eq=False, repr=False, converter=frozen_map
    )

    def each_piece(self) -> Iterator[tuple[TextVersion, ReadPiece]]:
        """Every piece with the file that it belongs to."""
        yield from self._pieces

    @cached_property
    def _pieces(self) -> tuple[tuple[TextVersion, ReadPiece], ...]:
        readings = [self.readings[file.text.name] for file in self.files]
        return tuple(
            (reading, piece) for reading in readings for piece in reading.pieces
        )

    def each_item(self) -> Iterator[tuple[Text, Item]]:
        """Every item with the text it stands in."""
        yield from self._every_item

    @cached_property
    def _every_item(self) -> tuple[tuple[Text, Item], ...]:
        return tuple(
            (piece.known.text, item)
            for _, piece in self.each_piece()
            for item in piece.known.parts.items
        )

    def headers(self) -> Iterator[tuple[Text, Header]]:
        """Every header with the text it stands in."""
        for _, piece in self.each_piece():
            for header in piece.known.parts.headers:
                yield piece.known.text, header

    @cached_property
    def _nodes(self) -> Mapping[type[Node], list[tuple[Text, Node]]]:
        found: dict[type[Node], list[tuple[Text, Node]]] = {}
        pieces = [piece for _, piece in self.each_piece()]
        pieces.sort(key=lambda piece: not piece.known.parts.headers)
        for piece in pieces:
            for kind, nodes in _nodes_in(piece.known).items():
                found.setdefault(kind, []).extend(nodes)
        return found

    @cached_property
    def _references(self) -> tuple[tuple[Text, NameUse, Header | Item], ...]:
        found: list[tuple[Text, NameUse, Header | Item]] = [
            (text, reference, header)
            for text, header in self.headers()
            for reference in names_used(header)
        ]
        for _, piece in self.each_piece():
            found += _references_in(piece.known)
        return tuple(found)

    @cached_property
    def _places(self) -> Mapping[int, tuple[Text, int]]:
        """By the identity of a text that places count in, the file and what is to be added."""
        places: dict[int, tuple[Text, int]] = {}
        for reading, piece in self.each_piece():
            places[id(piece.known.text)] = (reading.text, piece.offset)
        for reading in self.readings.values():
            places[id(reading.head)] = (reading.text, 0)
            places[id(reading.text)] = (reading.text, 0)
        return places

    def place(self, text: Text, span: Span) -> Label | None:
        """A place in its file; None where what stood there is there no more."""
        found = self._places.get(id(text))
        if found is None:
            return None
        file, offset = found
        return Label(text=file, span=span.shifted(offset))

    def apart(self, text: Text, span: Span) -> Label:
        """The same place in the text of the piece that it is in."""
        reading = self.readings[text.name]
        for piece in reading.pieces:
            own = span.shifted(-piece.offset)
            if span in piece.span and own.start >= 0:
                return Label(text=piece.known.text, span=own)
        return Label(text=reading.text, span=span)

    def placed(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """The diagnostic with places in files; None where its place is there no more."""
        texts = [label.text for label in diagnostic.labels]
        texts += [edit.text for help_ in diagnostic.help for edit in help_.edits]
        if any(id(text) not in self._places for text in texts):
            return None
        return moved(diagnostic, self._certain_place)

    def _certain_place(self, text: Text, span: Span) -> Label:
        file, offset = self._places[id(text)]
        return Label(text=file, span=span.shifted(offset))


# ------------------------------------------------------------------------- broken files


def checked_in_pieces(
    draft: PiecedDraft,
    scope: Scope,
    read: tuple[Diagnostic, ...],
    check: Callable[[PiecedDraft, Scope], tuple[Diagnostic, ...]],
) -> tuple[Diagnostic, ...]:
    """What the checks say of files of which a part may be broken, with places in pieces.

    Args:
        draft: The files.
        scope: Its names.
        read: What reading them said.
        check: Runs the checks.
    """
    if not _names_are_known(draft, read):
        return ()
    found = check(draft, scope)
    broken = [p.known for _, p in draft.each_piece() if p.known.unread]
    return tuple(_without_consequences(found, broken)) if broken else found


_UNUSED = frozenset({"GDL402", "GDL403"})
_MISFITS = frozenset(f"GDL{number}" for number in range(301, 321))
_ABSENT = frozenset(
    {*(f"GDL{number}" for number in range(202, 213)), "GDL227", "GDL228"}
)


def _names_are_known(draft: PiecedDraft, read: tuple[Diagnostic, ...]) -> bool:
    """Whether the words of the guideline can be looked up at all."""
    if any(d.code.startswith("GDL22") for d in read):  # a file of it could not be had
        return False
    header = next(iter(draft.main.headers), None)
    if header is None or header.kind == "examples":
        return False
    if header.kind == "part" and len(draft.files) == 1 and not header.uses:
        return False
    for reading in draft.readings.values():
        if not reading.pieces:
            return False
    for _, piece in draft.each_piece():
        known = piece.known
        if known.unread and known.keyword in scan.HEADERS - {"language"}:
            # Which files a broken head uses is not known, and so not what names they declare.
            uses = any(h.uses for h in known.parts.headers)
            if not uses and "uses" in known.text.characters:
                return False
    return True


def _without_consequences(
    found: tuple[Diagnostic, ...], broken: list[ReadText]
) -> Iterator[Diagnostic]:
    """What does not merely follow from items that cannot be read.

    What is left of such an item may do nothing or lack its strength because the clause that says so
    is broken. The names and units in its other clauses are what they are.
    """
    words = {id(known.text): _words_in(known.text) for known in broken}
    for diagnostic in found:
        place = diagnostic.place
        if place is None:
            yield diagnostic
            continue
        here, is_name = id(place.text), diagnostic.code in _ABSENT
        is_misfit = diagnostic.code in _MISFITS
        if here in words and not (is_name or is_misfit):
            continue
        # It may be declared in an item that cannot be read, and so may the unit it has to have.
        elsewhere = {word for at, said in words.items() if at != here for word in said}
        may_follow = is_name or diagnostic.code in _UNUSED
        if may_follow and _word(place) in elsewhere:
            continue
        if is_misfit and not _words_in(place.text).isdisjoint(_declared(broken)):
            continue
        yield diagnostic


@lru_cache(maxsize=1000)
def _words_in(text: Text) -> frozenset[str]:
    """The words of a piece, and its first line as one name: it may be that of several words."""
    characters = text.characters
    words = [
        characters[start:end]
        for kind, start, end in scan.words(characters)
        if kind == "word"
    ]
    head = [
        characters[start:end]
        for kind, start, end in scan.words(characters.partition("\n")[0])
        if kind == "word"
    ]
    return frozenset({*words, "_".join(head[1:])})


def _declared(broken: list[ReadText]) -> frozenset[str]:
    """The names that broken declarations may have."""
    names = set()
    for known in broken:
        if known.keyword in scan.DECLARATIONS:
            names.update(re.findall(r"\w+", known.text.characters)[1:2])
    return frozenset(names)


def _word(place: Label) -> str:
    return place.text.slice(place.span)
