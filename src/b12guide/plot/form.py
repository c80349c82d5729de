"""How a chart of Altair is made: of a drawing, or of rows, and under which head.

A chart does not set the colour of its paper: it is the theme's, such as that of
`altair.theme.enable("dark")`, and words take the ink that stands out from it. The colours of marks
stand out on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from b12guide.notice import EDUCATION_NOTICE
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
