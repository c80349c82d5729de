"""What resources say, one kind of statement at a time."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.errors import PatientError, UnknownNameError
from b12guide.fhir import Reading, read
from tests.strategies.resources import (
    ATC,
    LOINC,
    RXNORM,
    SNOMED,
    administration,
    concept,
    condition,
    observation,
    patient,
    quantity,
    reference,
    resource,
)

ON = "2026-03-05"
GUIDELINE = b12guide.load("mecobalamin_im")


def reading(*resources: Any, **options: Any) -> Reading:
    return read(list(resources), GUIDELINE, **{"on": ON, **options})


def facts(*resources: Any, **options: Any) -> dict[str, Any]:
    return dict(reading(*resources, **options).patient.facts)


def reasons(*resources: Any, **options: Any) -> list[str]:
    return [one.reason for one in reading(*resources, **options).unread]


# ------------------------------------------------------------------------- conditions


@pytest.mark.parametrize("clinical", ["active", "recurrence", "relapse"])
def test_what_is_active_is_so(clinical: Any) -> None:
    assert facts(condition(clinical=clinical)) == {"b12_deficiency": True}


@pytest.mark.parametrize("clinical", ["inactive", "remission", "resolved", None])
def test_what_is_over_or_of_which_nobody_says_whether_it_is_so_stays_open(
    clinical: Any,
) -> None:
    found = reading(condition(clinical=clinical))

    assert found.patient.facts == {"b12_deficiency": None}
    assert [(one.fact, one.pointer) for one in found.unread] == [
        ("b12_deficiency", "/0/code")
    ]


def test_what_ended_is_not_said_to_be_so() -> None:
    over = condition(abatementDateTime="2020-01-01")

    assert facts(over) == {"b12_deficiency": None}


@pytest.mark.parametrize(
    ("verified", "value"),
    [
        ("confirmed", True),
        (None, True),
        ("refuted", False),
        ("provisional", None),
        ("differential", None),
        ("unconfirmed", None),
    ],
)
def test_what_is_refuted_is_not_so_and_what_is_not_confirmed_stays_open(
    verified: Any, value: Any
) -> None:
    assert facts(condition(verified=verified)) == {"b12_deficiency": value}


def test_what_was_entered_in_error_says_nothing() -> None:
    found = reading(condition(verified="entered-in-error"))

    assert found.patient.facts == {}
    assert [one.reason for one in found.unread] == ["it was entered in error"]


def test_what_is_confirmed_stands_beside_what_is_not() -> None:
    both = (condition(), condition(name="d", verified="provisional"))

    assert facts(*both) == {"b12_deficiency": True}


def test_what_is_both_so_and_refuted_is_unknown() -> None:
    both = (condition(), condition(name="d", verified="refuted"))

    assert facts(*both) == {"b12_deficiency": None}
    assert len(reasons(*both)) == 2


def test_a_condition_is_so_from_its_onset_on() -> None:
    assert facts(condition(onsetDateTime="2020-05-01")) == {
        "b12_deficiency": {"value": True, "on": "2020-05-01"}
    }
    assert facts(condition(onsetDateTime="2020")) == {
        "b12_deficiency": {"value": True, "on": "2020-12-31"}
    }
    assert facts(condition(recordedDate="2021-01-01")) == {
        "b12_deficiency": {"value": True, "on": "2021-01-01"}
    }


def test_an_unknown_code_is_told_and_states_nothing() -> None:
    found = reading(condition(code="1"))

    assert found.patient.facts == {}
    assert "snomed 1" in found.unread[0].reason


# ------------------------------------------------------------------------ observations


def test_the_latest_value_counts_to_the_minute() -> None:
    found = reading(
        observation("33914-3", quantity(60, "mL/min"), "2026-01-01T10:00Z", "a"),
        observation("62238-1", quantity(35, "mL/min"), "2026-01-01T18:30+02:00", "b"),
    )
    answer = GUIDELINE.recommend(found.patient, on=ON)

    assert answer.stated.values["egfr"] == 35
    assert found.provenance["egfr"] == ("Observation/a", "Observation/b")


@pytest.mark.parametrize(
    "status", ["preliminary", "registered", "cancelled", "unknown", None]
)
def test_only_what_is_final_counts(status: Any) -> None:
    value = quantity(60, "mL/min")

    assert facts(observation("33914-3", value, ON, status=status)) == {}


def test_a_unit_is_converted_and_has_to_be_stated() -> None:
    found = facts(observation("14685-2", quantity(100, "pmol/L"), ON))
    bare = observation("14685-2", {"value": 100}, ON)

    assert found == {"serum_b12": {"value": 100, "code": "pmol/L", "on": ON}}
    assert facts(bare) == {"serum_b12": {"value": None, "on": ON}}
    assert "without a unit" in reasons(bare)[0]


def test_a_value_that_cannot_be_read_does_not_leave_an_older_one_standing() -> None:
    found = reading(
        observation("33914-3", quantity(60, "mL/min"), "2026-01-01", "a"),
        observation("33914-3", quantity(35, "furlongs"), "2026-02-01", "b"),
    )

    assert GUIDELINE.recommend(found.patient, on=ON).stated.values["egfr"] is None
    assert [(one.reference, one.fact) for one in found.unread] == [
        ("Observation/b", "egfr")
    ]


def test_an_absent_value_is_unknown() -> None:
    absent = observation("33914-3", None, ON, dataAbsentReason=concept(("x", "error")))

    assert facts(absent) == {"egfr": {"value": None, "on": ON}}


def test_two_values_of_one_day_that_disagree_are_unknown() -> None:
    found = reading(
        observation("33914-3", quantity(60, "mL/min"), "2026-01-01", "a"),
        observation("33914-3", quantity(35, "mL/min"), "2026-01-01", "b"),
    )

    assert GUIDELINE.recommend(found.patient, on=ON).stated.values["egfr"] is None
    assert len(found.unread) == 2


def test_of_a_month_and_a_day_in_it_neither_is_known_to_be_the_later() -> None:
    found = reading(
        observation("33914-3", quantity(60, "mL/min"), "2026-01", "a"),
        observation("33914-3", quantity(35, "mL/min"), "2026-01-15", "b"),
        observation("33914-3", quantity(70, "mL/min"), "2025-12-15", "c"),
    )

    def egfr(on: str) -> Any:
        return GUIDELINE.recommend(found.patient, on=on).stated.values["egfr"]

    assert egfr("2025-12-31") == 70
    assert [egfr(day) for day in ("2026-01-01", "2026-01-20", ON)] == [None] * 3


def test_components_are_read() -> None:
    parts = [
        {"code": concept((LOINC, "2276-4")), "valueQuantity": quantity(50, "ug/L")},
        {"code": concept((LOINC, "777-3")), "valueQuantity": quantity(250, "10*9/L")},
    ]
    panel = observation("1-1", None, ON, component=parts)

    assert facts(panel) == {
        "platelets": {"value": 250, "code": "10*9/L", "on": ON},
        "ferritin": {"value": 50, "code": "ug/L", "on": ON},
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"valueBoolean": True}, True),
        ({"valueBoolean": False}, False),
        ({"valueCodeableConcept": concept((LOINC, "LA32-8"))}, False),
        ({"valueCodeableConcept": concept((SNOMED, "52101004"))}, True),
        ({"valueCodeableConcept": concept((SNOMED, "1"))}, None),
        ({"valueString": "yes"}, None),
    ],
)
def test_a_finding_is_observed_with_yes_or_no(value: Any, told: Any) -> None:
    numb = observation("1", None, ON) | {"code": concept((SNOMED, "44077006"))} | value

    assert facts(numb) == {"numbness": {"value": told, "on": ON}}


def test_a_test_is_a_row_of_the_history() -> None:
    found = reading(observation("2132-9", quantity(300, "pg/mL"), "2026-01-02T09:00Z"))

    assert [dict(row) for row in found.history] == [
        {
            "on": "2026-01-02T09:00Z",
            "test": "serum_b12",
            "value": 300,
            "unit": "pg/mL",
            "id": "Observation/o",
        }
    ]


# -------------------------------------------------------------------- procedures, drugs


def test_a_completed_procedure_states_a_choice() -> None:
    done = resource(
        "Procedure",
        "p",
        status="completed",
        code=concept((SNOMED, "173747005")),
        performedDateTime="2010-05-06",
    )

    assert facts(done) == {
        "bariatric_procedure": {"value": "roux_en_y", "on": "2010-05-06"}
    }
    assert facts({**done, "status": "not-done"}) == {}


def test_who_takes_a_drug_is_treated_with_it() -> None:
    taken = resource(
        "MedicationStatement",
        "s",
        status="active",
        medicationCodeableConcept=concept((RXNORM, "11289")),
    )
    ordered = resource(
        "MedicationRequest",
        "r",
        status="active",
        intent="order",
        medicationCodeableConcept=concept((RXNORM, "11289")),
    )

    assert facts(taken) == facts(ordered) == {"anticoagulant": True}
    assert facts({**taken, "status": "stopped"}) == {}
    assert facts({**ordered, "intent": "proposal"}) == {}
    assert facts({**ordered, "doNotPerform": True}) == {}


def test_a_dose_is_a_row_of_the_history() -> None:
    assert [dict(row) for row in reading(administration()).history] == [
        {
            "on": "2025-02-01",
            "dose": "hydroxocobalamin",
            "amount": "1000 ug",
            "route": "intramuscular",
            "id": "MedicationAdministration/m",
        }
    ]


def test_a_drug_may_be_contained_referred_to_or_coded() -> None:
    drug = {"resourceType": "Medication", "id": "d", "code": concept((ATC, "B03BA03"))}
    coded = administration()
    bare = {k: v for k, v in coded.items() if k != "medicationCodeableConcept"}
    contained = {**bare, "contained": [drug], "medicationReference": reference("#d")}
    relative = {**bare, "medicationReference": reference("Medication/d")}
    by_url = {**bare, "medicationReference": reference("urn:uuid:1")}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "urn:uuid:1", "resource": drug}, {"resource": by_url}],
    }
    expected = reading(coded).history

    assert reading(contained).history == expected
    assert reading(relative, drug).history == expected
    assert read(bundle, GUIDELINE, on=ON).history == expected
    assert "was not handed over" in reasons(relative)[0]


# --------------------------------------------------------------- allergies, what is absent

UNII = "http://fdasis.nlm.nih.gov"


def allergy(
    *codings: tuple[str, str], clinical: str | None = "active", **elements: Any
) -> Any:
    """An AllergyIntolerance, by default to hydroxocobalamin."""
    status = concept(("x", clinical)) if clinical else None
    coded = concept(*(codings or ((UNII, "Q40X8H422O"),)))
    return resource(
        "AllergyIntolerance", "a", clinicalStatus=status, code=coded, **elements
    )


def test_an_allergy_is_no_treatment_and_a_treatment_no_allergy() -> None:
    taken = resource(
        "MedicationStatement",
        "s",
        status="active",
        medicationCodeableConcept=concept((UNII, "Q40X8H422O")),
    )

    assert facts(allergy()) == {"cobalamin_hypersensitivity": True}
    assert facts(taken) == {"b12_treatment": True}
    assert facts(condition("Q40X8H422O", system=UNII)) == {}


def test_an_allergy_that_is_not_certain_stays_open() -> None:
    unsure = concept(("x", "unconfirmed"))

    assert facts(allergy(clinical="resolved")) == {"cobalamin_hypersensitivity": None}
    assert facts(allergy(verificationStatus=unsure)) == {
        "cobalamin_hypersensitivity": None
    }
    assert facts(allergy(verificationStatus=concept(("x", "refuted")))) == {
        "cobalamin_hypersensitivity": None
    }


def test_that_no_allergy_is_known_is_stated() -> None:
    assert facts(allergy((SNOMED, "716186003"))) == {
        "cobalamin_hypersensitivity": False
    }


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        ("48765-2", "nilknown", {"cobalamin_hypersensitivity": False}),
        (
            "10160-0",
            "nilknown",
            {"b12_treatment": False, "anticoagulant": False, "metformin": False},
        ),
        ("48765-2", "notasked", {}),
        ("11450-4", "nilknown", {}),
    ],
)
def test_a_list_may_be_empty_because_nothing_is_known(
    code: str, reason: str, expected: dict[str, Any]
) -> None:
    empty = {"code": concept((LOINC, code)), "emptyReason": concept(("x", reason))}

    assert facts(resource("List", "l", status="current", **empty)) == expected
    assert facts(resource("Composition", "k", section=[empty])) == expected


def test_nothing_is_absent_unless_a_list_is_declared_complete() -> None:
    assert facts(condition()) == {"b12_deficiency": True}
    found = reading(condition(), complete=["Condition"])

    assert found.patient.facts["diabetes"] is False
    assert found.patient.facts["b12_deficiency"] is True
    assert found.provenance["diabetes"] == ("Condition: declared complete",)
    assert not {"metformin", "bariatric_surgery", "age"} & found.patient.facts.keys()


def test_what_a_complete_list_leaves_open_is_not_absent() -> None:
    complete = {"complete": "Condition"}
    open_ = facts(condition("73211009", clinical="resolved"), **complete)
    turned = facts(condition("73211009", modifierExtension=[{"url": "x"}]), **complete)
    in_words = facts({**condition(), "code": {"text": "sugar"}}, **complete)

    assert open_["diabetes"] is None
    assert "diabetes" not in turned
    assert in_words == {}


def test_only_a_list_can_be_complete() -> None:
    with pytest.raises(UnknownNameError):
        reading(condition(), complete=["Observation"])


def test_a_procedure_says_what_is_so_for_good_and_what_was_so_then() -> None:
    def procedure(code: str, status: str = "completed") -> Any:
        return resource("Procedure", "p", status=status, code=concept((SNOMED, code)))

    assert facts(procedure("442338001")) == {"bariatric_surgery": True}
    assert facts(procedure("265764009")) == {"dialysis": None}
    assert facts(procedure("265764009", "in-progress")) == {"dialysis": True}
    assert facts(procedure("442338001", "in-progress")) == {}


def test_what_was_a_procedure_is_so_for_good_as_a_condition_too() -> None:
    assert facts(condition("442338001", clinical="resolved")) == {
        "bariatric_surgery": True
    }


# -------------------------------------------------------------------------- the patient


def test_an_age_is_that_of_the_day_asked_for() -> None:
    assert facts(patient()) == {
        "age": {"value": 58, "unit": "years", "on": "2025-08-30"}
    }
    assert facts(patient("2025-01-20")) == {
        "age": {"value": 13, "unit": "months", "on": "2026-02-20"}
    }
    assert facts(patient(), on=None) == {}
    assert "no day was asked for" in reasons(patient(), on=None)[0]


def test_the_age_of_each_day_of_a_history_is_known() -> None:
    assert facts(patient(), administration(on="2024-12-01"))["age"] == (
        {"value": 57, "unit": "years", "on": "2024-08-30"},
        {"value": 58, "unit": "years", "on": "2025-08-30"},
    )


def test_a_date_of_birth_without_its_day_gives_the_ends_of_an_age() -> None:
    expected = {"value": "58 to 59", "unit": "years", "on": ON}
    found = reading(patient("1967"))
    answer = GUIDELINE.recommend(found.patient, on=ON)

    assert found.patient.facts == {"age": expected}
    assert answer.stated.values == {"age": None}
    assert [int(end) for end in answer.stated.bounds["age"].ends] == [58, 59]
    assert facts(patient("2027-01-01")) == {}
    assert facts(patient("soon")) == {}


@pytest.mark.parametrize(
    ("comparator", "value", "verdict"),
    [
        ("<", 50, "applies"),
        ("<=", 40, "applies"),
        (">", 60, "does not apply"),
        (">=", 50, "does not apply"),
        ("<", 60, "unknown"),
    ],
)
def test_a_comparator_decides_a_threshold_or_leaves_it_open(
    comparator: str, value: int, verdict: str
) -> None:
    bound = quantity(value, "mL/min", comparator=comparator)
    found = reading(observation("33914-3", bound, ON))

    assert GUIDELINE.recommend(found.patient, on=ON).stated.values["egfr"] is None
    assert GUIDELINE.verdicts(found.patient, on=ON)["renal_form"].value == verdict


def test_who_died_is_told() -> None:
    assert reasons(patient(None, deceasedBoolean=True)) == [
        "the patient is recorded as having died"
    ]


def test_what_is_about_another_patient_is_not_read() -> None:
    other = {**condition(), "subject": reference("Patient/8")}

    assert facts(patient(None), other) == {}
    assert reasons(patient(None), other) == [
        "it is about another patient than Patient/7"
    ]


def test_of_several_patients_one_has_to_be_chosen() -> None:
    both = (patient(None), {**patient(None), "id": "8"}, condition())
    with pytest.raises(PatientError) as caught:
        reading(*both)

    assert [(d.code, d.pointer) for d in caught.value.diagnostics] == [("GDL761", "/1")]
    assert facts(*both, patient="Patient/7") == {"b12_deficiency": True}
    assert facts(*both, patient="Patient/8") == {}
    with pytest.raises(PatientError, match="GDL761"):
        reading(*both, patient="Patient/9")


# ------------------------------------------------------------------ what is handed over


def test_a_prefetch_may_have_nothing_or_an_outcome_in_it() -> None:
    found = read(
        {
            "patient": patient(None),
            "conditions": {
                "resourceType": "Bundle",
                "type": "searchset",
                "entry": [{"resource": condition()}],
            },
            "labs": None,
            "drugs": {"resourceType": "OperationOutcome"},
        },
        GUIDELINE,
        on=ON,
    )

    assert found.patient.facts == {"b12_deficiency": True}
    assert [one.pointer for one in found.unread] == ["/drugs", "/labs"]


def test_what_may_turn_the_meaning_around_is_not_read() -> None:
    turned = condition(modifierExtension=[{"url": "http://x.example/not"}])

    assert facts(turned) == {}
    assert "modifier extension" in reasons(turned)[0]


def test_a_resource_counts_in_its_latest_version() -> None:
    old = condition(meta={"lastUpdated": "2025-01-01T00:00:00Z"})
    new = condition(verified="refuted", meta={"lastUpdated": "2025-02-01T00:00:00Z"})

    assert facts(old, new) == facts(new, old) == {"b12_deficiency": False}
    assert facts(condition(), condition(verified="refuted")) == {}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        (None, ""),
        ("text", ""),
        (42, ""),
        ([5], "/0"),
        ([{"id": "1"}], "/0"),
        ([{"resourceType": 3}], "/0"),
        ({"resourceType": "Bundle", "entry": {}}, "/entry"),
        ({"resourceType": "Bundle", "entry": [3]}, "/entry/0"),
        ({"resourceType": "Bundle", "entry": [{"resource": 3}]}, "/entry/0/resource"),
        ({"resourceType": "Bundle", "entry": [{"fullUrl": 3}]}, "/entry/0/fullUrl"),
        ({"patient": 3}, "/patient"),
        ([condition() | {"code": "D51.0"}], "/0/code"),
        ([condition() | {"code": {"coding": {}}}], "/0/code/coding"),
        ([condition() | {"code": {"coding": [None]}}], "/0/code/coding/0"),
        ([observation("1", {"value": "3"})], "/0/valueQuantity/value"),
        ([observation("1", {"value": True})], "/0/valueQuantity/value"),
        ([administration(contained={})], "/0/contained"),
        (
            [administration(contained=[{"resourceType": "Medication", "code": 1}])],
            "/0/contained/0/code",
        ),
    ],
)
def test_what_is_not_built_like_a_resource_is_refused_with_its_place(
    given: Any, pointer: Any
) -> None:
    with pytest.raises(PatientError) as caught:
        read(given, GUIDELINE, on=ON)

    found = caught.value.diagnostics[0]
    assert (found.code, found.pointer) == ("GDL760", pointer)
    assert found.help


def test_what_is_too_deep_is_refused() -> None:
    nested: Any = {"resourceType": "Bundle", "entry": []}
    for _ in range(12):
        nested = {"resourceType": "Bundle", "entry": [{"resource": nested}]}
    with pytest.raises(PatientError, match="GDL760"):
        read(nested, GUIDELINE)
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(PatientError, match="GDL719"):
        read(endless, GUIDELINE)
