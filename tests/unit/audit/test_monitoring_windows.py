"""Windows of tests: an audit takes them as printed, a timeline shows both ends (M80)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import b12guide

TEXT = """language 1
guideline windows "Windows"
    version 1.0.0
    revised 2026-01-01
    uses b12
source page "A page"
    by "Somebody", 2026
    printed as 1
rule course "A course"
    when     b12_treatment
    load     hydroxocobalamin 1000 µg IM weekly for 1 dose
    strength should
    cites    page
rule response "Response"
    when     b12_treatment
    check    serum_b12 at 2 to 4 weeks
    strength should
    cites    page
"""
DOSE = {
    "on": "2025-01-06",
    "dose": "hydroxocobalamin",
    "amount": "1000 µg",
    "route": "intramuscular",
}
TREATED = {"facts": {"b12_treatment": True}, "otherwise": "absent"}


@pytest.fixture
def guideline(tmp_path: Path) -> b12guide.Guideline:
    file = tmp_path / "windows.gdl"
    file.write_text(TEXT, "utf-8")
    return b12guide.load(file, cache=False)


@pytest.mark.parametrize("day", ["2025-01-20", "2025-01-29", "2025-02-03"])
def test_a_test_in_the_window_serves_it(
    guideline: b12guide.Guideline, day: str
) -> None:
    rows = [DOSE, {"on": day, "test": "serum_b12"}]

    assert not guideline.audit(TREATED, rows, on=dt.date(2025, 3, 1)).findings


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-01-19", "was due from 2025-01-20 to 2025-02-03 and is missing"),
        ("2025-02-04", "and came 1 day late, on 2025-02-04"),
    ],
)
def test_no_tolerance_is_added(
    guideline: b12guide.Guideline, day: str, told: str
) -> None:
    rows = [DOSE, {"on": day, "test": "serum_b12"}]

    (found,) = guideline.audit(TREATED, rows, on=dt.date(2025, 3, 1)).findings

    assert told in found.text


def test_nothing_is_missing_before_its_last_day_is_over(
    guideline: b12guide.Guideline,
) -> None:
    assert not guideline.audit(TREATED, [DOSE], on=dt.date(2025, 2, 3)).findings
    assert guideline.audit(TREATED, [DOSE], on=dt.date(2025, 2, 4)).findings


def test_a_timeline_shows_both_ends(guideline: b12guide.Guideline) -> None:
    found = guideline.timeline(TREATED, start=dt.date(2026, 1, 5))

    text = found.to_text()
    assert "2026-01-19 to 2026-02-02  Serum vitamin B12" in text
    option = guideline.recommend(TREATED).to_dict()["decisions"]["monitoring"]
    assert option["options"][0]["at"] == [{"low": 2, "high": 4, "unit": "week"}]
