"""Reads a history from JSON, from a table (CSV) or from Python's own lists and mappings.

Everything that is wrong is told at once, each with its row and field. Nothing is left out in
silence: a row that says the same as another counts once, and a warning says so.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from b12guide.audit.event import (
    Event,
    History,
    in_sequence,
)
from b12guide.audit.event_from_row import read_row
from b12guide.audit.row import Row, refused, rows_from_csv, rows_from_json
from b12guide.diagnostics import (
    Diagnostic,
    Help,
    Severity,
    curtailed,
    has_errors,
    in_order,
)
from b12guide.graph.model import RuleGraph
from b12guide.limits import USUAL, Limits
from b12guide.patient.file_text import read_stream, read_text, unreadable
from b12guide.text import Text

__all__ = ["history_from", "history_from_text", "history_of", "read_history"]


def read_history(
    source: str | os.PathLike[str], graph: RuleGraph, stdin: TextIO | None = None
) -> History:
    """The history in a file, in the words of a guideline.

    Args:
        source: The path of a `.json` or `.csv` file, or `-` for JSON from `stdin`.
        graph: The guideline whose vocabulary names drugs, tests, routes and facts.
        stdin: What to read for `-`.

    Raises:
        PatientError: The file cannot be used; the diagnostics name row and field.
    """
    if os.fspath(source) == "-":
        return history_from_text(read_stream(stdin or sys.stdin), ".json", graph)
    path = Path(source)
    if path.suffix.lower() not in {".json", ".csv"} and path.exists():
        raise unreadable(
            os.fspath(source),
            "the suffix of this file does not say in which format it is",
            "name it `.json` or `.csv`, or write `-` to read JSON from a pipe",
        )
    return history_from_text(read_text(path), path.suffix.lower(), graph)


def history_from_text(text: Text, suffix: str, graph: RuleGraph) -> History:
    """The history that `text` describes in the format of `suffix`: `.json` or `.csv`.

    Raises:
        PatientError: It cannot be used; the diagnostics name row and field.
    """
    rows = rows_from_csv(text) if suffix == ".csv" else rows_from_json(text)
    return history_of(rows, graph, text.name)


def history_from(
    records: Iterable[Mapping[str, Any]],
    graph: RuleGraph,
    name: str = "history",
    *,
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
    listed = [dict(record) for record in islice(records, limits.bytes)]
    limits.admit(listed, name)
    written = json.dumps(listed, indent=1, ensure_ascii=False, default=str)
    text = Text(name, written, is_private=True, is_rendered=True)
    return history_from_text(text, ".json", graph)


def history_of(rows: Iterable[Row], graph: RuleGraph, name: str) -> History:
    """The history that rows make.

    Raises:
        PatientError: It cannot be used; the diagnostics name row and field.
    """
    found: dict[str, Event] = {}
    diagnostics: list[Diagnostic] = []
    for row in rows:
        read = tuple(read_row(row, graph))
        diagnostics += (one for one in read if isinstance(one, Diagnostic))
        for event in read:
            if isinstance(event, Diagnostic):
                continue
            spelled = repr(in_sequence(event))
            if spelled in found:
                diagnostics.append(_told_twice(row, found[spelled].row))
            found.setdefault(spelled, event)
    if has_errors(diagnostics):
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        raise refused(name, curtailed(in_order(errors)))
    events = tuple(sorted(found.values(), key=in_sequence))
    return History(events=events, name=name, warnings=curtailed(in_order(diagnostics)))


def _told_twice(row: Row, first: int) -> Diagnostic:
    return Diagnostic(
        code="GDL727",
        message=f"row {row.number} says the same as row {first}, and counts once",
        severity=Severity.WARNING,
        labels=(row.place,),
        help=(Help(message="give both their times if two things happened"),),
    )
