"""How a patient is written: in which notation, and where each part of it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, TypeAlias, assert_never

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Label, pointer_to
from b12guide.frozen import Record
from b12guide.text import Span, Text, shortened


class Notation(Enum):
    """How a record is written, which its remedies have to be too."""

    JSON = "json"
    TOML = "toml"
    YAML = "yaml"
    PYTHON = "python"

    @classmethod
    def of(cls, text: Text) -> Notation:
        """The notation of `text`: that of its file, or Python's where nobody wrote a text."""
        if text.is_rendered:
            return cls.PYTHON
        name = text.name.lower()
        if name.endswith(".toml"):
            return cls.TOML
        return cls.YAML if name.endswith((".yaml", ".yml")) else cls.JSON

    def nothing(self, when: str) -> str:
        """What to write for what is not known, in the words of an order."""
        match self:
            case Notation.TOML:
                return f"leave the line out {when}"
            case Notation.PYTHON:
                return f"`None` {when}"
            case _:
                return f"`null` {when}"

    def word(self, word: str) -> str:
        """`true`, `false` or `null` as it is written here."""
        python = {"true": "True", "false": "False", "null": "None"}
        return python.get(word, word) if self is Notation.PYTHON else word

    def dated(self, value: str) -> str:
        """A value with its day."""
        match self:
            case Notation.TOML:
                return f"{{ value = {value}, on = YYYY-MM-DD }}"
            case Notation.YAML:
                return f"{{value: {value}, on: YYYY-MM-DD}}"
            case _:
                return f'{{"value": {value}, "on": "YYYY-MM-DD"}}'

    def pair(self, key: str, value: str) -> str:
        """A key with its value; `value` is text."""
        match self:
            case Notation.TOML:
                return f'{key} = "{value}"'
            case Notation.YAML:
                return f"{key}: {value}"
            case _:
                return f'"{key}": "{value}"'

    def facts(self, name: str = "", value: str = "...") -> str:
        """The key under which the facts stand, with one of them if it is named."""
        match self:
            case Notation.TOML:
                return f"facts.{name} = {value}" if name else "[facts]"
            case Notation.YAML:
                return f"facts: {{{name}: {value}}}" if name else "facts: {...}"
            case _:
                inside = f'"{name}": {value}' if name else "..."
                return f'{{"facts": {{{inside}}}}}'


def shown(raw: Any) -> str:
    """`raw` in short, on one line, without characters that a terminal would act on."""
    text = raw if isinstance(raw, str) else as_json(raw)
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shortened(text)


def as_json(raw: Any) -> str:
    """`raw` as JSON, or as Python prints it where JSON cannot carry it."""
    try:
        return json.dumps(raw, ensure_ascii=False)
    except Exception:  # noqa: BLE001 -- it runs the caller's classes
        return as_text(raw)


def as_text(raw: Any) -> str:
    """`raw` as Python prints it, or what it is where Python cannot.

    Python prints no integer of more than 4,300 digits, no data that are nested too deeply, and not
    whatever a class of the caller's own fails to print.
    """
    try:
        return str(raw)
    except Exception:  # noqa: BLE001 -- it runs the caller's classes
        return f"<{type(raw).__name__}>"


@frozen(repr=False)
class LocatedScalar(Record):
    """A single value."""

    value: bool | int | Decimal | str | None
    span: Span


@frozen(repr=False)
class LocatedItems(Record):
    """A list of values."""

    items: tuple[Located, ...]
    span: Span


@frozen(repr=False)
class LocatedEntry(Record):
    """A key with its value."""

    key: str
    key_span: Span
    value: Located


@frozen(repr=False)
class LocatedTable(Record):
    """Keys with their values, in the order written; a key may wrongly stand there twice."""

    entries: tuple[LocatedEntry, ...]
    span: Span

    def get(self, key: str) -> LocatedEntry | None:
        """The first entry of that key, if there is one."""
        return next((entry for entry in self.entries if entry.key == key), None)


Located: TypeAlias = LocatedScalar | LocatedItems | LocatedTable
LocatedPart: TypeAlias = tuple[str, str, Span]
"""A path, the JSON Pointer to the same, and where it is written."""


def plain(written: Located) -> Any:
    """The value without its places: the scalars, lists and dicts of Python."""
    match written:
        case LocatedScalar(value=value):
            return value
        case LocatedItems(items=items):
            return [plain(item) for item in items]
        case LocatedTable(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case _:
            assert_never(written)


def parts(path: str, pointer: str, written: Located) -> Iterator[LocatedPart]:
    """Where `written` and all that it contains stands, under paths like `egfr[0].value`.

    A path with a colon at its end is where the key stands. Beside each path is the JSON Pointer
    to the same, which begins with `pointer`.
    """
    yield path, pointer, written.span
    match written:
        case LocatedItems(items=items):
            for number, item in enumerate(items):
                yield from parts(f"{path}[{number}]", f"{pointer}/{number}", item)
        case LocatedTable(entries=entries):
            for entry in entries:
                inner = pointer + pointer_to(entry.key)
                yield f"{path}.{entry.key}:", inner, entry.key_span
                yield from parts(f"{path}.{entry.key}", inner, entry.value)
        case LocatedScalar():
            pass
        case _:
            assert_never(written)


def repeated_keys(
    written: Located, text: Text, pointer: str = ""
) -> Iterator[Diagnostic]:
    """GDL705: a key stands once."""
    match written:
        case LocatedItems(items=items):
            for number, item in enumerate(items):
                yield from repeated_keys(item, text, f"{pointer}/{number}")
        case LocatedTable(entries=entries):
            seen: dict[str, Span] = {}
            for entry in entries:
                inner = pointer + pointer_to(entry.key)
                if entry.key in seen:
                    yield _repeated(entry, seen[entry.key], text, inner)
                seen.setdefault(entry.key, entry.key_span)
                yield from repeated_keys(entry.value, text, inner)
        case LocatedScalar():
            pass
        case _:
            assert_never(written)


def _repeated(entry: LocatedEntry, first: Span, text: Text, pointer: str) -> Diagnostic:
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
