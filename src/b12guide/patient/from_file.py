"""Reads a patient from a JSON, TOML or YAML file, or from standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TextIO

from b12guide.arguments import instance
from b12guide.diagnostics import curtailed, in_order
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits
from b12guide.patient.file_text import decoded, read_stream, read_text, unreadable
from b12guide.patient.model import Otherwise, Patient, Units
from b12guide.patient.places import places_in
from b12guide.patient.question import units_of
from b12guide.patient.shape import facts_of, misshapen, otherwise_of
from b12guide.patient.written import Written, plain, repeated_keys
from b12guide.text import Text

__all__ = ["patient_from_json", "patient_from_text", "read_patient"]

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
    written = _reader(suffix)(text)
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


def _reader(suffix: str) -> Callable[[Text], Written]:
    module, function = _READERS[suffix]
    reader: Callable[[Text], Written] = getattr(import_module(module), function)
    return reader
