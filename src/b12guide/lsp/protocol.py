"""Places, edits and diagnostics as the protocol writes them."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from functools import cached_property, lru_cache

from attrs import define, field, frozen
from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from b12guide.diagnostics import Diagnostic, Edit, Label, Severity, page_address
from b12guide.editor.desk import path_of_shipped
from b12guide.editor.whole_file import Remedy
from b12guide.text import Span, Text

_LINE_END = re.compile(r"\r\n|\n|\r")


class PositionEncoding(Enum):
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
    encoding: PositionEncoding

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
        is_last = point.line + 1 == len(self.starts)
        end = len(self.characters) if is_last else self.starts[point.line + 1]
        line = self.characters[start:end].rstrip("\r\n")
        if self.encoding is PositionEncoding.UTF_32 or line.isascii():
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
        if self.encoding is PositionEncoding.UTF_32 or before.isascii():
            return Point(line, len(before))
        return Point(line, sum(map(self._width, before)))

    def replaced(self, start: Point, end: Point, replacement: str) -> str:
        """The text with something else between two points."""
        first, last = sorted((self.offset(start), self.offset(end)))
        return self.characters[:first] + replacement + self.characters[last:]

    def _width(self, character: str) -> int:
        if self.encoding is PositionEncoding.UTF_16:
            return 2 if ord(character) > 0xFFFF else 1
        return len(character.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=64)
def _lines(characters: str, encoding: PositionEncoding) -> Lines:
    return Lines(characters, encoding)


@define(eq=False)
class ProtocolPlaces:
    """Turns places of the editor's floor into those of the protocol, and back.

    A file is called by its path; one without a path is called by its address.
    """

    encoding: PositionEncoding = PositionEncoding.UTF_16
    _addresses: dict[str, str] = field(factory=dict, init=False)

    def name(self, uri: str) -> str:
        """What the file at an address is called."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        name = os.path.normpath(path) if path else uri
        self._addresses.setdefault(name, uri)
        return name

    def uri(self, name: str) -> str:
        """The address of a file, spelt as the editor spells it where it did."""
        known = self._addresses.get(name)
        if known is not None:
            return known
        path = name if os.path.isabs(name) else path_of_shipped(name) or name  # noqa: PTH117 - the name need not be a path
        return from_fs_path(path) or name

    def offset(self, text: Text, position: types.Position) -> int:
        """The offset of a position."""
        point = Point(position.line, position.character)
        return _lines(text.characters, self.encoding).offset(point)

    def span(self, text: Text, range_: types.Range) -> Span:
        """The span of a range."""
        start, end = self.offset(text, range_.start), self.offset(text, range_.end)
        return Span(min(start, end), max(start, end))

    def position(self, text: Text, offset: int) -> types.Position:
        """The position of an offset."""
        point = _lines(text.characters, self.encoding).point(offset)
        return types.Position(line=point.line, character=point.column)

    def range(self, text: Text, span: Span) -> types.Range:
        """The range of a span."""
        start, end = self.position(text, span.start), self.position(text, span.end)
        return types.Range(start=start, end=end)

    def location(self, label: Label) -> types.Location:
        """Where a label is."""
        return types.Location(
            uri=self.uri(label.text.name), range=self.range(label.text, label.span)
        )

    def edit(self, edit: Edit) -> types.TextEdit:
        """An edit of the file that it is in."""
        return types.TextEdit(
            range=self.range(edit.text, edit.span), new_text=edit.replacement
        )

    def changed(
        self, characters: str, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> str:
        """The characters after changes, one after the other."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = change.range.start, change.range.end
                lines = Lines(characters, self.encoding)
                characters = lines.replaced(
                    Point(start.line, start.character),
                    Point(end.line, end.character),
                    change.text,
                )
            else:
                characters = change.text
        return characters


SOURCE = "b12guide"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNNECESSARY = frozenset({"GDL402", "GDL403"})


def published(diagnostic: Diagnostic, places: ProtocolPlaces) -> types.Diagnostic:
    """The diagnostic with everything that it has to say."""
    place = diagnostic.place
    text, span = (place.text, place.span) if place else (Text("", ""), Span(0, 0))
    related = [
        types.DiagnosticRelatedInformation(
            location=places.location(label), message=label.message or "see here"
        )
        for label in diagnostic.labels[1:]
    ]
    said = [place.message] if place is not None and place.message else []
    lines = [diagnostic.message, *said, *(f"note: {n}" for n in diagnostic.notes)]
    lines += [f"help: {help_.message}" for help_ in diagnostic.help]
    unnecessary = diagnostic.code in _UNNECESSARY
    page = page_address(diagnostic.code)
    return types.Diagnostic(
        range=places.range(text, span),
        message="\n".join(lines),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=types.CodeDescription(href=page) if page else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if unnecessary else None,
        related_information=related or None,
    )


def action(remedy: Remedy, places: ProtocolPlaces) -> types.CodeAction:
    """A remedy that the author can choose."""
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in remedy.edits:
        uri = places.uri(edit.text.name)
        changes.setdefault(uri, []).append(places.edit(edit))
    return types.CodeAction(
        title=remedy.message,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[published(remedy.diagnostic, places)],
        edit=types.WorkspaceEdit(changes=changes),
        is_preferred=remedy.is_only or None,
    )
