"""Diagnostics for people (source line and caret) and programs (one line, JSON, GitHub, SARIF)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from attrs import frozen

from b12guide.diagnostics import (
    Diagnostic,
    Edit,
    Help,
    Label,
    Severity,
    page_address,
    place_text,
)
from b12guide.lint.material import Level
from b12guide.lint.settings import LEVELS, RULES_BY_CODE
from b12guide.show import terminal
from b12guide.text import Span, Text

_TAB = 4
_LEAST = 24
_INKS = {
    Severity.ERROR: terminal.Ink.ERROR,
    Severity.WARNING: terminal.Ink.WARNING,
    Severity.INFO: terminal.Ink.INFO,
}


def to_line(diagnostic: Diagnostic) -> str:
    """One line, `file:line:column: code message`, as editors and scripts read it."""
    return (
        f"{_where(diagnostic)}{diagnostic.code} {terminal.one_line(diagnostic.message)}"
    )


def to_plain(diagnostic: Diagnostic) -> str:
    """A few lines without the source: severity, further places, notes and help."""
    severity = diagnostic.severity.value
    head = f"{severity} {diagnostic.code}: {terminal.one_line(diagnostic.message)}"
    lines = [_where(diagnostic) + head]
    lines += [
        f"  at {_place(label)}: {terminal.one_line(label.message)}"
        for label in diagnostic.labels
        if label.message
    ]
    lines += [f"  {kind}: {text}" for kind, text in _remarks(diagnostic)]
    return "\n".join(lines)


def to_terminal(
    diagnostic: Diagnostic, *, width: int = 80, colour: bool = False
) -> str:
    """The message, the source lines with what is to be seen there, notes and help."""
    style = terminal.COLOURED if colour else terminal.PLAIN
    width = max(width, _LEAST)
    ink = _INKS[diagnostic.severity]
    name = f"{diagnostic.severity.value}[{diagnostic.code}]"
    message = terminal.wrapped(f"{name}: {diagnostic.message}", width)
    lines = [style(ink, message[0][: len(name)]) + message[0][len(name) :]]
    lines += message[1:]
    gutter = _gutter(diagnostic)
    for text, labels in groupby(diagnostic.labels, key=lambda label: label.text):
        lines += _Excerpt(
            text=text, gutter=gutter, width=width, style=style, ink=ink
        ).lines(tuple(labels), diagnostic.place)
    for kind, remark in _remarks(diagnostic):
        margin = f"{' ' * gutter}= {kind}: "
        first, *rest = terminal.wrapped(remark, max(width - len(margin), _LEAST // 2))
        bar = style(terminal.Ink.QUIET, f"{' ' * gutter}=")
        remark_ink = terminal.Ink.HELP if kind == "help" else terminal.Ink.BOLD
        lines.append(f"{bar} {style(remark_ink, kind)}: {first}")
        lines += [" " * len(margin) + line for line in rest]
    return "\n".join(lines)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """How many diagnostics of each severity there are."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [
        f"{count} {severity.value if count == 1 else _PLURALS[severity]}"
        for severity in Severity
        if (count := severities.count(severity))
    ]
    return ", ".join(counts) or "nothing to report"


_PLURALS = {
    Severity.ERROR: "errors",
    Severity.WARNING: "warnings",
    Severity.INFO: "remarks",
}


def _where(diagnostic: Diagnostic) -> str:
    return f"{_place(diagnostic.place)}: " if diagnostic.place else ""


def _place(label: Label) -> str:
    return terminal.one_line(place_text(label))


