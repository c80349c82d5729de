"""A picture of a timeline (SVG): a lane for each kind of entry, months along the top.

A bar is a range of days, a dot a single day; what an event may still change is drawn hollow. The
picture says all of this itself, and carries a title and a description for readers who do not see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape

from attrs import frozen

from b12guide.graph.model import Decision, RuleGraph
from b12guide.regimen.timeline import Window
from b12guide.show.stated import guideline_particulars
from b12guide.show.timeline_text import entry_text, entry_title, window_text
from b12guide.show.wording import EDUCATION_NOTICE
from b12guide.timeline.model import Entry, Kind, Timeline

__all__ = ["timeline_to_svg"]

_WIDTH, _LEFT, _RIGHT, _TOP = 960, 130, 24, 92
_ROW, _DOT, _BAR, _LABEL = 18, 5, 8, 50
_FONT = "system-ui, sans-serif"
_INK, _QUIET, _LINE = "#1b1f24", "#57606a", "#d0d7de"
_LANES = (
    ("Loading", Kind.DOSE, Decision.LOADING, "#0b5cad"),
    ("Maintenance", Kind.DOSE, Decision.MAINTENANCE, "#1a7f64"),
    ("Other drugs", Kind.DOSE, Decision.ADJUNCT, "#7a4a00"),
    ("Tests", Kind.TEST, Decision.MONITORING, "#8a3ffc"),
    ("To decide", Kind.DECISION, None, "#b02a37"),
)


@frozen
class _Scale:
    """Where a day lies on the picture."""

    first: dt.date
    last: dt.date

    def x(self, day: dt.date) -> float:
        days = max((self.last - self.first).days, 1)
        room = _WIDTH - _LEFT - _RIGHT
        at = min(max((day - self.first).days, 0), days)
        return round(_LEFT + room * at / days, 1)


@frozen
class _Placed:
    entry: Entry
    window: Window
    row: int


def timeline_to_svg(timeline: Timeline) -> str:
    """The picture as the text of an `.svg` file; the same timeline gives the same text."""
    graph = timeline.recommendation.graph
    dated = [e for e in timeline.entries if e.window is not None]
    last = max((e.window.latest for e in dated if e.window), default=timeline.until)
    scale = _Scale(timeline.start, max(min(last, timeline.until), timeline.start))
    body: list[str] = []
    y = _TOP
    for title, kind, decision, colour in _LANES:
        entries = [
            e
            for e in dated
            if e.kind is kind and (decision is None or e.decision is decision)
        ]
        if not entries:
            continue
        placed = _rows(entries, scale)
        height = _ROW * (1 + max(p.row for p in placed)) + 10
        body += _lane(title, placed, y, height, colour, scale, graph)
        y += height + 6
    height = y + 74
    title = f"Timeline: {graph.title}"
    parts = [
        _opening(height),
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(_description(timeline))}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(16, 28, title, size=16, weight=600),
        _text(16, 50, _subtitle(timeline), size=12, fill=_QUIET),
        *_months(scale, y),
        *body,
        *_legend(y + 22),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="title description" font-family="{_FONT}">'
    )


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
    return " ".join((f"{_subtitle(timeline)}.", *said, EDUCATION_NOTICE))


def _rows(entries: Sequence[Entry], scale: _Scale) -> list[_Placed]:
    """Each entry on the first row on which it touches no other."""
    ends: list[float] = []
    placed = []
    for entry in entries:
        window = entry.window
        if window is None or window.earliest > scale.last:
            continue
        left, right = scale.x(window.earliest) - _DOT, scale.x(window.latest) + _DOT
        row = next((r for r, end in enumerate(ends) if end < left), len(ends))
        ends[row : row + 1] = [right]
        placed.append(_Placed(entry, window, row))
    return placed


def _lane(  # noqa: PLR0913, PLR0917 -- a drawing needs its place and its pen
    title: str,
    placed: Sequence[_Placed],
    y: int,
    height: int,
    colour: str,
    scale: _Scale,
    graph: RuleGraph,
) -> Iterator[str]:
    yield f'<g aria-label="{escape(title)}">'
    yield (
        f'<rect x="{_LEFT - 6}" y="{y}" width="{_WIDTH - _LEFT - _RIGHT + 12}" '
        f'height="{height}" fill="#f6f8fa"/>'
    )
    yield _text(16, y + height / 2 + 4, title, size=13, weight=600, fill=colour)
    for one in placed:
        yield _mark(one, y + 5 + _ROW * one.row + _ROW / 2, colour, scale, graph)
    yield "</g>"


def _mark(
    placed: _Placed, y: float, colour: str, scale: _Scale, graph: RuleGraph
) -> str:
    entry, window = placed.entry, placed.window
    hollow = f'fill="#ffffff" stroke="{colour}" stroke-dasharray="2 2"'
    pen = hollow if entry.is_open else f'fill="{colour}" stroke="{colour}"'
    said = f"{window_text(window)}: {entry_title(entry, graph)}, {entry_text(entry, graph)}"
    title = f"<title>{escape(said)}</title>"
    left, right = scale.x(window.earliest), scale.x(window.latest)
    if window.is_day:
        return f'<circle cx="{left}" cy="{y}" r="{_DOT}" {pen}>{title}</circle>'
    width = round(max(right - left, 2), 1)
    return (
        f'<rect x="{left}" y="{y - _BAR / 2}" width="{width}" height="{_BAR}" rx="3" '
        f"{pen}>{title}</rect>"
    )


def _months(scale: _Scale, bottom: int) -> Iterator[str]:
    """A line and a name for each month, fewer names where there are many months."""
    months = []
    day = scale.first.replace(day=1)
    while day <= scale.last:
        if day >= scale.first:
            months.append(day)
        year, month = divmod(day.year * 12 + day.month, 12)
        day = dt.date(year, month + 1, 1)
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(months) <= 14 * s)
    if not months or scale.x(months[0]) - _LEFT > _LABEL:
        yield _text(_LEFT, _TOP - 16, scale.first.isoformat()[:7], size=11, fill=_QUIET)
    for first in months:
        if (first.year * 12 + first.month - 1) % step:
            continue
        x = scale.x(first)
        yield f'<line x1="{x}" y1="{_TOP - 12}" x2="{x}" y2="{bottom}" stroke="{_LINE}"/>'
        if x + _LABEL <= _WIDTH:
            yield _text(x + 2, _TOP - 16, first.isoformat()[:7], size=11, fill=_QUIET)


def _legend(y: float) -> Iterator[str]:
    said = (
        ("dot", "on this day"),
        ("bar", "from the earliest to the latest day"),
        ("open", "open: an event may change it"),
    )
    x = 16.0
    for kind, text in said:
        if kind == "bar":
            yield (
                f'<rect x="{x}" y="{y - 8}" width="22" height="{_BAR}" rx="3" '
                f'fill="{_QUIET}"/>'
            )
        else:
            fill = _QUIET if kind == "dot" else "#ffffff"
            yield (
                f'<circle cx="{x + 8}" cy="{y - 4}" r="{_DOT}" fill="{fill}" '
                f'stroke="{_QUIET}"/>'
            )
        yield _text(x + 28, y, text, size=12, fill=_QUIET)
        x += 60 + 6.4 * len(text)
    yield _text(16, y + 26, EDUCATION_NOTICE, size=11, fill=_QUIET)


def _text(  # noqa: PLR0913 -- a text needs its place and its pen
    x: float, y: float, text: str, *, size: int, weight: int = 400, fill: str = _INK
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(text)}</text>'
    )
