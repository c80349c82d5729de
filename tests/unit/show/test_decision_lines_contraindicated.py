"""What a contraindication took away is read before what may be done instead."""

from __future__ import annotations

from pathlib import Path

import pytest

import b12guide

TEXT = """language 1
guideline care "Care"
    version 1.0.0
    revised 2026-01-01
    uses    b12
source page "A page"
    by "Somebody", 2026
    printed as 1
rule allergy "Not in hypersensitivity"
    when            cobalamin_hypersensitivity
    contraindicated hydroxocobalamin
    strength        do not
    cites           page
rule course "Injections"
    when     b12_deficiency
    load     hydroxocobalamin 1000 µg IM weekly for 4 weeks
    strength should
    cites    page
rule tablets "Tablets"
    when     b12_deficiency
    may      load cyanocobalamin 1000 µg oral daily for 4 weeks
    strength may
    cites    page
"""


@pytest.mark.parametrize(
    ("audience", "refused"), [("professional", "not offered"), ("patient", "Not for")]
)
def test_the_refused_dose_is_told_before_its_alternative(
    audience: str, refused: str, tmp_path: Path
) -> None:
    file = tmp_path / "care.gdl"
    file.write_text(TEXT, encoding="utf-8")
    guideline = b12guide.load(file)
    answer = guideline.recommend(
        {"b12_deficiency": True, "cobalamin_hypersensitivity": True}
    )
    text = " ".join(answer.to_text(audience=audience, width=200).split())
    loading = text[text.index("Loading" if audience == "professional" else "weeks") :]

    assert loading.index(refused) < loading.index("cyanocobalamin")
