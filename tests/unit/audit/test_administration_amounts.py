"""What an audit says of an amount that the guideline does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide
from tests.unit.audit.test_spacing import RULES


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        (
            "load at least 1 mg IM daily for 2 weeks then 1 mg IM every week for 4 weeks",
            "at least 1 mg",
        ),
        (
            "load 1 to 2 mg IM daily for 2 weeks then 1 mg IM every week for 4 weeks",
            "1 to 2 mg",
        ),
        (
            "load 1 mg IM daily for 2 weeks then 500 µg IM every week for 4 weeks",
            "1 mg or 500 µg",
        ),
    ],
)
def test_of_the_doses_of_several_phases_each_is_named_once(
    tmp_path: Path, action: str, wanted: str
) -> None:
    path = tmp_path / "apart.gdl"
    text = RULES.format(action=action).replace("language 1\n", "language 1.1\n")
    path.write_text(text, encoding="utf-8")
    row = {
        "on": "2025-01-06",
        "dose": "hydroxocobalamin",
        "amount": "100 µg",
        "route": "intramuscular",
    }
    audit = b12guide.load(path).audit({"b12_deficiency": True}, [row], on="2025-01-10")
    limits = [
        one.limit
        for finding in audit.findings
        for one in finding.rows
        if "the dose was" in one.text
    ]

    assert limits == [wanted]
