"""A test that was done although a rule advises against it is told for information (M79)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import b12guide

TEXT = """language 1
guideline no_levels "No levels"
    version 1.0.0
    revised 2026-01-01
    uses b12
source page "A page"
    by "Somebody", 2026
    printed as 1
rule no_levels "No levels"
    when     pernicious_anaemia
    do not check serum_b12
    strength required
    cites    page
"""
TESTED = [
    {"on": "2025-01-01", "dose": "hydroxocobalamin", "amount": "1000 µg"},
    {"on": "2025-03-01", "test": "serum_b12"},
]


@pytest.fixture
def guideline(tmp_path: Path) -> b12guide.Guideline:
    file = tmp_path / "no_levels.gdl"
    file.write_text(TEXT, "utf-8")
    return b12guide.load(file, cache=False)


def test_it_is_information_however_strong_the_words(
    guideline: b12guide.Guideline,
) -> None:
    audit = guideline.audit(
        {"pernicious_anaemia": True}, TESTED, on=dt.date(2025, 6, 1)
    )

    assert [(f.on, f.gravity.value, f.rules) for f in audit.findings] == [
        (dt.date(2025, 3, 1), "info", ("no_levels",))
    ]


def test_without_the_test_or_the_reason_nothing_is_found(
    guideline: b12guide.Guideline,
) -> None:
    day = dt.date(2025, 6, 1)

    assert not guideline.audit(
        {"pernicious_anaemia": True}, TESTED[:1], on=day
    ).findings
    assert not guideline.audit({"pernicious_anaemia": False}, TESTED, on=day).findings


def test_pages_and_timeline_say_it(guideline: b12guide.Guideline) -> None:
    facts = {"pernicious_anaemia": True}
    answer = guideline.recommend(facts)

    assert "do not check serum vitamin B12" in answer.to_text()
    assert "No check of serum vitamin B12." in answer.to_text(audience="patient")
    option = answer.to_dict()["decisions"]["monitoring"]["options"][0]
    assert option["do_not_check"] == "serum_b12"
    assert "test" not in option
    told = guideline.timeline(facts, start=dt.date(2026, 1, 5)).unplaced
    assert [one.text for one in told] == ["do not check serum vitamin B12"]
