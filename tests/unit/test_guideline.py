"""The front of the library, used as an application or a notebook would."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import frozen

import b12guide
from b12guide.evaluate.explanation import DecisionExplanation, RuleExplanation

GUIDELINE = b12guide.load("mecobalamin_im")
KNOWN = {"age": 45, "b12_deficiency": True, "ileal_resection": "0 cm"}


@frozen
class Row:
    """A patient as some application keeps one."""

    age: int
    b12_deficiency: bool
    egfr: str | None


@pytest.mark.parametrize(
    "patient",
    [
        {"age": 45, "b12_deficiency": True, "egfr": "35 mL/min"},
        {"facts": {"age": 45, "b12_deficiency": True, "egfr": "35 mL/min"}},
        Row(age=45, b12_deficiency=True, egfr="35 mL/min"),
        b12guide.Patient(facts={"age": 45, "b12_deficiency": True, "egfr": 35}),
    ],
)
def test_a_patient_comes_in_any_of_four_shapes(patient: Any) -> None:
    answer = GUIDELINE.recommend(patient)

    assert answer.form.excluded == ("cyanocobalamin",)
    assert answer.scope is b12guide.Truth.TRUE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"egfr": "48 mL/min"}, {"egfr": "0.8 mL/s"}),
        ({"ileal_resection": "25 cm"}, {"ileal_resection": "0.25 m"}),
        ({"platelets": "30 x10^9/L"}, {"platelets": "30 G/L"}),
        ({"serum_b12": "1355.4 pg/mL"}, {"serum_b12": "1000 pmol/L"}),
        ({"age": "45 years"}, {"age": "540 months"}),
    ],
)
def test_the_unit_changes_nothing(one: dict[str, Any], other: dict[str, Any]) -> None:
    answers = [GUIDELINE.recommend({**KNOWN, **facts}) for facts in (one, other)]

    assert answers[0].decisions == answers[1].decisions
    assert answers[0].questions == answers[1].questions


def test_the_latest_value_on_or_before_the_day_counts() -> None:
    dated = [
        {"value": "60 mL/min", "on": "2025-01-01"},
        {"value": "35 mL/min", "on": "2025-06-01"},
    ]
    patient = {**KNOWN, "egfr": dated}
    before = GUIDELINE.recommend(patient, on=dt.date(2025, 5, 31))
    after = GUIDELINE.recommend(patient, on=dt.date(2025, 6, 1))
    never = GUIDELINE.recommend(patient, on=dt.date(2024, 12, 31))

    assert before.form.excluded == ()
    assert after.form.excluded == ("cyanocobalamin",)
    assert "egfr" in never.form.depends_on


def test_a_threshold_that_is_a_range_can_be_read_at_either_end() -> None:
    patient = {"age": 45, "crohns_disease": True, "ileal_involvement": "45 cm"}
    verdicts = {
        reading: GUIDELINE.recommend(patient, fuzzy_threshold=reading)
        for reading in ("report", "lower", "upper")
    }
    found = {
        reading: next(
            v.verdict.value for v in answer.rules if v.rule.name == "crohns_screening"
        )
        for reading, answer in verdicts.items()
    }

    assert found == {
        "report": "indeterminate",
        "lower": "applies",
        "upper": "does not apply",
    }


def test_the_quick_verdicts_are_those_of_the_recommendation() -> None:
    patient = {**KNOWN, "egfr": "35 mL/min", "paresthesia": True}
    answer = GUIDELINE.recommend(patient)

    assert GUIDELINE.verdicts(patient) == {v.rule.name: v.verdict for v in answer.rules}


def test_a_rule_and_a_decision_can_be_explained() -> None:
    rule = GUIDELINE.explain("renal_form", {"egfr": "49.9 mL/min"})
    decision = GUIDELINE.explain("maintenance", KNOWN)

    assert isinstance(rule, RuleExplanation)
    assert rule.condition.truth is b12guide.Truth.TRUE
    assert rule.condition.value == "49.9 mL/min"
    assert isinstance(decision, DecisionExplanation)
    assert decision.decided.decision is b12guide.Decision.MAINTENANCE


def test_what_cannot_be_explained_is_told_with_a_suggestion() -> None:
    with pytest.raises(b12guide.UnknownNameError, match="renal_form") as raised:
        GUIDELINE.explain("renal_from")

    assert raised.value.name == "renal_from"


def test_a_mistake_in_a_patient_is_one_exception_with_all_diagnostics() -> None:
    with pytest.raises(b12guide.PatientError) as raised:
        GUIDELINE.recommend({"egrf": 35, "paresthesia": "perhaps"})

    assert len(raised.value.diagnostics) == 2


def test_facts_that_contradict_each_other_are_refused() -> None:
    patient = {"bariatric_procedure": "roux_en_y", "bariatric_surgery": False}
    with pytest.raises(b12guide.PatientError, match="GDL790"):
        GUIDELINE.recommend(patient)


def test_an_answer_shows_itself() -> None:
    answer = GUIDELINE.recommend(KNOWN)
    shown = [answer.to_text(), answer.to_markdown(), answer.to_html(), str(answer)]
    shown += answer._repr_mimebundle_().values()

    assert answer.to_dict()["schema"] == "b12guide.recommendation/1"
    assert all("education and research" in text for text in shown)
    assert all("under review" in text for text in shown)
    assert "<script" not in answer.to_html()
    assert answer._repr_mimebundle_()["text/markdown"] == answer.to_markdown()
    assert GUIDELINE._repr_mimebundle_()["text/html"].startswith("<section")
    assert "not advice for you" in answer.to_text(audience="patient")


def test_a_guideline_says_who_it_is() -> None:
    assert GUIDELINE.name == "mecobalamin_im"
    assert {d.code for d in GUIDELINE.diagnostics} == {"GDL407"}
