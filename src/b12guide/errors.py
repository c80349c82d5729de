"""What the library tells its caller: a small tree of exceptions.

The whole tree::

    B12GuideError
    ├── GuidelineError        a guideline cannot be used; carries diagnostics
    ├── PatientError          a patient or history file cannot be used; carries diagnostics
    ├── SettingsError         the settings of a tool cannot be used; carries diagnostics
    ├── DosageError           a dosing instruction cannot be used; carries diagnostics
    ├── CohortError           a frame of patients is of a kind that is not taken
    ├── UnknownNameError      asked for a rule, fact or decision that the guideline lacks
    └── MissingExtraError     a feature needs a package that is not installed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from b12guide.diagnostics import Diagnostic

__all__ = [
    "B12GuideError",
    "CohortError",
    "DosageError",
    "GuidelineError",
    "MissingExtraError",
    "PatientError",
    "SettingsError",
    "UnknownNameError",
]


class B12GuideError(Exception):
    """The root of everything that b12guide raises on purpose."""


class _DiagnosedError(B12GuideError):
    """An error whose causes are diagnostics."""

    def __init__(self, message: str, diagnostics: Iterable[Diagnostic] = ()) -> None:
        self.diagnostics = tuple(diagnostics)
        lines = (line for one in self.diagnostics for line in _lines(one))
        super().__init__("\n  ".join((message, *lines)))


class GuidelineError(_DiagnosedError):
    """A guideline that cannot be read or used; `diagnostics` say where and why."""


class PatientError(_DiagnosedError):
    """A patient or history that cannot be used; `diagnostics` say where and why."""


class SettingsError(_DiagnosedError):
    """Settings of a tool that cannot be used; `diagnostics` say where and why."""


class DosageError(_DiagnosedError):
    """A dosing instruction that cannot be read; `diagnostics` say where and why."""


class CohortError(B12GuideError):
    """A frame or a file of patients of a kind that is not taken."""


class UnknownNameError(B12GuideError, KeyError):
    """A name that the guideline does not have, with the nearest one that it has."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind = kind
        self.name = name
        self.suggestions = tuple(get_close_matches(name, sorted(known), n=3))
        message = f"there is no {kind} `{name}`"
        if self.suggestions:
            message += "; did you mean " + " or ".join(
                f"`{s}`" for s in self.suggestions
            )
        self.message = message
        super().__init__(message)

    def __str__(self) -> str:
        return self.message


class MissingExtraError(B12GuideError, ImportError):
    """A feature whose extra is not installed; the message is the command to install it."""

    def __init__(self, package: str, extra: str) -> None:
        self.package = package
        self.extra = extra
        super().__init__(
            f"this needs `{package}`, which is not installed: "
            f'pip install "b12guide[{extra}]"'
        )


def _lines(diagnostic: Diagnostic) -> Iterator[str]:
    """What is the matter, then what is known about it and what can be done."""
    place = diagnostic.place
    where = ""
    if place is not None:
        position = place.text.position(place.span.start)
        where = f"{place.text.name}:{position.line}:{position.column}: "
    yield f"{where}{diagnostic.code} {diagnostic.message}"
    yield from (f"  note: {note}" for note in diagnostic.notes)
    yield from (f"  help: {remedy.message}" for remedy in diagnostic.help)
