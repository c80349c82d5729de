"""Resources of FHIR as a hospital would hand them over, made with few words."""

from __future__ import annotations

from typing import Any

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"

Resource = dict[str, Any]


def concept(*codings: tuple[str, str]) -> Resource:
    """A CodeableConcept with these systems and codes."""
    return {"coding": [{"system": system, "code": code} for system, code in codings]}


def quantity(value: Any, code: str, **further: str) -> Resource:
    """A Quantity in a unit of UCUM."""
    return {"value": value, "unit": code, "system": UCUM, "code": code, **further}


def reference(to: str) -> Resource:
    return {"reference": to}


def resource(kind: str, name: str, **elements: Any) -> Resource:
    """A resource of the patient 7; an element of None is left out."""
    subject = "patient" if kind in {"AllergyIntolerance", "Immunization"} else "subject"
    every = {
        "resourceType": kind,
        "id": name,
        subject: reference("Patient/7"),
        **elements,
    }
    return {key: value for key, value in every.items() if value is not None}


def patient(born: str | None = "1967-08-30", **elements: Any) -> Resource:
    return resource("Patient", "7", birthDate=born, subject=None, **elements)


def condition(
    code: str = "190634004",
    name: str = "c",
    clinical: str | None = "active",
    verified: str | None = "confirmed",
    system: str = SNOMED,
    **elements: Any,
) -> Resource:
    """A Condition; by default vitamin B12 deficiency, active and confirmed."""
    statuses = "http://terminology.hl7.org/CodeSystem/condition-"
    return resource(
        "Condition",
        name,
        clinicalStatus=concept((f"{statuses}clinical", clinical)) if clinical else None,
        verificationStatus=(
            concept((f"{statuses}ver-status", verified)) if verified else None
        ),
        code=concept((system, code)),
        **elements,
    )


def observation(
    code: str,
    value: Any = None,
    on: str | None = None,
    name: str = "o",
    **elements: Any,
) -> Resource:
    """A final Observation with a code of LOINC."""
    measured = {} if value is None else {"valueQuantity": value}
    return resource(
        "Observation",
        name,
        **{
            "status": "final",
            "code": concept((LOINC, code)),
            "effectiveDateTime": on,
            **measured,
            **elements,
        },
    )


def administration(
    drug: tuple[str, str] = (ATC, "B03BA03"),
    on: str | None = "2025-02-01",
    name: str = "m",
    **elements: Any,
) -> Resource:
    """A dose of 1000 µg into the muscle; by default of hydroxocobalamin."""
    given = {"dose": quantity(1000, "ug"), "route": concept((SNOMED, "78421000"))}
    return resource(
        "MedicationAdministration",
        name,
        **{
            "status": "completed",
            "medicationCodeableConcept": concept(drug),
            "effectiveDateTime": on,
            "dosage": given,
            **elements,
        },
    )
