"""An answer as a Bundle of drafts."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.errors import ArgumentError
from b12guide.fhir import medication_request, schedule_from_fhir

OURS = "https://github.com/b12guide/b12guide/fhir"
DAY = dt.date(2026, 11, 29)
GUIDELINE = b12guide.load("mecobalamin_im")
NERVES = {
    "age": "58 years",
    "b12_deficiency": True,
    "paresthesia": True,
    "folate_deficiency": True,
    "severe_neurological_symptoms": False,
    "egfr": "80 mL/min",
    "diabetes": False,
    "inherited_cobalamin_defect": False,
    "bariatric_procedure": "none",
    "ileal_resection": "0 cm",
}
TEXT = """
language 1
guideline course "A course"
    version 1.0.0
    revised 2026-01-01
drug zinc "zinc"
    code atc "A12CB01"
    plausible dose 0.001 to 5000 mg
drug iron "iron"
    plausible dose 0.001 to 5000 mg
measure copper "copper"
    unit µmol/L
    plausible 0 to 100
test zinc_level "zinc in serum"
test blood_count "blood count"
service dietician "dietician"
finding ill "ill"
finding allergic "allergic"
event replete "stores are full"
finding on_iron "treatment with iron"
source page "A page"
    printed as 1
    link "https://example.org/page"
"""
RULE = """
rule {name} "{name}"
    when {when}
    {says}
    strength should
    cites page
