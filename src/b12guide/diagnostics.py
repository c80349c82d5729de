"""What the tools tell the author of a guideline: a `Diagnostic`, as data.

Messages are one lower-case sentence in the author's vocabulary, with the author's own words in
backticks. What to do about it stands in `help`. How a diagnostic looks on a terminal or as JSON
is the business of `b12guide.show`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from typing import Any

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.text import Span, Text

__all__ = [
    "MOST_ALIKE",
    "Diagnostic",
    "Edit",
    "Help",
    "Label",
    "Severity",
    "and_more",
    "curtailed",
    "has_errors",
    "in_order",
    "place_text",
    "pointer_to",
    "together",
]


class Severity(Enum):
    """How much a diagnostic matters: an error makes the input unusable."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@frozen(kw_only=True, repr=False)
class Label(Record):
    """A place that a diagnostic speaks of, and what is to be seen there.

    Attributes:
        pointer: The same place in the data that the text spells, as a JSON Pointer (RFC 6901)
            such as `/facts/egfr/value`; None where the text is no data.
    """

    text: Text
    span: Span
    message: str = ""
    pointer: str | None = None


@frozen(kw_only=True, repr=False)
class Edit(Record):
    """A replacement of the characters of `span` by `replacement`."""

    text: Text
    span: Span
    replacement: str


@frozen(kw_only=True, repr=False)
class Help(Record):
    """What the author can do, with the edits that would do it where they are certain.

    Attributes:
        is_offer: Whether the edits say something new, so that only the author can want them.
    """

    message: str
    edits: tuple[Edit, ...] = ()
    is_offer: bool = False


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
        fact: The name of the fact that it is about, where it is about one.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[Help, ...] = ()
    fact: str | None = None

    @property
    def place(self) -> Label | None:
        """The main place, if there is one."""
        return self.labels[0] if self.labels else None

    @property
    def pointer(self) -> str | None:
        """The main place in data, as a JSON Pointer such as `/facts/egfr/value`."""
        return self.place.pointer if self.place else None

    @property
    def where(self) -> str:
        """The main place for a person, as file, line and column, or as a fact of a record."""
        return place_text(self.place) if self.place else ""

    def to_dict(self) -> dict[str, Any]:
        """The diagnostic as plain data, as it stands in the JSON of the command line.

        Of data that nobody wrote as text there are no lines and columns, and so neither labels
        nor edits; `pointer` says where.
        """
        labels = [label for label in self.labels if not label.text.is_rendered]
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "fact": self.fact,
            "pointer": self.pointer,
            "place": _label_json(labels[0]) if labels else None,
            "labels": [_label_json(label) for label in labels],
            "notes": list(self.notes),
            "help": [
                {
                    "message": remedy.message,
                    "edits": [
                        {**_stretch_json(e.text, e.span), "replacement": e.replacement}
                        for e in remedy.edits
                        if not e.text.is_rendered
                    ],
                }
                for remedy in self.help
            ],
        }


def found_at(  # noqa: PLR0913 - a diagnostic has as many parts
    text: Text,
    span: Span,
    code: str,
    message: str,
    *remedies: str,
    fix: str | None = None,
    seen: str = "",
    notes: tuple[str, ...] = (),
) -> Diagnostic:
    """An error at one place.

    Args:
        text: What the place is in.
        span: The place.
        code: Its code.
        message: What is the matter.
        remedies: What the author can do, the likeliest first.
        fix: What the first remedy puts in the place, where that is certain.
        seen: What is to be seen at the place.
        notes: Background.
    """
    certain = () if fix is None else (Edit(text=text, span=span, replacement=fix),)
    return Diagnostic(
        code=code,
        message=message,
        labels=(Label(text=text, span=span, message=seen),),
        notes=notes,
        help=tuple(
            Help(message=remedy, edits=() if number else certain)
            for number, remedy in enumerate(remedies)
        ),
    )


def place_text(label: Label) -> str:
    """Where a label stands, in short; of a file that was never read, only the name is known.

    >>> seen = Text("patient.json", '{"facts": {"egfr": 5}}')
    >>> place_text(Label(text=seen, span=Span(19, 20)))
    'patient.json:1:20'
    """
    text = label.text
    if text.is_rendered and label.pointer:
        return f"{text.name}{label.pointer}"
    if not text.characters or text.is_rendered:
        return text.name
    position = text.position(label.span.start)
    return f"{text.name}:{position.line}:{position.column}"


_PAGES = "https://github.com/b12guide/b12guide/blob/main/docs/diagnostics/"


def page_address(code: str) -> str | None:
    """Where the page about a code stands; None for a code that has none.

    >>> page_address("GDL101")
    'https://github.com/b12guide/b12guide/blob/main/docs/diagnostics/GDL101.md'
    """
    return f"{_PAGES}{code}.md" if code.startswith("GDL") else None


def pointer_to(*keys: str | int) -> str:
    """The JSON Pointer (RFC 6901) to what stands under `keys`, one after the other.

    >>> pointer_to("facts", "a/b", 0)
    '/facts/a~1b/0'
    """
    escaped = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "".join(f"/{key}" for key in escaped)


def _label_json(label: Label) -> dict[str, Any]:
    return {
        **_stretch_json(label.text, label.span),
        "pointer": label.pointer,
        "message": label.message,
    }


def _stretch_json(text: Text, span: Span) -> dict[str, Any]:
    return {
        "file": text.name,
        "start": _position_json(text, span.start),
        "end": _position_json(text, span.end),
    }


def _position_json(text: Text, offset: int) -> dict[str, int]:
    position = text.position(offset)
    return {"offset": offset, "line": position.line, "column": position.column}


MOST_ALIKE = 20
"""How many diagnostics of one code are shown for one record; the rest is counted."""


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


def curtailed(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The first `MOST_ALIKE` diagnostics of each code; the others are counted after them.

    A table taken for one patient has thousands of names that mean nothing, and nobody reads
    thousands of messages: the first ones show what kind of mistake it is.
    """
    seen: Counter[tuple[str, Severity]] = Counter()
    told = []
    for one in diagnostics:
        kind = one.code, one.severity
        seen[kind] += 1
        if seen[kind] <= MOST_ALIKE:
            told.append(one)
    more = (
        and_more(code, severity, count - MOST_ALIKE)
        for (code, severity), count in seen.items()
        if count > MOST_ALIKE
    )
    return (*told, *more)


def and_more(code: str, severity: Severity, count: int) -> Diagnostic:
    """What stands for `count` further diagnostics of one code."""
    return Diagnostic(
        code=code,
        severity=severity,
        message=f"and {count:,} more of this kind",
        help=(Help(message="correct the first ones; the others are shown then"),),
    )
