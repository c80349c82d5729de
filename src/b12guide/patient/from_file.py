"""Reading patients from files and texts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TextIO

from b12guide.arguments import instance
from b12guide.diagnostics import Diagnostic, Help, Label, curtailed, in_order
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits, told
from b12guide.patient.from_mapping import units_of
from b12guide.patient.model import Otherwise, Patient, Units
from b12guide.patient.notation import Located, plain, repeated_keys
from b12guide.patient.shape import facts_of, misshapen, otherwise_of, places_in
from b12guide.text import Span, Text

__all__ = ["patient_from_json", "patient_from_text", "read_patient"]


LARGEST_FILE = USUAL.bytes


def read_text(path: Path) -> Text:
    """The text of the file at `path`.

    Raises:
        PatientError: There is no such text (GDL701), or it is too long (GDL719).
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        remedy = _neighbours(path)
        raise unreadable(str(path), "the file does not exist", remedy) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be used"
        message = f"this file cannot be opened: {reason.lower()}"
        raise unreadable(str(path), message) from error
    return decoded(str(path), content)


def read_stream(stream: TextIO | None) -> Text:
    """The text that `stream` has left, called standard input.

    Raises:
        PatientError: It is closed or cannot be read (GDL701), or it is too long (GDL719).
    """
    name = "standard input"
    if stream is None:  # as Python says that it is closed
        raise unreadable(name, "standard input is closed")
    raw = getattr(stream, "buffer", None)
    try:
        if raw is not None:
            return decoded(name, raw.read(LARGEST_FILE + 1))
        characters = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        raise unreadable(name, f"standard input cannot be read: {reason}") from error
    return decoded(name, characters.encode(errors="replace"))


def decoded(name: str, content: bytes, limits: Limits = USUAL) -> Text:
    """The text that the bytes of a file, or of a request, spell.

    Raises:
        PatientError: They are too many (GDL719), or not UTF-8 (GDL701).
    """
    if len(content) > limits.bytes:
        diagnostic = Diagnostic(
            code="GDL719",
            message=f"this is larger than {told(limits.bytes)}",
            labels=(_nowhere(name),),
        )
        message = f"{name} cannot be read"
        raise PatientError(message, (diagnostic,))
    try:
        return Text(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the file is not UTF-8 text"
        raise unreadable(name, message, "save the file as UTF-8") from error


def _neighbours(path: Path) -> str | None:
    """A file beside `path` that has nearly its name."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix == path.suffix]
    except OSError:
        return None
    near = get_close_matches(path.name, sorted(names), n=1)
    return f"did you mean `{path.parent / near[0]}`?" if near else None


def unreadable(name: str, message: str, remedy: str | None = None) -> PatientError:
    """GDL701: there is nothing to read."""
    diagnostic = Diagnostic(
        code="GDL701",
        message=message,
        labels=(_nowhere(name),),
        help=() if remedy is None else (Help(message=remedy),),
    )
    return PatientError(f"{name} cannot be read", (diagnostic,))


def _nowhere(name: str) -> Label:
    return Label(text=Text(name, ""), span=Span(0, 0))


_READERS: Mapping[str, tuple[str, str]] = {
    ".json": ("b12guide.patient.from_json", "read_json"),
    ".toml": ("b12guide.patient.from_toml", "read_toml"),
    ".yaml": ("b12guide.patient.from_yaml", "read_yaml"),
    ".yml": ("b12guide.patient.from_yaml", "read_yaml"),
}
"""Modules with their functions; only the one that is needed is opened."""


def read_patient(
    source: str | os.PathLike[str],
    stdin: TextIO | None = None,
    *,
    units: Units | str = Units.ASSUME,
) -> Patient:
    """The patient that a file describes.

    Args:
        source: The path of a file whose suffix says its format, or `-` for JSON from `stdin`.
        stdin: What to read for `-`.
        units: Whether numbers may lack their unit: `assume` or `required`. What is asked of the
            guideline later may say otherwise.

    Raises:
        PatientError: The file cannot be used; the diagnostics say why and where.
        MissingExtraError: It is YAML, and no YAML library is installed.
        UnknownNameError: There is no such way of reading units.
    """
    instance(source, str | os.PathLike, "source", "the path of a file, or `-`")
    asked = units_of(units) or Units.ASSUME
    if os.fspath(source) == "-":
        return patient_from_text(read_stream(stdin or sys.stdin), ".json", asked)
    path = Path(source)
    if path.suffix.lower() not in _READERS:
        raise unreadable(
            os.fspath(source),
            "the suffix of this file does not say in which format it is",
            "name it `.json`, `.toml` or `.yaml`, or write `-` to read JSON from a pipe",
        )
    return patient_from_text(read_text(path), path.suffix.lower(), asked)


def patient_from_json(
    body: bytes | str,
    *,
    name: str = "patient",
    units: Units | str = Units.ASSUME,
    limits: Limits = USUAL,
) -> Patient:
    """The patient in the body of a request: JSON as it came, before anything parsed it.

    A parser that keeps the last of two equal keys would have settled in silence which of two
    values counts; here it is an error.

    Args:
        body: UTF-8 bytes, or text.
        name: What diagnostics call this patient.
        units: As for `read_patient`.
        limits: How large the body may be.

    Raises:
        PatientError: The body cannot be used; the diagnostics say why and where, and the text of
            the error holds no values.

    >>> patient_from_json(b'{"facts": {"egfr": "35 mL/min"}}').facts
    FrozenMap({'egfr': '35 mL/min'})
    """
    instance(name, str, "name", "text")
    instance(limits, Limits, "limits", "a `Limits`")
    given: object = body
    if isinstance(given, str):
        given = given.encode(errors="replace")
    if not isinstance(given, bytes | bytearray | memoryview):
        message = f"the body is a `{type(given).__name__}`, not bytes or text"
        raise unreadable(name, message, "pass the body as it came, unparsed")
    read = decoded(name, bytes(given), limits)
    text = Text(name, read.characters, is_private=True)
    return patient_from_text(text, ".json", units_of(units) or Units.ASSUME)


def patient_from_text(text: Text, suffix: str, units: Units = Units.ASSUME) -> Patient:
    """The patient that `text` describes in the format of `suffix`, such as `.json`.

    Raises:
        PatientError: The text cannot be used; the diagnostics say why and where.
    """
    module, function = _READERS[suffix]
    reader: Callable[[Text], Located] = getattr(import_module(module), function)
    written = reader(text)
    diagnostics = [*repeated_keys(written, text), *misshapen(written, text)]
    facts = facts_of(written)
    if facts is None or diagnostics:
        message = f"{text.name} does not describe a patient"
        raise PatientError(message, curtailed(in_order(diagnostics)))
    return Patient(
        facts=plain(facts),
        otherwise=otherwise_of(written) or Otherwise.UNKNOWN,
        name=text.name,
        places=places_in(facts, text),
        units=units,
    )
