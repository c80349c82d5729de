"""What the tools tell the author of a guideline: a `Diagnostic`, as data.

Messages are one lower-case sentence in the author's vocabulary, with the author's own words in
backticks. What to do about it stands in `help`. How a diagnostic looks on a terminal or as JSON
is the business of `b12guide.show`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from attrs import evolve, frozen

from b12guide.record import Record
from b12guide.text import Span, Text

__all__ = [
    "Diagnostic",
    "Edit",
    "Help",
    "Label",
    "Severity",
    "has_errors",
    "in_order",
    "together",
]


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


def together(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics, with one for all that say the same of several places.

    A source that was deleted is missing wherever it is cited, and is one fault.
    """
    alike: dict[tuple[object, ...], list[Diagnostic]] = {}
    for one in diagnostics:
        said = tuple(remedy.message for remedy in one.help)
        at = one.labels[1:] and (one,)  # what points elsewhere stays as it is
        key = (one.code, one.message, one.severity, one.notes, said, at)
        alike.setdefault(key, []).append(one)
    return tuple(map(_merged, alike.values()))


def _merged(alike: list[Diagnostic]) -> Diagnostic:
    first, *others = alike
    more = tuple(
        evolve(label, message="and here") for one in others for label in one.labels
    )
    help_ = tuple(
        evolve(same[0], edits=tuple(edit for one in same for edit in one.edits))
        for same in zip(*(one.help for one in alike), strict=True)
    )
    return evolve(first, labels=first.labels + more, help=help_)


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
