"""Draws the chart of docs/benchmarks.md from the tables that stand there.

`python benchmarks/chart.py` writes docs/pictures/benchmarks.svg; it needs the extra `plot`.
"""

from __future__ import annotations

import re
from math import floor, log10
from pathlib import Path

import altair as alt

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
PICTURE = ROOT / "docs" / "pictures" / "benchmarks.svg"

TITLES = {
    "all verdicts of one patient": "One patient: microseconds (less is better)",
    "all verdicts of a cohort": "A cohort: million patients per second (more is better)",
}
OURS, THEIRS, TEXT = "#0072B2", "#999999", "#767676"


def rows_of(page: str, head: str) -> list[tuple[str, float]]:
    """The first two columns of the table whose first heading is `head`."""
    table = re.search(
        rf"^\| {re.escape(head)} \|.*?\n\n", page, re.DOTALL | re.MULTILINE
    )
    if table is None:
        message = f"docs/benchmarks.md has no table `{head}`"
        raise SystemExit(message)
    cells = [
        line.strip("| ").split(" | ") for line in table[0].splitlines()[2:] if line
    ]
    return [(name.replace("`", ""), float(n.replace(",", ""))) for name, n, *_ in cells]


def bars(title: str, rows: list[tuple[str, float]]) -> alt.LayerChart:
    """One panel: a bar for each engine, its number beside it, on a logarithmic scale."""
    data = [
        {
            "engine": name,
            "number": number,
            "text": f"{number:,.3g}" if number < 100 else f"{number:,.0f}",
        }
        for name, number in rows
    ]
    least = 10.0 ** floor(log10(min(number for _, number in rows)))
    scale = alt.Scale(type="log", domainMin=least)
    base = alt.Chart(alt.Data(values=data), title=title).encode(
        y=alt.Y("engine:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("number:Q", title=None, scale=scale),
    )
    ours = "indexof(datum.engine, 'b12guide') == 0"
    bar = base.mark_bar().encode(
        x2=alt.datum(least),  # a logarithm has no zero to begin at
        color=alt.condition(ours, alt.value(OURS), alt.value(THEIRS)),
    )
    return bar + base.mark_text(align="left", dx=4, color=TEXT).encode(text="text:N")


def main() -> None:
    """Write the picture."""
    page = PAGE.read_text(encoding="utf-8")
    panels = [bars(title, rows_of(page, head)) for head, title in TITLES.items()]
    chart = alt.vconcat(*panels).resolve_scale(x="independent", y="independent")
    chart = chart.configure(background="transparent").configure_axis(
        labelColor=TEXT, gridOpacity=0.2
    )
    chart = chart.configure_title(color=TEXT, anchor="start").configure_view(
        stroke=None
    )
    chart.save(PICTURE, format="svg")


if __name__ == "__main__":
    main()
