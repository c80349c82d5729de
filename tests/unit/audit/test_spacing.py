"""Doses that come nearer to each other than a rule allows, in every kind of dosing (M76)."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide

RULES = """\
language 1
guideline apart "Doses apart"
    version    1.0.0
    revised    2026-01-01
    uses       b12

source page "A page"
    by         "Nobody", 2026
    printed as 1

rule first "The drug"
    when     b12_deficiency
    form     hydroxocobalamin
    strength required
    cites    page

rule spaced "Doses that lie apart"
    when     b12_deficiency
    {action}
    strength required
    cites    page
"""


def near(folder: Path, action: str, *days: str) -> list[tuple[str, str]]:
    path = folder / "apart.gdl"
    path.write_text(RULES.format(action=action), encoding="utf-8")
    guideline = b12guide.load(path)
    rows = [
        {
            "on": day,
            "dose": "hydroxocobalamin",
            "amount": "1000 µg",
            "route": "intramuscular",
        }
        for day in days
    ]
    facts = {"b12_deficiency": True, "b12_treatment": True}
    found = guideline.audit(facts, rows, on="2025-12-01")
    return [
        (str(row.on), row.gravity.value)
        for one in found.findings
        for row in one.rows
        if row.limit.startswith("at least")
    ]


@pytest.mark.parametrize(
    "verb", ["load", "maintain hydroxocobalamin", "give hydroxocobalamin"]
)
def test_a_dose_that_came_too_near_is_found(verb: str, tmp_path: Path) -> None:
    action = f"{verb} 1000 µg IM for 10 doses at least 3 days apart"
    days = ("2025-01-06", "2025-01-08", "2025-01-11", "2025-01-14", "2025-01-15")

    assert near(tmp_path, action, *days) == [
        ("2025-01-08", "violation"),
        ("2025-01-15", "violation"),
    ]


def test_a_spacing_in_months_is_counted_on_the_calendar(tmp_path: Path) -> None:
    action = "maintain 1000 µg IM for 10 doses at least 1 month apart"

    assert near(tmp_path, action, "2025-01-31", "2025-02-28") == []
    assert near(tmp_path, action, "2025-01-31", "2025-02-27") == [
        ("2025-02-27", "violation")
    ]


def test_a_frequency_does_not_excuse_what_came_too_near(tmp_path: Path) -> None:
    action = "load 1000 µg IM 3 times per week for 2 weeks at least 2 days apart"
    days = ("2025-01-06", "2025-01-07", "2025-01-09", "2025-01-13", "2025-01-15")

    assert near(tmp_path, action, *days) == [("2025-01-07", "violation")]


def test_doses_of_two_phases_are_not_held_against_each_other(tmp_path: Path) -> None:
    action = (
        "load 1000 µg IM for 2 doses at least 3 days apart"
        " then 1000 µg IM daily for 2 doses"
    )
    days = ("2025-01-06", "2025-01-09", "2025-01-10", "2025-01-11")

    assert near(tmp_path, action, *days) == []
