"""A timeline as a picture: a lane for each course, test and decision, and the first month again.

A mark is a day, a bar is any day from the earliest to the latest; what an event may still change is
hollow, and what has no end goes on to an arrow. Of doses that are due every so many months to every
so many more, both ends are shown as courses of their own: the windows between them grow with every
dose, as if any day would do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from b12guide.evaluate.answer import Recommendation
from b12guide.extras import load
from b12guide.graph.model import Decision, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.model import Every
from b12guide.regimen.schedule import Window
from b12guide.say.names import decision_text, test_text
from b12guide.say.schedules import every_text
from b12guide.say.words import listing
from b12guide.show import timeline_page
from b12guide.show.drawing import WIDE, Drawing, Fill, Picture, Shape, picture, to_svg
from b12guide.show.lanes import Lane, Panel, Row, Thing, in_panels, zoomed
from b12guide.show.patient_header import guideline_particulars, particulars
from b12guide.timeline.model import Entry, EntryKind, Timeline
from b12guide.timeline.plan import plan
from b12guide.values.duration import DurationRange

_COLOURS = {
    Decision.LOADING: "blue",
    Decision.MAINTENANCE: "green",
    Decision.ADJUNCT: "orange",
}
SIDE = "one side of the contradiction"


def timeline_to_svg(timeline: Timeline) -> str:
    """The picture as the text of an `.svg` file; the same timeline gives the same text."""
    return to_svg(timeline_drawing(timeline))


def timeline_to_png(timeline: Timeline) -> bytes:
    """The picture as the content of a `.png` file.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    converter: Any = load("vl_convert", extra="plot")
    # Two pixels for each unit of the drawing: sharp on a good screen and in print.
    picture: bytes = converter.svg_to_png(timeline_to_svg(timeline), scale=2)
    return picture


def timeline_picture(timeline: Timeline) -> Picture | None:
    """The picture; None where nothing has a day, which the page says in words."""
    has_days = any(entry.window for entry in timeline.entries)
    return picture(partial(timeline_drawing, timeline)) if has_days else None


def timeline_drawing(timeline: Timeline, width: float = WIDE) -> Drawing:
    """The drawing of a timeline."""
    graph = timeline.recommendation.graph
    about = dict(particulars(timeline.recommendation))
    lanes = tuple(_lanes(timeline))
    days = [
        min(day, timeline.until)
        for lane in lanes
        for row in lane.rows
        for thing in row.things
        for day in (thing.first, thing.last)
    ]
    last = max([*days, timeline.start])
    parts, height = in_panels(zoomed(lanes, timeline.start, last), width)
    return Drawing(
        title=f"Timeline: {graph.title}",
        about=(
            f"Patient: {about['Patient']}",
            f"First day {timeline.start}, shown until {timeline.until}"
            + ("" if days else ". No day can be given yet"),
            f"{about['Guideline']}: {about['Status']}",
        ),
        words=_description(timeline),
        width=width,
        height=height,
        parts=parts,
    )


def strip_picture(recommendation: Recommendation) -> Picture | None:
    """Loading and maintenance of an answer in one strip, counted from a first dose without a date.

    None where no dose can be given a day.
    """
    timeline = plan(recommendation, _SOME_DAY)
    doses = [e for e in timeline.entries if e.kind is EntryKind.DOSE]
    if not any(dose.window for dose in doses):
        return None
    return picture(partial(_strip_drawing, timeline))


_SOME_DAY = dt.date(2001, 1, 1)


def _strip_drawing(timeline: Timeline, width: float) -> Drawing:
    lanes = tuple(
        evolve(
            lane,
            rows=tuple(
                evolve(row, things=tuple(evolve(t, said="") for t in row.things))
                for row in lane.rows
            ),
        )
        for lane in _courses(timeline)
    )
    panel = Panel("", timeline.start, timeline.until, lanes, is_dated=False)
    parts, height = in_panels((panel,), width)
    about = dict(guideline_particulars(timeline.recommendation.graph))
    return Drawing(
        title="The first year, counted from the first dose",
        about=(f"{about['Guideline']}: {about['Status']}",),
        words=" ".join(f"{lane.title}." for lane in lanes),
        width=width,
        height=height,
        parts=parts,
    )


# ------------------------------------------------------------------------------ lanes


def _lanes(timeline: Timeline) -> Iterator[Lane]:
    graph = timeline.recommendation.graph
    entries = timeline.entries
    if not any(e.kind is EntryKind.DOSE and e.window for e in entries):
        notes = timeline_page.told(timeline) or ("No dose has a day yet.",)
        yield Lane("Doses", "grey", tuple(Row("", note=note) for note in notes))
    yield from _courses(timeline)
    tests = tuple(_tests([e for e in entries if e.kind is EntryKind.TEST], graph))
    if tests:
        yield Lane("Tests", "purple", tests)
    asked = tuple(_decisions(timeline))
    if asked:
        yield Lane("To decide", "red", asked)


def _courses(timeline: Timeline) -> Iterator[Lane]:
    """A lane for each phase of each regimen."""
    graph = timeline.recommendation.graph
    doses = [e for e in timeline.entries if e.kind is EntryKind.DOSE]
    for course in _together(doses):
        first = course[0]
        name = decision_text(first.decision)
        if first.stage > 1:
            name = f"{name}, phase {first.stage}"
        said = "; ".join(
            dict.fromkeys(timeline_page.what_text(e, graph, whole=True) for e in course)
        )
        colour = _COLOURS.get(first.decision, "grey")
        rows = tuple(_course(timeline, course, colour))
        yield Lane(f"{name}: {said}", colour, rows)


