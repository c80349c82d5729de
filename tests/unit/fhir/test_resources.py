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
