"""Charts of Altair: drawings of ours painted, and the days between doses as a histogram.

A chart does not set the colour of its paper: it is the theme's, such as that of
`altair.theme.enable("dark")`, and words take the ink that stands out from it. The colours of marks
stand out on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from b12guide.cohort.audits import CohortAudit
from b12guide.cohort.interval_counts import advised, days_of, rule_with_interval
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.schedules import every_text
from b12guide.say.words import listing, plural
from b12guide.show.citations import definition_details
from b12guide.show.drawing import (
    BOLD_LETTER,
    LETTER,
    Box,
    Drawing,
    Fill,
    Mark,
    Strokes,
    Words,
)
from b12guide.show.palette import DATA, INSIDE
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.terminal import one_line, wrapped

GREY = DATA["grey"]


def painted(drawing: Drawing) -> alt.LayerChart:
    """The chart of a drawing: its shapes at their places, with what each says for a pointer."""
    chart = alt.layer(*_layers(drawing)).properties(
        width=drawing.width, height=drawing.height
    )
    return finished(chart, drawing.title, drawing.about, drawing.words)


def finished(
    chart: alt.LayerChart, title: str, about: Iterable[str], words: str
) -> alt.LayerChart:
    """The chart under its title, what it is about and the notice, and told in `words`."""
    said = (*about, EDUCATION_NOTICE)
    width = chart.width
    head = alt.TitleParams(
        text=wrapped(title, int(width / (13 * BOLD_LETTER))),
        subtitle=[w for one in said for w in wrapped(one, int(width / (11 * LETTER)))],
        anchor="start",
        frame="group",
        offset=16,
    )
    told = one_line(". ".join((title, *said[:-1], words)))
    description = told.removesuffix(EDUCATION_NOTICE).rstrip()
    return chart.properties(
        title=head, description=f"{description} {EDUCATION_NOTICE}"
    ).configure_view(stroke=None)


def data(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A chart of these rows, still without a mark."""
    return alt.Chart(alt.Data(values=[dict(row) for row in rows]))


_X, _Y = (alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None))
_ENDS = {"x": _X, "y": _Y, "x2": "x2:Q", "y2": "y2:Q"}
_FILL, _STROKE = (kind("colour:N", scale=None) for kind in (alt.Fill, alt.Stroke))
_INK = alt.ExprRef(
    "isValid(background) && luminance(background) < 0.3 ? '#ffffff' : '#000000'"
)
_TOLD = alt.Tooltip("said:N", title=" ")


def _layers(drawing: Drawing) -> Iterator[alt.Chart]:
    """The shapes, from back to front: what is faint, lines, boxes, marks, words."""
    boxes = [part for part in drawing.parts if isinstance(part, Box)]
    lines = [part for part in drawing.parts if isinstance(part, Strokes)]
    faint = [b for b in boxes if b.fill is Fill.FAINT or b.colour not in DATA]
    solid = [b for b in boxes if b not in faint and b.fill is Fill.SOLID]
    hollow = [b for b in boxes if b not in faint and b.fill is not Fill.SOLID]
    yield _rectangles(faint, opacity=0.16)
    yield from (_strokes(line) for line in lines)
    yield _rectangles(solid)
    yield _rectangles(hollow, is_hollow=True)
    yield from (
        _strokes(Strokes(b.hatching(), b.colour)) for b in hollow if b.hatching()
    )
    marks = [part for part in drawing.parts if isinstance(part, Mark)]
    for fill in (Fill.SOLID, Fill.HOLLOW):
        yield _marks([mark for mark in marks if mark.fill is fill], fill)
    words = [part for part in drawing.parts if isinstance(part, Words)]
    looks = {(w.size, w.is_bold, w.anchor, w.colour == "inside") for w in words}
    for size, is_bold, anchor, is_inside in sorted(looks):
        yield _words(
            [
                w
                for w in words
                if (w.size, w.is_bold, w.anchor) == (size, is_bold, anchor)
                and (w.colour == "inside") is is_inside
            ]
        )


