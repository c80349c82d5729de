"""The first screen of shipped and of unusual guidelines."""

from __future__ import annotations

import re

import pytest

from b12guide import Patient, PatientLike, load
from b12guide.errors import ArgumentError
from b12guide.show.first_screen import first_screen, summary
from b12guide.show.page import SectionShape

GUIDELINE = load("mecobalamin_im")
DEFICIENT = {"age": 45, "b12_deficiency": True}
NERVES = Patient(
    facts={**DEFICIENT, "paresthesia": True, "egfr": "90 mL/min"}, otherwise="absent"
)
PREGNANT = {
    "age": 34,
    "b12_deficiency": False,
    "bariatric_procedure": "roux_en_y",
    "planning_pregnancy": True,
}


def screen(patient: PatientLike, width: int = 100) -> str:
    text = GUIDELINE.recommend(patient, on="2026-11-29").to_text(
        short=True, width=width
    )
    return re.sub(r"\s+", " ", text)


def test_it_answers_loading_and_maintenance_with_drug_dose_route_interval_and_ground() -> (
    None
):
    text = screen(NERVES)

    assert (
        "LOADING hydroxocobalamin or mecobalamin 1000 µg IM on alternate days until "
        "neurological improvement has reached its plateau (required · S09)" in text
    )
    assert (
        "MAINTENANCE hydroxocobalamin or mecobalamin 1000 µg IM every 2 months for life "
        "(required · S12)" in text
    )


def test_the_status_and_the_notice_stand_on_its_first_line() -> None:
    text = GUIDELINE.recommend(NERVES).to_text(short=True)

    assert text.splitlines()[0].startswith("mecobalamin_im")
    assert "under review, not approved · education and research only" in text


def test_with_little_known_each_branch_says_when_it_holds() -> None:
    text = screen(DEFICIENT)

    assert (
        "LOADING if no neurological symptoms of vitamin B12 deficiency: hydroxo" in text
    )
    assert "if neurological symptoms of vitamin B12 deficiency: hydroxo" in text
    assert "MAINTENANCE unless a line below applies: hydroxocobalamin" in text


def test_a_silence_on_a_fact_that_decides_no_dose_is_told_whole() -> None:
    text = screen(PREGNANT)

    assert "NOT ADDRESSED Folic acid for a planned or current pregnancy" in text
    assert "(T31)" in text


def test_the_next_question_is_asked() -> None:
    assert re.search(r"ASK NEXT 1\. .*\? \(settles ", screen(NERVES))


def test_somebody_out_of_scope_is_told_so_and_gets_no_row_of_advice() -> None:
    child = GUIDELINE.recommend({"age": 9, "b12_deficiency": True})
    labels = [row.label for row in first_screen(child)]

    assert "not written for this patient" in screen({"age": 9, "b12_deficiency": True})
    assert not {"LOADING", "MAINTENANCE", "FORM", "CHECK"} & {*labels}


def test_a_patient_has_no_short_text() -> None:
    with pytest.raises(ArgumentError, match="professional"):
        GUIDELINE.recommend(NERVES).to_text(short=True, audience="patient")


def test_html_begins_with_chips_and_three_cards_and_folds_the_rest() -> None:
    answer = GUIDELINE.recommend(NERVES)
    cards = [one.title for one in summary(answer) if one.shape is SectionShape.CARD]
    html = answer.to_html()

    assert cards == ["Loading", "Maintenance", "Check"]
    assert html.index('class="card"') < html.index("<details>")
    assert html.count("<h2") == len(summary(answer))


def test_the_html_for_a_patient_folds_nothing() -> None:
    assert "<details>" not in GUIDELINE.recommend(NERVES).to_html(audience="patient")


def test_a_notebook_shows_the_same_cards() -> None:
    answer = GUIDELINE.recommend(NERVES)

    assert 'class="card"' in answer._repr_mimebundle_()["text/html"]
