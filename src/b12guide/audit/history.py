"""A dosing history read from rows: which event each row is, in order of time.

What cannot be read is an error with its place; what was recorded twice is named.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from attrs import evolve

from b12guide.audit.event import Event, History, moment_of, saying
from b12guide.audit.plain_history import KnownRows, disagreements, plainly_read
from b12guide.audit.row_event import read_row, unknown_columns, without
from b12guide.audit.rows import (
    TableRow,
    refused,
    row_of_record,
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
from b12guide.graph.model import RuleGraph
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_file import read_stream, read_text, unreadable
from b12guide.patient.notation import shown
from b12guide.text import Text
from b12guide.values.quantity import MOST_DIGITS


class OnUnread(Enum):
    """What becomes of rows that cannot be read: an error, or they are left out and told."""

    ERROR = "error"
    SKIP = "skip"


def read_history(
    source: str | os.PathLike[str],
    graph: RuleGraph,
    stdin: TextIO | None = None,
    *,
    ignore: Sequence[str] = (),
    skip: bool = False,
) -> History:
    """The history in a file, in the words of a guideline.

    Args:
        source: The path of a `.json` or `.csv` file, or `-` for JSON from `stdin`.
        graph: The guideline whose vocabulary names drugs, tests, routes and facts.
        stdin: What to read for `-`.
        ignore: Fields to be left out; a pattern such as `*` leaves out only what no event has.
        skip: Whether rows that cannot be read are left out, and stand under `unread`.

    Raises:
        PatientError: The file cannot be used; the diagnostics name row and field.
    """
    if os.fspath(source) == "-":
        text = read_stream(stdin or sys.stdin)
        return history_from_text(text, ".json", graph, ignore=ignore, skip=skip)
    path = Path(source)
    if path.suffix.lower() not in {".json", ".csv"} and path.exists():
        raise unreadable(
            os.fspath(source),
            "the suffix of this file does not say in which format it is",
            "name it `.json` or `.csv`, or write `-` to read JSON from a pipe",
        )
    text = read_text(path)
    return history_from_text(text, path.suffix.lower(), graph, ignore=ignore, skip=skip)


def history_from_text(
    text: Text,
    suffix: str,
    graph: RuleGraph,
    *,
    ignore: Sequence[str] = (),
    skip: bool = False,
) -> History:
    """The history that `text` describes in the format of `suffix`: `.json` or `.csv`.

    With `skip`, rows that cannot be read are left out, and stand under `unread`.

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
    if errors and not skip:
        raise refused(text.name, in_order(errors))
    warnings = [d for d in diagnostics if d.severity is not Severity.ERROR]
    found = _history(events, text.name, curtailed(warnings), kept)
    return evolve(found, unread=in_order(errors))


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
    return history_from_records(records, graph, {}, name, ignore=ignore, limits=limits)


def history_from_records(  # noqa: PLR0913 -- rows, and how they are to be read
    records: Iterable[Mapping[str, Any]],
    graph: RuleGraph,
    known: KnownRows,
    name: str = "history",
    *,
    ignore: Sequence[str] = (),
    limits: Limits = USUAL,
    skip: bool = False,
) -> History:
    """The same, `known` being the rows that the guideline was told so far; more are added.

    With `skip`, rows that cannot be read are left out, and stand under `unread`.

    Raises:
        PatientError: As for `history_from`.
    """
    listed = tuple(islice(records, limits.bytes)) if _is_several(records) else records
    if isinstance(listed, list | tuple) and not ignore:
        plain = plainly_read(listed, graph, known, limits)
        if plain is not None:
            return History(events=plain.events, name=name, rows=plain.rows)
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
    return history_from_text(text, ".json", graph, ignore=ignore, skip=skip)


def _rows_from(records: Any) -> tuple[TableRow, ...] | None:
    """The rows of records as they would be read from their text; None where one is not plain."""
    if not _is_several(records):
        return None
    rows = []
    for number, record in enumerate(records, start=1):
        row = row_of_record(number, record)
        if row is None:
            return None
        rows.append(row)
    return tuple(rows)


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
        reads = tuple(read_row(row, graph))
        said = [read for read in reads if isinstance(read, Diagnostic)]
        diagnostics += said
        if has_errors(said):  # what else the row says is not to be relied on
            continue
        for read in reads:
            if isinstance(read, Diagnostic):
                continue
            # Few events share their moment, and only those have to be compared as a whole.
            alike = found.setdefault(moment_of(read), [])
            if alike:
                told = saying(read)
                first = next((one for one in alike if saying(one) == told), None)
                if first is not None:
                    diagnostics.append(_told_twice(row, first.row))
                    continue
            alike.append(read)
    events = tuple(
        event
        for _, alike in sorted(found.items())
        for event in (sorted(alike, key=saying) if alike[1:] else alike)
    )
    diagnostics += disagreements(events, places)
    return events, in_order(diagnostics)


def _told_twice(row: TableRow, first: int) -> Diagnostic:
    return Diagnostic(
        code="GDL727",
        message=f"row {row.number} says the same as row {first}, and counts once",
        severity=Severity.WARNING,
        labels=(row.place,),
        help=(Help(message="give both their times if two things happened"),),
    )