def _rectangles(
    boxes: Sequence[Box], *, opacity: float = 1, is_hollow: bool = False
) -> alt.Chart:
    rows = [
        {
            "x": box.x,
            "y": box.y,
            "x2": box.x + box.width,
            "y2": box.y + box.height,
            "colour": DATA.get(box.colour, GREY),
            "said": box.said,
        }
        for box in boxes
    ]
    look: dict[str, Any] = {"opacity": opacity, "cornerRadius": 2}
    if is_hollow:
        look |= {"fillOpacity": 0, "strokeWidth": 1.5, "strokeDash": [3, 2]}
    encoded = {"stroke": _STROKE} if is_hollow else {}
    return (
        data(rows)
        .mark_rect(**look)
        .encode(**_ENDS, fill=_FILL, tooltip=_TOLD, **encoded)
    )


def _strokes(line: Strokes) -> alt.Chart:
    rows = [dict(zip(("x", "y", "x2", "y2"), s, strict=True)) for s in line.segments]
    look: dict[str, Any] = {
        "color": DATA.get(line.colour, GREY),
        "strokeWidth": line.width,
        "opacity": 1 if line.colour in DATA else 0.5,
    }
    if line.dashed:
        look["strokeDash"] = [3, 3]
    return data(rows).mark_rule(**look).encode(**_ENDS)


def _marks(marks: Sequence[Mark], fill: Fill) -> alt.Chart:
    rows = [
        {
            "x": mark.x,
            "y": mark.y,
            "shape": mark.shape.value,
            "size": 4 * mark.radius**2,
            "colour": DATA.get(mark.colour, GREY),
            "said": mark.said,
        }
        for mark in marks
    ]
    look = {"fillOpacity": 0} if fill is Fill.HOLLOW else {}
    return (
        data(rows)
        .mark_point(strokeWidth=1.5, opacity=1, **look)
        .encode(
            x=_X,
            y=_Y,
            fill=_FILL,
            stroke=_STROKE,
            shape=alt.Shape("shape:N", scale=None),
            size=alt.Size("size:Q", scale=None),
            tooltip=_TOLD,
        )
    )


def _words(words: Sequence[Words]) -> alt.Chart:
    """Words of one look."""
    first = words[0]
    look: dict[str, Any] = {
        "align": {"start": "left", "middle": "center", "end": "right"}[first.anchor],
        "baseline": "alphabetic",
        "fontSize": first.size,
        "fontWeight": "bold" if first.is_bold else "normal",
        "color": INSIDE if first.colour == "inside" else _INK,
    }
    rows = [{"x": w.x, "y": w.y, "text": w.text} for w in words]
    return data(rows).mark_text(**look).encode(x=_X, y=_Y, text="text:N")


# ------------------------------------------------------------------ days between doses

_WIDTH, _HEIGHT = 640, 260
_MOST_BARS = 60
_BAR_DAYS = (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365)
_ONE_BY_ONE = 0.95
"""The share of the gaps that are shown where they lie; the rest are shown together at the end."""


def gaps_chart(
    audit: CohortAudit, rule: str, *, loading: bool | None
) -> alt.LayerChart:
    """The chart of the gaps of those to whom a rule applied when the later dose was given."""
    speaking = rule_with_interval(audit.graph, rule)
    intervals = {every: days_of(every) for every in advised(speaking)}
    bands = list(intervals.values())
    gaps = {
        one.days: one.count
        for one in audit.spacing_by_rule
        if one.rule == rule and not one.open and loading in {None, one.loading}
    }
    last = _last(gaps, max(high for _, high in bands))
    width = next(
        (w for w in _BAR_DAYS if last <= _MOST_BARS * w), 1 + last // _MOST_BARS
    )
    bars = list(_bars(gaps, width, last, min(low for low, _ in bands)))
    total = sum(gaps.values())
    grounds = " ".join((rule, *definition_details(audit.graph, speaking.grounds)))
    said = [
        f"{every_text(every)}, that is {low} to {high} days"
        for every, (low, high) in intervals.items()
    ]
    about = dict(guideline_particulars(audit.graph))
    counted = f"{plural(total, 'gap')} between doses while {rule} applied"
    people = f"{plural(audit.patients, 'patient')} audited"
    subtitle = [
        f"{counted}, of {people}; a bar holds {plural(width, 'day')}",
        f"Green band: {'; or '.join(said)} ({grounds})",
        _beside(audit, rule, loading),
    ]
    beyond = sum(count for days, count in gaps.items() if days > last)
    if beyond:
        subtitle.append(f"Last bar: {plural(beyond, 'gap')} of more than {last} days")
    subtitle.append(f"{about['Guideline']}: {about['Status']}")
    band = (
        data([{"from": low, "to": high + 1} for low, high in bands])
        .mark_rect(color=DATA["green"], opacity=0.3, stroke=DATA["green"])
        .encode(x="from:Q", x2="to:Q")
    )
    chart = alt.layer(band, _histogram(bars, last, has_more=bool(beyond)))
    return finished(
        chart.properties(width=_WIDTH, height=_HEIGHT),
        f"Days between doses: {speaking.title}",
        subtitle,
        ". ".join(f"{bar['said']}: {bar['count']}" for bar in bars if bar["count"]),
    )


