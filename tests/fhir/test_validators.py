"""The four validators at work: each goes red on a defect that somebody planted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fhir.validators import EXAMPLES, MISSING, Node, complaints, has_node

ORDER: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "status": "draft",
    "intent": "proposal",
    "subject": {"reference": "Patient/1"},
    "medicationCodeableConcept": {"text": "hydroxocobalamin"},
    "dosageInstruction": [
        {"timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}}}
    ],
}


def order(**changed: Any) -> dict[str, Any]:
    return {**ORDER, **changed}


def repeat(**changed: Any) -> dict[str, Any]:
    timing = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"} | changed}
    return order(dosageInstruction=[{"timing": timing}])


def test_what_is_right_has_nothing_against_it(node: Node | None) -> None:
    assert complaints(ORDER, node) == {}


DEFECTS: list[tuple[dict[str, Any], set[str]]] = [
    (order(status="drafty"), {"fhir"}),
    (order(bogus=1), {"fhirkit", "fhir", "medplum", "schema"}),
    (repeat(periodUnit="fortnight"), {"schema"}),
    (repeat(count=2, countMax="3"), {"fhirkit", "medplum", "schema"}),
    (order(dosageInstruction=[{"timing": {"repeat": {"period": 2}}}]), {"medplum"}),
]


@pytest.mark.skipif(not has_node(), reason=MISSING)
@pytest.mark.parametrize(("resource", "seen_by"), DEFECTS)
def test_a_defect_is_seen(
    resource: dict[str, Any], seen_by: set[str], node: Node
) -> None:
    assert set(complaints(resource, node)) == seen_by


@pytest.mark.skipif(not has_node(), reason=MISSING)
def test_a_defect_in_a_bundle_is_seen(node: Node) -> None:
    entry = {"fullUrl": "urn:uuid:00000000-0000-5000-8000-000000000001"}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{**entry, "resource": order(status="drafty")}],
    }

    assert set(complaints(bundle, node)) == {"fhir"}


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason=MISSING)
def test_the_official_examples_are_there() -> None:
    found = sorted(EXAMPLES.glob("MedicationRequest-*.json"))

    assert len(found) >= 40
    assert {json.loads(each.read_text("utf-8"))["resourceType"] for each in found} == {
        "MedicationRequest"
    }
