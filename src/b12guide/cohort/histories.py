"""Patients and their histories, from the rows of two tables, as their files would be read.

An empty cell of an event says nothing; an empty cell of a patient says that a fact is not known.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, field, frozen

from b12guide.audit.plain_history import KnownRow, KnownRows, day_alone, known_row
from b12guide.audit.row_event import FIELDS, is_field, is_left_out
from b12guide.audit.rows import TableCell, TableRow
from b12guide.cohort.columns import Column
from b12guide.cohort.frames import RowProblem, Table, unusable
from b12guide.cohort.processes import stream_of
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import Otherwise, Patient
from b12guide.text import Span, Text
from b12guide.values.term import Kind

ROW = "\0row"
POSITION = "\0position"
"""Columns that no table has: the number of a row, and of the patient whose it is."""


@frozen(eq=False)
class Chunk:
    """Some patients, and all their events."""

    patients: Table
    events: Table

    def to_streams(self) -> tuple[Any, Any]:
        """Both tables without what lies around them in memory."""
        return (stream_of(self.patients), stream_of(self.events))

    @classmethod
    def from_streams(cls, written: tuple[Any, Any]) -> Chunk:
        """The chunk that `to_streams` wrote."""
        patients, events = (pa.ipc.open_stream(one).read_all() for one in written)
        return cls(patients, events)


@frozen(eq=False, kw_only=True)
class Histories:
    """Patients that can be audited, with their events beside them.

    Attributes:
        problems: Rows that belong to nobody, or to somebody who is there twice.
    """

    patients: Table
    events: Table
    problems: tuple[RowProblem, ...]
    _positions: npt.NDArray[np.int64]

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All patients, `size` at a time."""
        for start in range(0, self.patients.num_rows, size):
            patients = self.patients.slice(start, size)
            first, after = np.searchsorted(
                self._positions, (start, start + patients.num_rows)
            )
            events = self.events.slice(int(first), int(after - first))
            yield Chunk(patients, events)


def histories_of(
    patients: Table, events: Table, patient: str, ignore: Sequence[str] = ()
) -> Histories:
    """The events of each patient.

    Args:
        patients: One row for each patient, with columns named as facts are.
        events: One row for each event, with columns named as the fields of a history file.
        patient: The column of both tables that says whose row it is.
        ignore: Columns of `events` to be left out; a pattern leaves out only what no event has.

    Raises:
        PatientError: A column is missing, unknown or of the wrong kind.
    """
    mistakes = [
        *_id_mistakes(patients, "patients", patient),
        *_id_mistakes(events, "events", patient),
    ]
    if mistakes:
        raise unusable(mistakes)
    events = events.select(
        [c for c in events.column_names if c == patient or not is_left_out(c, ignore)]
    )
    mistakes = [*_mistakes_together(patients, events, patient)]
    if mistakes:
        raise unusable(mistakes)
    ids, problems = _ids(patients, patient)
    kept = patients.append_column(ROW, pa.array(_numbers(patients))).filter(ids)
    whose, strays = _owners(events, kept, patients, patient)
    owned = np.flatnonzero(whose >= 0)
    order = owned[np.argsort(whose[owned], kind="stable")]
    numbered = events.append_column(ROW, pa.array(_numbers(events)))
    placed = numbered.append_column(POSITION, pa.array(whose))
    return Histories(
        patients=kept.append_column(POSITION, pa.array(np.arange(kept.num_rows))),
        events=placed.take(pa.array(order)),
        problems=(*problems, *strays),
        positions=whose[order],
    )


def _numbers(table: Table) -> npt.NDArray[np.int64]:
    return np.arange(1, table.num_rows + 1)


# ------------------------------------------------------------------------------ ids


def _plain(ids: Table) -> Table:
    """Ids without an encoding that hides their kind."""
    kind = ids.type
    if pa.types.is_dictionary(kind):
        ids, kind = ids.cast(kind.value_type), kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        ids = ids.cast(pa.string())
    return ids


