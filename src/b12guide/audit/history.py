"""Reads a history from JSON, from a table (CSV) or from Python's own lists and mappings.

Everything that is wrong is told at once, each with its row and field. Nothing is left out in
silence: a row that says the same as another counts once, and a warning says so.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from b12guide.audit.event import (
    Event,
    History,
    Noted,
    Tested,
    in_sequence,
)
from b12guide.audit.event_from_row import read_row, unknown_columns, without
from b12guide.audit.row import Row, refused, rows_from_csv, rows_from_json
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
from b12guide.patient.dated import NEITHER_LATER, disagreeing
from b12guide.patient.file_text import read_stream, read_text, unreadable
from b12guide.patient.model import Datum
from b12guide.patient.shown import shown
from b12guide.text import Text
from b12guide.values.quantity import MOST_DIGITS

__all__ = ["history_from", "history_from_text", "history_of", "read_history"]


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
    return History(
        events=events,
        name=text.name,
        warnings=curtailed(diagnostics),
        rows=tuple(
            tuple((name, cell.value) for name, cell in row.cells.items())
            for row in kept
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
    written = json.dumps(_plain(listed), indent=1, ensure_ascii=False)
    text = Text(name, written, is_private=True, is_rendered=True)
    return history_from_text(text, ".json", graph, ignore=ignore)


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


def history_of(rows: Iterable[Row], graph: RuleGraph, name: str) -> History:
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
    rows: Iterable[Row], graph: RuleGraph
) -> tuple[tuple[Event, ...], tuple[Diagnostic, ...]]:
    """The events of rows in the order of time, each once, and what is to be said of the rows."""
    found: dict[str, Event] = {}
    places: dict[int, Label] = {}
    diagnostics: list[Diagnostic] = []
    for row in rows:
        places[row.number] = row.place
        read = tuple(read_row(row, graph))
        diagnostics += (one for one in read if isinstance(one, Diagnostic))
        for event in read:
            if isinstance(event, Diagnostic):
                continue
            spelled = repr(in_sequence(event))
            if spelled in found:
                diagnostics.append(_told_twice(row, found[spelled].row))
            found.setdefault(spelled, event)
    events = tuple(sorted(found.values(), key=in_sequence))
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


def _told_twice(row: Row, first: int) -> Diagnostic:
    return Diagnostic(
        code="GDL727",
        message=f"row {row.number} says the same as row {first}, and counts once",
        severity=Severity.WARNING,
        labels=(row.place,),
        help=(Help(message="give both their times if two things happened"),),
    )
