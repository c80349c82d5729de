"""Rules that cannot both be followed are shown with a patient (GDL401)."""

from __future__ import annotations

import pytest

from tests.unit.prove.writing import checked

TWO = """
rule resection
    when      ileal_resection > 20 cm
    maintain  1000 µg IM every month for life
    ...
rule kidneys
    {exception}when      egfr < 50 mL/min{more}
    maintain  1000 µg IM every 2 to 3 months for life
    ...
"""


def overlaps(text: str) -> list[str]:
    return [d.notes[0] for d in checked(text).diagnostics if d.code == "GDL401"]


def test_the_smallest_patient_of_both_rules_is_shown() -> None:
    found = overlaps(TWO.format(exception="", more=""))

    assert found == ["for example to a patient: egfr 40 mL/min, ileal_resection 30 cm"]


@pytest.mark.parametrize(
    ("exception", "more", "after"),
    [
        ("exception to resection\n    ", "", ""),
        ("", " and ileal_resection <= 20 cm", ""),
        ("", "", "conflict expected between resection and kidneys\n"),
    ],
    ids=["ordered", "apart", "declared"],
)
def test_no_patient_is_shown_where_there_is_none_or_it_is_meant(
    exception: str, more: str, after: str
) -> None:
    assert overlaps(TWO.format(exception=exception, more=more) + after) == []


def test_rules_that_an_implication_keeps_apart_do_not_overlap() -> None:
    text = """
rule bypass
    when      bariatric_procedure is roux_en_y
    maintain  1000 µg IM every month for life
    ...
rule no_surgery
    when      b12_deficiency and not bariatric_surgery
    maintain  1000 µg IM every 3 months for life
    ...
"""

    assert overlaps(text) == []
    assert overlaps(text.replace("not bariatric", "bariatric")) == [
        "for example to a patient: b12_deficiency, bariatric_procedure is roux_en_y"
    ]


def test_a_patient_inside_a_printed_range_is_read_one_way_for_both_rules() -> None:
    text = """
rule long
    when      crohns_disease and ileal_involvement > 30 to 60 cm
    maintain  1000 µg IM every month for life
    ...
rule short
    when      crohns_disease and ileal_involvement <= 30 to 60 cm
    maintain  1000 µg IM every 3 months for life
    ...
"""

    assert overlaps(text) == []
