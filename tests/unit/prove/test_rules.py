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

    assert found == [
        "for example to a patient with eGFR 40 mL/min and length of ileum resected 30 cm"
    ]


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


MANY = """
rule weekly
    when      b12_deficiency
    load      1000 µg IM every week for 4 weeks
    ...
rule daily
    when      numbness
    load      1000 µg IM daily for 1 week
    ...
rule alternate
    when      glossitis
    load      1000 µg IM on alternate days for 2 weeks
    ...
"""


def test_one_missing_exception_is_told_once() -> None:
    one = (
        "rule none_at_all\n    when      pregnancy\n    load      not needed\n    ...\n"
    )
    ordered = "    exception to daily, weekly\n    when      glossitis\n"
    text = MANY.replace("    when      glossitis\n", ordered)
    text = text.replace(
        "    when      numbness\n", "    exception to weekly\n    when      numbness\n"
    )
    found = [d for d in checked(text + one).diagnostics if d.code == "GDL401"]
    (clash,) = found
    edits = [help_.edits[0] for help_ in clash.help if help_.edits]

    assert clash.message == (
        "`none_at_all` can apply beside `weekly`, `daily` and `alternate`, and cannot be "
        "followed with any: all speak to `loading`"
    )
    assert len(clash.labels) == 4
    assert clash.help[0].message == (
        "say which is the exception: `exception to weekly, daily, alternate` in `none_at_all`"
    )
    assert edits[0].replacement == "\n    exception to weekly, daily, alternate"
    assert edits[1].replacement == "\n    exception to none_at_all"
    assert len(edits) == 4
    mended = (text + one).replace(
        "rule none_at_all\n",
        "rule none_at_all\n    exception to weekly, daily, alternate\n",
    )
    assert overlaps(mended) == []


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
        (
            "for example to a patient with documented vitamin B12 deficiency and "
            "bariatric procedure: Roux-en-Y gastric bypass"
        )
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
