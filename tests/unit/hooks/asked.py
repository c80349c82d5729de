"""Requests of CDS Hooks for tests: a patient, resources, draft orders."""

from __future__ import annotations

from typing import Any

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ON = "2026-11-29"
ADULT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "7",
    "birthDate": "1960-05-05",
}
DEFICIENCY, TINGLING, FOLATE = "190634004", "91019004", "190633005"


def condition(code: str, number: int = 1, status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": f"c{number}",
        "subject": {"reference": "Patient/7"},
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"coding": [{"system": SNOMED, "code": code}]},
    }


def observation(
    code: str, value: float, unit: str, day: str = "2026-11-01"
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"o{code}",
        "status": "final",
        "subject": {"reference": "Patient/7"},
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "system": UCUM, "code": unit, "unit": unit},
    }


def given(drug: str, day: str, number: int = 1) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": f"a{number}",
        "status": "completed",
        "subject": {"reference": "Patient/7"},
        "medicationCodeableConcept": {"coding": [drug_code(drug)]},
        "effectiveDateTime": day,
        "dosage": {"dose": {"value": 1000, "system": UCUM, "code": "ug"}},
    }


_ATC = {
    "hydroxocobalamin": "B03BA03",
    "mecobalamin": "B03BA05",
    "cyanocobalamin": "B03BA01",
    "folic_acid": "B03BB01",
}


def drug_code(drug: str) -> dict[str, str]:
    return {"system": "http://www.whocc.no/atc", "code": _ATC[drug]}


def bundle(*resources: Any) -> dict[str, Any]:
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def dosage(  # noqa: PLR0913, PLR0917 -- a dose, how often, by which route
    value: float,
    unit: str,
    frequency: int,
    period: float,
    period_unit: str,
    route: str | None = "78421000",
    **repeat: Any,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "doseAndRate": [
            {
                "doseQuantity": {
                    "value": value,
                    "unit": unit,
                    "system": UCUM,
                    "code": unit,
                }
            }
        ],
        "timing": {
            "repeat": {
                "frequency": frequency,
                "period": period,
                "periodUnit": period_unit,
                **repeat,
            }
        },
    }
    if route is not None:
        found["route"] = {"coding": [{"system": SNOMED, "code": route}]}
    return found


def order(drug: str, *dosages: Any, id: str = "m1", **more: Any) -> dict[str, Any]:  # noqa: A002
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/7"},
        "medicationCodeableConcept": {"coding": [drug_code(drug)]},
        **({"dosageInstruction": [*dosages]} if dosages else {}),
        **more,
    }


def request(
    hook: str = "patient-view",
    *conditions: Any,
    orders: Any = (),
    patient: Any = ADULT,
    **prefetch: Any,
) -> dict[str, Any]:
    sent: dict[str, Any] = {"patient": patient}
    if conditions:
        sent["conditions"] = bundle(*conditions)
    context: dict[str, Any] = {"userId": "Practitioner/1", "patientId": "7"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(*orders)
    if hook == "order-select":
        context["selections"] = [f"{o['resourceType']}/{o['id']}" for o in orders]
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": {**sent, **prefetch},
    }
