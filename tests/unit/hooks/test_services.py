"""The services that a client finds, and what the one who registers them is told."""

from __future__ import annotations

import re

import pytest

import b12guide
from b12guide import hooks
from tests.unit.hooks.conforming import empty_members, validator
from tests.unit.hooks.guidelines import guideline, rule

GUIDELINE = b12guide.load("mecobalamin_im")


def test_each_guideline_has_a_service_for_each_hook() -> None:
    together = [GUIDELINE, b12guide.load("bnf_2021")]
    found = hooks.discovery(together)

    assert [one["id"] for one in found["services"]] == [
        f"{name}-{hook}"
        for name in ("mecobalamin_im", "bnf_2021")
        for hook in ("patient-view", "order-select", "order-sign")
    ]
    assert hooks.discovery(b12guide.panel(together)) == found
    assert hooks.discovery(iter(together)) == found


@pytest.mark.parametrize("name", ["mecobalamin_im", "nice_ng239", "bomss_2020"])
def test_what_is_discovered_is_as_the_specification_says(name: str) -> None:
    found = hooks.discovery(b12guide.load(name))

    validator("cds-services").validate(found)
    assert [*empty_members(found)] == []
    assert hooks.discovery(b12guide.load(name)) == found


def test_a_template_has_no_token_but_that_of_the_patient() -> None:
    for service in hooks.discovery(GUIDELINE)["services"]:
        templates = service["prefetch"].values()
        tokens = {
            token for one in templates for token in re.findall(r"\{\{.*?\}\}", one)
        }
        assert tokens == {"{{context.patientId}}"}


def test_each_service_says_what_it_is_not_for_and_that_it_is_not_approved() -> None:
    for service in hooks.discovery(GUIDELINE)["services"]:
        assert "For education and research" in service["description"]
        assert "under review, not approved" in service["description"]


def test_measures_are_asked_for_by_their_codes() -> None:
    prefetch = hooks.discovery(GUIDELINE)["services"][0]["prefetch"]

    assert "http://loinc.org|33914-3" in prefetch["observations"]
    assert "http://loinc.org|2276-4" not in prefetch["observations"]  # no rule reads it


def test_a_guideline_that_reads_no_measure_but_the_age_asks_for_no_other() -> None:
    plain = guideline(rule("a", "form hydroxocobalamin", "when b12_deficiency"))
    prefetch = hooks.discovery(plain)["services"][0]["prefetch"]

    assert prefetch["observations"].endswith("code=http://loinc.org|30525-0")


def test_two_versions_of_a_guideline_have_addresses_of_their_own() -> None:
    other = guideline(rule("a", "form hydroxocobalamin", "when b12_deficiency"))
    same = guideline(rule("b", "form mecobalamin", "when b12_deficiency"))
    ids = [one["id"] for one in hooks.discovery([other, same])["services"]]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w.-]+", one) for one in ids)


def test_a_service_that_there_is_not_is_404() -> None:
    with pytest.raises(hooks.HookError) as caught:
        hooks.respond(GUIDELINE, "other-patient-view", {}, on="2026-01-01")

    assert caught.value.status == 404
    assert caught.value.outcome["resourceType"] == "OperationOutcome"
    (issue,) = caught.value.outcome["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "not-found")


def test_the_one_who_registers_is_told_what_is_read_kept_and_written() -> None:
    policy = hooks.Policy(base="https://cds.example.org/", suggest=True)
    told = hooks.describe(GUIDELINE, policy)
    first = told["services"][0]

    assert told["discovery"] == "https://cds.example.org/cds-services"
    assert first["url"] == f"{told['discovery']}/mecobalamin_im-patient-view"
    assert first["guideline"]["digest"] == GUIDELINE.digest
    assert first["reads"] == sorted(first["reads"])
    assert "Patient" in first["reads"]
    assert first["suggestionsWhileUnderReview"] is True
    assert "education" in told["notice"]
    assert (
        hooks.describe(GUIDELINE)["services"][0]["suggestionsWhileUnderReview"] is False
    )
