"""The event that one row of a history tells, or everything that is wrong with the row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from attrs import evolve

from b12guide.audit import fields
from b12guide.audit.event import Event, Given, Noted, Started, Stopped, Tested
from b12guide.audit.rows import TableCell, TableRow, mistake
from b12guide.diagnostics import Diagnostic, Help
from b12guide.graph.derived import behind, words_of
from b12guide.graph.model import Fact, RuleGraph, Word
from b12guide.patient.notation import shown
from b12guide.patient.reading import ReadValue, read_value
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
    moment = moment_of_row(row)
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


def moment_of_row(row: TableRow) -> fields.Moment | Diagnostic:
    """The day of a row, with its time where it has one, or GDL723."""
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
    if kind == "event" and behind(graph, subject.name) is not None:
        return (_follows(row, subject.name, graph),)
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


def _follows(row: TableRow, name: str, graph: RuleGraph) -> Diagnostic:
    of, is_age = behind(graph, name), name in graph.ages
    remedy = (
        f"write `{of}` on the day since when it is so"
        if is_age
        else f"write the values of `{of}`, each on its day"
    )
    return Diagnostic(
        code="GDL722",
        message=f"row {row.number}: `{words_of(graph, name)}` follows from the "
        f"{'day' if is_age else 'values'} of `{of}`",
        labels=(row.place,),
        help=(Help(message=remedy),),
    )


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
