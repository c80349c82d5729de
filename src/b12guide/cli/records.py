"""Files of a patient and of a history that hold resources of FHIR."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.patient.from_file import decoded, patient_from_text, unreadable
from b12guide.patient.model import Patient
from b12guide.text import Text

if TYPE_CHECKING:
    from b12guide.audit.event import History
    from b12guide.fhir.reading import Reading
    from b12guide.guideline import Guideline

__all__ = [
    "fhir_patient_in",
    "fhir_reading",
    "history_in",
    "patient_on_stdin",
    "unread_text",
]

_UNREAD = "b12guide.cli.records"
"""Where the command keeps what came as FHIR, so that what was not read can be told."""

_SIGN = b'"resourceType"'
_LARGEST = 64 * 1024 * 1024
_MOST_TOLD = 20
STDIN = "-"


def fhir_patient_in(
    source: str, asked: Guideline, on: dt.date | None
) -> Patient | None:
    """The patient whom the resources in a .json file describe; None where it has none.

    Raises:
        PatientError: The resources cannot be used.
    """
    content = _content(source)
    found = None if content is None else _reading(source, content, asked, on)
    return None if found is None else found.patient


def patient_on_stdin(asked: Guideline | None, on: dt.date | None) -> Patient:
    """The patient on standard input: JSON of facts, or resources of FHIR.

    Raises:
        PatientError: It cannot be used.
    """
    content = _standard_input()
    found = None if asked is None else _reading(STDIN, content, asked, on)
    if found is not None:
        return found.patient
    return patient_from_text(_text(content), ".json")


def history_in(
    source: str,
    asked: Guideline,
    on: dt.date,
    ignore: Sequence[str] = (),
    *,
    skip: bool = False,
) -> History:
    """The history in a file, or on standard input; or that of the resources in it.

    With `skip`, rows that cannot be read are left out, and stand under `unread`.

    Raises:
        PatientError: It cannot be used.
    """
    content = _standard_input() if source == STDIN else _content(source)
    found = None if content is None else _reading(source, content, asked, on)
    graph, read = asked.graph, import_module("b12guide.audit.history")
    history: History
    if found is not None:
        rows = found.history
        history = read.history_from(rows, graph, name=source, ignore=ignore)
    elif source == STDIN and content is not None:
        history = read.history_from_text(
            _text(content), ".json", graph, ignore=ignore, skip=skip
        )
    else:
        history = read.read_history(source, graph, ignore=ignore, skip=skip)
    return history


def _content(source: str) -> bytes | None:
    """What a .json file has, if it may be FHIR."""
    path = Path(source)
    if source == STDIN or path.suffix.lower() != ".json" or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST + 1)
    except OSError:  # which the reader of patients says
        return None


def _standard_input() -> bytes:
    name = "standard input"
    if sys.stdin is None:  # as Python says that it is closed
        raise unreadable(name, "standard input is closed")
    try:
        buffer = getattr(sys.stdin, "buffer", None)
        if buffer is None:
            return sys.stdin.read(_LARGEST + 1).encode(errors="replace")
        content: bytes = buffer.read(_LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        told = f"standard input cannot be read: {reason}"
        raise unreadable(name, told) from error
    return content


def _text(content: bytes) -> Text:
    return decoded("standard input", content)


def _reading(
    source: str, content: bytes, asked: Guideline, on: dt.date | None
) -> Reading | None:
    """What resources say; None where there are none."""
    if _SIGN not in content:
        return None
    given = import_module("b12guide.fhir.files").resources_from_json(content)
    if given is None:
        return None
    found: Reading = import_module("b12guide.fhir.reading").read(given, asked, on=on)
    told: dict[str, Any] = click.get_current_context().meta.setdefault(_UNREAD, {})
    told["standard input" if source == STDIN else source] = found
    return found


def fhir_reading() -> Reading | None:
    """What was read of the resources that describe the patient; None where there were none."""
    told: dict[str, Reading] = click.get_current_context().meta.get(_UNREAD, {})
    return next(iter(told.values()), None)


def unread_text() -> str:
    """What was not read of the resources that this command was given, for standard error."""
    context = click.get_current_context(silent=True)
    lines: list[str] = []
    for source, reading in (context.meta.get(_UNREAD, {}) if context else {}).items():
        facts, rows = len(reading.patient.facts), len(reading.history)
        count = len(reading.unread)
        lines.append(
            f"{source}: FHIR, of which {_counted(facts, 'fact')} and "
            f"{_counted(rows, 'row')} of a history were read; not read: {count}"
        )
        lines += (
            f"  {one.reference}: {one.reason}" for one in reading.unread[:_MOST_TOLD]
        )
        if count > _MOST_TOLD:
            lines.append(f"  and {count - _MOST_TOLD} more")
    return "".join(f"{line}\n" for line in lines)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
