"""The head of a plan, and what stands in the actions of single rules."""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from typing import Any

import pytest
from attrs import evolve

from b12guide import PatientError, load
from b12guide.fhir.plan import plan_bundle
from b12guide.graph.model import Imprint, Loaded, Status
from tests.unit.fhir.plans import Resource, actions, resources, texts

LOADED = load("mecobalamin_im").loaded
BUNDLE = plan_bundle(LOADED)
ACTIONS = actions(BUNDLE)


def plan_of(on: str | None = None, **changed: Any) -> Resource:
    graph = evolve(LOADED.graph, **changed)
    day = None if on is None else dt.date.fromisoformat(on)
    (plan,) = resources(plan_bundle(Loaded(graph=graph), day), "PlanDefinition")
    return plan


def activities(rule: str) -> list[Resource]:
    named = {each.get("definitionCanonical") for each in ACTIONS[rule]["action"]}
    found = resources(BUNDLE, "ActivityDefinition")
    return [each for each in found if f"{each['url']}|{each['version']}" in named]


# ------------------------------------------------------------------------------- head


def test_what_is_under_review_is_a_draft() -> None:
    plan = plan_of()

    assert (plan["status"], plan["experimental"]) == ("draft", True)
    assert "under review, not approved" in plan["description"]
    assert "approvalDate" not in plan


def test_what_is_approved_is_active_and_says_since_when() -> None:
    plan = plan_of(
        status=Status.APPROVED, approved_by="The society", approved_on="2026-03-01"
    )

    assert (plan["status"], plan["experimental"]) == ("active", False)
    assert (plan["approvalDate"], plan["endorser"]) == (
        "2026-03-01",
        [{"name": "The society"}],
    )


@pytest.mark.parametrize(
    ("on", "status"),
    [("2026-12-31", "active"), ("2027-01-01", "retired"), (None, "retired")],
)
def test_what_has_ended_on_the_day_is_retired(on: str | None, status: str) -> None:
    about = Imprint(effective="2026-01", retired="2027-01-01", licence="CC0-1.0")
    plan = plan_of(on, status=Status.APPROVED, imprint=about)

    assert plan["status"] == status
    assert plan["effectivePeriod"] == {"start": "2026-01", "end": "2027-01-01"}
    assert plan["copyright"] == "CC0-1.0"


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(PatientError, match="is not a date"):
        load("mecobalamin_im").to_fhir(on="tomorrow")


def test_the_library_holds_the_files_as_they_are_written() -> None:
    (library,) = resources(BUNDLE, "Library")

    names = [content["title"] for content in library["content"]]
    written = [b64decode(content["data"]).decode() for content in library["content"]]
    assert names == ["mecobalamin_im.gdl", "b12.gdl"]
    assert written == [text.characters for text in LOADED.texts]
    assert library["identifier"][0]["value"] == LOADED.graph.digest


def test_the_bundle_is_plain_json() -> None:
    assert json.loads(json.dumps(BUNDLE, allow_nan=False)) == BUNDLE


# ---------------------------------------------------------------------------- actions


def gdl(condition: Resource) -> str:
    (written,) = condition["expression"]["extension"]
    assert written["url"].endswith("/gdl")
    return str(written["valueString"])


def test_a_schedule_keeps_its_end() -> None:
    (activity,) = activities("loading_neurological")

    assert activity["kind"] == "MedicationRequest"
    assert all("until neurological" in each["text"] for each in activity["dosage"])


def test_what_is_withheld_is_not_to_be_done_and_says_until_when() -> None:
    (activity,) = activities("folate_withheld_in_deficiency")

    assert activity["doNotPerform"] is True
    assert activity["title"] == "no folic acid until vitamin B12 is replete"
    assert gdl(ACTIONS["folate_withheld_in_deficiency"]["condition"][1]) == (
        "b12_deficiency and b12_repleted is not established"
    )


def test_a_drug_that_a_form_leaves_out_is_not_to_be_given() -> None:
    choice, _ = ACTIONS["renal_form"]["action"]
    (activity,) = activities("renal_form")

    assert choice["selectionBehavior"] == "exactly-one"
    assert [each["title"] for each in choice["action"]] == [
        "hydroxocobalamin",
        "mecobalamin",
    ]
    assert (activity["doNotPerform"], activity["title"]) == (True, "not cyanocobalamin")


def test_a_caution_about_a_test_asks_for_no_test() -> None:
    (part,) = ACTIONS["not_serum_b12_alone"]["action"]

    assert "definitionCanonical" not in part
    assert "never relied on alone" in part["title"]


def test_a_rhythm_that_a_timing_holds_whole_is_one() -> None:
    rhythms = [
        activity["timingTiming"]
        for activity in resources(BUNDLE, "ActivityDefinition")
        if "timingTiming" in activity
    ]

    assert rhythms
    for rhythm in rhythms:
        words = rhythm["code"]["text"]
        is_whole = words.endswith(("yearly", "every year")) or " every " in words
        assert "repeat" not in rhythm or is_whole
        has_more = any(w in words for w in (" at ", ", ", "after", "until", "for "))
        assert not (has_more and "repeat" in rhythm)


def test_an_offer_may_be_left_out_and_the_rest_needs_a_reason() -> None:
    assert ACTIONS["monthly"]["requiredBehavior"] == "could"
    assert ACTIONS["renal_form"]["requiredBehavior"] == "must-unless-documented"
    assert "must" not in {a.get("requiredBehavior") for a in ACTIONS.values()}


def test_a_rule_that_gives_way_names_the_condition_of_the_other() -> None:
    own, other = ACTIONS["maintenance_standard"]["condition"][1:3]

    assert gdl(own).endswith("b12_treatment assuming A15")
    assert gdl(other).startswith("not ")
    assert other["expression"]["description"].startswith("unless `")


def test_what_a_patient_reads_stands_apart() -> None:
    wording, _ = ACTIONS["renal_form"]["extension"]

    assert wording["url"].endswith("/patient-wording")
    assert "Your kidneys filter less." in wording["valueMarkdown"]
    assert "Your kidneys" not in ACTIONS["renal_form"]["description"]


def test_a_target_is_a_goal_that_its_action_names() -> None:
    (plan,) = resources(BUNDLE, "PlanDefinition")
    goals = {goal["id"]: goal for goal in plan["goal"]}
    (name,) = ACTIONS["homocysteine_target"]["goalId"]
    (target,) = goals[name]["target"]

    assert target["detailQuantity"] == {
        "value": 10,
        "comparator": "<",
        "unit": "µmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "umol/L",
    }


def test_a_conflict_shows_both_sides() -> None:
    action = ACTIONS["conflict-maintenance_neurological-post_bariatric"]

    assert [each["id"] for each in action["condition"]] == [
        "side-maintenance_neurological",
        "side-post_bariatric",
    ]
    assert len(action["action"]) == 2
    assert "definitionCanonical" not in set(texts(action))


def test_a_silence_is_neither_a_permission_nor_a_prohibition() -> None:
    silences = [a for name, a in ACTIONS.items() if name.startswith("silence-")]

    assert len(silences) == len(LOADED.graph.silences)
    for action in silences:
        assert "neither a permission nor a prohibition" in action["textEquivalent"]
        assert "action" not in action
