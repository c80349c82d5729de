"""A timeline as a chart: a lane for each kind of entry, ranges as bars, open ends as arrows.

Where things lie from top to bottom is worked out here, in pixels; where they lie from left to
right follows from their days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import altair as alt
from attrs import frozen

from b12guide.graph.model import Decision, RuleGraph
from b12guide.plot.form import BLUE, BROWN, GREEN, GREY, RED, data, finished, side
from b12guide.regimen.schedule import Window
from b12guide.show.svg import Axis, rows
from b12guide.show.terminal import wrapped
from b12guide.show.timeline_page import (
    end_text,
    entry_text,
    entry_title,
    timeline_page,
    window_text,
)
from b12guide.show.to_text import to_text
from b12guide.timeline.model import Entry, EntryKind, Timeline

_WIDTH, _LINE, _GAP, _BAR, _SIDE = 640, 18, 8, 8, 24
_APART = 14
"""Days of a lane that lie closer than so many pixels are drawn as thin lines, not as points."""

_LANES = (
    ("Loading", EntryKind.DOSE, Decision.LOADING, BLUE, "circle"),
    ("Maintenance", EntryKind.DOSE, Decision.MAINTENANCE, GREEN, "circle"),
    ("Other drugs", EntryKind.DOSE, Decision.ADJUNCT, BROWN, "square"),
    ("Tests", EntryKind.TEST, Decision.MONITORING, GREY, "triangle-up"),
    ("To decide", EntryKind.DECISION, None, RED, "diamond"),
)
_COLOURS = {name: colour for name, _, _, colour, _ in _LANES}
_SHAPES = {name: shape for name, _, _, _, shape in _LANES}

_Row: TypeAlias = dict[str, Any]


@frozen(kw_only=True)
class _Lane:
    """The entries of a lane with their rows, and where the lane lies."""

    name: str
    top: float
    height: float
    entries: Sequence[tuple[Entry, Window, int]]


def dosing_chart(timeline: Timeline) -> alt.LayerChart:
    """The chart of a timeline."""
    graph = timeline.recommendation.graph
    axis = Axis(timeline.start, _last(timeline))
    lanes = list(_lanes(timeline, axis))
    height = max((lane.top + lane.height for lane in lanes), default=_LINE)
    marks = [mark for lane in lanes for mark in _marks(lane, axis, graph)]
    ends = {
        lane.top + lane.height / 2: (lane.name, said)
        for lane in lanes
        if (said := end_text(timeline, lane.entries[-1][0]))
    }
    names = {lane.top + lane.height / 2: [lane.name] for lane in lanes}

    def of(mark: str, *, is_open: bool) -> list[_Row]:
        return [m for m in marks if m["mark"] == mark and m["open"] is is_open]

    lines = [*of("line", is_open=False), *of("line", is_open=True)]
    chart = alt.layer(
        _bands(lanes, axis),
        *(_rectangles(of("bar", is_open=o), is_open=o) for o in (False, True)),
        *(_points(of("point", is_open=o), is_open=o) for o in (False, True)),
        _lines(lines),
        _frames(lanes, lines),
        _arrows({y: _COLOURS[name] for y, (name, _) in ends.items()}),
        side(names, height, "left"),
        side(
            {y: wrapped(said, _SIDE) for y, (_, said) in ends.items()}, height, "right"
        ),
    )
    chart = chart.resolve_axis(y="independent").properties(width=_WIDTH, height=height)
    subtitle = [
        f"First day {timeline.start}, shown until {timeline.until}.",
        "A bar reaches from the earliest to the latest day. What is hollow may still change.",
    ]
    if not lanes:
        subtitle.append("No day can be given yet.")
    words = to_text(timeline_page(timeline))
    return finished(chart, graph, f"Timeline: {graph.title}", subtitle, words)


def _last(timeline: Timeline) -> dt.date:
    """The last day of the picture: of the last entry, or the one that was asked for."""
    ends = [e.window.latest for e in timeline.entries if e.window]
    last = min(max(ends, default=timeline.until), timeline.until)
    return last if last > timeline.start else max(timeline.until, timeline.start)


def _lanes(timeline: Timeline, axis: Axis) -> Iterator[_Lane]:
    top = 0.0
    for name, kind, decision, *_ in _LANES:
        found = [
            (entry, entry.window)
            for entry in timeline.entries
            if entry.kind is kind and (decision is None or entry.decision is decision)
            if entry.window is not None and entry.window.earliest <= axis.last
        ]
        if not found:
            continue
        ranges = [window for _, window in found if not window.is_day]
        numbers = iter(rows(ranges, axis, 2))
        placed = [(e, w, 0 if w.is_day else next(numbers)) for e, w in found]
        height = _LINE * (1 + max(row for _, _, row in placed)) + _GAP
        yield _Lane(name=name, top=top, height=height, entries=placed)
        top += height + _GAP


def _marks(lane: _Lane, axis: Axis, graph: RuleGraph) -> Iterator[_Row]:
    """What is drawn for each entry of a lane."""
    days = [axis.x(window.earliest) for _, window, _ in lane.entries if window.is_day]
    is_dense = any(0 < b - a < _APART for a, b in pairwise(days))
    for entry, window, row in lane.entries:
        middle = lane.top + _GAP / 2 + _LINE * (row + 0.5)
        mark = "bar" if not window.is_day else "line" if is_dense else "point"
        yield {
            "mark": mark,
            "lane": lane.name,
            "open": entry.is_open,
            "colour": _COLOURS[lane.name],
            "shape": _SHAPES[lane.name],
            "from": _day(window.earliest),
            "to": _day(min(window.latest, axis.last)),
            "y": middle,
            "top": middle - _BAR / 2,
            "bottom": middle + _BAR / 2,
            "when": window_text(window),
            "what": f"{entry_title(entry, graph)}: {entry_text(entry, graph)}",
        }


def _day(day: dt.date) -> str:
    return day.isoformat()


# -------------------------------------------------------------------------- layers

_FILL, _STROKE = (kind("colour:N", scale=None) for kind in (alt.Fill, alt.Stroke))
_SHAPE = alt.Shape("shape:N", scale=None)
_TOLD = [alt.Tooltip("when:N", title="When"), alt.Tooltip("what:N", title="What")]
_HOLLOW = {"fillOpacity": 0, "strokeDash": [3, 2]}


def _x(name: str) -> alt.X:
    """Days are read and shown in one time zone, so that none is shown a day early."""
    axis = alt.Axis(
        format="%Y-%m-%d", labelOverlap="greedy", labelSeparation=12, title=None
    )
    return alt.X(f"{name}:T", scale=alt.Scale(type="utc", nice=False), axis=axis)


def _y(name: str) -> alt.Y:
    return alt.Y(f"{name}:Q", scale=None, axis=None)


def _bands(lanes: Sequence[_Lane], axis: Axis) -> alt.Chart:
    ends = {"from": _day(axis.first), "to": _day(axis.last)}
    places = [(lane.top, lane.top + lane.height) for lane in lanes] or [(0, _LINE)]
    return (
        data([{**ends, "top": top, "bottom": bottom} for top, bottom in places])
        .mark_rect(color=GREY, opacity=0.12)
        .encode(x=_x("from"), x2="to:T", y=_y("top"), y2="bottom:Q")
    )


def _rectangles(found: Sequence[_Row], *, is_open: bool) -> alt.Chart:
    return (
        data(found)
        .mark_rect(cornerRadius=3, strokeWidth=1.5, **_HOLLOW if is_open else {})
        .encode(
            x=_x("from"),
            x2="to:T",
            y=_y("top"),
            y2="bottom:Q",
            fill=_FILL,
            stroke=_STROKE,
            tooltip=_TOLD,
        )
    )


def _points(found: Sequence[_Row], *, is_open: bool) -> alt.Chart:
    return (
        data(found)
        .mark_point(size=70, strokeWidth=1.5, opacity=1, **_HOLLOW if is_open else {})
        .encode(
            x=_x("from"),
            y=_y("y"),
            shape=_SHAPE,
            fill=_FILL,
            stroke=_STROKE,
            tooltip=_TOLD,
        )
    )


def _lines(found: Sequence[_Row]) -> alt.Chart:
    """Many single days of a lane."""
    return (
        data(found)
        .mark_rule(strokeWidth=1.5)
        .encode(x=_x("from"), y=_y("top"), y2="bottom:Q", stroke=_STROKE, tooltip=_TOLD)
    )


def _frames(lanes: Sequence[_Lane], found: Sequence[_Row]) -> alt.Chart:
    """A hollow frame around the lines of a lane that are open."""
    frames = []
    for lane in lanes:
        days = [m for m in found if m["lane"] == lane.name and m["open"]]
        if days:
            top, bottom = days[0]["top"] - 3, days[0]["bottom"] + 3
            end = days[-1]["to"]
            frames.append({**days[0], "to": end, "top": top, "bottom": bottom})
    return _rectangles(frames, is_open=True)


def _arrows(ends: Mapping[float, str]) -> alt.Chart:
    found = [{"y": y, "colour": colour} for y, colour in ends.items()]
    return (
        data(found)
        .mark_point(shape="triangle-right", size=90, opacity=1)
        .encode(x=alt.value(_WIDTH + 8), y=_y("y"), fill=_FILL, stroke=_STROKE)
    )
