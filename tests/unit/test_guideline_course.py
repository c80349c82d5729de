"""Treatments that stop, change, or are handed on: what stands against what, where it is shown."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide.graph import model as m
from b12guide.resources import read

TEXT = """language 1.1
guideline course "The course"
    version 1.0.0
    revised 2026-01-01
    uses b12
source page "A page"
    by "Somebody", 2026
    printed as 1
service haematology "haematology"
    lay "a blood specialist"
rule lasting "For life"
    when     pernicious_anaemia
    continue b12_treatment for life
    strength required
    cites    page
rule stopping "Stop"
    when     levels_stable
    stop     b12_treatment
    strength should
    cites    page
rule permitted "May stop"
    when     vegan_diet
    may stop b12_treatment
    cites    page
rule more_often "More often"
    when     persistent_symptoms
    change   maintain to hydroxocobalamin 1000 µg IM every month
    strength should
    cites    page
rule other_drug "Another drug"
    when     symptoms_returned
    may change form to mecobalamin
    cites    page
rule injections "Injections"
    when     glossitis
    change   route to intramuscular
    strength should
    cites    page
rule sent "Sent on"
    when     memory_problem
    refer    haematology
    strength should
    cites    page
rule kidneys "Kidneys"
    when     renal_dysfunction
    contraindicated hydroxocobalamin, mecobalamin
    strength required
    cites    page
rule wait "Wait"
    when     numbness
    withhold hydroxocobalamin until levels_stable
    strength required
    cites    page
"""


def loaded(folder: Path, more: str = "") -> b12guide.Guideline:
    file = folder / "course.gdl"
    file.write_text(TEXT + more, "utf-8")
    return b12guide.load(file, cache=False)


@pytest.fixture(scope="module")
def guideline(tmp_path_factory: pytest.TempPathFactory) -> b12guide.Guideline:
    return loaded(tmp_path_factory.mktemp("course"))


def answer(guideline: b12guide.Guideline, *facts: str) -> b12guide.Recommendation:
    return guideline.recommend(
        {"facts": dict.fromkeys(facts, True), "otherwise": "absent"}
    )


# ---- what stands against what


def test_to_stop_and_to_go_on_is_a_conflict(guideline: b12guide.Guideline) -> None:
    found = answer(guideline, "pernicious_anaemia", "levels_stable")

    assert found.continuation.outcome is b12guide.Outcome.CONFLICT
    (conflict,) = found.conflicts
    assert {name for side in conflict.sides for name in side.rules} == {
        "lasting",
        "stopping",
    }


def test_what_may_stop_stands_beside_what_goes_on(
    guideline: b12guide.Guideline,
) -> None:
    found = answer(guideline, "pernicious_anaemia", "vegan_diet").continuation

    assert found.default == m.Continuation(treatment="b12_treatment", for_life=True)
    assert found.alternatives == (m.Stop(treatment="b12_treatment"),)


def test_two_lengths_of_going_on_are_both_against_stopping(tmp_path: Path) -> None:
    more = """
rule lasting_too "Going on"
    when     pernicious_anaemia
    continue b12_treatment
    strength required
    cites    page
