"""A guideline as it was written: all of its files, read but not yet understood.

The file that was asked for comes first, the files that it uses follow by name, so that the order
in which they are listed never matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from b12guide.semantics.references import Reference, in_header, in_item
from b12guide.syntax.ast import File, Header, Item, Node
from b12guide.syntax.walk import descendants
from b12guide.text import Text

__all__ = ["Draft"]

T = TypeVar("T")


def _by_name(files: tuple[File, ...]) -> tuple[File, ...]:
    return (*files[:1], *sorted(files[1:], key=lambda file: file.text.name))


@frozen(slots=False)  # so that the nodes are looked for once
class Draft:
    """The files of one guideline, the main one first."""

    files: tuple[File, ...] = field(converter=_by_name)

    @property
    def main(self) -> File:
        """The file that was asked for."""
        return self.files[0]

    @property
    def header(self) -> Header | None:
        """The head of the guideline; None when the main file is none."""
        return next((h for h in self.main.headers if h.kind == "guideline"), None)

    def each_item(self) -> Iterator[tuple[Text, Item]]:
        """Every item with the text it stands in."""
        for file in self.files:
            for item in file.items:
                yield file.text, item

    def each(self, kind: type[T]) -> Iterator[tuple[Text, T]]:
        """Every item of one kind with the text it stands in."""
        for text, item in self._items.get(kind, ()):
            if isinstance(item, kind):
                yield text, item

    @cached_property
    def _items(self) -> Mapping[type, list[tuple[Text, Item]]]:
        found: dict[type, list[tuple[Text, Item]]] = {}
        for text, item in self.each_item():
            found.setdefault(type(item), []).append((text, item))
        return found

    def each_node(self, *kinds: type[Node]) -> Iterator[tuple[Text, Node]]:
        """Every node of some kinds, at any depth, with the text it stands in."""
        for kind in kinds:
            yield from self._nodes.get(kind, ())

    def each_reference(self) -> Iterator[tuple[Text, Reference, Header | Item]]:
        """Every use of a name with the text it stands in and the item around it."""
        yield from self._references

    @cached_property
    def _references(self) -> tuple[tuple[Text, Reference, Header | Item], ...]:
        in_headers = (
            (text, reference, header)
            for text, header in self.headers()
            for reference in in_header(header)
        )
        in_items = (
            (text, reference, item)
            for text, item in self.each_item()
            for reference in in_item(item)
        )
        return (*in_headers, *in_items)

    @cached_property
    def _nodes(self) -> Mapping[type[Node], list[tuple[Text, Node]]]:
        found: dict[type[Node], list[tuple[Text, Node]]] = {}
        for text, outermost in (*self.headers(), *self.each_item()):
            for node in descendants(outermost):
                found.setdefault(type(node), []).append((text, node))
        return found

    def headers(self) -> Iterator[tuple[Text, Header]]:
        """Every header with the text it stands in."""
        for file in self.files:
            for header in file.headers:
                yield file.text, header
