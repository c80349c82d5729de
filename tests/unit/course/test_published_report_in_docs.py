"""What the documentation and the shipped counts say of published numbers is what the report says.

It is the same on every machine but for the last digit of a number, so numbers are held to one in
fifty, and words exactly: nothing that was missed can turn into a hit.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from b12guide.course.falsification import falsifications
from b12guide.course.held_point import Hit
from b12guide.course.model_misfit import misfit
from b12guide.course.notice import SERUM_IS_NOT_STORE
from b12guide.course.parameters import parameters
from b12guide.course.published_report import PublishedReport, published
from b12guide.course.trials import trials
from b12guide.errors import RecordError, ReplayError
from b12guide.show.published_page import published_drawing, published_text

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "published_points.py"
REMEDY = "run `python scripts/published_points.py`, and read what changed"
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def report() -> PublishedReport:
    return published()


@pytest.fixture(scope="module")
def script() -> Mapping[str, Any]:
    if not SCRIPT.exists():
        pytest.skip("only a checkout has scripts/")
    return runpy.run_path(str(SCRIPT))


def words(text: str) -> list[str]:
    return _NUMBER.split(text)


def numbers(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in _NUMBER.findall(text)]


def test_the_page_is_current(
    report: PublishedReport, script: Mapping[str, Any]
) -> None:
    page = script["PAGE"].read_text("utf-8")
    fresh = script["page_with"](page, script["published_tables"](report))

    assert words(page) == words(fresh), REMEDY
    assert numbers(page) == pytest.approx(numbers(fresh), rel=0.02, abs=0.02), REMEDY


def test_the_shipped_counts_are_current(report: PublishedReport) -> None:
    kept, fresh = misfit(), report.misfit

    assert words(kept.text) == words(fresh.text), REMEDY
    assert numbers(kept.text) == pytest.approx(numbers(fresh.text), rel=0.06), REMEDY
    assert kept.unseen_inside == fresh.unseen_inside
    assert kept.known_inside == fresh.known_inside


def test_the_picture_is_current(
    report: PublishedReport, script: Mapping[str, Any]
) -> None:
    written = script["PICTURE"].read_text("utf-8")
    said = published_drawing(report).words

    for one in report.points:
        if one.hit is not Hit.NOT_JUDGED:
            assert f"published {published_text(one)}" in written, REMEDY
    assert written.count("missed") == 1
    assert all(one.words for one in falsifications(report))
    assert said.count(", inside.") == sum(o.hit is Hit.INSIDE for o in report.points)


def test_every_published_number_stands_on_the_page(
    report: PublishedReport, script: Mapping[str, Any]
) -> None:
    page = script["PAGE"].read_text("utf-8")

    assert len(report.points) == len(trials().points)
    for one in report.points:
        row = f"{one.point.arm.study.title}: {one.point.quantity}"
        assert row in page, REMEDY
        assert f"| {published_text(one)} |" in page, REMEDY


def test_the_misses_stand_before_everything_else(script: Mapping[str, Any]) -> None:
    """On the first screen of the page: before how it was done, and before any hit."""
    page = script["PAGE"].read_text("utf-8")
    first_part, _, rest = page.partition("## How this was done")

    assert "Missed, of what was kept from those who fixed the ranges" in first_part
    assert "| inside |" not in first_part
    assert first_part.index("Of ") < first_part.index("| study |")
    assert SERUM_IS_NOT_STORE in first_part
    assert "| inside |" in rest


def test_what_is_not_verified_is_listed_and_never_judged(
    report: PublishedReport,
) -> None:
    guesses = [one for one in report.points if one.point.tag == "G"]

    assert guesses
    assert {one.hit for one in guesses} == {Hit.NOT_JUDGED}
    assert {one.why for one in guesses} == {"not verified"}


def test_the_five_tests_are_told_in_order(report: PublishedReport) -> None:
    titles = [one.title for one in falsifications(report)]

    assert [title.rpartition("(")[2].split(";")[0].rstrip(")") for title in titles] == [
        "Kuzminski 1998",
        "Bolaman 2003",
        "Adams 1971",
        "Glass 1961",
        "tracer",
    ]


def test_a_record_is_read_back_by_asking_again() -> None:
    small = published(people=20, seed=5)
    data = small.to_dict()

    assert PublishedReport.from_dict(data) == small
    assert small.replay() == small
    data["points"][0]["hit"] = "inside"
    with pytest.raises(ReplayError):
        PublishedReport.from_dict(data)
    with pytest.raises(RecordError, match="from 20 on"):
        PublishedReport.from_dict({**small.to_dict(), "people": 3})
    with pytest.raises(RecordError, match="no record holds a file"):
        PublishedReport.from_dict({**small.to_dict(), "trials": "ours.toml"})


FIXED = "cffa989137ef27b6d876f2ab50c82b17cae8c6b18660f2eebb67656f1ada378a"
"""Of the ranges as they were fixed, by somebody from whom the trials were kept."""


def test_the_ranges_are_those_that_were_fixed_before_the_trials() -> None:
    """Whoever changes a range now knows the trials, and cannot say they were kept from anybody.

    A better source may well ask for another range. Then the page has to say when it was changed and
    why, and that the trials were known by then; this digest is changed with it.
    """
    rows = (
        f"{row.name} {row.low} {row.high} {row.unit} {row.spread.value}"
        for row in parameters()
    )
    digest = sha256("\n".join(sorted(rows)).encode()).hexdigest()

    assert digest == FIXED