"""
    found = answer(loaded(tmp_path, more), "pernicious_anaemia", "levels_stable")

    (conflict,) = found.conflicts
    assert {name for side in conflict.sides for name in side.rules} == {
        "lasting",
        "lasting_too",
        "stopping",
    }


def test_a_contraindicated_drug_is_not_changed_to(
    guideline: b12guide.Guideline,
) -> None:
    doses = answer(guideline, "persistent_symptoms", "renal_dysfunction").change
    form = answer(guideline, "symptoms_returned", "renal_dysfunction").change

    for found, drug in ((doses, "hydroxocobalamin"), (form, "mecobalamin")):
        assert not found.options
        assert [(one.drugs, one.rules) for one in found.not_offered] == [
            ((drug,), ("kidneys",))
        ]


def test_a_withheld_drug_is_not_changed_to_now(guideline: b12guide.Guideline) -> None:
    found = answer(guideline, "persistent_symptoms", "numbness").change

    assert [option.withheld for option in found.options] == [True]
    assert found.default is None


def test_a_change_is_no_advice_of_its_own(guideline: b12guide.Guideline) -> None:
    found = answer(guideline, "persistent_symptoms", "symptoms_returned", "glossitis")

    assert found.maintenance.is_silent
    assert found.route.is_silent
    assert not found.form.advised


# ---- where it is shown

EVERYTHING = (
    *("levels_stable", "persistent_symptoms", "symptoms_returned", "glossitis"),
    "memory_problem",
)


def test_a_professional_reads_it(guideline: b12guide.Guideline) -> None:
    found = answer(guideline, *EVERYTHING)

    for page in (found.to_text(), found.to_html()):
        text = " ".join(page.split())
        for said in (
            "stop treatment with vitamin B12",
            "change maintenance to hydroxocobalamin 1000 µg by intramuscular injection",
            "change the form to mecobalamin",
            "change to treatment by intramuscular injection",
            "refer to haematology",
        ):
            assert said in text


def test_a_patient_reads_it_in_plain_words(guideline: b12guide.Guideline) -> None:
    text = answer(guideline, *EVERYTHING).to_text(audience="patient")

    assert "Going on or stopping" in text
    assert "Do not stop" not in text
    assert "ou are referred to a blood specialist" in text


def test_json_does_not_call_what_stops_a_treatment(
    guideline: b12guide.Guideline,
) -> None:
    decisions = json.loads(answer(guideline, *EVERYTHING).to_json())["decisions"]

    (stopping,) = decisions["continuation"]["options"]
    assert stopping["stop"] == "b12_treatment"
    assert "treatment" not in stopping
    assert [one["change"] for one in decisions["change"]["options"]] == [
        "maintenance",
        "route",
        "form",
    ]
    assert decisions["change"]["options"][0]["to"]["drugs"] == ["hydroxocobalamin"]
    assert [one["service"] for one in decisions["referral"]["options"]] == [
        "haematology"
    ]


def test_the_json_is_as_its_schema_says(guideline: b12guide.Guideline) -> None:
    schema = json.loads(read("schema", "recommendation.schema.json"))

    for facts in (EVERYTHING, ("levels_stable", "pernicious_anaemia", "vegan_diet")):
        data = json.loads(answer(guideline, *facts).to_json())
        Draft202012Validator(schema).validate(data)


def test_columns_of_a_cohort_say_it(guideline: b12guide.Guideline) -> None:
    frame = pd.DataFrame({fact: [True] for fact in EVERYTHING})
    found = guideline.cohort(frame, otherwise="absent")

    (row,) = found.to_dict("records")
    assert row["continuation.value"] == "stop b12_treatment"
    assert row["change.value"] == (
        "maintenance to hydroxocobalamin 1000 µg intramuscular every month; "
        "route to intramuscular"
    )
    assert row["referral.value"] == "haematology"


# ---- proofs and audits


def test_a_drug_that_is_changed_to_is_given(tmp_path: Path) -> None:
    more = """
invariant no_mecobalamin
    never mecobalamin
"""
    found = loaded(tmp_path, more).prove()
    (proof,) = [one for one in found.proofs if one.claim.name == "no_mecobalamin"]

    assert proof.witness is not None
    assert "symptoms_returned" in str(proof.witness)


STOPPED = [
    {"on": "2025-01-01", "dose": "hydroxocobalamin", "amount": "1000 µg"},
    {"on": "2025-03-01", "stop": "hydroxocobalamin"},
]


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        (("pernicious_anaemia",), "violation"),
        (("pernicious_anaemia", "vegan_diet"), "info"),
        (("pernicious_anaemia", "levels_stable"), "info"),
        (("levels_stable",), None),
    ],
)
def test_an_audit_knows_that_a_treatment_may_stop(
    guideline: b12guide.Guideline, facts: tuple[str, ...], severity: str | None
) -> None:
    found = guideline.audit(
        {
            "facts": dict.fromkeys((*facts, "b12_treatment"), True),
            "otherwise": "absent",
        },
        STOPPED,
        on=dt.date(2025, 6, 1),
        families=["continuation"],
    )

    assert [one.gravity.value for one in found.findings] == [severity][
        : severity is not None
    ]
