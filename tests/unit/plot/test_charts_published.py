"""The chart of published numbers: each on its interval, in words too, on light and dark paper."""

from __future__ import annotations

import sys
from typing import Any

import pytest

import b12guide
from b12guide import plot
from b12guide.notice import EDUCATION_NOTICE

pytest.importorskip("altair", reason="the extra `plot` is not installed")
pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

import altair as alt
import numpy as np
import vl_convert

from b12guide.course import predicted
from b12guide.course.held_point import Hit
from b12guide.course.published_report import PublishedReport, published
from b12guide.show.palette import DATA


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> PublishedReport:
    """Half is missed, and a few shares are typically nothing."""

    def values(_: Any, point: Any, *__: Any) -> Any:
        missed = point.arm.route == "oral"
        number = 3.0 if point.threshold else (point.low or 1.0) * (9 if missed else 1)
        return np.linspace(0.9, 1.1, 50)[:, None] * number

    monkeypatch.setattr(predicted.Runs, "values", values)
    return published(people=50)


def rows_of(chart: Any) -> list[dict[str, Any]]:
    return [
        row
        for layer in chart.to_dict()["layer"]
        for row in layer.get("data", {}).get("values", [])
    ]


def test_it_is_told_in_words_with_the_notice_and_the_misfit(
    report: PublishedReport,
) -> None:
    spec = plot.published(report).to_dict()
    head = " ".join(spec["title"]["subtitle"])

    assert EDUCATION_NOTICE in head
    assert "published numbers that were kept from" in head
    for one in report.points:
        judged = one.hit is not Hit.NOT_JUDGED
        assert (one.point.arm.study.title in spec["description"]) or not judged


def test_every_judged_point_is_drawn_and_a_miss_is_no_dot(
    report: PublishedReport,
) -> None:
    rows = rows_of(plot.published(report))
    marks = [row for row in rows if str(row.get("said")).startswith("published ")]
    judged = [one for one in report.points if one.hit is not Hit.NOT_JUDGED]

    assert len(marks) == len(judged)
    assert {row["colour"] for row in rows if "colour" in row} <= set(DATA.values())
    missed = [row for row in marks if "Inside" not in row["said"]]
    assert len(missed) == sum(one.hit is not Hit.INSIDE for one in judged)
    assert {row["colour"] for row in missed} == {DATA["red"]}


@pytest.mark.parametrize("theme", ["default", "dark"])
def test_it_takes_its_paper_from_the_theme(report: PublishedReport, theme: str) -> None:
    chart = plot.published(report)
    with alt.theme.enable(theme):
        picture = vl_convert.vegalite_to_svg(chart.to_json())

    assert "background" not in chart.to_dict()
    assert ('fill="#333"' in picture) is (theme == "dark")
    assert "NaN" not in picture


def test_a_missing_extra_says_how_to_install_it(
    report: PublishedReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "b12guide.plot.charts", raising=False)

    with pytest.raises(b12guide.MissingExtraError, match=r"b12guide\[plot\]"):
        plot.published(report)
