"""What was handed over, and whether it is all there is."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.errors import ArgumentError
from b12guide.fhir import read
from tests.strategies.resources import patient

GUIDELINE = b12guide.load("mecobalamin_im")


def page(*relations: str) -> dict[str, Any]:
    links = [{"relation": one, "url": "https://fhir.example/p"} for one in relations]
    entries = [{"resource": patient("1960-01-01")}]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        "entry": entries,
    }


def diabetes(resources: Any) -> Any:
    found = read(resources, GUIDELINE, on="2026-03-05", complete=["Condition"])
    return found.patient.facts.get("diabetes")


def test_one_page_of_several_is_no_complete_list() -> None:
    assert diabetes(page("self")) is False
    assert diabetes(page("self", "next")) is None
    assert diabetes([page("next")]) is None
    assert diabetes({"conditions": page("next")}) is None


def test_that_there_are_further_pages_is_told() -> None:
    (one,) = read(page("self", "next"), GUIDELINE, on="2026-03-05").unread

    assert one.pointer == "/link/1"
    assert one.reason == "there are further pages of it, which were not handed over"


def test_a_query_that_failed_leaves_no_list_complete() -> None:
    failed = {"resourceType": "OperationOutcome", "issue": []}

    assert diabetes({"patient": patient("1960-01-01"), "conditions": failed}) is None


@pytest.mark.parametrize("name", ["mecobalamin_im", None])
def test_a_guideline_is_loaded_first(name: Any) -> None:
    with pytest.raises(ArgumentError, match="guideline"):
        read([], name)


def test_what_was_deleted_states_nothing() -> None:
    """A history has the versions before the deletion as well."""
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/1"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "73211009"}]},
    }
    before = {"resource": condition, "request": {"method": "PUT", "url": "Condition/c"}}
    deletion = {"request": {"method": "DELETE", "url": "Condition/c/_history/2"}}
    bundle = {"resourceType": "Bundle", "type": "history"}

    assert diabetes({**bundle, "entry": [before]}) is True
    found = read({**bundle, "entry": [deletion, before]}, GUIDELINE)
    assert dict(found.patient.facts) == {}
    assert [(one.pointer, one.reason) for one in found.unread] == [
        ("/entry/0", "it deletes `Condition/c/_history/2`"),
        ("/entry/1/resource", "it was deleted"),
    ]


def test_a_code_that_nobody_knows_may_be_a_kind_of_what_is_asked() -> None:
    listed = {
        "resourceType": "Condition",
        "id": "kind",
        "subject": {"reference": "Patient/1"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}]},
    }

    def told(**more: Any) -> Any:
        found = read([listed], GUIDELINE, complete=["Condition"], **more)
        return found.patient.facts.get("diabetes")

    assert told() is None
    assert told(unrelated=["snomed|1"]) is None
    assert told(unrelated=["http://snomed.info/sct|44054006"]) is False
    with pytest.raises(ArgumentError, match="terminology"):
        told(unrelated=["44054006"])