def _together(doses: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The doses of one phase of one regimen; loading before maintenance, phase by phase."""
    found: dict[tuple[Any, ...], list[Entry]] = {}
    for dose in doses:
        key = (dose.decision, dose.stage, dose.drugs, dose.rules)
        found.setdefault(key, []).append(dose)
    order = list(Decision)
    yield from sorted(
        found.values(),
        key=lambda course: (order.index(course[0].decision), course[0].stage),
    )


def _course(timeline: Timeline, course: Sequence[Entry], colour: str) -> Iterator[Row]:
    """The rows of a course: its days, or its shortest and its longest pace."""
    graph = timeline.recommendation.graph
    for entry in course:
        if not entry.window:
            said = timeline_page.entry_text(entry, graph).removeprefix(
                timeline_page.what_text(entry, graph)
            )
            yield Row("", note=said.lstrip(";, ") or "no day yet")
    days = [(e, w) for e in course for w in (e.window, *e.further) if w]
    if not days:
        return
    last, _ = days[-1]
    goes_on = timeline_page.end_text(timeline, last)
    frequency = last.phase and last.phase.frequency
    match frequency:
        case Every(interval=interval) if interval.low != interval.high:
            for end, pace in (("earliest", interval.low), ("latest", interval.high)):
                ends = [(e, getattr(w, end)) for e, w in days]
                things = (
                    _thing(e, Window(day, day), colour, graph)
                    for e, day in ends
                    if day <= timeline.until
                )
                named = every_text(DurationRange(pace, pace, interval.unit))
                yield Row(named, tuple(things), goes_on)
        case _:
            yield Row("", tuple(_days(days, colour, graph)), goes_on)


def _days(
    days: Sequence[tuple[Entry, Window]], colour: str, graph: RuleGraph
) -> Iterator[Thing]:
    """Doses on their days; those that lie anywhere in a period evenly, over all its days."""
    period: Window | None = None
    for entry, window in days:
        spread = None if window.is_day else entry.spread
        if spread is None:
            yield _thing(entry, window, colour, graph)
            continue
        yield _thing(entry, Window(spread, spread), colour, graph)
        if period and window.earliest <= period.latest:
            period = Window(period.earliest, window.latest)
            continue
        if period:
            yield _whole(period, colour)
        period = window
    if period:
        yield _whole(period, colour)


def _whole(period: Window, colour: str) -> Thing:
    return Thing(
        first=period.earliest,
        last=period.latest,
        meaning="any days of these; marked as if spread evenly",
        colour=colour,
        fill=Fill.FAINT,
        said=timeline_page.window_text(period),
    )


def _thing(
    entry: Entry,
    window: Window,
    colour: str,
    graph: RuleGraph,
    shape: Shape = Shape.DOT,
) -> Thing:
    """What an entry asks for, on a day or in a range of days."""
    what = {Shape.CROSS: "test", Shape.DIAMOND: "to decide"}.get(shape, "dose")
    if entry.kind is EntryKind.DOSE and not entry.number:
        what, shape = "a course begins", Shape.SQUARE
    meaning = what if window.is_day else f"{what} on any day"
    return Thing(
        first=window.earliest,
        last=window.latest,
        meaning=f"{meaning}; open, an event may change it"
        if entry.is_open
        else meaning,
        colour=colour,
        shape=shape,
        fill=Fill.HOLLOW if entry.is_open else Fill.SOLID,
        said=_said(entry, graph),
    )


def _said(entry: Entry, graph: RuleGraph) -> str:
    when = timeline_page.window_text(entry.window)
    title = timeline_page.entry_title(entry, graph)
    return f"{when}: {title}, {timeline_page.entry_text(entry, graph)}"


def _tests(entries: Sequence[Entry], graph: RuleGraph) -> Iterator[Row]:
    """A row for each test, or for several that are always due together."""
    days: dict[str, dict[Window, Entry]] = {}
    for entry in entries:
        for window in filter(None, (entry.window, *entry.further)):
            for test in entry.tests:
                days.setdefault(test, {}).setdefault(window, entry)
    together: dict[tuple[Window, ...], list[str]] = {}
    for test, found in days.items():
        together.setdefault(tuple(found), []).append(test)
    for windows, tests in together.items():
        found = days[tests[0]]
        things = (_thing(found[w], w, "purple", graph, Shape.CROSS) for w in windows)
        yield Row(listing([test_text(graph, name) for name in tests]), tuple(things))


def _decisions(timeline: Timeline) -> Iterator[Row]:
    """What is to be decided, and the sides of a contradiction; other options stand in the text."""
    graph = timeline.recommendation.graph
    for entry in timeline.entries:
        if entry.kind is EntryKind.DECISION and entry.window:
            day = Window(entry.window.earliest, entry.window.earliest)
            mark = _thing(entry, day, "red", graph, Shape.DIAMOND)
            mark = evolve(mark, fill=Fill.SOLID, meaning="to decide")
            yield Row(timeline_page.entry_text(entry, graph), (mark,))
        elif entry.kind is EntryKind.DECISION and entry.text == SIDE:
            yield Row("", note=timeline_page.entry_text(entry, graph))


def _description(timeline: Timeline) -> str:
    """All entries in words."""
    graph = timeline.recommendation.graph
    return " ".join(
        [
            *(f"{one}." for one in timeline_page.told(timeline)),
            *(f"{_said(e, graph)}." for e in timeline.entries),
            EDUCATION_NOTICE,
        ]
    )
