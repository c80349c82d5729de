"""Diagnostics and their remedies as the protocol writes them."""

from __future__ import annotations

from lsprotocol import types

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.editor.remedy import Remedy
from b12guide.lsp.place import Places
from b12guide.text import Span, Text

__all__ = ["SOURCE", "action", "published"]

SOURCE = "b12guide"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNNECESSARY = frozenset({"GDL402", "GDL403"})


def published(diagnostic: Diagnostic, places: Places) -> types.Diagnostic:
    """The diagnostic with everything that it has to say."""
    place = diagnostic.place
    text, span = (place.text, place.span) if place else (Text("", ""), Span(0, 0))
    related = [
        types.DiagnosticRelatedInformation(
            location=places.location(label), message=label.message or "see here"
        )
        for label in diagnostic.labels[1:]
    ]
    unnecessary = diagnostic.code in _UNNECESSARY
    return types.Diagnostic(
        range=places.range(text, span),
        message=_message(diagnostic),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if unnecessary else None,
        related_information=related or None,
    )


def _message(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    said = [place.message] if place is not None and place.message else []
    lines = [diagnostic.message, *said, *(f"note: {n}" for n in diagnostic.notes)]
    lines += [f"help: {help_.message}" for help_ in diagnostic.help]
    return "\n".join(lines)


def action(remedy: Remedy, places: Places) -> types.CodeAction:
    """A remedy that the author can choose."""
    changes: dict[str, list[types.TextEdit]] = {}
    for edit in remedy.edits:
        uri = places.uri(edit.text.name)
        changes.setdefault(uri, []).append(places.edit(edit))
    return types.CodeAction(
        title=remedy.message,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[published(remedy.diagnostic, places)],
        edit=types.WorkspaceEdit(changes=changes),
        is_preferred=remedy.is_only or None,
    )
