"""Days from left to right in lanes: what is done, due or found, and when.

Timelines and audits are drawn so. A lane has a line that says what it is and rows of things with
days; a panel is a stretch of days, so that a crowded month can be shown again beside its year. On
a phone the names of rows stand above them instead of beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from attrs import define, evolve, field, frozen

from b12guide.show import drawing as d


@frozen(kw_only=True)
class Thing:
    """Something on a day, or on any day from the first to the last.

    Attributes:
        meaning: What the legend says of everything that looks so.
        said: What is said of this one.
    """

    first: dt.date
    last: dt.date
    meaning: str
    colour: str
    shape: d.Shape = d.Shape.DOT
    fill: d.Fill = d.Fill.SOLID
    said: str = ""

    @property
    def is_day(self) -> bool:
        """Whether it lies on one day."""
        return self.first == self.last


@frozen
class Row:
    """Things beside each other.

    Attributes:
        goes_on: What is said of an end that is open; empty where there is none.
        note: What is said in place of things that have no day.
    """

    name: str
    things: tuple[Thing, ...] = ()
    goes_on: str = ""
    note: str = ""


@frozen
class Lane:
    """Rows under a line that says what they are."""

    title: str
    colour: str
    rows: tuple[Row, ...]


@frozen
class Panel:
    """The lanes over a stretch of days."""

    title: str
    first: dt.date
    last: dt.date
    lanes: tuple[Lane, ...]
    is_dated: bool = True


_MONTH, _LONG, _SEVERAL = dt.timedelta(days=31), 92, 3
"""Of a picture of more days, a first month with more marks in a row than so many comes first."""

_ROW, _RADIUS, _BAR, _SIZE, _LINE = 20.0, 5.0, 8.0, 12.0, 16.0
_GUTTER = 210.0
_PHONE = 500.0
_APART, _TOUCHING, _MANY = 11.0, 4.5, 7
"""Days closer than so many pixels are thin lines instead of marks; many touching ones a bar."""

_GOES_ON = "goes on"


@define(eq=False)
class _Page:
    """Where the parts of a drawing go, and the samples that its legend needs."""

    width: float
    parts: list[d.Part] = field(factory=list)
    samples: dict[str, d.Part] = field(factory=dict)

    @property
    def gutter(self) -> float:
        """The room before the days, for the names of rows."""
        return 0 if self.width < _PHONE else _GUTTER

    def drawn(self, part: d.Box | d.Mark, meaning: str) -> d.Part:
        """The part, whose meaning the legend tells: in grey where several colours have it."""
        sample = (
            evolve(part, x=8, y=0, said="")
            if isinstance(part, d.Mark)
            else evolve(
                part,
                x=8 - min(part.width, 16) / 2,
                y=-part.height / 2,
                said="",
                width=min(part.width, 16),
            )
        )
        known = self.samples.setdefault(meaning, sample)
        if isinstance(known, d.Box | d.Mark) and known.colour != sample.colour:
            self.samples[meaning] = evolve(known, colour="quiet")
        return part


def zoomed(lanes: tuple[Lane, ...], first: dt.date, last: dt.date) -> tuple[Panel, ...]:
    """All days in one panel; before it the first month, where so much happens in it."""
    end = first + _MONTH
    early = (
        Lane(lane.title, lane.colour, rows)
        for lane in lanes
        if (
            rows := tuple(r for r in lane.rows if any(t.first <= end for t in r.things))
        )
    )
    whole = Panel("", first, max(last, end), lanes)
    is_crowded = any(
        sum(thing.first <= end for thing in row.things) > _SEVERAL
        for lane in lanes
        for row in lane.rows
    )
    if not is_crowded or (last - first).days <= _LONG:
        return (whole,)
    return (
        Panel("The first month", first, end, tuple(early)),
        evolve(whole, title="The whole time"),
    )


def in_panels(
    panels: Sequence[Panel], width: float
) -> tuple[tuple[d.Part, ...], float]:
    """The parts of the panels, below them a legend of what they show, and the height of all."""
    page = _Page(width)
    y = 0.0
    for panel in panels:
        y = _panel(page, panel, y)
    if not page.samples:
        return tuple(page.parts), y
    keys, bottom = d.legend([(s, m) for m, s in page.samples.items()], width, y + 8)
    return (*page.parts, *keys), bottom


def _panel(page: _Page, panel: Panel, y: float) -> float:
    """Draws a panel from `y` on, and says where it ends."""
    for line in d.fitted(panel.title, page.width, 13) if panel.title else ():
        page.parts.append(d.Words(0, y + 13, line, size=13, is_bold=True))
        y += 18
    ends = (page.gutter + 14, page.width - 28)
    axis = d.Axis(panel.first, panel.last, *ends, panel.is_dated)
    if any(row.things for lane in panel.lanes for row in lane.rows):
        page.parts.extend(axis.names(y + 12))
        y += 20
    for lane in panel.lanes:
        y = _lane(page, lane, axis, y)
    return y + 8


def _lane(page: _Page, lane: Lane, axis: d.Axis, y: float) -> float:
    start, behind = y, len(page.parts)
    y += 4
    for line in d.fitted(lane.title, page.width - 16, is_bold=True):
        page.parts.append(d.Words(10, y + 12, line, is_bold=True))
        y += _LINE
    rows = y + 3
    for row in lane.rows:
        y = _row(page, row, lane, axis, y)
    y += 4
    has_days = any(row.things for row in lane.rows)
    page.parts[behind:behind] = [
        d.Box(0, start, page.width, y - start, "band", corner=3),
        d.Box(0, start, 3, y - start, lane.colour),
        *((axis.lines(rows, y - 3),) if has_days else ()),
    ]
    return y + 6


def _row(page: _Page, row: Row, lane: Lane, axis: d.Axis, y: float) -> float:
    names = d.fitted(row.name, (page.gutter or page.width) - 16, 11) if row.name else []
    if page.gutter:
        height = max(_ROW, 14.0 * len(names) + 4)
        middle = y + height / 2
        first = middle + 4 - 7 * (len(names) - 1)
    else:
        first, height = y + 12, _ROW
        y += 14.0 * len(names)
        middle = y + height / 2
    for number, line in enumerate(names):
        place = first + 14 * number
        page.parts.append(d.Words(10, place, line, size=11, colour="quiet"))
    if row.note:
        left = page.gutter + 8 if row.name or lane.rows[0].things else 10
        for line in d.fitted(row.note, page.width - left - 8, 11):
            page.parts.append(d.Words(left, y + 12, line, size=11, colour="quiet"))
            y += 14
        return y + 4
    page.parts.extend(_things(page, row, lane, axis, middle))
    return y + height


def _runs(things: Sequence[Thing], axis: d.Axis) -> Iterator[Thing]:
    """Days as they are; many that follow each other too closely to be told apart as one bar."""
    run: list[Thing] = []
    for thing in sorted((t for t in things if t.is_day), key=lambda t: t.first):
        if run and axis.x(thing.first) - axis.x(run[-1].first) >= _TOUCHING:
            yield from _together(run)
            run = []
        run.append(thing)
    yield from _together(run)


def _together(run: Sequence[Thing]) -> Iterable[Thing]:
    if len({thing.first for thing in run}) < _MANY:
        return run
    first, last = run[0], run[-1]
    said = f"{len(run)} from {first.first} to {last.last}: {first.said}"
    meaning = f"many after each other: {first.meaning}"
    return (evolve(first, last=last.last, meaning=meaning, said=said),)


def _things(
    page: _Page, row: Row, lane: Lane, axis: d.Axis, middle: float
) -> Iterator[d.Part]:
    shown = [t for t in row.things if t.first <= axis.last and t.last >= axis.first]
    xs = sorted({axis.x(t.first) for t in shown if t.is_day})
    crowded = {x for a, b in pairwise(xs) if b - a < _APART for x in (a, b)}
    shown = [*(t for t in shown if not t.is_day), *_runs(shown, axis)]
    for thing in sorted(shown, key=lambda t: t.is_day):
        x, look = axis.x(thing.first), (thing.colour, thing.fill, thing.said)
        if not thing.is_day:
            width = max(axis.x(thing.last) - x, 3)
            bar = d.Box(x, middle - _BAR / 2, width, _BAR, *look, corner=3)
            yield page.drawn(bar, thing.meaning)
        elif x in crowded and thing.shape is d.Shape.DOT:
            stroke = d.Box(x - 1, middle - 6, 2, 12, *look)
            yield page.drawn(stroke, f"close together: {thing.meaning}")
        else:
            mark = d.Mark(x, middle, _RADIUS, thing.colour, thing.shape, *look[1:])
            yield page.drawn(mark, thing.meaning)
    if row.goes_on or any(t.last > axis.last for t in shown):
        start = max((axis.x(t.last) for t in shown), default=axis.left) + _RADIUS + 3
        if start < axis.right + 8:
            segment = (start, middle, axis.right + 10, middle)
            yield d.Strokes((segment,), lane.colour, 1.5, dashed=True)
        end = d.Mark(axis.right + 17, middle, _RADIUS, lane.colour, d.Shape.ARROW)
        yield page.drawn(evolve(end, said=row.goes_on or "goes on"), _GOES_ON)
