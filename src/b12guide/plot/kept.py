"""How the rules were kept over a cohort, as a chart: a bar for each rule, gravest part last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from b12guide.cohort.audits import Adherence, CohortAudit
from b12guide.plot.form import BLUE, BROWN, GREEN, GREY, RED, data, finished, side
from b12guide.say.numbers import plural
from b12guide.show.terminal import wrapped

_WIDTH, _ROW, _BAR = 420, 44, 22
_LABEL, _SEAM = 56, 0.003
_LEAST = 28
"""A part of a bar that is narrower, in pixels, has no number in it."""

_PARTS = {
    "none": ("nothing found", GREEN),
    "info": ("for information", BLUE),
    "unresolved": ("could not be assessed", GREY),
    "warning": ("warning", BROWN),
    "violation": ("violation", RED),
}
_INSIDE = "#111111"
"""Of the numbers in the bars, whose colours are the same on any paper."""


def adherence_chart(audit: CohortAudit) -> alt.LayerChart:
    """The chart of an audited cohort."""
    rows = [row for row in audit.adherence if row.applied]
    height = max(_ROW * len(rows), 1)
    parts = [part for place, row in enumerate(rows) for part in _parts(row, place)]
    middles = {_ROW * (place + 0.5): row for place, row in enumerate(rows)}
    chart = alt.layer(
        _bars(parts),
        _numbers(parts),
        side({y: _label(row) for y, row in middles.items()}, height, "left"),
        side({y: _count(row) for y, row in middles.items()}, height, "right"),
    )
    chart = chart.resolve_axis(y="independent").properties(width=_WIDTH, height=height)
    return finished(
        chart,
        audit.graph,
        "How the rules were kept",
        _subtitle(audit),
        ". ".join(map(_words, audit.adherence)),
    )


def _subtitle(audit: CohortAudit) -> Iterator[str]:
    yield (
        f"{plural(audit.patients, 'patient')} audited on {audit.on}, "
        f"{audit.without_events} without events; {plural(audit.events, 'event')}."
    )
    yield (
        "Whoever a rule applied to stands where the gravest finding puts them. That nothing was "
        "found says little where there is no record to judge by."
    )
    others = [row for row in audit.adherence if not row.applied]
    if others:
        open_ = sum(row.open > 0 for row in others)
        yield (
            f"{plural(len(others), 'further rule')} applied to nobody as far as is known; "
            f"{open_} of them may apply to some."
        )
    if not audit.adherence:
        yield "No rule spoke to any of these patients."


def _parts(row: Adherence, place: int) -> Iterator[dict[str, Any]]:
    """The parts of a rule's bar, as shares of those to whom it applied."""
    start = 0
    for name, (label, _) in _PARTS.items():
        count = getattr(row, name)
        if not count:
            continue
        end = start + count
        yield {
            "part": label,
            "count": count,
            "rule": row.rule,
            "of": row.applied,
            "from": start / row.applied,
            "to": end / row.applied - _SEAM,
            "middle": (start + end) / 2 / row.applied,
            "is_wide": count / row.applied * _WIDTH >= _LEAST,
            "y": _ROW * (place + 0.5),
            "top": _ROW * (place + 0.5) - _BAR / 2,
            "bottom": _ROW * (place + 0.5) + _BAR / 2,
        }
        start = end


def _label(row: Adherence) -> list[str]:
    grounds = " ".join(filter(None, (row.strength, *row.statements)))
    return [*wrapped(row.title, _LABEL)[:2], f"{row.rule} · {grounds}"]


def _count(row: Adherence) -> list[str]:
    said = [plural(row.applied, "patient")]
    return [*said, f"not known of {row.open}"] if row.open else said


def _words(row: Adherence) -> str:
    """One rule in words."""
    grounds = ", ".join(filter(None, (row.strength, *row.statements)))
    counts = ", ".join(
        f"{label}: {getattr(row, name)}" for name, (label, _) in _PARTS.items()
    )
    return (
        f"{row.title} ({row.rule}, {grounds}) applied to {row.applied}; {counts}; "
        f"not known whether it applied: {row.open}"
    )


def _x(name: str) -> alt.X:
    axis = alt.Axis(
        format="%", title="Share of those to whom the rule applied", tickCount=5
    )
    return alt.X(f"{name}:Q", scale=alt.Scale(domain=[0, 1]), axis=axis)


def _y(name: str) -> alt.Y:
    return alt.Y(f"{name}:Q", scale=None, axis=None)


_COLOURS = alt.Scale(
    domain=[label for label, _ in _PARTS.values()],
    range=[colour for _, colour in _PARTS.values()],
)
_TOLD = [
    alt.Tooltip("rule:N", title="Rule"),
    alt.Tooltip("part:N", title="Found"),
    alt.Tooltip("count:Q", title="Patients"),
    alt.Tooltip("of:Q", title="Of"),
]


def _bars(parts: list[dict[str, Any]]) -> alt.Chart:
    legend = alt.Legend(orient="top", title=None, symbolType="square", columns=5)
    return (
        data(parts)
        .mark_rect()
        .encode(
            x=_x("from"),
            x2="to:Q",
            y=_y("top"),
            y2="bottom:Q",
            fill=alt.Fill("part:N", scale=_COLOURS, legend=legend),
            tooltip=_TOLD,
        )
    )


def _numbers(parts: list[dict[str, Any]]) -> alt.Chart:
    return (
        data([p for p in parts if p["is_wide"]])
        .mark_text(color=_INSIDE, baseline="middle")
        .encode(x=_x("middle"), y=_y("y"), text="count:Q")
    )
