"""Drawn schedules are valid Dosage elements, for all validators together."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from b12guide.regimen.model import Regimen
from tests.fhir.validators import Node, complaints
from tests.strategies import dosing, schedules


def order(dosages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "subject": {"reference": "Patient/1"},
        "medicationCodeableConcept": {"text": "a drug"},
        "dosageInstruction": dosages,
    }


@given(schedules.regimens() | dosing.decimal_regimens)
def test_a_schedule_is_valid(node: Node | None, regimen: Regimen) -> None:
    assert complaints(order(regimen.to_fhir()), node) == {}
