"""What the tools tell the author of a guideline: a `Diagnostic`, as data.

Messages are one lower-case sentence in the author's vocabulary, with the author's own words in
backticks. What to do about it stands in `help`. How a diagnostic looks on a terminal or as JSON
is the business of `b12guide.show`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import frozen

from b12guide.record import Record
from b12guide.text import Span, Text

__all__ = ["Diagnostic", "Edit", "Help", "Label", "Severity", "has_errors", "in_order"]


class Severity(Enum):
    """How much a diagnostic matters: an error makes the input unusable."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@frozen(kw_only=True, repr=False)
class Label(Record):
    """A place that a diagnostic speaks of, and what is to be seen there."""

    text: Text
    span: Span
    message: str = ""


@frozen(kw_only=True, repr=False)
class Edit(Record):
    """A replacement of the characters of `span` by `replacement`."""

    text: Text
    span: Span
    replacement: str


@frozen(kw_only=True, repr=False)
class Help(Record):
    """What the author can do, with the edits that would do it where they are certain."""

    message: str
    edits: tuple[Edit, ...] = ()


@frozen(kw_only=True, repr=False)
class Diagnostic(Record):
    """One finding about a text.

    Attributes:
        code: A stable code such as `GDL101`; `docs/diagnostics/GDL101.md` explains it.
        severity: Whether the input is still usable.
        message: What is the matter.
        labels: Where; the first label is the main place. Empty for a finding without a place.
        notes: Background, one sentence each.
        help: Remedies, the likeliest first.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[Help, ...] = ()

    @property
    def place(self) -> Label | None:
        """The main place, if there is one."""
        return self.labels[0] if self.labels else None


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of `diagnostics` makes the input unusable."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics in the order of the text, without repetitions."""

    def key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
        place = diagnostic.place
        if place is None:
            return ("", -1, -1, diagnostic.code, diagnostic.message)
        span = place.span
        return (
            place.text.name,
            span.start,
            span.end,
            diagnostic.code,
            diagnostic.message,
        )

    return tuple(dict.fromkeys(sorted(diagnostics, key=key)))
