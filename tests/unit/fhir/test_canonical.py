"""The names that b12guide gives its own resources."""

from __future__ import annotations

from attrs import evolve

import b12guide
from b12guide.fhir.canonical import element, own_code, resource_id, urn

GRAPH = b12guide.load("mecobalamin_im").graph


def test_an_id_is_the_same_for_the_same_and_another_for_anything_else() -> None:
    one = resource_id(GRAPH, "MedicationRequest", "form", {"b": 1, "a": 2})

    assert one == resource_id(GRAPH, "MedicationRequest", "form", {"a": 2, "b": 1})
    assert one != resource_id(GRAPH, "MedicationRequest", "form", {"a": 2, "b": 2})
    assert one != resource_id(GRAPH, "ServiceRequest", "form", {"a": 2, "b": 1})
    changed = evolve(GRAPH, digest="sha256:0")
    assert one != resource_id(changed, "MedicationRequest", "form", {"a": 2, "b": 1})
    assert urn(one) == f"urn:uuid:{one}"


def test_an_element_says_nothing_empty() -> None:
    assert element(a=None, b=[], c={}, d="", e=0, f=False) == {"e": 0, "f": False}


def test_our_own_code_is_found_in_any_concept() -> None:
    system = "https://github.com/b12guide/b12guide/fhir/CodeSystem/word"
    assert own_code({"coding": [{"system": "x"}, {"system": system, "code": "a"}]}) == (
        "a"
    )
    for other in (None, 1, {}, {"coding": "x"}, {"coding": [1]}, {"text": "a"}):
        assert own_code(other) is None
    assert own_code({"coding": [{"system": system, "code": 1}]}) is None
