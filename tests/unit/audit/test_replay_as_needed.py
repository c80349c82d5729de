"""No dose that is taken as needed is missed, late, early or one too many (M77)."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide
from tests.unit.audit.test_spacing import RULES

FACTS = {"b12_deficiency": True, "b12_treatment": True}


@pytest.mark.parametrize(
    "action",
    [
        "load 1000 µg IM daily for 2 weeks as needed",
        "load 1000 µg IM for 20 doses as needed",
        "maintain hydroxocobalamin 1000 µg IM monthly for life as needed",
        "give folic_acid 5 mg oral daily for 3 months as needed",
    ],
)
@pytest.mark.parametrize(
    "days", [(), ("2025-01-06",), ("2025-01-06", "2025-01-06", "2025-01-30")]
)
def test_no_dose_is_due(action: str, days: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "apart.gdl"
    path.write_text(RULES.format(action=action), encoding="utf-8")
    rows = [
        {
            "on": day,
            "dose": "hydroxocobalamin",
            "amount": "1000 µg",
            "route": "intramuscular",
        }
        for day in days
    ]
    found = b12guide.load(path).audit(FACTS, rows, on="2026-12-01")

    assert [row.text for one in found.findings for row in one.rows] == []
    assert found.due == ()
