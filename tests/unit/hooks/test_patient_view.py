"""The cards of a patient whose record is opened."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide import hooks
from tests.unit.hooks.asked import (
    ADULT,
    DEFICIENCY,
    FOLATE,
    ON,
    TINGLING,
    bundle,
    condition,
    observation,
    order,
    request,
)
from tests.unit.hooks.conforming import problems
from tests.unit.hooks.guidelines import guideline, rule

SHIPPED = b12guide.load("mecobalamin_im")


def viewed(
    asked: b12guide.Guideline, *conditions: Any, **more: Any
) -> list[dict[str, Any]]:
    body = request("patient-view", *conditions, **more)
    answer = hooks.respond(asked, f"{asked.name}-patient-view", body, on=ON)
    assert problems(answer) == []
    cards: list[dict[str, Any]] = answer["cards"]
    return cards


def topics(cards: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (card["indicator"], card["source"].get("topic", {}).get("code", ""))
        for card in cards
    ]


def test_a_patient_without_anything_on_record_is_left_alone() -> None:
    assert viewed(SHIPPED) == []
    assert viewed(SHIPPED, condition("38341003")) == []  # hypertension


def test_a_child_is_left_alone_by_a_guideline_for_adults() -> None:
    child = {**ADULT, "birthDate": "2020-05-05"}

    assert viewed(SHIPPED, condition(DEFICIENCY), patient=child) == []


def test_there_is_a_card_for_each_settled_decision_that_needs_an_act() -> None:
    cards = viewed(SHIPPED, condition(DEFICIENCY), condition(TINGLING, 2))

    assert topics(cards) == [
        ("warning", "loading"),
        ("warning", "monitoring"),
        ("info", ""),
    ]
    assert "S09" in cards[0]["summary"]
    assert "hydroxocobalamin first" in cards[0]["detail"]  # the form has no card
    assert "tingling or pins and needles (Condition/c2)" in cards[0]["detail"]
    assert cards[2]["summary"].startswith("Ask next: bariatric procedure")


def test_a_settled_decision_with_nothing_to_do_gets_no_card() -> None:
    asked = guideline(
        rule(
            "target",
            "target homocysteine < 10 µmol/L",
            "when b12_deficiency",
            strength="target",
        ),
        rule("keep", "continue b12_treatment for life", "when b12_deficiency"),
        rule("gate", "withhold folic_acid until b12_repleted", "when b12_deficiency"),
        rule("where_to", "inject not at gluteal routinely", "when b12_deficiency"),
    )

    assert viewed(asked, condition(DEFICIENCY)) == []


@pytest.mark.parametrize(
    ("verb", "topic"),
    [
        ("maintain hydroxocobalamin 1000 µg IM monthly", "maintenance"),
        ("check ferritin once", "monitoring"),
        ("stop b12_treatment", "continuation"),
        ("form hydroxocobalamin", "form"),
        ("give folic_acid 5 mg oral daily", "adjunct"),
    ],
)
@pytest.mark.parametrize(
    ("strength", "indicator"),
    [("required", "warning"), ("should", "warning"), ("may", "info")],
)
def test_what_only_may_be_done_is_for_information(
    verb: str, topic: str, strength: str, indicator: str
) -> None:
    asked = guideline(rule("a", verb, "when b12_deficiency", strength=strength))
    cards = viewed(asked, condition(DEFICIENCY))

    if (topic, strength) != ("form", "may"):  # what may be chosen is no choice
        assert topics(cards) == [(indicator, topic)]


def test_a_summary_tells_the_default_and_no_alternative_beside_it() -> None:
    asked = guideline(
        rule(
            "a",
            "maintain hydroxocobalamin 1000 µg IM every 2 months",
            "when b12_deficiency",
        ),
        rule(
            "b",
            "maintain hydroxocobalamin 1000 µg IM monthly",
            "when b12_deficiency",
            strength="may",
        ),
    )
    (card,) = viewed(asked, condition(DEFICIENCY))

    assert card["summary"] == (
        "Maintenance: hydroxocobalamin 1000 µg by intramuscular injection every 2 months (S1)"
        " [under review]"
    )
    assert "monthly" in card["detail"]


def test_a_summary_of_what_only_may_be_done_says_so() -> None:
    asked = guideline(
        rule(
            "b",
            "maintain hydroxocobalamin 1000 µg IM monthly",
            "when b12_deficiency",
            strength="may",
        )
    )
    (card,) = viewed(asked, condition(DEFICIENCY))

    assert card["summary"].startswith(
        "Maintenance, an option: hydroxocobalamin 1000 µg"
    )


def test_doses_that_stand_side_by_side_are_told_as_a_choice() -> None:
    asked = guideline(
        rule(
            "a",
            "maintain hydroxocobalamin 1 mg IM monthly or cyanocobalamin 1 mg oral daily",
            "when b12_deficiency",
        )
    )
    (card,) = viewed(asked, condition(DEFICIENCY))

    assert "monthly or cyanocobalamin" in card["summary"]


def test_a_dose_that_is_withheld_is_in_no_summary() -> None:
    asked = guideline(
        rule("a", "give folic_acid 5 mg oral daily", "when b12_deficiency"),
        rule(
            "gate",
            "withhold folic_acid until b12_repleted",
            "when b12_deficiency",
            strength="do not",
        ),
    )

    assert viewed(asked, condition(DEFICIENCY)) == []


def test_what_depends_on_something_unknown_is_asked_and_not_advised() -> None:
    asked = guideline(
        rule(
            "a",
            "load hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks",
            "when b12_deficiency and diabetes",
        )
    )
    (card,) = viewed(asked, condition(DEFICIENCY))

    assert topics([card]) == [("info", "")]
    assert card["summary"] == "Ask next: diabetes mellitus [under review]"
    assert "Do you have diabetes?" in card["detail"]
    assert "settles loading" in card["detail"]


def test_where_the_age_is_not_known_it_is_asked_and_nothing_advised() -> None:
    ageless = {k: v for k, v in ADULT.items() if k != "birthDate"}
    (card,) = viewed(SHIPPED, condition(DEFICIENCY), patient=ageless)

    assert card["summary"].startswith("Ask next: age,")


def test_a_level_of_which_the_guideline_says_nothing_leads_to_a_question() -> None:
    low = observation("2132-9", 120, "pg/mL")
    (card,) = viewed(SHIPPED, observations=bundle(low))

    assert card["summary"].startswith("Ask next: documented vitamin B12 deficiency")


def test_a_contradiction_that_is_certain_has_one_card_with_both_sides() -> None:
    asked = guideline(
        rule(
            "one", "maintain hydroxocobalamin 1000 µg IM monthly", "when b12_deficiency"
        ),
        rule(
            "two",
            "maintain hydroxocobalamin 1000 µg IM every 3 months",
            "when b12_deficiency",
        ),
        rule(
            "three",
            "maintain hydroxocobalamin 1000 µg IM every 6 months",
            "when diabetes",
        ),
    )
    (card,) = viewed(asked, condition(DEFICIENCY), *[])[:1]

    assert card["indicator"] == "warning"
    assert card["summary"] == (
        "The guideline contradicts itself on maintenance: both sides are in the detail (S1)"
        " [under review]"
    )
    assert "monthly" in card["detail"]
    assert "every 3 months" in card["detail"]
    assert "every 6 months" not in card["detail"]


def test_a_drug_on_record_that_is_withheld_is_critical() -> None:
    taken = {
        **order("folic_acid"),
        "resourceType": "MedicationStatement",
        "status": "active",
        "effectivePeriod": {"start": "2026-11-01"},
    }
    cards = viewed(
        SHIPPED,
        condition(DEFICIENCY),
        condition(FOLATE, 2),
        medicationStatements=bundle(taken),
    )

    assert cards[0]["indicator"] == "critical"
    assert cards[0]["summary"].startswith(
        "Folic acid: not until vitamin B12 is replete"
    )
    assert "treatment with folic acid" in cards[0]["detail"]


def test_the_most_urgent_card_is_the_first() -> None:
    order_of = ["critical", "warning", "info"]
    taken = {
        **order("cyanocobalamin"),
        "resourceType": "MedicationStatement",
        "status": "active",
        "effectivePeriod": {"start": "2026-11-01"},
    }
    low = observation("33914-3", 35, "mL/min")
    cards = viewed(
        SHIPPED,
        condition(DEFICIENCY),
        medicationStatements=bundle(taken),
        observations=bundle(low),
    )
    found = [order_of.index(card["indicator"]) for card in cards]

    assert found == sorted(found)
    assert any("Cyanocobalamin: to be avoided" in card["summary"] for card in cards)


def test_what_was_not_read_is_counted() -> None:
    body = request("patient-view", condition("38341003"))
    answer = hooks.respond(SHIPPED, "mecobalamin_im-patient-view", body, on=ON)

    assert answer["extension"]["com.github.b12guide"] == {
        "engine": b12guide.__version__,
        "guideline": "mecobalamin_im",
        "version": SHIPPED.version,
        "status": "under review",
        "digest": SHIPPED.digest,
        "unread": 1,
        "unanswered": [
            "procedures",
            "allergies",
            "medicationRequests",
            "medicationStatements",
            "medicationAdministrations",
            "observations",
        ],
    }


def test_what_was_asked_without_a_result_is_not_absent() -> None:
    empty = request(
        "patient-view", condition(DEFICIENCY), procedures=None, allergies=bundle()
    )
    plain = request("patient-view", condition(DEFICIENCY))
    failed = {"resourceType": "OperationOutcome", "issue": []}
    lost = request("patient-view", condition(DEFICIENCY), procedures=failed)

    assert (
        len(
            {
                str(
                    hooks.respond(SHIPPED, "mecobalamin_im-patient-view", body, on=ON)[
                        "cards"
                    ]
                )
                for body in (empty, plain, lost)
            }
        )
        == 1
    )


def test_a_list_that_the_client_sends_whole_denies_what_is_not_on_it() -> None:
    asked = guideline(
        rule(
            "a",
            "maintain hydroxocobalamin 1000 µg IM monthly",
            "when b12_deficiency and not diabetes",
        )
    )
    whole = hooks.Policy(complete=["Condition"])
    body = request("patient-view", condition(DEFICIENCY))
    paged = request("patient-view", condition(DEFICIENCY))
    paged["prefetch"]["conditions"]["link"] = [{"relation": "next", "url": "https://x"}]

    def topics_of(sent: Any, policy: hooks.Policy) -> list[tuple[str, str]]:
        answer = hooks.respond(asked, "g-patient-view", sent, on=ON, policy=policy)
        return topics(answer["cards"])

    assert topics_of(body, hooks.Policy()) == [("info", "")]
    assert topics_of(body, whole) == [("warning", "maintenance")]
    assert topics_of(paged, whole) == [("info", "")]  # there is more of it


def test_every_key_of_which_not_all_was_sent_is_named() -> None:
    body = request(
        "patient-view",
        condition(DEFICIENCY),
        procedures=None,
        allergies={"resourceType": "OperationOutcome"},
    )
    body["prefetch"]["conditions"]["link"] = [{"relation": "next", "url": "https://x"}]
    answer = hooks.respond(SHIPPED, "mecobalamin_im-patient-view", body, on=ON)
    found = answer["extension"]["com.github.b12guide"]["unanswered"]

    assert {"conditions", "allergies"} <= set(found)
    assert not {"patient", "procedures"} & set(found)


# ------------------------------------------------------------------------- suggestions

SUGGESTING = hooks.Policy(suggest=True)


def suggested(*conditions: Any, policy: hooks.Policy = SUGGESTING) -> dict[str, Any]:
    body = request("patient-view", *conditions)
    answer = hooks.respond(
        SHIPPED, "mecobalamin_im-patient-view", body, on=ON, policy=policy
    )
    assert problems(answer) == []
    return {
        card["source"]["topic"]["code"]: card
        for card in answer["cards"]
        if "topic" in card["source"]
    }


def test_while_a_guideline_is_under_review_nothing_is_suggested() -> None:
    cards = suggested(
        condition(DEFICIENCY), condition(TINGLING, 2), policy=hooks.Policy()
    )

    assert all("suggestions" not in card for card in cards.values())


def test_each_drug_of_a_regimen_is_suggested_the_preferred_one_first() -> None:
    card = suggested(condition(DEFICIENCY), condition(TINGLING, 2))["loading"]
    orders = [s["actions"][0]["resource"] for s in card["suggestions"]]

    assert card["selectionBehavior"] == "at-most-one"
    assert [o["medicationCodeableConcept"]["text"] for o in orders] == [
        "hydroxocobalamin",
        "mecobalamin",
    ]
    assert [s.get("isRecommended") for s in card["suggestions"]] == [True, None]
    assert all(o["subject"] == {"reference": "Patient/7"} for o in orders)
    assert all((o["status"], o["intent"]) == ("draft", "proposal") for o in orders)


def test_tests_are_suggested_apart_from_drugs_and_any_may_be_taken() -> None:
    cards = suggested(condition(DEFICIENCY), condition(TINGLING, 2))
    monitoring = cards["monitoring"]
    kinds = {
        topic: {
            a["resource"]["resourceType"]
            for s in card["suggestions"]
            for a in s["actions"]
        }
        for topic, card in cards.items()
    }

    assert monitoring["selectionBehavior"] == "any"
    assert kinds == {"loading": {"MedicationRequest"}, "monitoring": {"ServiceRequest"}}


def test_an_order_that_was_suggested_gets_no_card_when_it_is_signed() -> None:
    sick = [condition(DEFICIENCY), condition(TINGLING, 2)]
    for one in suggested(*sick)["loading"]["suggestions"]:
        body = request("order-sign", *sick, orders=[one["actions"][0]["resource"]])
        answer = hooks.respond(SHIPPED, "mecobalamin_im-order-sign", body, on=ON)
        assert answer["cards"] == []
