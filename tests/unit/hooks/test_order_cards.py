"""What is the matter with a draft order, order by order."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide import hooks
from tests.unit.hooks.asked import (
    ADULT,
    DEFICIENCY,
    FOLATE,
    LOINC,
    ON,
    TINGLING,
    bundle,
    condition,
    dosage,
    given,
    observation,
    order,
    request,
)
from tests.unit.hooks.conforming import problems
from tests.unit.hooks.guidelines import approved, guideline, rule

SHIPPED = b12guide.load("mecobalamin_im")
DEFICIENT = (condition(DEFICIENCY),)
SUGGESTING = hooks.Policy(suggest=True)
TREATED = rule(
    "yearly",
    "maintain hydroxocobalamin 1000 µg IM every 2 to 3 months for life",
    "when b12_deficiency",
)
LOADED = rule(
    "three_a_week",
    "load hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks",
    "when b12_deficiency",
)


def signed(
    asked: b12guide.Guideline,
    *orders: Any,
    conditions: Any = DEFICIENT,
    policy: hooks.Policy | None = None,
    **more: Any,
) -> list[dict[str, Any]]:
    body = request("order-sign", *conditions, orders=orders, **more)
    answer = hooks.respond(
        asked, f"{asked.name}-order-sign", body, on=ON, policy=policy
    )
    assert problems(answer) == []
    cards: list[dict[str, Any]] = answer["cards"]
    return cards


def told(cards: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(card["indicator"], card["summary"]) for card in cards]


# --------------------------------------------------------------------------- the drug


def test_folic_acid_before_vitamin_b12_is_critical_with_the_statement() -> None:
    (card,) = signed(
        SHIPPED,
        order("folic_acid"),
        conditions=[condition(DEFICIENCY), condition(FOLATE, 2)],
    )

    assert card["indicator"] == "critical"
    assert card["summary"] == (
        "Folic acid: not until vitamin B12 is replete (S25, S45) [under review]"
    )
    assert "no folic acid until vitamin B12 is replete" in card["detail"]
    assert "Contested A25" in card["detail"]
    assert card["overrideReasons"][-1]["code"] == "A25"
    assert card["source"]["topic"]["code"] == "permission"


def test_folic_acid_after_repletion_is_no_matter() -> None:
    stated = rule(
        "gate",
        "withhold folic_acid until b12_repleted",
        "when b12_deficiency",
        strength="do not",
    )
    asked = guideline(stated)
    (card,) = signed(asked, order("folic_acid"))
    assert card["indicator"] == "critical"

    answer = asked.recommend(
        {"age": "50 years", "b12_deficiency": True, "b12_repleted": True}
    )
    assert answer.permission.outcome.value == "silent"


def test_a_gate_that_depends_on_what_is_not_known_is_a_warning() -> None:
    asked = guideline(
        rule(
            "gate",
            "withhold folic_acid until b12_repleted",
            "when b12_deficiency and diabetes",
            strength="do not",
        )
    )
    (card,) = signed(asked, order("folic_acid"))

    assert card["indicator"] == "warning"
    assert card["summary"].startswith(
        "Folic acid: perhaps not until vitamin B12 is replete, depending on diabetes"
    )


def test_a_contraindicated_drug_is_critical_and_may_be_removed() -> None:
    asked = guideline(
        rule(
            "out",
            "contraindicated hydroxocobalamin",
            "when diabetes",
            strength="do not",
        ),
        TREATED,
    )
    (card,) = signed(
        asked,
        order("hydroxocobalamin", dosage(5, "mg", 1, 1, "d")),
        conditions=[condition(DEFICIENCY), condition("73211009", 2)],
        policy=SUGGESTING,
    )

    assert card["indicator"] == "critical"
    assert "contraindicated" in card["summary"]
    assert card["suggestions"][0]["actions"] == [
        {
            "type": "delete",
            "description": "Remove the order of hydroxocobalamin",
            "resourceId": "MedicationRequest/m1",
        }
    ]


def test_a_drug_to_avoid_is_a_warning() -> None:
    low = observation("33914-3", 35, "mL/min")
    cards = signed(SHIPPED, order("cyanocobalamin"), observations=bundle(low))

    assert told(cards) == [
        ("warning", "Cyanocobalamin: to be avoided (S05) [under review]")
    ]
    assert "eGFR 35 mL/min (Observation/o33914-3)" in cards[0]["detail"]


def test_a_drug_that_may_be_to_avoid_says_on_what_it_depends() -> None:
    (card,) = signed(SHIPPED, order("cyanocobalamin"))

    assert card["indicator"] == "warning"
    assert "perhaps to be avoided, depending on eGFR" in card["summary"]


def test_a_drug_that_loading_is_not_done_with_is_not_held_against_later_doses() -> None:
    drafted = order("cyanocobalamin", dosage(1, "mg", 1, 2, "d"))
    (card,) = signed(SHIPPED, drafted, conditions=[*DEFICIENT, condition(TINGLING, 2)])

    assert "perhaps to be avoided" in card["summary"]


def test_silence_on_a_drug_is_no_permission_and_no_prohibition() -> None:
    asked = guideline(
        rule("first", "form hydroxocobalamin", "when b12_deficiency"),
        rule("not_now", "avoid cyanocobalamin", "when diabetes", strength="avoid"),
    )
    nobody = condition("73211009", 2)
    nobody["verificationStatus"] = {"coding": [{"code": "refuted"}]}
    (card,) = signed(
        asked, order("cyanocobalamin"), conditions=[condition(DEFICIENCY), nobody]
    )

    assert card["indicator"] == "info"
    assert "not named for this patient" in card["summary"]
    assert "neither for nor against" in card["detail"] + card["summary"]


@pytest.mark.parametrize("drug", ["hydroxocobalamin", "mecobalamin"])
def test_a_drug_that_is_named_gets_no_card(drug: str) -> None:
    assert signed(SHIPPED, order(drug)) == []


def test_what_is_not_known_to_the_guideline_gets_no_card() -> None:
    other = {
        **order("folic_acid"),
        "medicationCodeableConcept": {"text": "Aspirin 75 mg"},
    }
    diet = {"resourceType": "NutritionOrder", "id": "n1", "status": "draft"}

    assert signed(SHIPPED, other, diet) == []


def test_a_child_gets_no_card_because_the_guideline_is_for_adults() -> None:
    child = {**ADULT, "birthDate": "2020-05-05"}

    assert signed(SHIPPED, order("folic_acid"), patient=child) == []


def test_where_the_age_is_not_known_the_card_says_so_and_suggests_nothing() -> None:
    ageless = {k: v for k, v in ADULT.items() if k != "birthDate"}
    (card,) = signed(SHIPPED, order("folic_acid"), patient=ageless, policy=SUGGESTING)

    assert card["indicator"] == "critical"
    assert (
        "It is not known whether the guideline is written for this patient."
        in card["detail"]
    )
    assert "suggestions" not in card


# --------------------------------------------------------------------- the suggestions


def test_a_guideline_under_review_suggests_nothing_unless_it_is_asked_to() -> None:
    draft = order("hydroxocobalamin", dosage(5, "mg", 1, 1, "d"))
    asked = guideline(TREATED)

    assert "suggestions" not in signed(asked, draft)[0]
    assert "suggestions" in signed(asked, draft, policy=SUGGESTING)[0]
    assert "suggestions" in signed(approved(asked), draft)[0]


def test_every_summary_and_source_says_how_far_the_guideline_was_reviewed() -> None:
    draft = order("hydroxocobalamin", dosage(5, "mg", 1, 1, "d"))
    asked = guideline(TREATED)
    (card,) = signed(asked, draft)
    (other,) = signed(approved(asked), draft)

    assert card["summary"].endswith(" [under review]")
    assert card["source"]["label"].endswith("under review")
    assert "under review, not approved" in card["detail"]
    assert "[" not in other["summary"]
    assert other["source"]["label"].endswith("approved")
    assert "approved by A committee" in other["detail"]


def test_a_suggested_order_has_our_doses_and_passes_when_it_comes_back() -> None:
    draft = order(
        "hydroxocobalamin", dosage(5, "mg", 1, 1, "d"), authoredOn="2026-11-29"
    )
    (card,) = signed(guideline(TREATED), draft, policy=SUGGESTING)
    (action,) = card["suggestions"][0]["actions"]
    resource = action["resource"]

    assert action["type"] == "update"
    assert {k: v for k, v in resource.items() if k != "dosageInstruction"} == {
        k: v for k, v in draft.items() if k != "dosageInstruction"
    }
    assert "2 to 3 months" in action["description"]
    assert signed(guideline(TREATED), resource, policy=SUGGESTING) == []


def test_a_suggested_order_has_no_other_drug_in_its_doses() -> None:
    draft = order("hydroxocobalamin", dosage(5, "mg", 1, 1, "d"))
    (card,) = signed(SHIPPED, draft, policy=SUGGESTING)

    assert card["suggestions"]
    for suggestion in card["suggestions"]:
        assert "mecobalamin" not in str(suggestion["actions"])


def test_every_suggestion_of_the_shipped_guideline_passes_when_it_comes_back() -> None:
    sick = [condition(DEFICIENCY), condition(TINGLING, 2)]
    draft = order("hydroxocobalamin", dosage(5, "mg", 1, 1, "d", "26643006"))
    (card,) = signed(SHIPPED, draft, conditions=sick, policy=SUGGESTING)

    assert len(card["suggestions"]) > 1
    assert [s.get("isRecommended") for s in card["suggestions"]].count(True) == 1
    first = card["suggestions"][0]["actions"][0]["resource"]
    assert signed(SHIPPED, first, conditions=sick) == []


# ---------------------------------------------------------------------------- the dose


@pytest.mark.parametrize(
    ("instruction", "parts"),
    [
        (dosage(1000, "ug", 1, 2, "mo"), None),
        (dosage(1, "mg", 1, 3, "mo"), None),
        (dosage(1000, "ug", 1, 10, "wk"), None),
        (dosage(1000, "ug", 1, 8, "wk"), None),  # two months may have 56 days
        (dosage(1000, "ug", 1, 2, "mo", None), None),
        ({"text": "as the doctor said"}, None),
        (dosage(5, "mL", 1, 2, "mo"), None),  # what it holds is not known
        (
            dosage(1000, "ug", 1, 2, "mo", boundsDuration={"value": 1, "code": "a"}),
            None,
        ),
        (dosage(100, "ug", 1, 2, "mo"), "dose"),
        (dosage(1000, "ug", 1, 6, "wk"), "interval"),
        (dosage(1000, "ug", 1, 1, "d"), "interval"),
        (dosage(1000, "ug", 1, 4, "mo"), "interval"),
        (dosage(1000, "ug", 1, 2, "mo", "26643006"), "route"),
        (dosage(2, "mg", 1, 1, "d"), "dose and interval"),
        ({**dosage(1000, "ug", 1, 2, "mo"), "asNeededBoolean": True}, "use as needed"),
    ],
)
def test_a_dose_outside_every_regimen_is_a_warning(
    instruction: Any, parts: str | None
) -> None:
    cards = signed(guideline(TREATED), order("hydroxocobalamin", instruction))

    if parts is None:
        assert cards == []
    else:
        says = "1000 µg by intramuscular injection every 2 to 3 months for life"
        assert told(cards) == [
            (
                "warning",
                f"Hydroxocobalamin: {parts} not as advised, {says} (S1) [under review]",
            )
        ]


def test_a_course_that_goes_on_after_loading_is_over_is_a_warning() -> None:
    long = dosage(1000, "ug", 3, 1, "wk", boundsDuration={"value": 6, "code": "wk"})
    right = dosage(1000, "ug", 3, 1, "wk", boundsDuration={"value": 2, "code": "wk"})
    many = dosage(1000, "ug", 3, 1, "wk", count=40)
    asked = guideline(LOADED)

    assert signed(asked, order("hydroxocobalamin", right)) == []
    assert "length" in signed(asked, order("hydroxocobalamin", long))[0]["summary"]
    assert "length" in signed(asked, order("hydroxocobalamin", many))[0]["summary"]


def test_a_regimen_that_may_still_be_advised_is_no_departure() -> None:
    perhaps = rule(
        "four_monthly",
        "maintain hydroxocobalamin 1000 µg IM every 4 months for life",
        "when diabetes",
    )
    draft = order("hydroxocobalamin", dosage(1000, "ug", 1, 4, "mo"))
    monthly = order("hydroxocobalamin", dosage(1000, "ug", 1, 1, "mo"))

    assert len(signed(guideline(TREATED), draft)) == 1
    assert signed(guideline(TREATED, perhaps), draft) == []  # one side of a conflict
    assert signed(guideline(perhaps), draft) == []
    (card,) = signed(guideline(perhaps), monthly)
    assert "not as advised, perhaps 1000 µg" in card["summary"]


def test_what_cannot_be_read_of_an_order_is_not_held_against_it() -> None:
    odd = {**dosage(5, "mg", 1, 1, "d"), "modifierExtension": [{"url": "http://x"}]}
    body = request(
        "order-sign", condition(DEFICIENCY), orders=[order("hydroxocobalamin", odd)]
    )
    answer = hooks.respond(guideline(TREATED), "g-order-sign", body, on=ON)

    assert answer["cards"] == []
    assert answer["extension"]["com.github.b12guide"]["unread"] == 1


def test_a_dose_in_words_only_is_counted_as_not_read() -> None:
    draft = order("hydroxocobalamin", {"text": "1 amp every week"})
    body = request("order-sign", condition(DEFICIENCY), orders=[draft])
    answer = hooks.respond(guideline(TREATED), "g-order-sign", body, on=ON)

    assert answer["extension"]["com.github.b12guide"]["unread"] == 1


def test_a_card_on_an_order_names_what_of_it_was_not_compared() -> None:
    odd = {**dosage(5, "mg", 1, 1, "d"), "modifierExtension": [{"url": "http://x"}]}
    (card,) = signed(SHIPPED, order("folic_acid", odd))

    assert (
        "**Not compared:** dosage instruction 1: it has an extension" in card["detail"]
    )


# ----------------------------------------------------------------- what comes first


def test_loading_comes_first() -> None:
    asked = guideline(LOADED, TREATED)
    later = order("hydroxocobalamin", dosage(1000, "ug", 1, 2, "mo"))
    first = order("hydroxocobalamin", dosage(1000, "ug", 3, 1, "wk"), id="m2")
    (card,) = signed(asked, later)

    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Hydroxocobalamin: loading comes first")
    assert signed(asked, later, first) == []
    assert signed(asked, order("hydroxocobalamin")) == []


def test_doses_on_record_may_have_been_the_loading() -> None:
    asked = guideline(LOADED, TREATED)
    later = order("hydroxocobalamin", dosage(1000, "ug", 1, 2, "mo"))
    before = bundle(given("hydroxocobalamin", "2026-03-01"))

    assert signed(asked, later, medicationAdministrations=before) == []


# -------------------------------------------------------------------------- too early


def test_an_order_that_comes_too_soon_after_the_last_dose() -> None:
    asked = guideline(TREATED)
    before = bundle(given("hydroxocobalamin", "2026-11-01"))
    draft = order("hydroxocobalamin", dosage(1000, "ug", 1, 2, "mo"))
    (card,) = signed(asked, draft, medicationAdministrations=before)

    assert card["indicator"] == "info"
    assert card["summary"] == (
        "Hydroxocobalamin: too early if given today; the last dose was on 2026-11-01, "
        "the next is due from 2027-01-01 on (S1) [under review]"
    )


def test_an_order_that_names_its_day_is_held_to_it() -> None:
    asked = guideline(TREATED)
    before = bundle(given("hydroxocobalamin", "2026-11-01"))
    soon = dosage(1000, "ug", 1, 2, "mo", boundsPeriod={"start": "2026-12-01"})
    late = dosage(1000, "ug", 1, 2, "mo", boundsPeriod={"start": "2027-01-05"})
    (card,) = signed(
        asked, order("hydroxocobalamin", soon), medicationAdministrations=before
    )

    assert (card["indicator"], "too early as ordered" in card["summary"]) == (
        "warning",
        True,
    )
    assert (
        signed(asked, order("hydroxocobalamin", late), medicationAdministrations=before)
        == []
    )


# ---------------------------------------------------------------------------- the tests


def service(code: str) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/7"},
        "code": {"coding": [{"system": LOINC, "code": code}]},
    }


def test_a_test_that_is_not_to_be_done_is_a_warning() -> None:
    asked = guideline(
        rule(
            "not_again",
            "do not check serum_b12",
            "when b12_deficiency",
            strength="do not",
        ),
        rule("iron", "check ferritin once", "when b12_deficiency"),
    )
    (card,) = signed(asked, service("2132-9"), policy=SUGGESTING)

    assert told([card]) == [
        (
            "warning",
            "Serum vitamin B12: the guideline says not to check it (S1) [under review]",
        )
    ]
    assert card["suggestions"][0]["actions"][0]["resourceId"] == "ServiceRequest/s1"
    assert signed(asked, service("2276-4")) == []
    assert signed(SHIPPED, service("2132-9")) == []


# ----------------------------------------------------------------- what is not addressed


def test_something_on_record_that_is_not_addressed_is_said() -> None:
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "i1",
        "patient": {"reference": "Patient/7"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": LOINC, "code": "x"}]},
    }
    assert signed(SHIPPED, order("hydroxocobalamin"), allergies=bundle(allergy)) == []
    pregnant = condition("77386006", 2)
    (card,) = signed(
        SHIPPED,
        order("hydroxocobalamin"),
        conditions=[condition(DEFICIENCY), condition(TINGLING, 3), pregnant],
    )

    assert told([card]) == [
        (
            "info",
            "Not addressed by the guideline, and on record: pregnancy [under review]",
        )
    ]
    assert "Dosing in pregnancy is not mentioned" in card["detail"]


# ------------------------------------------------------------------------ which orders


def test_order_select_looks_at_what_was_selected_and_order_sign_at_all() -> None:
    orders = [order("folic_acid"), order("cyanocobalamin", id="m2")]
    body = request("order-select", condition(DEFICIENCY), orders=orders)
    body["context"]["selections"] = ["MedicationRequest/m2"]
    chosen = hooks.respond(SHIPPED, "mecobalamin_im-order-select", body, on=ON)["cards"]

    assert [card["indicator"] for card in chosen] == ["warning"]
    assert [card["indicator"] for card in signed(SHIPPED, *orders)] == [
        "critical",
        "warning",
    ]


def test_two_orders_with_the_same_flaw_have_cards_of_their_own_names() -> None:
    orders = [order("folic_acid"), order("folic_acid", id="m2")]
    cards = signed(SHIPPED, *orders, policy=SUGGESTING)
    uuids = [card["uuid"] for card in cards]
    uuids += [one["uuid"] for card in cards for one in card["suggestions"]]

    assert len(set(uuids)) == 4


def test_the_same_advice_has_the_same_name_for_every_patient() -> None:
    other = {**ADULT, "birthDate": "1980-01-01"}
    mine, theirs = (
        signed(SHIPPED, order("folic_acid"), patient=patient)[0]["uuid"]
        for patient in (ADULT, other)
    )

    assert mine == theirs


@pytest.mark.parametrize(
    "change", [{"doNotPerform": True}, {"status": "stopped"}, {"status": "cancelled"}]
)
def test_an_order_that_asks_for_nothing_gets_no_card(change: dict[str, Any]) -> None:
    assert signed(SHIPPED, {**order("folic_acid"), **change}) == []
