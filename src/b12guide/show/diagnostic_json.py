"""Diagnostics as JSON, schema `b12guide.diagnostics/1`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from b12guide.diagnostics import Diagnostic, Edit, Label, Severity
from b12guide.text import Span, Text

__all__ = ["SCHEMA", "diagnostics_to_json"]

SCHEMA = "b12guide.diagnostics/1"


def diagnostics_to_json(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The diagnostics with a count of each severity, as a value that `json.dumps` takes."""
    diagnostics = tuple(diagnostics)
    return {
        "schema": SCHEMA,
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in diagnostics],
        "summary": {
            severity.value: sum(d.severity is severity for d in diagnostics)
            for severity in Severity
        },
    }


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": diagnostic.place and _label(diagnostic.place),
        "labels": [_label(label) for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "help": [
            {"message": h.message, "edits": [_edit(edit) for edit in h.edits]}
            for h in diagnostic.help
        ],
    }


def _label(label: Label) -> dict[str, Any]:
    return {**_stretch(label.text, label.span), "message": label.message}


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_stretch(edit.text, edit.span), "replacement": edit.replacement}


def _stretch(text: Text, span: Span) -> dict[str, Any]:
    return {
        "file": text.name,
        "start": _position(text, span.start),
        "end": _position(text, span.end),
    }


def _position(text: Text, offset: int) -> dict[str, int]:
    position = text.position(offset)
    return {"offset": offset, "line": position.line, "column": position.column}
