"""Reads TOML and finds the place of every key.

The standard library reads TOML without places, so the keys are looked for in the text afterwards.
Where a key cannot be found, its place is that of the table around it.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from b12guide.diagnostics import Diagnostic, Label
from b12guide.errors import PatientError
from b12guide.patient.from_json import DEEPEST_NESTING, too_deep
from b12guide.patient.toml_places import Found, Path, toml_places
from b12guide.patient.written import Entry, Items, Scalar, Table, Written
from b12guide.text import Span, Text

__all__ = ["read_toml"]

_AT = re.compile(
    r"(?P<message>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end)"
)
# The library takes a time that grows with the square of the names in a key.
_LONG_KEY = re.compile(
    rf"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){{{DEEPEST_NESTING}}}"
)


def read_toml(text: Text) -> Written:
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
            offset = _offset(text, int(match["line"]), int(match["column"]))
    message = message[:1].lower() + message[1:]
    diagnostic = Diagnostic(
        code="GDL702",
        message=f"this is not valid TOML: {message}",
        labels=(Label(text=text, span=Span(offset, offset)),),
    )
    return PatientError(f"{text.name} cannot be read", (diagnostic,))


def _offset(text: Text, line: int, column: int) -> int:
    # tomllib counts `\n` only, so that other line ends do not shift the place.
    before = text.characters.split("\n")[: line - 1]
    return min(sum(len(b) + 1 for b in before) + column - 1, len(text.characters))


def _located(
    data: Any, path: Path, found: Mapping[Path, Found], around: Span
) -> Written:
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
                entries.append(Entry(key, key_span, located))
            return Table(tuple(entries), span)
        case list():
            items = (
                _located(item, (*path, number), found, span)
                for number, item in enumerate(data)
            )
            return Items(tuple(items), span)
        case dt.date() | dt.time():
            return Scalar(data.isoformat(), span)
        case _:
            return Scalar(data, span)
