"""What patients call a word: they read it, and may say it."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide
from b12guide.graph.model import Decision
from b12guide.say.names import in_lay_words

WRITTEN = """\
language 1.1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01
    uses      ways
finding short_of_b12 "documented vitamin B12 deficiency"
    lay "too little vitamin B12", "low B12"
finding tingling_feet "paresthesia of the feet"
    lay "pins and needles"
drug cobalamin "hydroxocobalamin"
    lay "the B12 shot"
source summary "A summary" by "NICE", 2024 printed as 1
rule loading "Loading"
    when      short_of_b12 and not tingling_feet
    load      cobalamin 1000 µg intramuscular 3 times per week for 2 weeks
    strength  should
    cites     summary
"""
WAYS = """\
language 1.1
vocabulary ways
route intramuscular "intramuscular"
    lay "as a shot into a muscle"
"""


@pytest.fixture
def guideline(tmp_path: Path) -> b12guide.Guideline:
    (tmp_path / "ways.gdl").write_text(WAYS, encoding="utf-8")
    file = tmp_path / "tried.gdl"
    file.write_text(WRITTEN, encoding="utf-8")
    return b12guide.load(file)


def test_patients_read_their_own_words(guideline: b12guide.Guideline) -> None:
    answer = guideline.recommend({"short_of_b12": True})
    sheet = " ".join(answer.to_text(audience="patient").split())
    full = " ".join(answer.to_text().split())

    assert "the B12 shot" in sheet
    assert "as a shot into a muscle" in sheet
    assert "ins and needles" in sheet
    assert "hydroxocobalamin" not in sheet
    assert "the B12 shot" not in full
    assert "hydroxocobalamin" in full
    document = guideline.document()
    assert "too little vitamin B12" in document.to_text(audience="patient")
    assert "too little vitamin B12" not in document.to_text()


@pytest.mark.parametrize("said", ["low B12", "too little vitamin B12", "Low b12"])
def test_a_fact_may_be_stated_in_their_words(
    guideline: b12guide.Guideline, said: str
) -> None:
    answer = guideline.recommend({said: True, "tingling_feet": False})

    assert answer.decisions[Decision.LOADING].outcome.value == "determined"


def test_without_such_words_the_guideline_is_itself() -> None:
    graph = b12guide.load("mecobalamin_im").graph

    assert in_lay_words(graph) is graph
