"""A picture of an audit (SVG): a lane for each family of findings, by the day of each finding.

The shape tells how grave a finding is, and a thin line leads to it from the day with which its day
was compared. The picture says all of this itself, and carries a title and a description.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from b12guide.audit.finding import Audit, Family, Finding, Gravity
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.schedule import Window
from b12guide.say.names import capitalised
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.svg import (
    LEFT,
    ROW,
    WIDTH,
    Axis,
    diamond,
    dot,
    heading,
    line,
    path,
    pen,
    picture,
    rectangle,
    rows,
    text,
)

_GAP = 6


def audit_picture(audit: Audit) -> str:
    """The drawing; empty where nothing was found."""
    return audit_to_svg(audit) if audit.findings else ""


def audit_to_svg(audit: Audit) -> str:
    """The picture as the text of an `.svg` file; the same audit gives the same text."""
    days = [day for f in audit.findings for day in (f.on, *f.compared)]
    axis = Axis(min([*days, audit.on]), max([*days, audit.on]))
    title = f"Audit of a dosing history: {audit.graph.title}"
    head = list(heading(title, _subtitle(audit)))
    top = 22.0 * len(head) + 42
    bands: list[str] = []
    marks: list[str] = []
    y = top
    for family in Family:
        findings = [f for f in audit.findings if f.family is family]
        if not findings:
            continue
        windows = [_window(finding) for finding in findings]
        placed = rows(windows, axis, 8)
        height = ROW * (1 + max(placed)) + 10
        bands += _band(family, y, height)
        for finding, window, row in zip(findings, windows, placed, strict=True):
            marks += _finding(finding, window, y + 5 + ROW * row + ROW / 2, axis)
        y += height + _GAP
    body = [*head, *bands, *axis.ticks(top - 12, y), *marks, *_legend(y + 22)]
    return picture(WIDTH, y + 74, title, _description(audit), body)


def _subtitle(audit: Audit) -> str:
    status = dict(guideline_particulars(audit.graph))["Status"]
    return f"Audited on {audit.on}; {status}"


def _description(audit: Audit) -> str:
    """All findings in words."""
    said = [_words(finding) for finding in audit.findings] or ["Nothing was found."]
    return " ".join((f"{_subtitle(audit)}.", *said, EDUCATION_NOTICE))


def _words(finding: Finding) -> str:
    return f"{finding.on}, {finding.gravity.value}: {capitalised(finding.text)}."


def _window(finding: Finding) -> Window:
    """From the first to the last day that a finding is about."""
    days = (finding.on, *finding.compared)
    return Window(min(days), max(days))


def _band(family: Family, y: float, height: float) -> Iterator[str]:
    yield rectangle(LEFT - 6, y, WIDTH - LEFT - 12, height, pen(fill="band"))
    name = family.value.capitalize()
    yield text(16, y + height / 2 + 4, name, size=13, weight=600)


def _finding(finding: Finding, window: Window, y: float, axis: Axis) -> Iterator[str]:
    if not window.is_day:
        yield line(axis.x(window.earliest), y, axis.x(window.latest), y, "quiet")
    yield _mark(finding.gravity, axis.x(finding.on), y, _words(finding))


def _mark(gravity: Gravity, x: float, y: float, said: str = "") -> str:
    match gravity:
        case Gravity.VIOLATION:
            return diamond(x, y, 7, pen(fill="vermillion", stroke="vermillion"), said)
        case Gravity.WARNING:
            course = f"M{x} {y - 6}l6 11h-12z"
            return path(course, pen(fill="orange", stroke="orange"), said)
        case Gravity.UNRESOLVED:
            dashes = 'stroke-dasharray="2 2"'
            return dot(x, y, 6, f"{pen(fill='paper', stroke='purple')} {dashes}", said)
        case Gravity.INFO:
            return dot(x, y, 4, pen(fill="blue", stroke="blue"), said)
        case _:
            assert_never(gravity)


def _legend(y: float) -> Iterator[str]:
    """What the marks mean, and the notice."""
    names = {
        Gravity.UNRESOLVED: "could not be assessed",
        Gravity.INFO: "for information",
    }
    x = 24.0
    for gravity in Gravity:
        name = names.get(gravity, gravity.value)
        yield _mark(gravity, x, y - 4)
        yield text(x + 16, y, name, colour="quiet")
        x += 46 + 6.4 * len(name)
    yield text(16, y + 26, EDUCATION_NOTICE, size=11, colour="quiet")
