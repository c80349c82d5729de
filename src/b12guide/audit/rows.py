"""The rows of a history, before anything is made of them: names with values and their places."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import evolve, field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label, curtailed, pointer_to
from b12guide.errors import PatientError
from b12guide.patient import notation
from b12guide.patient.from_json import read_json
from b12guide.text import Span, Text
from b12guide.values.quantity import MOST_DIGITS


@frozen
class TableCell:
    """A value with its place."""

    value: Any
    place: Label = field(eq=False, repr=False)


@frozen
class TableRow:
    """One event as it was written; rows are counted from 1, without the heading of a table."""

    number: int
    cells: Mapping[str, TableCell]
    place: Label = field(eq=False, repr=False)


def refused(name: str, diagnostics: Sequence[Diagnostic]) -> PatientError:
    """The error that tells what is wrong with a history, the same of many rows once."""
    return PatientError(f"{name} cannot be used", curtailed(grouped(diagnostics)))


def mistake(code: str, message: str, place: Label, *remedies: str) -> Diagnostic:
    """What is wrong at one place, and what may be done about it."""
    helps = tuple(Help(message=remedy) for remedy in remedies)
    return Diagnostic(code=code, message=message, labels=(place,), help=helps)


_ROW = re.compile(r"row (?P<number>[0-9]+)(?=[ ,])")
_MOST_ROWS = 3


def grouped(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics, with one for all rows of which the same is said.

    A registry that writes `vitamin B12` for the drug does so in every row.
    """
    alike: dict[tuple[object, ...], list[Diagnostic]] = {}
    for one in diagnostics:
        said = _ROW.sub("", one.message, count=1)
        helps = tuple(remedy.message for remedy in one.help)
        alike.setdefault((one.code, said, one.severity, helps), []).append(one)
    for first, *others in alike.values():
        if not others:
            yield first
            continue
        every = [_ROW.search(one.message) for one in (first, *others)]
        numbers = [match["number"] for match in every if match is not None]
        if len(numbers) <= len(others):
            yield from (first, *others)
            continue
        told = ", ".join(numbers[:_MOST_ROWS])
        more = len(numbers) - _MOST_ROWS
        rows = f"rows {told}" + (f" and {more:,} more" if more > 0 else "")
        yield evolve(first, message=_ROW.sub(rows, first.message, count=1))


# ------------------------------------------------------------------------ mappings

_NOWHERE = Label(text=Text("", ""), span=Span(0, 0))
_TOO_LONG = 10**MOST_DIGITS


def row_of_record(number: int, record: Any) -> TableRow | None:
    """The row of a mapping as it would be read from its text, where it is plain.

    None where there is anything that only its text tells how to read, or why not: a value of
    another class, a list, a number of too many digits, half a character.
    """
    if type(record) is not dict:
        return None
    cells = {}
    for name, value in record.items():
        kind = type(value)
        written: Any = value
        if kind is str:
            if not value.isascii() and not _is_text(value):
                return None
        elif kind is float:
            if math.isnan(value):
                written = None
            elif math.isinf(value):
                return None
            else:
                written = int(value) if value.is_integer() else Decimal(repr(value))
        elif kind is int:
            if not -_TOO_LONG < value < _TOO_LONG:
                return None
        elif kind is dt.date:
            written = value.isoformat()
        elif value is not None and kind is not bool:
            return None
        if type(name) is not str or not (name.isascii() or _is_text(name)):
            return None
        cells[name] = TableCell(written, _NOWHERE)
    return TableRow(number, cells, _NOWHERE)


def _is_text(characters: str) -> bool:
    """Whether a file could hold these characters: none is the half of one."""
    try:
        characters.encode()
    except UnicodeEncodeError:
        return False
    return True


# ---------------------------------------------------------------------------- JSON