def _remarks(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    for note in diagnostic.notes:
        yield "note", terminal.one_line(note)
    for remedy in diagnostic.help:
        yield "help", terminal.one_line(remedy.message)


def _gutter(diagnostic: Diagnostic) -> int:
    """How many columns the line numbers take, with a space after them."""
    numbers = [
        label.text.position(label.span.start).line for label in diagnostic.labels
    ]
    return len(str(max(numbers, default=0))) + 1


@frozen(kw_only=True)
class _Excerpt:
    """Lines of one text with marks under them."""

    text: Text
    gutter: int
    width: int
    style: terminal.Style
    ink: terminal.Ink

    def lines(self, labels: tuple[Label, ...], main: Label | None) -> Iterator[str]:
        """The place, then each line that a label is on, in the order of the text."""
        here = next((label for label in labels if label is main), labels[0])
        arrow = self.style(terminal.Ink.QUIET, f"{' ' * (self.gutter - 1)}-->")
        yield f"{arrow} {_place(here)}"
        if not self.text.characters:
            return
        ordered = sorted(labels, key=lambda label: label.span)
        last = None
        for number, group in groupby(ordered, key=self._line_number):
            if last is not None and number > last + 1:
                yield self.style(terminal.Ink.QUIET, "...")
            yield from self._line(number, tuple(group), main)
            last = number

    def _line_number(self, label: Label) -> int:
        return self.text.position(label.span.start).line

    def _line(
        self, number: int, labels: tuple[Label, ...], main: Label | None
    ) -> Iterator[str]:
        source = self.text.line(number)
        bar = self.style(terminal.Ink.QUIET, f"{' ' * self.gutter}|")
        room = max(self.width - self.gutter - 2, _LEAST // 2)
        window = _Window.around(source, self._stretch(labels[0], source), room)
        numbered = self.style(terminal.Ink.QUIET, f"{str(number).ljust(self.gutter)}|")
        yield f"{numbered} {window.shown}".rstrip()
        for label in labels:
            start, end = window.columns(self._stretch(label, source))
            is_main = label is main
            marks = ("^" if is_main else "-") * max(end - start, 1)
            ink = self.ink if is_main else terminal.Ink.INFO
            head = f"{bar} {' ' * start}{self.style(ink, marks)}"
            message = terminal.one_line(label.message)
            if not message:
                yield head
            elif start + len(marks) + 1 + terminal.columns(message) <= room:
                yield f"{head} {self.style(ink, message)}"
            else:
                yield head
                for line in terminal.wrapped(message, room):
                    yield f"{bar} {self.style(ink, line)}"

    def _stretch(self, label: Label, source: str) -> tuple[int, int]:
        """Where the label lies in its first line, in characters."""
        start = self.text.position(label.span.start).column - 1
        length = label.span.end - label.span.start
        return min(start, len(source)), min(start + length, len(source))


_CUT = "…"
_NEARBY = 4
"""How many widths of the terminal are looked at on either side of a mark. A file of one long line
has its thousands of mistakes all on that line, and going through it for each would never end."""


@frozen(kw_only=True)
class _Window:
    """A source line as a terminal shows it, cut to what fits around a stretch of it.

    Attributes:
        begin: The first character that was looked at.
        stops: The column at which each character from there begins, and that at which the last
            one ends.
        first: The first column that is shown.
    """

    begin: int
    stops: tuple[int, ...]
    shown: str
    first: int

    @classmethod
    def around(cls, source: str, stretch: tuple[int, int], room: int) -> _Window:
        """The part of `source` that has the start of `stretch` and fits into `room` columns."""
        far = _NEARBY * room
        nearest = max(stretch[0] - far, 0)
        near = source[nearest : stretch[0] + far]
        pieces, stops = _pieces(near)
        if len(near) == len(source) and stops[-1] <= room:
            return cls(begin=0, stops=stops, shown="".join(pieces), first=0)
        start = stops[stretch[0] - nearest]
        earliest = max(start - room // 3, 0) if start > room // 2 else 0
        begin = next(i for i, stop in enumerate(stops) if stop >= earliest)
        end = begin
        before = _CUT if nearest + begin else ""
        space = room - len(before)
        while end < len(pieces) and stops[end + 1] - stops[begin] <= space - 1:
            end += 1
        shown = "".join(pieces[begin:end])
        after = _CUT if nearest + end < len(source) else ""
        return cls(
            begin=nearest,
            stops=(*stops[: end + 1], *[stops[end]] * (len(pieces) - end)),
            shown=f"{before}{shown}{after}",
            first=stops[begin] - len(before),
        )

    def columns(self, stretch: tuple[int, int]) -> tuple[int, int]:
        """Where a stretch of characters is shown."""
        start, end = (self._column(offset) for offset in stretch)
        return max(start, 0), max(end, 0)

    def _column(self, offset: int) -> int:
        within = min(max(offset - self.begin, 0), len(self.stops) - 1)
        return self.stops[within] - self.first


def _pieces(source: str) -> tuple[list[str], tuple[int, ...]]:
    """Each character as it is shown, and the columns between them."""
    pieces: list[str] = []
    stops = [0]
    for character in source:
        is_tab = character == "\t"
        piece = (
            " " * (_TAB - stops[-1] % _TAB) if is_tab else terminal.visible(character)
        )
        pieces.append(piece)
        stops.append(stops[-1] + terminal.columns(piece))
    return pieces, tuple(stops)


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


SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "note"}


def lint_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """The findings as one run of b12guide of this version."""
    found = tuple(diagnostics)
    codes = sorted({*LEVELS, *(diagnostic.code for diagnostic in found)})
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "b12guide",
                        "semanticVersion": version,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes.index(each.code)) for each in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    level = LEVELS.get(code, Level.ERROR)
    rule = RULES_BY_CODE.get(code)
    described: dict[str, Any] = {"id": code}
    if rule is not None:
        described["name"] = rule.name
        described["shortDescription"] = {"text": rule.says}
    if page := page_address(code):
        described["helpUri"] = page
    is_on = level is not Level.OFF
    described["defaultConfiguration"] = {
        "enabled": is_on,
        "level": _LEVELS[level.value] if is_on else "none",
    }
    return described


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    told = [
        diagnostic.message,
        *diagnostic.notes,
        *(h.message for h in diagnostic.help),
    ]
    locations = [_location(label) for label in diagnostic.labels]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _level(diagnostic.severity),
        "message": {"text": ". ".join(told)},
        "locations": locations[:1],
    }
    if locations[1:]:
        result["relatedLocations"] = locations[1:]
    fixes = [_fix(remedy) for remedy in diagnostic.help if remedy.edits]
    if fixes:
        result["fixes"] = fixes
    return result


def _level(severity: Severity) -> str:
    return _LEVELS[severity.value]


def _location(label: Label) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": _artifact(label.text),
            "region": _region(label.text, label.span),
        }
    }
    if label.message:
        location["message"] = {"text": label.message}
    return location


def _artifact(text: Text) -> dict[str, str]:
    path = PurePath(text.name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix())}


def _region(text: Text, span: Span) -> dict[str, int]:
    start, end = text.position(span.start), text.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fix(remedy: Help) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in remedy.edits:
        by_file.setdefault(edit.text.name, []).append(edit)
    return {
        "description": {"text": remedy.message},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(edits[0].text),
                "replacements": [_replacement(edit) for edit in edits],
            }
            for edits in by_file.values()
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    return {
        "deletedRegion": _region(edit.text, edit.span),
        "insertedContent": {"text": edit.replacement},
    }