"""


@pytest.fixture
def asked(tmp_path: Path) -> Any:
    """The Bundle for somebody who is ill, by a guideline of these rules."""

    def bundle(*rules: str, **facts: Any) -> dict[str, Any]:
        said = []
        for number, rule in enumerate(rules):
            says, _, when = rule.partition(" if ")
            said.append(RULE.format(name=f"r{number}", says=says, when=when or "ill"))
        path = tmp_path / "course.gdl"
        path.write_text(TEXT + "".join(said), encoding="utf-8")
        guideline = b12guide.load(path, cache=False)
        answer = guideline.recommend({"ill": True, **facts})
        return answer.to_fhir(subject="Patient/1")

    return bundle


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["resourceType"] == kind]


def titles(bundle: dict[str, Any]) -> dict[str, list[str]]:
    (group,) = of_kind(bundle, "RequestGroup")
    return {
        action["id"]: [each["title"] for each in action["action"]]
        for action in group["action"]
    }


def modifiers(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        each["url"].rpartition("/")[2]: next(
            value for key, value in each.items() if key != "url"
        )
        for each in resource.get("modifierExtension", [])
    }


# ------------------------------------------------------------------ the shipped guideline


def test_an_answer_is_a_bundle_of_drafts() -> None:
    bundle = GUIDELINE.recommend(NERVES, on=DAY).to_fhir(subject="Patient/1")
    found = titles(bundle)

    assert bundle["type"] == "collection"
    assert found["loading"] == [
        f"{drug} 1000 µg by intramuscular injection on alternate days until neurological "
        "improvement has reached its plateau (required)"
        for drug in ("hydroxocobalamin", "mecobalamin")
    ]
    assert found["maintenance"][0].startswith("hydroxocobalamin 1000 µg")
    assert found["maintenance"][2].startswith("or hydroxocobalamin 1000 µg")
    assert found["permission"] == ["no folic acid until vitamin B12 is replete"]
    assert found["targets"] == ["plasma homocysteine < 10 µmol/L (target)"]


def test_the_alternative_to_what_may_yet_be_the_default_is_no_draft() -> None:
    known = {name: value for name, value in NERVES.items() if name != "ileal_resection"}
    answer = GUIDELINE.recommend(known, on=DAY)

    assert answer.maintenance.alternatives
    assert answer.maintenance.default is None
    assert "Maintenance" not in [
        request["category"][0]["text"]
        for request in of_kind(answer.to_fhir(), "MedicationRequest")
    ]


def test_what_is_withheld_is_no_draft_and_a_grave_issue() -> None:
    bundle = GUIDELINE.recommend(NERVES, on=DAY).to_fhir(subject="Patient/1")
    drugs = {
        each["medicationCodeableConcept"]["text"]
        for each in of_kind(bundle, "MedicationRequest")
    }
    issue = next(
        each
        for each in of_kind(bundle, "DetectedIssue")
        if each["code"]["coding"][0]["code"] == "withhold"
    )

    assert drugs == {"hydroxocobalamin", "mecobalamin"}
    assert issue["severity"] == "high"
    assert issue["patient"] == {"reference": "Patient/1"}
    assert "S25" in issue["detail"]


def test_a_request_says_what_it_rests_on() -> None:
    bundle = GUIDELINE.recommend(NERVES, on=DAY).to_fhir(
        subject="Patient/1",
        provenance={"paresthesia": ["Condition/c", "Provenance/p"], "age": ["x"]},
    )
    request = of_kind(bundle, "MedicationRequest")[0]
    notes = [note["text"] for note in request["note"]]

    assert request["instantiatesCanonical"] == [
        f"{OURS}/PlanDefinition/mecobalamin-im|{GUIDELINE.version}"
    ]
    assert (request["status"], request["intent"]) == ("draft", "proposal")
    assert request["authoredOn"] == "2026-11-29"
    assert notes[0].startswith("For education and research.")
    assert "under review, not approved" in notes[1]
    assert GUIDELINE.digest in notes[1]
    assert "rule loading_neurological; required; S09; [1]" in notes[2]
    assert {"tingling or pins and needles"} <= {
        each["text"] for each in request["reasonCode"]
    }
    assert request["reasonReference"] == [{"reference": "Condition/c"}]


def test_maintenance_follows_loading() -> None:
    bundle = GUIDELINE.recommend(NERVES, on=DAY).to_fhir()
    (group,) = of_kind(bundle, "RequestGroup")
    action = next(each for each in group["action"] if each["id"] == "maintenance")
    request = next(
        each
        for each in of_kind(bundle, "MedicationRequest")
        if each["category"][0]["text"] == "Maintenance"
    )

    assert action["relatedAction"] == [
        {"actionId": "loading", "relationship": "after-end"}
    ]
    assert action["selectionBehavior"] == "at-most-one"
    assert modifiers(request)["follows"]["text"] == "loading is over"


def test_for_whom_nobody_knows_whether_it_is_written_nothing_is_drafted() -> None:
    known = {name: value for name, value in NERVES.items() if name != "age"}
    bundle = GUIDELINE.recommend(known, on=DAY).to_fhir()
    (response,) = of_kind(bundle, "GuidanceResponse")
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}

    assert kinds == {"GuidanceResponse", "RequestGroup", "DetectedIssue"}
    assert response["status"] == "data-required"
    assert [each["type"] for each in response["dataRequirement"]]


def test_what_is_needed_is_asked_for_by_its_codes() -> None:
    known = {name: value for name, value in NERVES.items() if name != "egfr"}
    (response,) = of_kind(
        GUIDELINE.recommend(known, on=DAY).to_fhir(), "GuidanceResponse"
    )
    needed = {
        each["extension"][0]["valueCodeableConcept"]["coding"][-1]["code"]: each
        for each in response["dataRequirement"]
    }

    assert needed["egfr"]["type"] == "Observation"
    codes = needed["egfr"]["codeFilter"][0]["code"]
    assert {"system": "http://loinc.org", "code": "33914-3"} in codes
    assert needed["egfr"]["extension"][1]["valueString"].startswith("What is your eGFR")


def test_of_a_patient_who_is_out_of_scope_nothing_is_drafted() -> None:
    bundle = GUIDELINE.recommend({**NERVES, "age": "5 years"}).to_fhir()
    (response,) = of_kind(bundle, "GuidanceResponse")

    assert response["status"] == "success"
    assert of_kind(bundle, "MedicationRequest") == []
    assert any("not written for this patient" in n["text"] for n in response["note"])


# -------------------------------------------------------------------- arguments


def test_the_subject_may_be_a_reference_or_nobody() -> None:
    answer = GUIDELINE.recommend(NERVES)
    logical = {"identifier": {"system": "urn:x", "value": "7"}}
    found = [
        of_kind(answer.to_fhir(subject=subject), "MedicationRequest")[0]["subject"]
        for subject in ("Patient/1", logical, None)
    ]

    assert found == [
        {"reference": "Patient/1"},
        logical,
        {"display": "the patient of this answer"},
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"subject": ""},
        {"subject": "Jane Doe"},
        {"subject": 7},
        {"on": "2026-11-29"},
        {"on": dt.date(2026, 1, 1)},
        {"provenance": 7},
    ],
)
def test_a_wrong_argument_is_refused(arguments: dict[str, Any]) -> None:
    answer = GUIDELINE.recommend(NERVES, on=DAY)

    with pytest.raises(ArgumentError):
        answer.to_fhir(**arguments)


def test_an_answer_for_no_day_may_be_dated() -> None:
    answer = GUIDELINE.recommend(NERVES)
    undated, dated = answer.to_fhir(), answer.to_fhir(on=DAY)

    assert "authoredOn" not in of_kind(undated, "MedicationRequest")[0]
    assert of_kind(dated, "MedicationRequest")[0]["authoredOn"] == "2026-11-29"


# ------------------------------------------------------------------- all that there is


def test_a_visit_is_a_request_for_each_time(asked: Any) -> None:
    bundle = asked(
        "maintain zinc 10 mg daily for life",
        "check zinc_level at 3 and 6 to 8 months, before the next dose",
    )
    first, second = of_kind(bundle, "ServiceRequest")
    (group,) = of_kind(bundle, "RequestGroup")
    checks = next(each for each in group["action"] if each["id"] == "monitoring")

    assert first["code"]["text"] == "zinc in serum"
    assert first["occurrenceTiming"] == {
        "repeat": {"count": 1},
        "code": {"text": "3 months after the first dose"},
    }
    assert modifiers(first)["after-start"]["value"] == 3
    assert modifiers(first)["before-next-dose"] is True
    assert modifiers(second)["after-start"]["high"]["value"] == 8
    assert checks["action"][1]["relatedAction"][0]["offsetRange"]["low"]["value"] == 6
    assert checks["action"][0]["relatedAction"][0]["actionId"] == "maintenance"


def test_visits_that_recur_follow_each_other(asked: Any) -> None:
    bundle = asked("check zinc_level every 3 to 4 months for 1 year then yearly")
    first, second = of_kind(bundle, "ServiceRequest")
    year = {
        "value": 1,
        "unit": "year",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }

    assert first["occurrenceTiming"] == {
        "repeat": {
            "boundsDuration": year,
            "frequency": 1,
            "period": 3,
            "periodMax": 4,
            "periodUnit": "mo",
        }
    }
    assert "follows" not in modifiers(first)
    assert second["occurrenceTiming"]["repeat"]["period"] == 1
    assert modifiers(second)["follows"]["text"] == "the visits before it are over"


def test_what_belongs_to_a_visit_goes_with_it(asked: Any) -> None:
    bundle = asked(
        "load zinc 10 mg daily until replete",
        "check zinc_level with blood_count at least every 6 months after replete, never alone",
        "check blood_count weekly during loading",
        "check blood_count yearly until replete",
        "check zinc_level once",
    )
    found = [
        (
            each["code"]["text"],
            sorted(modifiers(each)),
            each["occurrenceTiming"]["repeat"].get("periodUnit"),
        )
        for each in of_kind(bundle, "ServiceRequest")
    ]

    assert ("zinc in serum", ["after", "never-alone"], "mo") in found
    assert ("blood count", ["after"], "mo") in found
    assert ("blood count", ["during"], "wk") in found
    assert ("blood count", ["until"], "a") in found
    assert any(name == "zinc in serum" and unit is None for name, _, unit in found)


def test_a_test_that_is_not_to_be_done_says_so(asked: Any) -> None:
    (request,) = of_kind(asked("do not check zinc_level"), "ServiceRequest")

    assert request["doNotPerform"] is True
    assert request["code"]["text"] == "zinc in serum"


def test_a_referral_is_a_request(asked: Any) -> None:
    (request,) = of_kind(asked("refer dietician"), "ServiceRequest")

    assert request["code"]["text"] == "dietician"
    assert request["category"][0]["coding"][0]["code"] == "referral"


def test_what_has_no_request_of_its_own_is_a_task(asked: Any) -> None:
    bundle = asked("stop on_iron", "form zinc")
    found = {
        each["code"]["coding"][0]["code"]: each["description"]
        for each in of_kind(bundle, "Task")
    }

    assert found == {"continuation": "stop treatment with iron", "form": "zinc"}
    assert of_kind(bundle, "Task")[0]["for"] == {"reference": "Patient/1"}


def test_a_target_is_a_goal(asked: Any) -> None:
    (goal,) = of_kind(asked("target copper >= 10 µmol/L"), "Goal")
    (fuzzy,) = of_kind(asked("target copper < 10 to 12 µmol/L"), "Goal")

    assert goal["lifecycleStatus"] == "proposed"
    assert goal["target"][0]["detailQuantity"] == {
        "value": 10,
        "comparator": ">=",
        "unit": "µmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "umol/L",
    }
    assert fuzzy["target"][0]["detailString"] == "copper < 10 to 12 µmol/L"


def test_doses_that_take_the_place_of_others_say_so(asked: Any) -> None:
    bundle = asked("change maintain to zinc 20 mg daily for life")
    (request,) = of_kind(bundle, "MedicationRequest")

    assert modifiers(request)["in-place-of"]["text"] == "the present maintenance"
    assert "follows" not in modifiers(request)


def test_phases_of_different_drugs_are_requests_that_follow(asked: Any) -> None:
    bundle = asked("load zinc 10 mg daily for 7 days then iron 20 mg daily for 7 days")
    first, second = of_kind(bundle, "MedicationRequest")

    assert [
        (
            each["medicationCodeableConcept"]["text"],
            each["dosageInstruction"][0]["sequence"],
        )
        for each in (first, second)
    ] == [("zinc", 1), ("iron", 2)]
    assert modifiers(second)["follows"]["text"] == (
        "the course of zinc before it is over"
    )


def test_rules_that_contradict_each_other_draft_nothing(asked: Any) -> None:
    bundle = asked(
        "maintain zinc 10 mg daily for life", "maintain zinc 20 mg weekly for life"
    )
    (issue,) = of_kind(bundle, "DetectedIssue")

    assert of_kind(bundle, "MedicationRequest") == []
    assert issue["code"]["coding"][0]["code"] == "conflict"
    assert issue["severity"] == "moderate"


def test_a_drug_that_is_contraindicated_is_not_drafted(asked: Any) -> None:
    bundle = asked("maintain zinc 10 mg daily for life", "contraindicated zinc")
    found = {
        each["code"]["coding"][0]["code"] for each in of_kind(bundle, "DetectedIssue")
    }

    assert of_kind(bundle, "MedicationRequest") == []
    assert found == {"contraindicated"}


@pytest.mark.parametrize(
    ("says", "severity", "code"),
    [
        ("withhold zinc until replete if allergic", "high", "withhold"),
        ("contraindicated zinc if allergic", "high", "contraindicated"),
        ("avoid zinc if allergic", "moderate", "avoid"),
    ],
)
def test_a_drug_that_something_may_speak_against_is_not_drafted(
    says: str, severity: str, code: str, asked: Any
) -> None:
    course = "maintain zinc 10 mg daily for life"
    open_, not_so = asked(course, says), asked(course, says, allergic=False)
    issue = of_kind(open_, "DetectedIssue")[0]

    assert of_kind(open_, "MedicationRequest") == []
    assert issue["severity"] == severity
    assert issue["code"]["coding"][0]["code"] == code
    assert issue["code"]["text"].startswith("perhaps")
    assert len(of_kind(not_so, "MedicationRequest")) == 1
    assert of_kind(not_so, "DetectedIssue") == []


def test_of_several_drugs_those_are_drafted_that_nothing_speaks_against(
    asked: Any,
) -> None:
    bundle = asked(
        "form zinc or iron", "maintain 10 mg daily for life", "avoid zinc if allergic"
    )
    drugs = [
        each["medicationCodeableConcept"]["text"]
        for each in of_kind(bundle, "MedicationRequest")
    ]

    assert drugs == ["iron"]


def test_a_treatment_that_ends_is_not_drafted(asked: Any) -> None:
    bundle = asked("maintain zinc 10 mg daily for life", "stop zinc if allergic")

    assert of_kind(bundle, "MedicationRequest") == []


def test_sources_are_cited(asked: Any) -> None:
    (group,) = of_kind(asked("form zinc"), "RequestGroup")

    assert group["action"][0]["action"][0]["documentation"] == [
        {"type": "citation", "display": "A page", "url": "https://example.org/page"}
    ]


def test_an_answer_with_nothing_to_propose_has_no_group(asked: Any) -> None:
    bundle = asked("form zinc", ill=False)

    assert [entry["resource"]["resourceType"] for entry in bundle["entry"]] == [
        "GuidanceResponse"
    ]
    assert json.dumps(bundle)


# ------------------------------------------------------------------ one request by itself


def test_a_regimen_is_a_request() -> None:
    answer = GUIDELINE.recommend(NERVES)
    option = answer.loading.options[0]
    regimen = answer.loading.default
    assert regimen is not None
    plain = medication_request(regimen, GUIDELINE)
    whole = medication_request(option, GUIDELINE, drug="mecobalamin", on=DAY)

    assert plain["medicationCodeableConcept"]["text"] == "hydroxocobalamin"
    assert whole["medicationCodeableConcept"]["text"] == "mecobalamin"
    assert len(whole["note"]) > len(plain["note"]) == 2
    assert schedule_from_fhir(whole["dosageInstruction"]).drugs == ("mecobalamin",)


def test_what_is_no_request_is_refused() -> None:
    answer = GUIDELINE.recommend(NERVES)
    regimen = answer.loading.default
    assert regimen is not None
    wrong: list[tuple[Any, Any]] = [
        (regimen, None),
        (answer.form.options[0], GUIDELINE),
        ("1 mg", GUIDELINE),
    ]

    for arguments in wrong:
        with pytest.raises(ArgumentError):
            medication_request(*arguments)
    with pytest.raises(ArgumentError):
        medication_request(regimen, GUIDELINE, drug="folic_acid")