def _beside(audit: CohortAudit, rule: str, loading: bool | None) -> str:
    """How many gaps lie in the band, on which side of it the others, and how many are left out."""
    found = {
        one.place: one.count for one in audit.interval_counts(rule, loading=loading)
    }
    said = [
        f"{found['within']} in the band",
        f"{found['early']} below it",
        f"{found['late']} above it",
    ]
    if found["between"]:
        said.append(f"{found['between']} between two bands")
    open_ = found.pop("undecidable")
    text = listing(said)
    if not any(found.values()):
        text = "No two doses follow each other while it applied"
    if open_:
        text += (
            f"; {open_} more, where it is not known whether it applied, are left out"
        )
    return text


def _last(gaps: Mapping[int, int], advised: int) -> int:
    """The days up to which gaps are shown where they lie, well beyond what is advised."""
    wanted, seen, last = _ONE_BY_ONE * sum(gaps.values()), 0, 0
    for days in sorted(gaps):
        if seen >= wanted:
            break
        seen, last = seen + gaps[days], days
    return max(last, 2 * advised)


def _bars(
    gaps: Mapping[int, int], width: int, last: int, edge: int
) -> Iterator[dict[str, Any]]:
    """The bars; one of them begins where the band does, so that none lies half before it."""
    starts = range(edge % width, last + 1, width)
    for start in starts if not edge % width else (0, *starts):
        end = start + width if start or not edge % width else edge % width
        count = sum(
            n for days, n in gaps.items() if start <= days < end and days <= last
        )
        said = f"{start} to {end - 1} days" if end - start > 1 else plural(start, "day")
        yield {"from": start, "to": end, "count": count, "said": said}
    beyond = sum(count for days, count in gaps.items() if days > last)
    if beyond:
        end += width  # apart from the others by an empty bar
        said = f"more than {last} days"
        yield {"from": end, "to": end + width, "count": beyond, "said": said}


def _histogram(bars: list[dict[str, Any]], last: int, *, has_more: bool) -> alt.Chart:
    """The bars; that of all longer gaps has a name of its own below it, inside the frame."""
    end = bars[-1]["to"]
    step = next(s for s in (1, 7, 14, 28, 56, 91, 182, 364, 3640) if last <= 12 * s)
    ticks = list(range(0, last + 1, step))
    middle = (bars[-1]["from"] + end) / 2
    axis = alt.Axis(
        values=[*ticks, middle] if has_more else ticks,
        labelExpr=f"datum.value == {middle} ? '> {last}' : format(datum.value, 'd')"
        if has_more
        else alt.Undefined,
        format="d",
    )
    days = alt.X(
        "from:Q",
        bin="binned",
        title="Days from one dose to the next",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=axis,
    )
    count = alt.Y("count:Q", title="Gaps", axis=alt.Axis(tickMinStep=1, format="d"))
    return (
        data(bars)
        .mark_bar(color=DATA["blue"], binSpacing=1)
        .encode(
            x=days,
            x2="to:Q",
            y=count
            if any(bar["count"] for bar in bars)
            else count.scale(domain=[0, 1]),
            tooltip=[
                alt.Tooltip("said:N", title="From one dose to the next"),
                alt.Tooltip("count:Q", title="Gaps"),
            ],
        )
    )