def rows_from_json(text: Text) -> tuple[TableRow, ...]:
    """The rows of a JSON list of objects, or of an object with such a list under `events`.

    Raises:
        PatientError: It is something else.
    """
    written = read_json(text)
    repeated = tuple(notation.repeated_keys(written, text))
    if repeated:
        raise refused(text.name, repeated)
    events: notation.Located = written
    above = ""
    if isinstance(written, notation.LocatedTable):
        entry = written.get("events")
        if entry is not None:
            events = entry.value
            above = pointer_to("events")
    if not isinstance(events, notation.LocatedItems):
        span = Span(events.span.start, min(events.span.start + 1, events.span.end))
        no_list = mistake(
            "GDL720",
            "a history is a list of events",
            Label(text=text, span=span, pointer=""),
            'write `[{"on": "2025-01-06", "dose": "..."}, ...]`',
            "a list under the key `events` is taken as well",
        )
        raise refused(text.name, (no_list,))
    rows = []
    mistakes = []
    for number, item in enumerate(events.items, start=1):
        pointer = above + pointer_to(number - 1)
        place = Label(text=text, span=item.span, pointer=pointer)
        if not isinstance(item, notation.LocatedTable):
            what = f"row {number} is not an object of names with their values"
            remedy = 'write `{"on": "2025-01-06", "test": "..."}`'
            mistakes.append(mistake("GDL720", what, place, remedy))
            continue
        cells = {
            entry.key: TableCell(
                notation.plain(entry.value),
                Label(
                    text=text,
                    span=entry.value.span,
                    pointer=pointer + pointer_to(entry.key),
                ),
            )
            for entry in item.entries
        }
        rows.append(TableRow(number, cells, place))
    if mistakes:
        raise refused(text.name, mistakes)
    return tuple(rows)


# ----------------------------------------------------------------------------- CSV


def rows_from_csv(text: Text) -> tuple[tuple[TableCell, ...], tuple[TableRow, ...]]:
    """The heading and the rows of a table, its values divided by commas or semicolons.

    An empty cell says nothing. Blank lines are passed over.

    Raises:
        PatientError: The table has no heading, or a row of another length.
    """
    lines = [line for line in _records(text) if any(cell.value for cell in line)]
    if not lines:
        place = Label(text=text, span=Span(0, 0))
        empty = mistake(
            "GDL720",
            "the table is empty, and lacks its heading",
            place,
            "begin with a line such as `on,dose,amount,route`",
        )
        raise refused(text.name, (empty,))
    heading, *body = lines
    mistakes = []
    names: list[str] = []
    for cell in heading:
        name = str(cell.value).strip()
        if not name or name in names:
            has = f"two columns `{name}`" if name else "a column without a name"
            what = f"the heading of the table has {has}"
            mistakes.append(mistake("GDL720", what, cell.place))
        names.append(name)
    rows = []
    for number, line in enumerate(body, start=1):
        pointer = pointer_to(number - 1)
        place = Label(
            text=text, span=line[0].place.span.to(line[-1].place.span), pointer=pointer
        )
        if len(line) != len(names):
            what = (
                f"row {number} has {len(line)} cells where the heading has {len(names)}"
            )
            remedy = "put a cell that contains the divider in double quotes"
            mistakes.append(mistake("GDL720", what, place, remedy))
            continue
        cells = {
            name: TableCell(
                str(cell.value).strip(),
                evolve(cell.place, pointer=pointer + pointer_to(name)),
            )
            for name, cell in zip(names, line, strict=True)
            if str(cell.value).strip()
        }
        rows.append(TableRow(number, cells, place))
    if mistakes:
        raise refused(text.name, mistakes)
    return tuple(heading), tuple(rows)


def _records(text: Text) -> list[list[TableCell]]:
    """The lines of a table as RFC 4180 has them, each cell with its place."""
    characters = text.characters
    first = characters.partition("\n")[0]
    divider = ";" if first.count(";") > first.count(",") else ","
    lines: list[list[TableCell]] = []
    line: list[TableCell] = []
    offset = 0
    while offset < len(characters) or line:
        value, end = _cell(text, offset, divider)
        line.append(TableCell(value, Label(text=text, span=Span(offset, end))))
        if characters[end : end + 1] == divider:
            offset = end + 1
            continue
        offset = end + (2 if characters.startswith("\r\n", end) else 1)
        lines.append(line)
        line = []
    return lines


def _cell(text: Text, start: int, divider: str) -> tuple[str, int]:
    characters = text.characters
    if characters[start : start + 1] != '"':
        end = start
        while end < len(characters) and characters[end] not in (divider, "\r", "\n"):
            end += 1
        return characters[start:end], end
    pieces = []
    end = start + 1
    while True:
        close = characters.find('"', end)
        if close < 0:
            unclosed = Diagnostic(
                code="GDL720",
                message="a cell that begins with a double quote does not end with one",
                labels=(Label(text=text, span=Span(start, start + 1)),),
            )
            raise refused(text.name, (unclosed,))
        pieces.append(characters[end:close])
        if characters[close + 1 : close + 2] != '"':
            break
        pieces.append('"')
        end = close + 2
    after = close + 1
    if characters[after : after + 1] not in ("", divider, "\r", "\n"):
        trailing = Diagnostic(
            code="GDL720",
            message="there is text after the closing quote of a cell",
            labels=(Label(text=text, span=Span(after, after + 1)),),
        )
        raise refused(text.name, (trailing,))
    return "".join(pieces), after
