"""Slips that every word of is right: units that convert, examples that contradict themselves."""

from __future__ import annotations

import pytest

from b12guide.diagnostics import Diagnostic
from tests.unit.semantics.writing import checked


def found(characters: str, code: str) -> tuple[Diagnostic, ...]:
    return tuple(d for d in checked(characters).diagnostics if d.code == code)


def edits(diagnostic: Diagnostic) -> list[str]:
    return [edit.replacement for help_ in diagnostic.help for edit in help_.edits]


IRON = """\
measure hb "haemoglobin"
    unit      g/L
    plausible 20 to 250
measure clearance "clearance"
    unit      mL/min
"""


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("egfr < 50 mL/h", "50 mL/min"),
        ("egfr from 30 to 50 mL/h", "30 to 50 mL/min"),
        ("clearance < 50 mL/h", "50 mL/min"),
        ("clearance < 50 mL/s", "50 mL/min"),
        ("serum_b12 < 200 pg/L", "200 pg/mL"),
        ("serum_b12 < 200 pg/dL", "200 pg/mL"),
    ],
)
def test_another_denominator_is_asked_about(condition: str, meant: str) -> None:
    (told,) = found(f"{IRON}define d as\n    {condition}\n", "GDL320")

    assert edits(told) == [meant]


@pytest.mark.parametrize(
    "condition",
    [
        "hb < 13 g/dL",
        "hb < 130 g/L",
        "egfr < 50 mL/min/1.73m2",
        "serum_b12 < 150 pmol/L",
        "serum_b12 < 0.2 ng/mL",
        "serum_b12 < 200 ng/L",
    ],
)
def test_units_of_another_laboratory_are_converted_without_a_word(
    condition: str,
) -> None:
    text = f"{IRON}define d as\n    {condition}\n"

    assert found(text, "GDL320") == found(text, "GDL309") == ()


def test_a_bound_out_of_reach_is_told_once_with_the_unit_that_was_meant() -> None:
    text = f"{IRON}define d as\n    hb < 130 g/mL\n"
    (told,) = found(text, "GDL309")

    assert edits(told) == ["130 g/L"]
    assert found(text, "GDL320") == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("numbness, not numbness", "cannot both be so"),
        ("egfr 35 mL/min, egfr 60 mL/min", "cannot both be so"),
        ("numbness, numbness unknown", "cannot both be so"),
        ("tingling, not paraesthesia", "cannot both be so"),
        ("egfr 35 mL/min, egfr 35 mL/min", "is given twice"),
        ("numbness on 2025-01-01, not numbness on 2025-01-01", "of one day"),
        ("numbness on 2025-01-01, not numbness", "only one has a date"),
    ],
)
def test_an_example_that_contradicts_itself_is_told_in_its_own_words(
    given: str, said: str
) -> None:
    (told,) = found(f'example "e"\n    given {given}\n', "GDL422")

    assert said in told.message
    assert "{" not in told.message + "".join(h.message for h in told.help)


@pytest.mark.parametrize(
    "given",
    [
        "numbness, not paresthesia",
        "numbness on 2025-01-01, not numbness on 2025-02-01",
        "egfr 35 mL/min on 2025-01-01, egfr 60 mL/min on 2025-02-01",
    ],
)
def test_values_of_several_days_are_no_contradiction(given: str) -> None:
    assert found(f'example "e"\n    given {given}\n', "GDL422") == ()


def test_a_patient_who_cannot_be_is_told_by_the_check() -> None:
    given = "bariatric_procedure is roux_en_y, not bariatric_surgery"
    (told,) = found(
        f'example "e"\n    given {given}\n    expect scope applies\n', "GDL790"
    )

    assert "null" not in told.help[0].message
    assert "`unknown`" in told.help[0].message
