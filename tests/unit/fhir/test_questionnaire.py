"""The facts as questions: each may stay open, and has its unit, its answers and its codes."""

from __future__ import annotations

from typing import Any

from b12guide import load
from tests.unit.fhir.plans import resources

GUIDELINE = load("mecobalamin_im")
BUNDLE = GUIDELINE.to_fhir()
(QUESTIONS,) = resources(BUNDLE, "Questionnaire")
ITEMS: dict[str, Any] = {item["linkId"]: item for item in QUESTIONS["item"]}


def test_every_fact_has_a_question_and_none_has_to_be_answered() -> None:
    assert ITEMS.keys() == GUIDELINE.facts.keys()
    assert not any(item["required"] for item in ITEMS.values())


def test_yes_or_no_may_be_not_known() -> None:
    options = [each["valueCoding"] for each in ITEMS["paresthesia"]["answerOption"]]

    assert [option["code"] for option in options] == ["Y", "N", "unknown"]


def test_a_measure_has_its_unit_and_what_is_plausible() -> None:
    unit, low, high, _ = ITEMS["egfr"]["extension"]

    assert ITEMS["egfr"]["type"] == "quantity"
    assert unit["valueCoding"] == {
        "system": "http://unitsofmeasure.org",
        "code": "mL/min",
        "display": "mL/min",
    }
    assert low["valueQuantity"]["value"] < high["valueQuantity"]["value"]


def test_a_choice_has_its_values() -> None:
    codes = [
        each["valueCoding"]["code"]
        for each in ITEMS["bariatric_procedure"]["answerOption"]
    ]
    (system,) = resources(BUNDLE, "CodeSystem")

    assert codes[-1] == "unknown"
    assert "bariatric_procedure.roux_en_y" in codes
    assert set(codes[:-1]) <= {each["code"] for each in system["concept"]}


def test_what_may_have_a_day_is_asked_for_it() -> None:
    dated = {name for name, item in ITEMS.items() if "item" in item}

    assert {"b12_repleted", "egfr", "platelets", "pregnancy"} <= dated
    assert ITEMS["egfr"]["item"][0]["linkId"] == "egfr.on"
    assert "paresthesia" not in dated


def test_every_code_of_the_vocabulary_is_in_a_value_set_with_where_it_was_seen() -> (
    None
):
    found = {
        (concept["code"], concept["extension"][0]["valueString"])
        for each in resources(BUNDLE, "ValueSet")
        for include in each["compose"]["include"]
        for concept in include["concept"]
    }
    known = GUIDELINE.graph.vocabulary
    codes = [code for word in known.facts.values() for code in word.codes]
    for group in (known.drugs, known.tests, known.routes, known.sites):
        codes += [code for word in group.values() for code in word.codes]

    assert len(codes) > 100
    missing = "a publication that was not noted"
    assert {(code.code, code.seen or missing) for code in codes} <= found


def test_codes_of_values_stand_apart_from_those_of_the_fact() -> None:
    named = {each["url"].rpartition("/")[2] for each in resources(BUNDLE, "ValueSet")}

    assert "mecobalamin-im.fact.bariatric-procedure.roux-en-y" in named
    assert "code" not in ITEMS["bariatric_procedure"]
