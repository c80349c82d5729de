"""What a tool replies, before it is cut into pages: lines with their ids, and problems.

Lines are those of the page that people read, so that an agent and a person read the same, with the
same strength, statements and citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.errors import B12GuideError
from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.serve.refusal import TOO_LARGE, RequestError, pointer_in_body
from b12guide.show.page import Item, Page, Section
from b12guide.text import shortened

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MEANT = re.compile(r"`([^`]+)`")
_IN_HEAD = {"Guideline", "Status", "In effect"}
"""Particulars that stand in the head of every reply."""
_WHOLE = {"request", ""}
"""What the readers call that which was sent."""
_OWN_MISTAKE = "MCP011"


@frozen(kw_only=True, repr=False)
class Line(Record):
    """One thing that is said.

    Attributes:
        about: What it is about, such as a decision or a heading.
        text: What is said.
        grounds: On what it stands: strength, statements, citations, rules.
        ids: The names by which more can be asked: statements, rules, assumptions, facts.
    """

    about: str
    text: str
    grounds: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The line as plain data."""
        words = {word for one in self.grounds for word in _WORD.findall(one)}
        lists = {
            "grounds": list(self.grounds),
            "ids": [one for one in self.ids if one not in words],
        }
        told = {key: some for key, some in lists.items() if some}
        return {"about": self.about, "text": self.text, **told}

    def to_text(self) -> str:
        """The line for reading."""
        grounds = f" ({' · '.join(self.grounds)})" if self.grounds else ""
        return f"{self.about}: {self.text}{grounds}"


@frozen(kw_only=True, repr=False)
class Problem(Record):
    """One thing that is the matter with what was sent, or with a draft.

    Attributes:
        code: A stable code such as `GDL707`, which the documentation explains.
        severity: `error`, `warning` or `info`.
        message: What is the matter.
        place: Where: a JSON Pointer into the arguments, or a line and column of a draft.
        remedy: What can be done about it.
        suggestions: What may have been meant.
    """

    code: str
    message: str
    severity: str = "error"
    place: str = ""
    remedy: str = ""
    suggestions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "place": self.place,
            "remedy": self.remedy,
            "suggestions": list(self.suggestions),
        }

    def to_text(self) -> str:
        """The problem for reading."""
        place = f" at {self.place}" if self.place else ""
        remedy = f". To do: {self.remedy}" if self.remedy else ""
        return f"{self.severity} {self.code}{place}: {self.message}{remedy}"


@frozen(kw_only=True, repr=False)
class ToolReply(Record):
    """What a tool replies.

    Attributes:
        graph: The guideline that was asked; None where none was.
        on: The day asked for; empty where none was.
        problems: What is the matter.
        first: Lines that are an overview, and have the first page to themselves.
        lines: Everything, in order.
        more: What the tool adds on the first page, by key.
        is_refusal: Whether nothing could be answered.
    """

    graph: RuleGraph | None = field(default=None, repr=False)
    on: str = ""
    problems: tuple[Problem, ...] = ()
    first: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    more: Mapping[str, Any] = field(factory=FrozenMap, converter=frozen_map)
    is_refusal: bool = False


# ------------------------------------------------------------------------------ lines


def names_of(graph: RuleGraph) -> frozenset[str]:
    """The names that stand in small print and can be asked about."""
    return frozenset(
        [
            *graph.rules,
            *graph.statements,
            *graph.assumptions,
            *graph.challenges,
            *(name for silence in graph.silences for name in silence.noted_as),
        ]
    )


def lines_of(page: Page, graph: RuleGraph, names: Iterable[str] = ()) -> Iterator[Line]:
    """The lines of a page, the warning first, the patient last.

    Args:
        page: What a person would read.
        graph: The guideline, whose names are ids.
        names: Further names that are ids where they are labels, such as those of facts.
    """
    known, labels = names_of(graph), frozenset(names)
    if page.warning:
        yield Line(about="Warning", text=page.warning)
    told = [(label, text) for label, text in page.particulars if label not in _IN_HEAD]
    for label, text in told:
        if label != "Patient":
            yield Line(about=label, text=text)
    for section in page.sections:
        yield from _lines_of_section(section, known, labels)
    for label, text in told:
        if label == "Patient":
            yield Line(about=label, text=text)


