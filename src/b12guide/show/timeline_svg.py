"""A picture of a timeline (SVG): a lane for each kind of entry, months along the top.

A bar is a range of days, a dot a single day, a diamond what is to be decided; what an event may
still change is drawn hollow, and an arrow says that a lane goes on. The picture says all of this
itself, and carries a title and a description for readers who do not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from b12guide.extras import load
from b12guide.graph.model import Decision, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.schedule import Window
from b12guide.show.patient_header import guideline_particulars, unaddressed
from b12guide.show.svg import (
    LEFT,
    ROW,
    WIDTH,
    Axis,
    diamond,
    dot,
    heading,
    path,
    pen,
    picture,
    rectangle,
    rows,
    text,
)
from b12guide.show.timeline_page import (
    end_text,
    entry_text,
    entry_title,
    told,
    window_text,
)
from b12guide.timeline.model import Entry, EntryKind, Timeline

_DOT, _BAR, _GAP = 5, 8, 6
"""How many characters of a title stand on one line."""

_LANES = (
    ("Loading", EntryKind.DOSE, Decision.LOADING, "blue"),
    ("Maintenance", EntryKind.DOSE, Decision.MAINTENANCE, "green"),
    ("Other drugs", EntryKind.DOSE, Decision.ADJUNCT, "orange"),
    ("Tests", EntryKind.TEST, Decision.MONITORING, "purple"),
    ("To decide", EntryKind.DECISION, None, "vermillion"),
)


def timeline_picture(timeline: Timeline) -> str:
    """The drawing; empty where nothing has a day."""
    has_days = any(entry.window for entry in timeline.entries)
    return timeline_to_svg(timeline) if has_days else ""


def timeline_to_svg(timeline: Timeline) -> str:
    """The picture as the text of an `.svg` file; the same timeline gives the same text."""
    graph = timeline.recommendation.graph
    last = max(
        (e.window.latest for e in timeline.entries if e.window),
        default=timeline.until,
    )
    axis = Axis(timeline.start, max(min(last, timeline.until), timeline.start))
    title = f"Timeline: {graph.title}"
    head = list(heading(title, _subtitle(timeline)))
    top = 22.0 * len(head) + 42
    bands: list[str] = []
    marks: list[str] = []
    y = top
    for name, kind, decision, colour in _LANES:
        entries = _on_lane(timeline, axis, kind, decision)
        if not entries:
            continue
        windows = [window for _, window in entries]
        placed = rows(windows, axis, _DOT)
        height = ROW * (1 + max(placed)) + 10
        bands += _band(name, y, height, colour)
        for (entry, window), row in zip(entries, placed, strict=True):
            middle = y + 5 + ROW * row + ROW / 2
            marks.append(_mark(entry, window, middle, colour, axis, graph))
        goes_on = end_text(timeline, entries[-1][0])
        if goes_on:
            marks.append(_arrow(axis.right, y + height / 2, colour, goes_on))
        y += height + _GAP
    body = [*head, *bands, *axis.ticks(top - 12, y), *marks, *_legend(y + 22)]
    return picture(WIDTH, y + 74, title, _description(timeline), body)


def _subtitle(timeline: Timeline) -> str:
    status = dict(guideline_particulars(timeline.recommendation.graph))["Status"]
    return f"First day {timeline.start}, shown until {timeline.until}; {status}"


def _description(timeline: Timeline) -> str:
    """All entries in words."""
    graph = timeline.recommendation.graph
    said = [
        f"{window_text(e.window)}: {entry_title(e, graph)}, {entry_text(e, graph)}."
        for e in timeline.entries
    ]
    silent = [
        f"Not addressed: {item.text}"
        for item in unaddressed(timeline.recommendation.silences, graph)
    ]
    first = [f"{_subtitle(timeline)}.", *silent, *told(timeline)]
    return " ".join((*first, *said, EDUCATION_NOTICE))


def _on_lane(
    timeline: Timeline, axis: Axis, kind: EntryKind, decision: Decision | None
) -> Sequence[tuple[Entry, Window]]:
    """The entries of a lane that have a day in the picture."""
    return [
        (entry, entry.window)
        for entry in timeline.entries
        if entry.kind is kind
        and (decision is None or entry.decision is decision)
        and entry.window is not None
        and entry.window.earliest <= axis.last
    ]


def _band(name: str, y: float, height: float, colour: str) -> Iterator[str]:
    width = WIDTH - LEFT - 12
    yield rectangle(LEFT - 6, y, width, height, pen(fill="band"))
    yield text(16, y + height / 2 + 4, name, size=13, weight=600, colour=colour)


def _mark(  # noqa: PLR0913, PLR0917 -- a drawing needs its place and its pen
    entry: Entry, window: Window, y: float, colour: str, axis: Axis, graph: RuleGraph
) -> str:
    said = f"{window_text(window)}: {entry_title(entry, graph)}, {entry_text(entry, graph)}"
    style = _style(colour, is_open=entry.is_open)
    left, right = axis.x(window.earliest), axis.x(window.latest)
    if not window.is_day:
        width = round(max(right - left, 2), 1)
        return rectangle(left, y - _BAR / 2, width, _BAR, style, said, corner=3)
    if entry.kind is EntryKind.DECISION:
        return diamond(left, y, _DOT + 1, style, said)
    return dot(left, y, _DOT, style, said)


def _style(colour: str, *, is_open: bool) -> str:
    if is_open:
        return f'{pen(fill="paper", stroke=colour)} stroke-dasharray="2 2"'
    return pen(fill=colour, stroke=colour)


def _arrow(x: float, y: float, colour: str, said: str) -> str:
    style = f'{pen(stroke=colour)} stroke-width="2"'
    return path(f"M{x + 6} {y - 6}l8 6l-8 6", style, said)


def _legend(y: float) -> Iterator[str]:
    """What the marks mean, and the notice."""
    middle = y - 4
    said = (
        "on this day",
        "from the earliest to the latest day",
        "open: an event may change it",
        "goes on",
    )
    x = 16.0
    for number, words in enumerate(said):
        match number:
            case 0:
                yield dot(x + 8, middle, _DOT, _style("quiet", is_open=False))
            case 1:
                style = pen(fill="quiet")
                yield rectangle(x, middle - _BAR / 2, 22, _BAR, style, corner=3)
            case 2:
                yield dot(x + 8, middle, _DOT, _style("quiet", is_open=True))
            case _:
                yield _arrow(x, middle, "quiet", "")
        yield text(x + 28, y, words, colour="quiet")
        x += 60 + 6.4 * len(words)
    yield text(16, y + 26, EDUCATION_NOTICE, size=11, colour="quiet")


_SCALE = 2
"""Pixels for each unit of the drawing: sharp on a good screen and in print."""


def timeline_to_png(timeline: Timeline) -> bytes:
    """The picture as the content of a `.png` file.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    converter: Any = load("vl_convert", extra="plot")
    picture: bytes = converter.svg_to_png(timeline_to_svg(timeline), scale=_SCALE)
    return picture
