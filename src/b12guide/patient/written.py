"""A value together with the place where it was written, whatever the file format.

Each reader (`from_json`, `from_toml`, `from_yaml`) builds this tree; everything after works on
it, and the plain Python values are taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TypeAlias, assert_never

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Label, pointer_to
from b12guide.record import Record
from b12guide.text import Span, Text

__all__ = [
    "Entry",
    "Items",
    "Scalar",
    "Table",
    "Written",
    "parts",
    "plain",
    "repeated_keys",
]


@frozen(repr=False)
class Scalar(Record):
    """A single value."""

    value: bool | int | Decimal | str | None
    span: Span


@frozen(repr=False)
class Items(Record):
    """A list of values."""

    items: tuple[Written, ...]
    span: Span


@frozen(repr=False)
class Entry(Record):
    """A key with its value."""

    key: str
    key_span: Span
    value: Written


@frozen(repr=False)
class Table(Record):
    """Keys with their values, in the order written; a key may wrongly stand there twice."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> Entry | None:
        """The first entry of that key, if there is one."""
        return next((entry for entry in self.entries if entry.key == key), None)


Written: TypeAlias = Scalar | Items | Table
Part: TypeAlias = tuple[str, str, Span]
"""A path, the JSON Pointer to the same, and where it is written."""


def plain(written: Written) -> Any:
    """The value without its places: the scalars, lists and dicts of Python."""
    match written:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case _:
            assert_never(written)


def parts(path: str, pointer: str, written: Written) -> Iterator[Part]:
    """Where `written` and all that it contains stands, under paths like `egfr[0].value`.

    A path with a colon at its end is where the key stands. Beside each path is the JSON Pointer
    to the same, which begins with `pointer`.
    """
    yield path, pointer, written.span
    match written:
        case Items(items=items):
            for number, item in enumerate(items):
                yield from parts(f"{path}[{number}]", f"{pointer}/{number}", item)
        case Table(entries=entries):
            for entry in entries:
                inner = pointer + pointer_to(entry.key)
                yield f"{path}.{entry.key}:", inner, entry.key_span
                yield from parts(f"{path}.{entry.key}", inner, entry.value)
        case Scalar():
            pass
        case _:
            assert_never(written)


def repeated_keys(
    written: Written, text: Text, pointer: str = ""
) -> Iterator[Diagnostic]:
    """GDL705: a key stands once."""
    match written:
        case Items(items=items):
            for number, item in enumerate(items):
                yield from repeated_keys(item, text, f"{pointer}/{number}")
        case Table(entries=entries):
            seen: dict[str, Span] = {}
            for entry in entries:
                inner = pointer + pointer_to(entry.key)
                if entry.key in seen:
                    yield _repeated(entry, seen[entry.key], text, inner)
                seen.setdefault(entry.key, entry.key_span)
                yield from repeated_keys(entry.value, text, inner)
        case Scalar():
            pass
        case _:
            assert_never(written)


def _repeated(entry: Entry, first: Span, text: Text, pointer: str) -> Diagnostic:
    second, first_time = (
        Label(text=text, span=span, message=message, pointer=pointer)
        for span, message in (
            (entry.key_span, "the second time"),
            (first, "the first time"),
        )
    )
    return Diagnostic(
        code="GDL705",
        message=f"`{entry.key}` stands here twice",
        labels=(second, first_time),
        notes=("which of the two counts would be a guess",),
    )
