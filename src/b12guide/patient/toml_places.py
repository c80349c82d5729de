"""Finds where the keys and values of a TOML text stand.

The text is known to be valid, because the standard library has read it; that reader does not say
where things stand. So this one need not check anything, only find its way through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen

from b12guide.text import Span

__all__ = ["Found", "Path", "toml_places"]

Path: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a value."""


@frozen
class Found:
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


def toml_places(characters: str) -> Mapping[Path, Found]:
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
        self._found: dict[Path, Found] = {}
        self._lengths: dict[Path, int] = {}

    def places(self) -> Mapping[Path, Found]:
        prefix: Path = ()
        offset = self._skip(0)
        while offset < len(self._characters):
            if self._characters[offset] == "[":
                prefix, after = self._header(offset)
            else:
                after = self._pair(offset, prefix)
            # Even on a text that is not valid, the walk goes on.
            offset = max(self._skip(after), offset + 1)
        return self._found

    def _skip(self, offset: int) -> int:
        match = _BLANK.match(self._characters, offset)
        return offset if match is None else match.end()

    def _header(self, start: int) -> tuple[Path, int]:
        """The path that a `[header]` or `[[header]]` opens."""
        brackets = 2 if self._characters.startswith("[[", start) else 1
        key = self._key(self._skip(start + brackets))
        path = self._current(key.names)
        if brackets == 2:
            number = self._lengths.get(path, 0)
            self._lengths[path] = number + 1
            self._found.setdefault(path, Found(key.span, key.span))
            path = (*path, number)
        self._found.setdefault(path, Found(key.span, key.span))
        return path, self._skip(key.span.end) + brackets

    def _current(self, names: tuple[str, ...]) -> Path:
        """The path of `names`, through the latest item of every list of tables on the way."""
        path: Path = ()
        for name in names:
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
            path = (*path, name)
        return path

    def _pair(self, start: int, prefix: Path) -> int:
        key = self._key(start)
        equals = self._skip(key.span.end)
        path = (*prefix, *key.names)
        end = self._value(self._skip(equals + 1), path)
        value = Span(self._skip(equals + 1), end)
        for length in range(len(prefix) + 1, len(path)):
            self._found.setdefault(path[:length], Found(key.span, value))
        self._found[path] = Found(key.span, value)
        return end

    def _key(self, start: int) -> _Key:
        match = _KEY.match(self._characters, start)
        if match is None:
            return _Key((), Span(start, start))
        names = (name[0].strip("\"'") for name in _NAME.finditer(match[0]))
        return _Key(tuple(names), Span(start, match.end()))

    def _value(self, start: int, path: Path) -> int:
        """Where the value ends that starts at `start`."""
        first = self._characters[start : start + 1]
        if first == "{":
            return self._inside(start, path, "}")
        if first == "[":
            return self._inside(start, path, "]")
        match = _STRING.match(self._characters, start)
        match = match or _SCALAR.match(self._characters, start)
        return start if match is None else match.end()

    def _inside(self, start: int, path: Path, closing: str) -> int:
        offset = self._skip(start + 1)
        number = 0
        while self._characters[offset : offset + 1] not in {closing, ""}:
            if closing == "}":
                end = self._pair(offset, path)
            else:
                end = self._value(offset, (*path, number))
                span = Span(offset, end)
                self._found[(*path, number)] = Found(span, span)
            number += 1
            offset = max(self._skip(end), offset + 1)
            if self._characters[offset : offset + 1] == ",":
                offset = self._skip(offset + 1)
        return offset + 1
