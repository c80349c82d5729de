"""Finds where the keys and values of a TOML text stand.

The text is known to be valid, because the standard library has read it; that reader does not say
where things stand. So this one need not check anything, only find its way through.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Label
from b12guide.errors import PatientError
from b12guide.patient import notation
from b12guide.patient.from_json import DEEPEST_NESTING, too_deep
from b12guide.text import Span, Text

KeyPath: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""


@frozen
class TomlPlace:
    """Where a key and its value stand; for an item of a list, both are the item."""

    key: Span
    value: Span


_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?s:(?:[^\\]|\\.)*?)"{3,5}(?!")'
    r"|'''(?s:.*?)'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
)
_SCALAR = re.compile(r"[^\s,\]}#]+(?: [0-9:.]+(?:Z|[+-][0-9:]+)?)?")
_NAME = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_KEY = re.compile(rf"(?:{_NAME.pattern})(?:[ \t]*\.[ \t]*(?:{_NAME.pattern}))*")


def toml_places(characters: str) -> Mapping[KeyPath, TomlPlace]:
    """Where each key of a valid TOML text stands with its value, by path."""
    return _Scan(characters).places()


@frozen
class _Key:
    names: tuple[str, ...]
    span: Span


class _Scan:
    """One walk through a text; it keeps what it has found."""

    def __init__(self, characters: str) -> None:
        self._characters = characters
        self._found: dict[KeyPath, TomlPlace] = {}
        self._lengths: dict[KeyPath, int] = {}

    def places(self) -> Mapping[KeyPath, TomlPlace]:
        prefix: KeyPath = ()
        offset = self._skip(0)
        while offset < len(self._characters):
            if self._characters[offset] == "[":
                # The path that a `[header]` or `[[header]]` opens.
                brackets = 2 if self._characters.startswith("[[", offset) else 1
                key = self._key(self._skip(offset + brackets))
                path: KeyPath = ()
                for name in (
                    key.names
                ):  # through the latest item of every list of tables on the way
                    if path in self._lengths:
                        path = (*path, self._lengths[path] - 1)
                    path = (*path, name)
                if brackets == 2:
                    number = self._lengths.get(path, 0)
                    self._lengths[path] = number + 1
                    self._found.setdefault(path, TomlPlace(key.span, key.span))
                    path = (*path, number)
                self._found.setdefault(path, TomlPlace(key.span, key.span))
                prefix, after = path, self._skip(key.span.end) + brackets
            else:
                after = self._pair(offset, prefix)
            # Even on a text that is not valid, the walk goes on.
            offset = max(self._skip(after), offset + 1)
        return self._found

    def _skip(self, offset: int) -> int:
        match = _BLANK.match(self._characters, offset)
        return offset if match is None else match.end()

    def _pair(self, start: int, prefix: KeyPath) -> int:
        key = self._key(start)
        equals = self._skip(key.span.end)
        path = (*prefix, *key.names)
        end = self._value(self._skip(equals + 1), path)
        value = Span(self._skip(equals + 1), end)
        for length in range(len(prefix) + 1, len(path)):
            self._found.setdefault(path[:length], TomlPlace(key.span, value))
        self._found[path] = TomlPlace(key.span, value)
        return end

    def _key(self, start: int) -> _Key:
        match = _KEY.match(self._characters, start)
        if match is None:
            return _Key((), Span(start, start))
        names = (name[0].strip("\"'") for name in _NAME.finditer(match[0]))
        return _Key(tuple(names), Span(start, match.end()))

    def _value(self, start: int, path: KeyPath) -> int:
        """Where the value ends that starts at `start`."""
        first = self._characters[start : start + 1]
        if first == "{":
            return self._inside(start, path, "}")
        if first == "[":
            return self._inside(start, path, "]")
        match = _STRING.match(self._characters, start)
        match = match or _SCALAR.match(self._characters, start)
        return start if match is None else match.end()

    def _inside(self, start: int, path: KeyPath, closing: str) -> int:
        offset = self._skip(start + 1)
        number = 0
        while self._characters[offset : offset + 1] not in {closing, ""}:
            if closing == "}":
                end = self._pair(offset, path)
            else:
                end = self._value(offset, (*path, number))
                span = Span(offset, end)
                self._found[(*path, number)] = TomlPlace(span, span)
            number += 1
            offset = max(self._skip(end), offset + 1)
            if self._characters[offset : offset + 1] == ",":
                offset = self._skip(offset + 1)
        return offset + 1


_AT = re.compile(
    r"(?P<message>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end)"
)
# The library takes a time that grows with the square of the names in a key.
_LONG_KEY = re.compile(
    rf"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){{{DEEPEST_NESTING}}}"
)


def read_toml(text: Text) -> notation.Located:
    """The table that `text` spells.

    Raises:
        PatientError: It is no TOML; the diagnostic is GDL702, or GDL719 beyond a limit.
    """
    nested = _LONG_KEY.search(text.characters)
    if nested is not None:
        raise too_deep(text, nested.start())
    try:
        data = tomllib.loads(text.characters, parse_float=Decimal)
        depth = _depth(data)
    except RecursionError as error:
        raise too_deep(text, 0) from error
    except ValueError as error:
        raise _refused(text, str(error)) from error
    if depth > DEEPEST_NESTING:
        raise too_deep(text, 0)
    found = toml_places(text.characters)
    return _located(data, (), found, Span(0, len(text.characters)))


def _depth(data: Any) -> int:
    match data:
        case dict():
            return 1 + max(map(_depth, data.values()), default=0)
        case list():
            return 1 + max(map(_depth, data), default=0)
        case _:
            return 0


def _refused(text: Text, told: str) -> PatientError:
    match = _AT.match(told)
    offset = len(text.characters)
    message = told
    if match is not None:
        message = match["message"]
        if match["line"] is not None:
            # tomllib counts `\n` only, so that other line ends do not shift the place.
            before = text.characters.split("\n")[: int(match["line"]) - 1]
            place = sum(len(line) + 1 for line in before) + int(match["column"]) - 1
            offset = min(place, offset)
    message = message[:1].lower() + message[1:]
    diagnostic = Diagnostic(
        code="GDL702",
        message=f"this is not valid TOML: {message}",
        labels=(Label(text=text, span=Span(offset, offset)),),
    )
    return PatientError(f"{text.name} cannot be read", (diagnostic,))


def _located(
    data: Any, path: KeyPath, found: Mapping[KeyPath, TomlPlace], around: Span
) -> notation.Located:
    """`data` with its places; what has no place of its own has the one around it."""
    place = found.get(path)
    span = around if place is None else place.value
    match data:
        case dict():
            entries = []
            for key, value in data.items():
                inner = found.get((*path, key))
                key_span = span if inner is None else inner.key
                located = _located(value, (*path, key), found, span)
                entries.append(notation.LocatedEntry(key, key_span, located))
            return notation.LocatedTable(tuple(entries), span)
        case list():
            items = (
                _located(item, (*path, number), found, span)
                for number, item in enumerate(data)
            )
            return notation.LocatedItems(tuple(items), span)
        case dt.date() | dt.time():
            return notation.LocatedScalar(data.isoformat(), span)
        case _:
            return notation.LocatedScalar(data, span)
