"""Findings as workflow commands, which GitHub Actions shows beside the lines of a change."""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic, Severity

__all__ = ["to_github"]

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def to_github(diagnostic: Diagnostic) -> str:
    """One line, `::warning file=...,line=...,title=CODE::message`."""
    properties = {"title": diagnostic.code}
    place = diagnostic.place
    if place is not None:
        start = place.text.position(place.span.start)
        end = place.text.position(place.span.end)
        properties = {
            "file": place.text.name,
            "line": str(start.line),
            "endLine": str(end.line),
            **properties,
        }
        if start.line == end.line:
            properties["col"] = str(start.column)
            properties["endColumn"] = str(end.column)
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    remedies = "".join(f"\nhelp: {remedy.message}" for remedy in diagnostic.help)
    command = _COMMANDS[diagnostic.severity]
    return f"::{command} {said}::{_data(diagnostic.message + remedies)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
