"""Gaps are held against every rule that bound in them, from the dose with which it began to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import b12guide
from tests.clinical.dosing import audited_patient

TWO_RULES = """\
language 1
guideline two_reasons "Two reasons for one regimen"
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

rule deficient "Deficiency"
    when     b12_deficiency
    maintain 1000 µg IM every month for 3 months then 1000 µg IM every 6 months for life
    strength required
    cites    page

rule nerves "Nerves"
    when     paresthesia
    maintain 1000 µg IM every month for 3 months then 1000 µg IM every 6 months for life
    strength required
    cites    page
"""


def dose(day: str) -> dict[str, Any]:
    given = {"on": day, "dose": "hydroxocobalamin", "amount": "1000 µg"}
    return {**given, "route": "intramuscular"}


def test_a_rule_that_fell_away_is_held_against_the_gap_before() -> None:
    facts = {"age": 30, "b12_deficiency": True, "paresthesia": True}
    rows = [
        dose("2000-02-04"),
        {"on": "2000-06-09", "event": "paresthesia", "value": False},
    ]
    found = audited_patient(
        {**facts, "loading_complete": True}, rows, "2000-12-07", only=["interval"]
    )
    rules = {row.rule.name for one in found.findings for row in one.rows}

    assert "maintenance_neurological" in rules


def test_rules_that_are_alike_begin_each_with_its_own_first_dose(
    tmp_path: Path,
) -> None:
    file = tmp_path / "two_reasons.gdl"
    file.write_text(TWO_RULES, encoding="utf-8")
    months = ["2001-01-10", "2001-02-10", "2001-03-10", "2001-04-10", "2001-10-10"]
    rows = [*map(dose, months), {"on": "2001-04-11", "event": "paresthesia"}]
    patient = {"facts": {"b12_deficiency": True}, "otherwise": "absent"}
    due = b12guide.load(file).audit(patient, rows, on="2002-12-10").due
    last = {one.rule: str(one.window.latest) for one in due}

    assert last == {"deficient": "2002-04-10", "nerves": "2001-11-10"}
