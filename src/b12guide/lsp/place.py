"""Places as the protocol writes them: addresses, lines and columns."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from attrs import define, field
from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from b12guide.diagnostics import Edit, Label
from b12guide.editor.desk import path_of_shipped
from b12guide.editor.position import Encoding, Lines, Point
from b12guide.text import Span, Text

__all__ = ["Places"]


@lru_cache(maxsize=64)
def _lines(characters: str, encoding: Encoding) -> Lines:
    return Lines(characters, encoding)


@define(eq=False)
class Places:
    """Turns places of the editor's floor into those of the protocol, and back.

    A file is called by its path; one without a path is called by its address.
    """

    encoding: Encoding = Encoding.UTF_16
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
        self,
        characters: str,
        changes: Sequence[types.TextDocumentContentChangeEvent],
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
