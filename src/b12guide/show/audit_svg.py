"""An audit as a picture: what was due beside what was given, and what was found, on their days.

The bar of a dose that was due reaches from its earliest to its latest day, so a dose that came late
or never is seen before it is read. The shape of a finding tells how grave it is; a thin bar leads
to it over the days that were compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from b12guide.audit.event import Given, Started, Stopped, Tested
from b12guide.audit.finding import Audit, Family, Finding, Gravity
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.schedule import Window
from b12guide.say.names import Audience, drug_text, route_text, test_text
from b12guide.say.words import capitalised
from b12guide.show.drawing import WIDE, Drawing, Fill, Picture, Shape, picture, to_svg
from b12guide.show.lanes import Lane, Row, Thing, in_panels, zoomed
from b12guide.show.patient_header import guideline_particulars

_MARKS = {
    Gravity.VIOLATION: (Shape.DIAMOND, "red", Fill.SOLID, "violation"),
    Gravity.WARNING: (Shape.TRIANGLE, "orange", Fill.SOLID, "warning"),
    Gravity.UNRESOLVED: (Shape.DOT, "purple", Fill.HOLLOW, "could not be assessed"),
    Gravity.INFO: (Shape.SQUARE, "blue", Fill.SOLID, "for information"),
}


def audit_to_svg(audit: Audit) -> str:
    """The picture as the text of an `.svg` file; the same audit gives the same text."""
    return to_svg(audit_drawing(audit))


def audit_picture(audit: Audit) -> Picture | None:
    """The picture; None where nothing was due, given or found."""
    has_days = audit.record or audit.due or audit.findings
    return picture(partial(audit_drawing, audit)) if has_days else None


def audit_drawing(audit: Audit, width: float = WIDE) -> Drawing:
    """The drawing of an audit."""
    about = dict(guideline_particulars(audit.graph))
    lanes = tuple(_lanes(audit))
    days = [
        day
        for lane in lanes
        for row in lane.rows
        for thing in row.things
        for day in (thing.first, thing.last)
    ]
    first, last = min([*days, audit.on]), max([*days, audit.on])
    parts, height = in_panels(zoomed(lanes, first, last), width)
    return Drawing(
        title=f"Audit of a dosing history: {audit.graph.title}",
        about=(f"Audited on {audit.on}", f"{about['Guideline']}: {about['Status']}"),
        words=_description(audit, lanes),
        width=width,
        height=height,
        parts=parts,
    )


def _lanes(audit: Audit) -> Iterator[Lane]:
    doses = (*_due(audit), *_given(audit))
    nothing = Row("", note="No dose is recorded, and none was due.")
    yield Lane("Doses: due and given", "green", doses or (nothing,))
    tests = tuple(_tests(audit))
    if tests:
        yield Lane("Tests", "purple", tests)
    found = tuple(_found(audit))
    nothing = Row("", note="Nothing was found.")
    yield Lane("Findings", "red", found or (nothing,))


def _due(audit: Audit) -> Iterator[Row]:
    """What was due, a row for each rule, or for several that asked for the same days."""
    windows: dict[str, list[Window]] = {}
    for due in audit.due:
        windows.setdefault(due.rule, []).append(due.window)
    together: dict[tuple[Window, ...], list[str]] = {}
    for rule, found in windows.items():
        title = audit.graph.rules[rule].title
        together.setdefault(tuple(found), []).append(title)
    for days, titles in together.items():
        said = ", ".join(titles)
        things = (
            Thing(
                first=window.earliest,
                last=window.latest,
                meaning="due" if window.is_day else "due on any of these days",
                colour="blue",
                shape=Shape.SQUARE,
                fill=Fill.HOLLOW,
                said=f"due {_days(window.earliest, window.latest)}: {said}",
            )
            for window in days
        )
        yield Row(f"due: {said}", tuple(things))


def _days(first: dt.date, last: dt.date) -> str:
    return f"on {first}" if first == last else f"from {first} to {last}"


def _given(audit: Audit) -> Iterator[Row]:
    """What was given, a row for each drug and route; a course that was taken is a bar."""
    rows: dict[tuple[str, str | None], list[Thing]] = {}
    for event in audit.record:
        if isinstance(event, Given | Started):
            what = drug_text(audit.graph, event.drug)
            amount = f" {event.amount}" if event.amount else ""
            last = event.on
            if isinstance(event, Started):
                ends = [
                    e.on
                    for e in audit.record
                    if isinstance(e, Stopped)
                    and e.drug == event.drug
                    and e.on >= event.on
                ]
                last = min(ends, default=audit.on)
            thing = Thing(
                first=event.on,
                last=last,
                meaning="given" if isinstance(event, Given) else "taken as a course",
                colour="green",
                said=f"{_days(event.on, last)}: {what}{amount}",
            )
            rows.setdefault((event.drug, event.route), []).append(thing)
    for (drug, route), things in rows.items():
        how = (
            f", {route_text(audit.graph, route, Audience.PROFESSIONAL)}"
            if route
            else ""
        )
        yield Row(f"given: {drug_text(audit.graph, drug)}{how}", tuple(things))


def _tests(audit: Audit) -> Iterator[Row]:
    days: dict[str, list[dt.date]] = {}
    for event in audit.record:
        if isinstance(event, Tested):
            days.setdefault(event.test, []).append(event.on)
    together: dict[tuple[dt.date, ...], list[str]] = {}
    for test, tested in days.items():
        together.setdefault(tuple(tested), []).append(test_text(audit.graph, test))
    for on, names in together.items():
        said = ", ".join(names)
        things = (
            Thing(
                first=day,
                last=day,
                meaning="tested",
                colour="purple",
                shape=Shape.CROSS,
                said=f"{day}: {said}",
            )
            for day in on
        )
        yield Row(said, tuple(things))


def _found(audit: Audit) -> Iterator[Row]:
    for family in Family:
        things = [
            thing
            for finding in audit.findings
            if finding.family is family
            for thing in _finding(finding)
        ]
        if things:
            yield Row(family.value, tuple(things))


def _finding(finding: Finding) -> Iterator[Thing]:
    shape, colour, fill, name = _MARKS[finding.gravity]
    days = (finding.on, *finding.compared)
    if min(days) < max(days):
        yield Thing(
            first=min(days),
            last=max(days),
            meaning="the days that were compared",
            colour=colour,
            fill=Fill.FAINT,
            said=_words(finding),
        )
    yield Thing(
        first=finding.on,
        last=finding.on,
        meaning=name,
        colour=colour,
        shape=shape,
        fill=fill,
        said=_words(finding),
    )


def _words(finding: Finding) -> str:
    return f"{finding.on}, {finding.gravity.value}: {capitalised(finding.text)}"


def _description(audit: Audit, lanes: tuple[Lane, ...]) -> str:
    """Everything that was due, given and found, in words."""
    said = [
        f"{row.name}: {', '.join(_days(t.first, t.last) for t in row.things)}."
        for lane in lanes[:-1]
        for row in lane.rows
        if row.things
    ]
    found = [f"{_words(finding)}." for finding in audit.findings]
    return " ".join((*said, *(found or ["Nothing was found."]), EDUCATION_NOTICE))
