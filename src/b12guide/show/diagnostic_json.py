"""Diagnostics as JSON, schema `b12guide.diagnostics/1`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from b12guide.diagnostics import Diagnostic, Severity

__all__ = ["SCHEMA", "diagnostics_to_json"]

SCHEMA = "b12guide.diagnostics/1"


def diagnostics_to_json(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """The diagnostics with a count of each severity, as a value that `json.dumps` takes."""
    diagnostics = tuple(diagnostics)
    return {
        "schema": SCHEMA,
        "diagnostics": [diagnostic.to_dict() for diagnostic in diagnostics],
        "summary": {
            severity.value: sum(d.severity is severity for d in diagnostics)
            for severity in Severity
        },
    }
