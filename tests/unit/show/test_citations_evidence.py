"""How sure the source is stands beside how strongly it recommends, on every surface."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide
from b12guide.graph.data import digest_of
from b12guide.show.citations import evidence_of
from b12guide.show.first_screen import first_screen_text

WRITTEN = """\
language 1.1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01
    uses      b12
source summary "A summary" by "NICE", 2024 printed as 1
rule loading "Loading"
    when      b12_deficiency
    load      hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks
    strength  should
    certainty very low
    grade     "2C"
    states    S01
    cites     summary
rule again "Loading, said again"
    when      b12_deficiency
    load      hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks
    strength  should
    states    S02
    cites     summary
"""


@pytest.fixture
def guideline(tmp_path: Path) -> b12guide.Guideline:
    file = tmp_path / "tried.gdl"
    file.write_text(WRITTEN, encoding="utf-8")
    return b12guide.load(file)


def test_where_rules_differ_each_is_said_with_its_statements(
    guideline: b12guide.Guideline,
) -> None:
    loading, again = guideline.graph.rules.values()

    assert evidence_of([loading]) == ("very low certainty", "grade 2C")
    assert evidence_of([again]) == ()
    assert evidence_of([loading, again]) == ("very low certainty, grade 2C (S01)",)


def test_every_surface_shows_it_beside_the_strength(
    guideline: b12guide.Guideline,
) -> None:
    answer = guideline.recommend({"b12_deficiency": True})
    told = "should · very low certainty, grade 2C (S01) · S01 S02"

    for text in (answer.to_text(), first_screen_text(answer), answer.to_html()):
        assert told in " ".join(text.split())
    assert "very low" not in answer.to_text(audience="patient")
    explained = guideline.explain("loading").to_text()
    assert "should · very low certainty · grade 2C · S01" in " ".join(explained.split())
    document = " ".join(guideline.document().to_text().split())
    assert "should · very low certainty · grade 2C · S01" in document


def test_the_json_has_it_by_rule(guideline: b12guide.Guideline) -> None:
    data = guideline.recommend({"b12_deficiency": True}).to_dict()
    of_rules = {one["rule"]: one for one in data["rules"]}
    (option,) = data["decisions"]["loading"]["options"]

    assert of_rules["loading"]["certainty"] == "very low"
    assert of_rules["loading"]["grade"] == "2C"
    assert of_rules["again"]["certainty"] is None
    assert option["evidence"] == [
        {"rule": "loading", "certainty": "very low", "grade": "2C"}
    ]


def test_it_is_content(guideline: b12guide.Guideline, tmp_path: Path) -> None:
    file = tmp_path / "other.gdl"
    file.write_text(WRITTEN.replace("very low", "low"), encoding="utf-8")

    other = b12guide.load(file)
    assert digest_of(other.graph) != guideline.graph.digest
