"""A dosing history read from rows: which event each row is, in order of time.

What cannot be read is an error with its place; what was recorded twice is named.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from attrs import evolve

from b12guide.audit import fields
from b12guide.audit.event import (
    Event,
    Given,
    History,
    Noted,
    Started,
    Stopped,
    Tested,
    moment_of,
    saying,
)
from b12guide.audit.rows import (
    TableCell,
    TableRow,
    mistake,
    refused,
    rows_from_csv,
    rows_from_json,
)
from b12guide.diagnostics import (
    Diagnostic,
    Help,
    Label,
    Severity,
    curtailed,
    has_errors,
    in_order,
)
from b12guide.errors import PatientError
from b12guide.graph.model import Fact, RuleGraph, Word
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_file import read_stream, read_text, unreadable
from b12guide.patient.model import Datum
from b12guide.patient.notation import shown
from b12guide.patient.reading import ReadValue, read_value
from b12guide.patient.stated import NEITHER_LATER, disagreeing
from b12guide.text import Span, Text
from b12guide.values.quantity import MOST_DIGITS
from b12guide.values.term import Kind

_KINDS = ("dose", "start", "stop", "test", "event")
_REMARKS = frozenset({"note", "comment", "id", "reason", "by"})
_FIELDS: dict[str, frozenset[str]] = {
    "dose": frozenset(
        {
            *("amount", "unit", "route", "site", "quadrant", "direction"),
            *("needle", "pressure"),
        }
    ),
    "start": frozenset({"amount", "unit", "route", "frequency"}),
    "stop": frozenset(),
    "test": frozenset({"value", "unit"}),
    "event": frozenset({"value", "unit"}),
}
FIELDS = tuple(sorted({"on", "time", *_KINDS, *_REMARKS}.union(*_FIELDS.values())))
_FIELD_NAMES = frozenset(FIELDS)
_MEASURED = frozenset({"amount", "value"})
_BRACKETED = re.compile(r"(?P<name>amount|value)\s*[\[(](?P<unit>[^\[\]()]+)[\])]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.][0-9]+)?")


def is_field(name: str) -> bool:
    """Whether a row may have a field of this name, such as `amount` or `amount [mg]`."""
    return name in FIELDS or _BRACKETED.fullmatch(name) is not None


def read_row(row: TableRow, graph: RuleGraph) -> Iterator[Event | Diagnostic]:
    """The event of a row, or everything that is wrong with the row."""
    cells = _with_units(row)
    if isinstance(cells, Diagnostic):
        yield cells
        return
    row = TableRow(row.number, cells, row.place)
    kinds = [kind for kind in _KINDS if kind in row.cells]
    if len(kinds) != 1:
        listed = ", ".join(f"`{kind}`" for kind in _KINDS)
        said = " and ".join(f"`{kind}`" for kind in kinds)
        what = f"has {said}, and an event is one of them"
        message = f"row {row.number} {what if kinds else 'does not say what happened'}"
        yield mistake("GDL721", message, row.place, f"each row has one of {listed}")
        return
    kind = kinds[0]
    moment = _moment(row)
    words = graph.vocabulary
    subject: Word | Fact | Diagnostic
    if kind == "event":
        what = "event or other fact"
        subject = fields.word_of(row.number, kind, row.cells[kind], words.facts, what)
    else:
        named, what = (words.tests, kind) if kind == "test" else (words.drugs, "drug")
        subject = fields.word_of(row.number, kind, row.cells[kind], named, what)
    mistakes = [
        *_field_mistakes(row, kind),
        *(one for one in (moment, subject) if isinstance(one, Diagnostic)),
    ]
    if isinstance(moment, Diagnostic) or isinstance(subject, Diagnostic):
        yield from mistakes
        return
    event = _event(row, kind, subject, moment, graph)
    if isinstance(event, tuple):
        mistakes += event
        yield from mistakes
    else:
        yield from mistakes or (event,)


def _with_units(row: TableRow) -> Mapping[str, TableCell] | Diagnostic:
    """The cells of a row, each number with the unit that stands beside it or in its heading.

    Records hold an amount as a number and its unit in a field or a column of its own.
    """
    if "unit" not in row.cells and _FIELD_NAMES.issuperset(row.cells):
        return row.cells
    cells: dict[str, TableCell] = {}
    for name, cell in row.cells.items():
        bracketed = _BRACKETED.fullmatch(name)
        field = name if bracketed is None else bracketed["name"]
        if field in cells:
            return _two_units(row, cell, f"`{field}` is there twice")
        unit = None if bracketed is None else bracketed["unit"].strip()
        cells[field] = cell if unit is None else _in_unit(cell, unit)
    unit_cell = cells.get("unit")
    if unit_cell is None or unit_cell.value is None:
        return cells
    for field in _MEASURED & cells.keys():
        value = cells[field].value
        if not _is_number(value):
            is_said = isinstance(value, str) and value.strip().endswith(
                str(unit_cell.value).strip()
            )
            if value is not None and not is_said:
                what = f"`{field}` has a unit of its own beside `unit`"
                return _two_units(row, unit_cell, what)
        elif isinstance(unit_cell.value, str):
            cells[field] = _in_unit(cells[field], unit_cell.value)
    if not _MEASURED & cells.keys():
        return _two_units(row, unit_cell, "a `unit` stands beside no number")
    return cells


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value.strip()) is not None
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _in_unit(cell: TableCell, unit: str) -> TableCell:
    """A number with its unit; anything else as it is."""
    if not _is_number(cell.value):
        return cell
    number = cell.value.strip() if isinstance(cell.value, str) else f"{cell.value:f}"
    return TableCell(f"{number} {unit}", cell.place)


def _two_units(row: TableRow, cell: TableCell, what: str) -> Diagnostic:
    """GDL725: a unit that belongs to nothing, or not to this."""
    remedy = 'write `"amount": 1000, "unit": "µg"`'
    return mistake("GDL725", f"row {row.number}, {what}", cell.place, remedy)


def _moment(row: TableRow) -> fields.Moment | Diagnostic:
    cell = row.cells.get("on")
    if cell is None:
        near = [name for name in ("date", "day", "when", "at") if name in row.cells]
        remedy = 'write `"on": "2025-03-05"`'
        if near:
            remedy = f"write `on` instead of `{near[0]}`"
        message = f"row {row.number} lacks its day `on`"
        return mistake("GDL723", message, row.place, remedy)
    moment = fields.moment_of(row.number, "on", cell)
    time = row.cells.get("time")
    if isinstance(moment, Diagnostic) or time is None:
        return moment
    together = TableCell(f"{moment[0]}T{time.value}", time.place)
    return fields.moment_of(row.number, "time", together)


def _field_mistakes(row: TableRow, kind: str) -> Iterator[Diagnostic]:
    """GDL722: fields that no event has, or not this kind."""
    allowed = {"on", "time", kind, *_FIELDS[kind], *_REMARKS}
    for name, cell in row.cells.items():
        if name in allowed:
            continue
        if name in FIELDS:
            message = f"row {row.number}: a `{kind}` has no `{name}`"
            helps = tuple(
                Help(message=f"`{name}` belongs to a `{other}`")
                for other in _KINDS
                if name in _FIELDS[other]
            )
        else:
            message = f"row {row.number} has the unknown field `{shown(name)}`"
            helps = _meant(name, sorted(allowed))
        yield Diagnostic(
            code="GDL722", message=message, labels=(cell.place,), help=helps
        )


def _meant(name: str, known: Sequence[str]) -> tuple[Help, ...]:
    near = get_close_matches(name.lower(), known, n=1)
    helps = [f"did you mean `{near[0]}`?"] if near else []
    cut = shown(name)
    helps.append(f'leave it out (`ignore=["{cut}"]`, `--ignore {cut}`)')
    return tuple(Help(message=text) for text in helps)


def is_left_out(name: str, ignore: Sequence[str]) -> bool:
    """Whether a field is to be left out; a pattern leaves out only what no event has."""
    return name in ignore or (
        not is_field(name) and any(fnmatchcase(name, pattern) for pattern in ignore)
    )


def without(rows: Sequence[TableRow], ignore: Sequence[str]) -> Sequence[TableRow]:
    """The rows without the fields that are to be left out."""
    if not ignore:
        return rows
    return [
        evolve(
            row,
            cells={n: c for n, c in row.cells.items() if not is_left_out(n, ignore)},
        )
        for row in rows
    ]


def unknown_columns(
    heading: Sequence[TableCell], ignore: Sequence[str]
) -> Iterator[Diagnostic]:
    """GDL722: columns of a table that no event has, told once and not for every row."""
    for cell in heading:
        name = str(cell.value).strip()
        if name and not is_field(name) and not is_left_out(name, ignore):
            yield Diagnostic(
                code="GDL722",
                message=f"the column `{shown(name)}` is no field of an event",
                labels=(cell.place,),
                help=_meant(name, FIELDS),
            )


def _event(
    row: TableRow,
    kind: str,
    subject: Word | Fact,
    moment: fields.Moment,
    graph: RuleGraph,
) -> Event | tuple[Diagnostic, ...]:
    """The event of a row whose subject is known, or what is wrong with its fields."""
    found: dict[str, Any] = {}
    mistakes = []
    for name, cell in row.cells.items():
        if name not in _FIELDS[kind] or name == "unit" or cell.value is None:
            continue
        value = _field(row, name, cell, subject, graph)
        if isinstance(value, ReadValue):
            found["assumed"] = value.assumed
            value = value.value
        if isinstance(value, Diagnostic):
            mistakes.append(value)
        elif isinstance(value, tuple):
            mistakes += value
        else:
            found[name] = value
    if kind == "event" and "value" not in found and not mistakes:
        says_itself = isinstance(subject, Fact) and subject.kind in _SAY_THEMSELVES
        if "value" in row.cells or not says_itself:
            mistakes.append(_lacks_value(row, subject.name))
    if mistakes:
        return tuple(mistakes)
    on, time = moment
    happening: dict[str, Any] = {"on": on, "time": time, "row": row.number}
    match kind:
        case "dose":
            return Given(**happening, drug=subject.name, **found)
        case "start":
            return Started(**happening, drug=subject.name, **found)
        case "stop":
            return Stopped(**happening, drug=subject.name)
        case "test":
            return Tested(**happening, test=subject.name, **found)
        case _:
            return Noted(**happening, fact=subject.name, **found)


_SAY_THEMSELVES = frozenset({Kind.FINDING, Kind.EVENT})


def _lacks_value(row: TableRow, name: str) -> Diagnostic:
    return Diagnostic(
        code="GDL722",
        message=f"row {row.number}: `{name}` has no `value`",
        labels=(row.place,),
        help=(Help(message="only findings and events do without"),),
    )


def _field(
    row: TableRow, name: str, cell: TableCell, subject: Word | Fact, graph: RuleGraph
) -> Any:
    """The value of one field; a diagnostic, or several, where it has none."""
    number = row.number
    match name:
        case "amount" if isinstance(subject, Word):
            return fields.amount_of(number, name, cell, subject)
        case "route":
            word = fields.word_of(number, name, cell, graph.vocabulary.routes, "route")
            return word if isinstance(word, Diagnostic) else word.name
        case "site":
            word = fields.word_of(number, name, cell, graph.vocabulary.sites, "site")
            return word if isinstance(word, Diagnostic) else word.name
        case "quadrant" | "direction":
            return fields.direction_of(number, name, cell)
        case "needle":
            return fields.needle_of(number, name, cell)
        case "pressure":
            return fields.pressure_of(number, name, cell)
        case "frequency":
            return fields.frequency_of(number, name, cell)
        case _:
            return _value(row, cell, subject, graph)


_WORDS = {"true": True, "false": False}


def _value(
    row: TableRow, cell: TableCell, subject: Word | Fact, graph: RuleGraph
) -> Any:
    """The value of a fact, or of the measure that bears the name of a test."""
    fact = (
        subject
        if isinstance(subject, Fact)
        else graph.vocabulary.facts.get(subject.name)
    )
    if fact is None or (isinstance(subject, Word) and fact.kind is not Kind.MEASURE):
        return None
    raw = cell.value
    if fact.kind in {Kind.FINDING, Kind.EVENT} and isinstance(raw, str):
        raw = _WORDS.get(raw.lower(), raw)
    reading = read_value(fact, raw, cell.place)
    if reading.diagnostics:
        return tuple(_in_row(d, row) for d in reading.diagnostics)
    return reading


def _in_row(diagnostic: Diagnostic, row: TableRow) -> Diagnostic:
    return Diagnostic(
        code=diagnostic.code,
        message=f"row {row.number}, `value`: {diagnostic.message}",
        labels=diagnostic.labels,
        notes=diagnostic.notes,
        help=diagnostic.help,
    )


def read_history(
    source: str | os.PathLike[str],
    graph: RuleGraph,
    stdin: TextIO | None = None,
    *,
    ignore: Sequence[str] = (),
) -> History:
    """The history in a file, in the words of a guideline.

    Args:
        source: The path of a `.json` or `.csv` file, or `-` for JSON from `stdin`.
        graph: The guideline whose vocabulary names drugs, tests, routes and facts.
        stdin: What to read for `-`.
        ignore: Fields to be left out; a pattern such as `*` leaves out only what no event has.

    Raises:
        PatientError: The file cannot be used; the diagnostics name row and field.
    """
    if os.fspath(source) == "-":
        text = read_stream(stdin or sys.stdin)
        return history_from_text(text, ".json", graph, ignore=ignore)
    path = Path(source)
    if path.suffix.lower() not in {".json", ".csv"} and path.exists():
        raise unreadable(
            os.fspath(source),
            "the suffix of this file does not say in which format it is",
            "name it `.json` or `.csv`, or write `-` to read JSON from a pipe",
        )
    text = read_text(path)
    return history_from_text(text, path.suffix.lower(), graph, ignore=ignore)


def history_from_text(
    text: Text, suffix: str, graph: RuleGraph, *, ignore: Sequence[str] = ()
) -> History:
    """The history that `text` describes in the format of `suffix`: `.json` or `.csv`.

    Raises:
        PatientError: It cannot be used; the diagnostics name row and field.
    """
    if suffix == ".csv":
        heading, rows = rows_from_csv(text)
        mistakes = tuple(unknown_columns(heading, ignore))
        if mistakes:
            raise refused(text.name, mistakes)
    else:
        rows = rows_from_json(text)
    kept = tuple(without(rows, ignore))
    events, diagnostics = _read(kept, graph)
    errors = [d for d in diagnostics if d.severity is Severity.ERROR]
    if errors:
        raise refused(text.name, in_order(errors))
    return _history(events, text.name, curtailed(diagnostics), kept)


def _history(
    events: tuple[Event, ...],
    name: str,
    warnings: tuple[Diagnostic, ...],
    rows: Sequence[TableRow],
) -> History:
    return History(
        events=events,
        name=name,
        warnings=warnings,
        rows=tuple(
            [tuple([(n, c.value) for n, c in row.cells.items()]) for row in rows]
        ),
    )


def history_from(
    records: Iterable[Mapping[str, Any]],
    graph: RuleGraph,
    name: str = "history",
    *,
    ignore: Sequence[str] = (),
    limits: Limits = USUAL,
) -> History:
    """The history that mappings describe, one for each event, with the fields of a file.

    Raises:
        PatientError: It cannot be used; the diagnostics name row and field.

    >>> from b12guide.pipeline import load
    >>> graph = load("mecobalamin_im").graph
    >>> history_from([{"on": "2025-01-06", "dose": "mecobalamin"}], graph).events[0].drug
    'mecobalamin'
    """
    listed = tuple(islice(records, limits.bytes)) if _is_several(records) else records
    limits.admit(listed, name)
    rows = _rows_from(listed)
    if rows is not None:
        kept = tuple(without(rows, ignore))
        events, remarks = _read(kept, graph)
        if not remarks:
            return _history(events, name, (), kept)
    # Whatever is said of a record is said of a text, in which it has a place.
    written = json.dumps(_plain(listed), indent=1, ensure_ascii=False)
    text = Text(name, written, is_private=True, is_rendered=True)
    return history_from_text(text, ".json", graph, ignore=ignore)


_NOWHERE = Label(text=Text("", ""), span=Span(0, 0))


def _rows_from(records: Any) -> tuple[TableRow, ...] | None:
    """The rows of records as they would be read from their text, where each is plain.

    None where there is anything that only its text tells how to read, or why not: a value of
    another class, a list, a number of too many digits, half a character.
    """
    if not _is_several(records):
        return None
    rows = []
    for number, record in enumerate(records, start=1):
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
        rows.append(TableRow(number, cells, _NOWHERE))
    return tuple(rows)


_TOO_LONG = 10**MOST_DIGITS


def _is_text(characters: str) -> bool:
    """Whether a file could hold these characters: none is the half of one."""
    try:
        characters.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_several(records: Any) -> bool:
    """Whether these can be gone through as events; text and mappings are something else."""
    return isinstance(records, Iterable) and not isinstance(
        records, str | bytes | Mapping
    )


def _plain(value: Any) -> Any:
    """`value` as a file would have it: builtin values only."""
    if (
        hasattr(value, "dtype")
        and hasattr(value, "item")
        and not getattr(value, "shape", ())
    ):
        value = value.item()  # a scalar of an array library
    match value:
        case None | bool() | str():
            return value
        case int() if abs(value) < 10**MOST_DIGITS:
            return value
        case float() if math.isnan(value):
            return None
        case float() if math.isfinite(value):
            return int(value) if value.is_integer() else value
        case dt.datetime():
            return value.isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return shown(value)


def history_of(rows: Iterable[TableRow], graph: RuleGraph, name: str) -> History:
    """The history that rows make.

    Raises:
        PatientError: It cannot be used; there is a diagnostic for each mistake of each row.
    """
    events, diagnostics = _read(rows, graph)
    if has_errors(diagnostics):
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        message = f"{name} cannot be used"
        raise PatientError(message, in_order(errors))
    return History(events=events, name=name, warnings=diagnostics)


def _read(
    rows: Iterable[TableRow], graph: RuleGraph
) -> tuple[tuple[Event, ...], tuple[Diagnostic, ...]]:
    """The events of rows in the order of time, each once, and what is to be said of the rows."""
    found: dict[tuple[dt.date, int, dt.timedelta], list[Event]] = {}
    places: dict[int, Label] = {}
    diagnostics: list[Diagnostic] = []
    for row in rows:
        places[row.number] = row.place
        for read in read_row(row, graph):
            if isinstance(read, Diagnostic):
                diagnostics.append(read)
                continue
            # Few events share their moment, and only those have to be compared as a whole.
            alike = found.setdefault(moment_of(read), [])
            if alike:
                said = saying(read)
                first = next((one for one in alike if saying(one) == said), None)
                if first is not None:
                    diagnostics.append(_told_twice(row, first.row))
                    continue
            alike.append(read)
    events = tuple(
        event
        for _, alike in sorted(found.items())
        for event in (sorted(alike, key=saying) if alike[1:] else alike)
    )
    diagnostics += _disagreements(events, places)
    return events, in_order(diagnostics)


def _disagreements(
    events: Iterable[Event], places: Mapping[int, Label]
) -> Iterator[Diagnostic]:
    """GDL718: two rows that give a fact two values, of which neither is known to be the later."""
    found: dict[tuple[type, str], list[Datum]] = {}
    for event in events:
        match event:
            case Tested(test=name, value=value) if value is not None:
                pass
            case Noted(fact=name, value=value):
                pass
            case _:
                continue
        at = None
        if event.time is not None:
            at = dt.datetime.combine(event.on, event.time)
        datum = Datum(
            fact=name,
            key=name,
            index=event.row,
            stated=None,
            value=value,
            on=event.on,
            at=at,
            path="",
        )
        found.setdefault((type(event), name), []).append(datum)
    for (_, name), data in found.items():
        for one, other, told in disagreeing(data):
            rows = [d.index for d in (one, other) if d.index is not None]
            yield Diagnostic(
                code="GDL718",
                message=f"rows {rows[0]} and {rows[-1]}: `{name}` has two values {told}",
                labels=tuple(places[row] for row in rows if row in places),
                notes=(NEITHER_LATER,),
                help=(
                    Help(message="keep the one that counts, or give both their times"),
                ),
            )


def _told_twice(row: TableRow, first: int) -> Diagnostic:
    return Diagnostic(
        code="GDL727",
        message=f"row {row.number} says the same as row {first}, and counts once",
        severity=Severity.WARNING,
        labels=(row.place,),
        help=(Help(message="give both their times if two things happened"),),
    )