def _ids(patients: Table, patient: str) -> tuple[Table, list[RowProblem]]:
    """Which patients have an id of their own, and what is wrong with the others."""
    ids = _plain(patients.column(patient)).combine_chunks()
    is_bad = pc.is_null(ids, nan_is_null=True)
    if not pa.types.is_null(ids.type):
        counts = pc.value_counts(ids)
        twice = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
        is_bad = pc.or_(is_bad, pc.is_in(ids, value_set=twice))
    problems = []
    for index in np.flatnonzero(np.asarray(is_bad)).tolist():
        one = ids[index].as_py()
        if one is None:
            message, remedy = "the row has no id", "give every row the id of a patient"
        else:
            message = f"`{one}` has several rows"
            remedy = "keep one row for each patient; what changes with time is an event"
        problems.append(_problem("GDL752", one, "patients", index + 1, message, remedy))
    return pc.invert(is_bad), problems


def _owners(
    events: Table, kept: Table, patients: Table, patient: str
) -> tuple[npt.NDArray[np.int64], list[RowProblem]]:
    """For each event the position of its patient, -1 for none; and events of nobody known."""
    wanted, found = (_plain(t.column(patient)).combine_chunks() for t in (kept, events))
    whose = np.full(len(found), -1, dtype=np.int64)
    if len(wanted) and not pa.types.is_null(found.type):
        if found.type != wanted.type:
            common = pa.float64() if pa.types.is_floating(found.type) else wanted.type
            found, wanted = found.cast(common), wanted.cast(common)
        places = pc.index_in(found, value_set=wanted, skip_nulls=True)
        whose = np.asarray(places.fill_null(-1), dtype=np.int64)
    stray = np.flatnonzero(whose < 0).tolist()
    known = set(patients.column(patient).to_pylist()) if stray else set()
    problems = []
    for index in stray:
        one = events.column(patient)[index].as_py()
        if one is None:
            message, remedy = "the event has no patient", "say whose event it is"
        elif one in known:
            continue  # the patient is there twice, which is reported already
        else:
            message = "this patient is not in the table of patients"
            remedy = "add the patient, even without a single fact"
        problems.append(_problem("GDL751", one, "events", index + 1, message, remedy))
    return whose, problems


def _problem(  # noqa: PLR0913, PLR0917 -- the parts of a row's problem
    code: str, patient: Any, table: str, row: int, message: str, remedy: str
) -> RowProblem:
    diagnostic = Diagnostic(code=code, message=message, help=(Help(message=remedy),))
    return RowProblem(patient=patient, table=table, row=row, diagnostic=diagnostic)


# -------------------------------------------------------------------------- columns


def _id_mistakes(table: Table, name: str, patient: str) -> Iterator[tuple[str, str]]:
    """A table without the column of ids, or with columns of one name."""
    columns = table.column_names
    for column in dict.fromkeys(c for c in columns if columns.count(c) > 1):
        yield f"`{name}` has several columns `{column}`", "give each a name of its own"
    if patient not in columns:
        near = get_close_matches(patient, columns, n=1)
        near += [c for c in columns if c.lower() in {"id", "patient", "patient_id"}]
        remedy = (
            f"did you mean `{near[0]}`?" if near else "say which column holds the ids"
        )
        yield f"`{name}` has no column `{patient}` of ids", remedy


def _mistakes_together(
    patients: Table, events: Table, patient: str
) -> Iterator[tuple[str, str]]:
    """Ids that cannot be compared, and columns that no event has."""
    kinds = [_plain(t.column(patient)).type for t in (patients, events)]
    is_open = kinds[0] == kinds[1] or any(map(pa.types.is_null, kinds))
    if not is_open and not all(map(_is_number, kinds)):
        yield (
            f"the ids are {kinds[0]} in `patients` and {kinds[1]} in `events`",
            "write them the same way, so that both tables refer to the same people",
        )
    for column in events.column_names:
        if column != patient and not is_field(column):
            near = get_close_matches(column.lower(), FIELDS, n=1)
            remedy = f"did you mean `{near[0]}`?" if near else _LEAVE_OUT
            yield f"`events` has a column `{column}`, which no event has", remedy
    if "on" not in events.column_names and events.num_rows:
        yield "`events` has no column `on`", "name the column of the days `on`"


