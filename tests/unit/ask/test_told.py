"""What a question tells of a patient, and what it only mentions."""

from __future__ import annotations

from fractions import Fraction

import pytest

import b12guide

GUIDELINE = b12guide.load("mecobalamin_im")


def told(question: str) -> dict[str, object]:
    return dict(GUIDELINE.ask(question).told)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("eGFR 38", {"egfr": 38}),
        ("Which form with an eGFR of 38 ml/min?", {"egfr": 38}),
        ("platelets are 32, which needle?", {"platelets": 32}),
        ("platelets of 32,000 /ul, which needle?", {"platelets": 32}),
        ("He had 40 cm of ileum removed", {"ileal_resection": 40}),
        ("A 45 year old, which form?", {"age": 45}),
        ("B12 is 250 pmol/L. Deficient?", {"serum_b12": Fraction(250 * 6777, 5000)}),
    ],
)
def test_a_number_with_its_measure_is_told(
    question: str, facts: dict[str, object]
) -> None:
    assert told(question) == facts


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("How often after a gastric bypass?", {"bariatric_procedure": "roux_en_y"}),
        ("How often if there are no nerve symptoms?", {"neurological_symptoms": False}),
        ("no numbness or tingling", {"numbness": False, "paresthesia": False}),
        ("What loading for a patient with tingling feet?", {"paresthesia": True}),
        ("Which test in a pregnant woman?", {"pregnancy": True}),
        ("Symptoms came back before the next dose", {"symptoms_returned": True}),
        (
            "planning a baby after weight loss surgery, how often test B12?",
            {"planning_pregnancy": True, "bariatric_surgery": True},
        ),
    ],
)
def test_a_circumstance_is_told(question: str, facts: dict[str, object]) -> None:
    assert {name: told(question).get(name) for name in facts} == facts


@pytest.mark.parametrize(
    "question",
    [
        "Is he pregnant?",
        "When may folic acid be started?",
        "Is a sore tongue a nerve symptom?",
        "Does glossitis count as neurological?",
        "Does metformin matter?",
        "Is she on metformin?",
        "Is there a lab cut-off for deficiency?",
        "Below which B12 level is somebody deficient?",
        "Her mother had diabetes, which form?",
        "A family history of pernicious anaemia, which form?",
        "perhaps numbness, which loading?",
        "suspected Crohn's disease, which test?",
        "Which form when the eGFR is below 50?",
        "Which needle for platelets from 25 to 50?",
        "check B12 at 3 months",
        "How much is 5 mg of folic acid?",
        "Give 3 B12 injections",
    ],
)
def test_what_is_asked_open_or_about_others_is_not_told(question: str) -> None:
    assert told(question) == {}


def test_a_number_that_cannot_be_is_left_aside_with_the_reason() -> None:
    found = GUIDELINE.ask("platelets are 32000, which needle?")

    assert found.told == {}
    assert [one.text for one in found.asides] == ["platelet count 32000 x10^9/L"]
    assert "cannot be" in found.asides[0].reason


def test_the_record_of_the_patient_counts_against_the_question() -> None:
    patient = {"numbness": False, "egfr": 80}
    found = GUIDELINE.ask("She is numb and her eGFR is 38. Which form?", patient)

    assert found.told == {}
    assert [one.text for one in found.asides] == ["numbness", "eGFR 38 mL/min"]
    assert "no numbness" in found.asides[0].reason


def test_what_contradicts_the_record_by_what_follows_is_left_aside() -> None:
    patient = {"bariatric_surgery": False}
    found = GUIDELINE.ask("How often after a gastric bypass?", patient)

    assert found.told == {}
    assert "contradicts" in found.asides[0].reason


def test_a_fact_that_is_told_in_two_ways_is_not_taken() -> None:
    assert told("He has diabetes. He has no diabetes.") == {}


def test_what_is_told_counts_together_with_the_patient() -> None:
    found = GUIDELINE.ask(
        "no nerve symptoms, how often at first?", {"b12_deficiency": True}
    )

    assert found.items[0].name == "loading_standard"
    assert found.items[0].verdict is not None
    assert found.items[0].verdict.verdict is b12guide.Verdict.APPLIES
