"""What all charts have in common: their head, their colours, and their words.

A chart sets neither the colour of its paper nor that of its words: both are the theme's, such as
`altair.theme.enable("dark")`. The colours of its marks stand out on light and on dark paper, and
nothing is told by colour alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.terminal import one_line, wrapped

BLUE, GREEN, BROWN, RED, GREY = "#7c8fc1", "#1aa68c", "#987648", "#ec5813", "#8a8a8a"

_LINE = 112
"""How many characters of the head stand on one line."""


def finished(
    chart: alt.LayerChart,
    graph: RuleGraph,
    title: str,
    subtitle: Iterable[str],
    words: str,
) -> alt.LayerChart:
    """The chart under its title, guideline, review status and notice, and told in `words`."""
    about = dict(guideline_particulars(graph))
    said = (*subtitle, f"{about['Guideline']}: {about['Status']}", EDUCATION_NOTICE)
    head = alt.TitleParams(
        text=wrapped(title, _LINE * 2 // 3),
        subtitle=[line for sentence in said for line in wrapped(sentence, _LINE)],
        anchor="start",
        frame="group",
        offset=16,
    )
    told = one_line(". ".join((title, *said[:-1], words, EDUCATION_NOTICE)))
    return chart.properties(title=head, description=told).configure_view(stroke=None)


def data(rows: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A chart of these rows, still without a mark."""
    return alt.Chart(alt.Data(values=[dict(row) for row in rows]))


def side(words: Mapping[float, Sequence[str]], height: float, orient: str) -> alt.Chart:
    """Words in lines beside the picture, at so many pixels from its top.

    They are the labels of an axis, because every theme fits these to its paper.
    """
    labels = {str(round(y)): list(lines) for y, lines in words.items()}
    axis = alt.Axis(
        orient=orient,
        values=[int(y) for y in labels],
        labelExpr=f"({json.dumps(labels)})[datum.value]",
        labelLimit=0,
        labelPadding=12 if orient == "left" else 22,
        ticks=False,
        domain=False,
        grid=False,
        title=None,
    )
    scale = alt.Scale(domain=[0, height], range=[0, height], nice=False, zero=False)
    return (
        data([{"y": int(y)} for y in labels])
        .mark_point(opacity=0)
        .encode(y=alt.Y("y:Q", scale=scale, axis=axis))
    )
