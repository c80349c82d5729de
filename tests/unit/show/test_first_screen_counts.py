"""The first screen of a rule that counts: what is known no longer counts among what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide

COUNTING = """\
language 1
guideline counting "Counting"
    version   1.0.0
finding a "numbness"
finding b "tingling"
finding c "tongue pain"
finding d "pallor"
drug some "some drug"
source s "A source" by "Somebody", 2026 kind guideline
rule one "One"
    when      at least 3 of a, b, c, d
    form      some
    strength  should
    cites     s
"""


@pytest.mark.parametrize(
    ("known", "case"),
    [
        ({}, "if at least 3 of (numbness; tingling; tongue pain; pallor)"),
        ({"a": True}, "if at least 2 of (tingling; tongue pain; pallor)"),
        ({"a": True, "b": True}, "if tongue pain or pallor"),
        ({"a": False}, "if tingling, tongue pain and pallor"),
        ({"a": True, "b": True, "c": False}, "if pallor"),
    ],
)
def test_a_branch_says_how_many_more_there_have_to_be(
    known: dict[str, bool], case: str, tmp_path: Path
) -> None:
    file = tmp_path / "counting.gdl"
    file.write_text(COUNTING, encoding="utf-8")

    text = b12guide.load(str(file)).recommend(known).to_text(short=True, width=100)

    assert case in " ".join(text.split())