def _is_number(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


_LEAVE_OUT = 'leave columns out by name or pattern: `ignore=["*"]`, `--ignore "*"`'

_NOWHERE = Span(0, 0)
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


@frozen
class TablePatient:
    """A patient of a table.

    Attributes:
        row: Counted from 1.
        position: Among the patients that can be audited, from 0.
    """

    id: Any
    row: int
    position: int
    patient: Patient


def patients_of(
    table: Table, patient: str, columns: Sequence[Column], otherwise: Otherwise
) -> Iterator[TablePatient]:
    """The patients of a chunk."""
    for record in table.to_pylist():
        one, row, position = (record[name] for name in (patient, ROW, POSITION))
        facts = {c.subject.name: value_in(record[c.name], c) for c in columns}
        known = Patient(facts=facts, otherwise=otherwise, name=f"patient {one}")
        yield TablePatient(one, row, position, known)


@define(eq=False)
class _EventCells:
    """The events of a chunk by what they say beside their moment: few rows say anything new.

    Attributes:
        table: The events, those of each patient together.
        which: For each event, which of the different rows it is.
        different: Those rows, each with the day of one of its events.
        days: The day of each event, or what else stands there, as Python has it.
        timed: The events that have a time; nothing is read at once of their patients.
        known: What the different rows say, as far as that was asked; None: it takes a closer look.
    """

    table: Table
    which: list[int]
    different: list[dict[str, Any]]
    days: list[Any]
    timed: frozenset[int]
    known: dict[int, KnownRow | None] = field(factory=dict)

    @classmethod
    def of(cls, events: Table) -> _EventCells:
        """The cells of a table without its ids, numbers and positions."""
        columns = {name: _plain(events.column(name)) for name in events.column_names}
        codes = np.zeros(events.num_rows, dtype=np.int64)
        for name, column in columns.items():
            if name not in _MOMENT:
                found = column.combine_chunks().dictionary_encode()
                own = np.asarray(found.indices.fill_null(-1), dtype=np.int64) + 1
                _, codes = np.unique(
                    codes * (len(found.dictionary) + 1) + own, return_inverse=True
                )
        _, examples, which = np.unique(codes, return_index=True, return_inverse=True)
        timed: frozenset[int] = frozenset()
        if "time" in columns:
            has_time = np.asarray(columns["time"].is_valid())
            timed = frozenset(np.flatnonzero(has_time).tolist())
        return cls(
            table=events,
            which=which.tolist(),
            different=_records(events.take(pa.array(examples))),
            days=columns["on"].to_pylist() if "on" in columns else [],
            timed=timed,
        )

    def row(self, number: int, graph: RuleGraph, known: KnownRows) -> KnownRow | None:
        """What one of the different rows says."""
        if number not in self.known:
            record = self.different[number]
            self.known[number] = known_row(
                {n: cell for n, cell in record.items() if n != "time"}, graph, known
            )
        return self.known[number]


_MOMENT = frozenset({"on", "time"})


@define(eq=False)
class TableEvents:
    """The events of a patient of a table.

    Attributes:
        numbers: Of their rows, counted from 1.
        first: Where the events stand among those of the chunk.
    """

    numbers: list[int] = field(factory=list)
    first: int = 0
    _cells: _EventCells | None = None
    _events: Table = None

    @property
    def _own(self) -> range:
        return range(self.first, self.first + len(self.numbers))

    def rows(self) -> Iterator[TableRow]:
        """The same as they would be read from a file, without empty cells."""
        if not self.numbers:
            return
        records = _records(self._events.slice(self.first, len(self.numbers)))
        for number, record in zip(self.numbers, records, strict=True):
            place = Label(text=Text(str(number), ""), span=_NOWHERE)
            cells = {n: TableCell(_written(v), place) for n, v in record.items()}
            yield TableRow(number, cells, place)

    def at_once(
        self, graph: RuleGraph, known: KnownRows
    ) -> Sequence[tuple[dt.date, KnownRow, int]] | None:
        """The day and the row of each event, where all are plain; else None.

        Args:
            graph: The guideline whose words they use.
            known: The rows that it was told so far; more are added.
        """
        cells, own = self._cells, self._own
        if not self.numbers:
            return ()
        if cells is None or not cells.days or not cells.timed.isdisjoint(own):
            return None
        found = []
        for place, number in zip(own, self.numbers, strict=True):
            cell = cells.days[place]
            day = cell if type(cell) is dt.date else _written(cell)
            day = day_alone(day)
            row = cells.row(cells.which[place], graph, known)
            if day is None or row is None:
                return None
            found.append((day, row, number))
        return found


def events_of(table: Table, patient: str) -> Mapping[int, TableEvents]:
    """The events of a chunk by the position of their patient, which they are in order of."""
    if not table.num_rows:
        return {}
    positions, numbers = (np.asarray(table.column(name)) for name in (POSITION, ROW))
    events = table.drop_columns([patient, POSITION, ROW])
    is_nested = any(map(pa.types.is_nested, events.schema.types))
    cells = None if is_nested else _EventCells.of(events)
    starts = [0, *(np.flatnonzero(np.diff(positions)) + 1).tolist()]
    ends = [*starts[1:], table.num_rows]
    return {
        int(positions[start]): TableEvents(
            numbers=numbers[start:end].tolist(), first=start, cells=cells, events=events
        )
        for start, end in zip(starts, ends, strict=True)
    }


def _records(events: Table) -> list[dict[str, Any]]:
    """What rows say, without empty cells."""
    found = []
    for record in events.to_pylist():
        said: dict[str, Any] = {}
        for name, value in record.items():
            written = _written(value)
            if written is not None:  # numbers stay as they are until they are read
                said[name] = value if type(value) is float else written
        found.append(said)
    return found


def value_in(cell: Any, column: Column) -> Any:
    """What a cell says, a number without a unit in the unit of its column."""
    value = _written(cell)
    subject = column.subject
    if isinstance(subject, Fact) and subject.kind is Kind.MEASURE:
        if isinstance(value, str):
            value = column.spelling.number(value) or Misspelt(value)
    elif (
        column.spelling.has_truths and getattr(subject, "kind", None) is not Kind.CHOICE
    ):
        truth = column.spelling.truth(value)
        value = value if truth is None else truth
    match value:
        case False if column.is_one_kind:
            return None
        case bool() | None:
            return value
        case int() | Decimal() if column.unit is not None:
            return f"{value:f} {column.unit}"
        case str() if column.unit is not None and _NUMBER.fullmatch(value):
            return f"{value} {column.unit}"
        case _:
            return value


@frozen
class Misspelt:
    """A number with another decimal sign than was declared; it is no number to anybody."""

    text: str

    def __str__(self) -> str:
        return f"{self.text} (with a point, where a comma was declared)"


def _written(value: Any) -> Any:
    """A value as it would stand in a file; None for an empty cell."""
    match value:
        case bool() | int() | None:
            return value
        case float():
            if math.isnan(value) or math.isinf(value):
                return None if math.isnan(value) else value
            # The shortest decimal that means it; a gap in a column makes its integers floats.
            return int(value) if value.is_integer() else Decimal(repr(value))
        case str():
            return value.strip() or None
        case dt.datetime():
            moment = value.replace(tzinfo=None, microsecond=0)
            is_day = moment.time() == dt.time()
            return moment.date().isoformat() if is_day else moment.isoformat()
        case dt.date():
            return value.isoformat()
        case dt.time():
            return value.isoformat(timespec="seconds")
        case dict():
            return {key: _written(inner) for key, inner in value.items()}
        case list():
            return [_written(inner) for inner in value]
        case _:
            return value
