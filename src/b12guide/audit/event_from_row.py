"""Makes an event of a row, or says everything that is wrong with the row."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from b12guide.audit.event import (
    Event,
    Given,
    Noted,
    Started,
    Stopped,
    Tested,
)
from b12guide.audit.field import (
    Moment,
    amount_of,
    direction_of,
    frequency_of,
    moment_of,
    needle_of,
    pressure_of,
    word_of,
)
from b12guide.audit.row import Cell, Row
from b12guide.diagnostics import Diagnostic, Help
from b12guide.graph.model import Fact, RuleGraph, Word
from b12guide.patient.reading import read_value
from b12guide.patient.shown import shown
from b12guide.values.term import Kind

__all__ = ["FIELDS", "read_row"]

_KINDS = ("dose", "start", "stop", "test", "event")
_REMARKS = frozenset({"note", "comment", "id", "reason", "by"})
_FIELDS: dict[str, frozenset[str]] = {
    "dose": frozenset(
        {"amount", "route", "site", "quadrant", "direction", "needle", "pressure"}
    ),
    "start": frozenset({"amount", "route", "frequency"}),
    "stop": frozenset(),
    "test": frozenset({"value"}),
    "event": frozenset({"value"}),
}
FIELDS = tuple(sorted({"on", "time", *_KINDS, *_REMARKS}.union(*_FIELDS.values())))


def read_row(row: Row, graph: RuleGraph) -> Iterator[Event | Diagnostic]:
    """The event of a row, or everything that is wrong with the row."""
    kinds = [kind for kind in _KINDS if kind in row.cells]
    if len(kinds) != 1:
        yield _not_one_kind(row, kinds)
        return
    kind = kinds[0]
    moment = _moment(row)
    subject = _subject(row, kind, graph)
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


def _subject(row: Row, kind: str, graph: RuleGraph) -> Word | Fact | Diagnostic:
    words = graph.vocabulary
    cell = row.cells[kind]
    match kind:
        case "test":
            return word_of(row.number, kind, cell, words.tests, "test")
        case "event":
            return word_of(row.number, kind, cell, words.facts, "event or other fact")
        case _:
            return word_of(row.number, kind, cell, words.drugs, "drug")


def _moment(row: Row) -> Moment | Diagnostic:
    cell = row.cells.get("on")
    if cell is None:
        near = [name for name in ("date", "day", "when", "at") if name in row.cells]
        helps = (Help(message='write `"on": "2025-03-05"`'),)
        if near:
            helps = (Help(message=f"write `on` instead of `{near[0]}`"),)
        return Diagnostic(
            code="GDL723",
            message=f"row {row.number} lacks its day `on`",
            labels=(row.place,),
            help=helps,
        )
    moment = moment_of(row.number, "on", cell)
    time = row.cells.get("time")
    if isinstance(moment, Diagnostic) or time is None:
        return moment
    together = Cell(f"{moment[0]}T{time.value}", time.place)
    return moment_of(row.number, "time", together)


def _not_one_kind(row: Row, kinds: list[str]) -> Diagnostic:
    """GDL721: an event is one of five things."""
    if kinds:
        said = " and ".join(f"`{kind}`" for kind in kinds)
        message = f"row {row.number} has {said}, and an event is one of them"
    else:
        message = f"row {row.number} does not say what happened"
    listed = ", ".join(f"`{kind}`" for kind in _KINDS)
    return Diagnostic(
        code="GDL721",
        message=message,
        labels=(row.place,),
        help=(Help(message=f"each row has one of {listed}"),),
    )


def _field_mistakes(row: Row, kind: str) -> Iterator[Diagnostic]:
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
            near = get_close_matches(name.lower(), sorted(allowed), n=1)
            helps = tuple(Help(message=f"did you mean `{n}`?") for n in near)
            helps = helps or (Help(message="remarks stand under `note`"),)
        yield Diagnostic(
            code="GDL722", message=message, labels=(cell.place,), help=helps
        )


def _event(
    row: Row, kind: str, subject: Word | Fact, moment: Moment, graph: RuleGraph
) -> Event | tuple[Diagnostic, ...]:
    """The event of a row whose subject is known, or what is wrong with its fields."""
    found: dict[str, Any] = {}
    mistakes = []
    for name, cell in row.cells.items():
        if name not in _FIELDS[kind] or cell.value is None:
            continue
        value = _field(row, name, cell, subject, graph)
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


def _lacks_value(row: Row, name: str) -> Diagnostic:
    return Diagnostic(
        code="GDL722",
        message=f"row {row.number}: `{name}` has no `value`",
        labels=(row.place,),
        help=(Help(message="only findings and events do without"),),
    )


def _field(
    row: Row, name: str, cell: Cell, subject: Word | Fact, graph: RuleGraph
) -> Any:
    """The value of one field; a diagnostic, or several, where it has none."""
    number = row.number
    match name:
        case "amount" if isinstance(subject, Word):
            return amount_of(number, name, cell, subject)
        case "route":
            word = word_of(number, name, cell, graph.vocabulary.routes, "route")
            return word if isinstance(word, Diagnostic) else word.name
        case "site":
            word = word_of(number, name, cell, graph.vocabulary.sites, "site")
            return word if isinstance(word, Diagnostic) else word.name
        case "quadrant" | "direction":
            return direction_of(number, name, cell)
        case "needle":
            return needle_of(number, name, cell)
        case "pressure":
            return pressure_of(number, name, cell)
        case "frequency":
            return frequency_of(number, name, cell)
        case _:
            return _value(row, cell, subject, graph)


_WORDS = {"true": True, "false": False}


def _value(row: Row, cell: Cell, subject: Word | Fact, graph: RuleGraph) -> Any:
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
    return reading.value


def _in_row(diagnostic: Diagnostic, row: Row) -> Diagnostic:
    return Diagnostic(
        code=diagnostic.code,
        message=f"row {row.number}, `value`: {diagnostic.message}",
        labels=diagnostic.labels,
        notes=diagnostic.notes,
        help=diagnostic.help,
    )