def _lines_of_section(
    section: Section, known: frozenset[str], labels: frozenset[str]
) -> Iterator[Line]:
    if section.verbatim:
        yield Line(about=section.title, text=section.verbatim.rstrip())
    for item in section.items:
        for line in _lines_of_item(item, "", known, labels):
            yield evolve(line, about=section.title)


def _lines_of_item(
    item: Item, prefix: str, known: frozenset[str], labels: frozenset[str]
) -> Iterator[Line]:
    label = ", ".join(filter(None, (prefix, item.label)))
    # What only adds to what is said stays with it: the truth of a condition, what it waits for.
    added = [one for one in item.items if item.text and _only_adds(one)]
    if item.text:
        said = " — ".join((item.text, *(one.text for one in added)))
        words = [
            word
            for text in (*item.details, item.label)
            for word in _WORD.findall(text)
            if word in known
        ]
        words += [item.label] if item.label in labels else []
        yield Line(
            about="",
            text=f"{label}: {said}" if label else said,
            grounds=item.details,
            ids=tuple(dict.fromkeys(words)),
        )
    for inner in item.items:
        if inner not in added:
            yield from _lines_of_item(inner, label, known, labels)


def _only_adds(item: Item) -> bool:
    return not (item.label or item.details or item.items)


def about(line: Line, asked: str) -> bool:
    """Whether a line is about what was asked for: an id, a heading, or the label before it."""
    wanted = asked.casefold()
    label = line.text.partition(": ")[0].casefold()
    return (
        wanted in (one.casefold() for one in line.ids)
        or wanted in (line.about.casefold(), label)
        or wanted in label.split(", ")
    )


# --------------------------------------------------------------------------- problems


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """What is the matter, as an error says it; one that is not about the call is our mistake."""
    match error:
        case RequestError():
            return tuple(
                Problem(
                    code=fault.code,
                    message=fault.detail,
                    place=fault.pointer or "",
                    remedy=fault.remedy.replace(
                        "`/facts` lists", "the tool `facts` lists"
                    ),
                    suggestions=_meant(fault.remedy),
                )
                for fault in error.faults
            )
        case B12GuideError(diagnostics=(_, *_)):
            remedies = (told["remedy"] for told in error.problem()["errors"])
            found = [
                problem_of(one, remedy or "")
                for one, remedy in zip(error.diagnostics, remedies, strict=True)
            ]
            return tuple(sorted(found, key=lambda one: one.severity != "error"))
        case B12GuideError():
            return (Problem(code="MCP001", message=error.detailed()),)
        case _:
            return (
                Problem(
                    code=_OWN_MISTAKE,
                    message="b12guide made a mistake of its own "
                    f"({type(error).__name__})",
                    remedy="please report it with the call and the version",
                ),
            )


def problem_of(diagnostic: Diagnostic, remedy: str = "") -> Problem:
    """A diagnostic, with its place in what was sent.

    Args:
        diagnostic: What is the matter.
        remedy: What can be done, where the diagnostic itself has nothing to say.
    """
    is_large = diagnostic.code == TOO_LARGE  # and what it says is for programs
    remedies = [] if is_large else [one.message for one in diagnostic.help]
    edits = [
        edit.replacement.strip()
        for one in diagnostic.help
        if len(one.edits) == 1
        for edit in one.edits
    ]
    named = [name for one in remedies for name in _meant(one)]
    notes = f" ({'; '.join(diagnostic.notes)})" if diagnostic.notes else ""
    return Problem(
        code=diagnostic.code,
        severity=diagnostic.severity.value,
        message=diagnostic.message + notes,
        place=_place_of(diagnostic),
        remedy="; or ".join(remedies) or (_SEND_LESS if is_large else remedy),
        suggestions=tuple(map(shortened, dict.fromkeys(named or filter(None, edits)))),
    )


_SEND_LESS = "send less at once"


def _place_of(diagnostic: Diagnostic) -> str:
    pointer = pointer_in_body(diagnostic)
    place = diagnostic.place
    if pointer is not None or place is None:
        return pointer or ""
    if not place.text.characters or place.text.is_rendered:
        return "" if place.text.name in _WHOLE else place.text.name
    position = place.text.position(place.span.start)
    return f"{place.text.name}, line {position.line}, column {position.column}"


def _meant(remedy: str) -> tuple[str, ...]:
    """The names behind `did you mean`."""
    _, meant, names = remedy.partition("did you mean ")
    return tuple(_MEANT.findall(names)) if meant else ()
