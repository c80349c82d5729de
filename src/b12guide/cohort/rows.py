"""Makes patients and events of the rows of Arrow tables, as their files would be read.

An empty cell of an event says nothing; an empty cell of a patient says that a fact is not known.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import frozen

from b12guide.audit.row import Cell, Row
from b12guide.cohort.columns import Column
from b12guide.cohort.histories import POSITION, ROW
from b12guide.cohort.tables import Table
from b12guide.diagnostics import Label
from b12guide.graph.model import Definition, Fact
from b12guide.patient.model import Otherwise, Patient
from b12guide.text import Span, Text
from b12guide.values.term import Kind

__all__ = ["Misspelt", "Recorded", "events_of", "patients_of", "value_in"]

_NOWHERE = Span(0, 0)
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


@frozen
class Recorded:
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
) -> Iterator[Recorded]:
    """The patients of a chunk."""
    for record in table.to_pylist():
        one, row, position = (record[name] for name in (patient, ROW, POSITION))
        facts = {c.subject.name: value_in(record[c.name], c) for c in columns}
        known = Patient(facts=facts, otherwise=otherwise, name=f"patient {one}")
        yield Recorded(one, row, position, known)


def events_of(table: Table, patient: str) -> Mapping[int, list[Row]]:
    """The rows of events of a chunk by the position of their patient."""
    found: dict[int, list[Row]] = {}
    for record in table.to_pylist():
        del record[patient]
        number, position = record.pop(ROW), record.pop(POSITION)
        place = Label(text=Text(str(number), ""), span=_NOWHERE)
        said = {name: _written(value) for name, value in record.items()}
        cells = {n: Cell(v, place) for n, v in said.items() if v is not None}
        found.setdefault(position, []).append(Row(number, cells, place))
    return found


def value_in(cell: Any, column: Column) -> Any:
    """What a cell says, a number without a unit in the unit of its column."""
    value = _written(cell)
    subject = column.subject
    if isinstance(subject, Fact) and subject.kind is Kind.MEASURE:
        if isinstance(value, str):
            value = column.spelling.number(value) or Misspelt(value)
    elif column.spelling.has_truths and not _is_choice(subject):
        truth = column.spelling.truth(value)
        value = value if truth is None else truth
    match value:
        case bool() | None:
            return value
        case int() | Decimal() if column.unit is not None:
            return f"{value:f} {column.unit}"
        case str() if column.unit is not None and _NUMBER.fullmatch(value):
            return f"{value} {column.unit}"
        case _:
            return value


def _is_choice(subject: Fact | Definition) -> bool:
    return isinstance(subject, Fact) and subject.kind is Kind.CHOICE


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
            return _number(value)
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


def _number(value: float) -> Any:
    """The shortest decimal that means a float; integers that a gap in the column made floats."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return value
    return int(value) if value.is_integer() else Decimal(repr(value))
