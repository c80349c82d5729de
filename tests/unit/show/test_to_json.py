"""A recommendation as JSON keeps the shape that programs rely on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from b12guide.evaluate.answer import Outcome
from b12guide.graph.model import Decision
from b12guide.resources import read
from b12guide.show.json_parts import advice_json
from b12guide.show.to_json import to_json
from tests.unit.show.handmade import DECISIONS, RECOMMENDATION, TAPER, decided, option

EVERY = [
    "form",
    "loading",
    "maintenance",
    "route",
    "adjunct",
    "permission",
    "technique",
    "monitoring",
    "targets",
    "continuation",
    "change",
    "referral",
    "conclusion",
]


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    written = json.dumps(to_json(RECOMMENDATION), ensure_ascii=False)
    read_again: dict[str, Any] = json.loads(written)
    return read_again


def errors(value: object) -> list[str]:
    schema = json.loads(read("schema", "recommendation.schema.json"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(value)]


def test_it_satisfies_the_shipped_schema(answer: dict[str, Any]) -> None:
    assert errors(answer) == []


def test_the_schema_rejects_an_unknown_key_in_an_option(answer: dict[str, Any]) -> None:
    damaged = json.loads(json.dumps(answer))
    damaged["decisions"]["loading"]["options"][0]["rout"] = "oral"

    assert errors(damaged)


def test_the_schema_rejects_a_missing_decision(answer: dict[str, Any]) -> None:
    damaged = json.loads(json.dumps(answer))
    del damaged["decisions"]["targets"]

    assert errors(damaged)


def test_all_decisions_are_there_in_order(answer: dict[str, Any]) -> None:
    assert list(answer["decisions"]) == EVERY


def test_a_decision_that_nobody_made_is_silent() -> None:
    empty = to_json(evolve(RECOMMENDATION, decisions={}))

    assert {d["outcome"] for d in empty["decisions"].values()} == {"silent"}
    assert errors(empty) == []


def test_alternate_days_are_every_two_days(answer: dict[str, Any]) -> None:
    (loading,) = answer["decisions"]["loading"]["options"]

    assert loading["frequency"] == {"every": {"low": 2, "high": 2, "unit": "day"}}
    assert loading["for"] is None
    assert loading["until"] == "neurological_plateau"
    assert loading["dose"] == {"low": 1000, "high": 1000, "unit": "µg"}
    assert loading["drugs"] == ["hydroxocobalamin", "mecobalamin"]


def test_a_range_of_months_stays_a_range_for_life(answer: dict[str, Any]) -> None:
    standard, monthly = answer["decisions"]["maintenance"]["options"]

    assert standard["frequency"] == {"every": {"low": 2, "high": 3, "unit": "month"}}
    assert (standard["for"], standard["alternative"]) == ("life", False)
    assert monthly["alternative"] is True
    assert monthly["strength"] == "acceptable alternative"


def test_doses_per_week_say_how_many_and_how_long() -> None:
    (phase,) = advice_json(option("loading_standard")[0].advice)

    assert phase["frequency"] == {"times": 3, "per": {"value": 1, "unit": "week"}}
    assert phase["for"] == {"value": 2, "unit": "week"}


def test_later_phases_stand_under_then_and_halves_are_floats() -> None:
    (first,) = advice_json(TAPER)
    (second,) = first["then"]

    assert first["for"] == {"doses": 5}
    assert (first["route"], first["drugs"]) == (None, [])
    assert second["dose"] == {"low": 0.5, "high": 0.75, "unit": "mg"}
    assert second["frequency"] == {
        "times": {"low": 1, "high": 2},
        "per": {"value": 2, "unit": "week"},
    }
    assert second["for"] == "life"
    assert "then" not in second


def test_integral_numbers_are_integers(answer: dict[str, Any]) -> None:
    (target,) = answer["decisions"]["targets"]["options"]

    assert target["value"] == 10
    assert isinstance(target["value"], int)
    assert (target["measure"], target["operator"], target["unit"]) == (
        "homocysteine",
        "<",
        "µmol/L",
    )


def test_the_form_names_preferred_acceptable_and_excluded(
    answer: dict[str, Any],
) -> None:
    form = answer["decisions"]["form"]

    assert form["preferred"] == ["hydroxocobalamin"]
    assert form["acceptable"] == ["mecobalamin"]
    assert form["excluded"] == []
    assert form["depends_on"] == ["egfr"]


def test_a_prohibition_names_its_drug_and_its_event(answer: dict[str, Any]) -> None:
    (gate,) = answer["decisions"]["permission"]["options"]

    assert (gate["drug"], gate["until"]) == ("folic_acid", "b12_repleted")
    assert gate["statements"] == ["S25", "S45"]
    assert answer["decisions"]["adjunct"]["options"][0]["withheld"] is True


def test_monitoring_has_times_companions_and_the_trough(answer: dict[str, Any]) -> None:
    (check,) = answer["decisions"]["monitoring"]["options"]

    assert check["test"] == "serum_b12"
    assert check["at"] == [{"value": n, "unit": "month"} for n in (3, 6, 12)]
    assert check["before_next_dose"] is True
    assert check["with"] == ["ferritin", "transferrin_saturation"]


def test_technique_has_gauge_and_pressure(answer: dict[str, Any]) -> None:
    buttock, needle, pressure = answer["decisions"]["technique"]["options"]

    assert (buttock["site"], buttock["avoid"], buttock["routinely"]) == (
        "buttock",
        True,
        True,
    )
    assert needle["needle"] == {"low": 25, "high": 27, "unit": "G"}
    assert pressure["pressure"] == {"low": 5, "high": 10, "unit": "minute"}


def test_routes_are_what_all_certain_options_share() -> None:
    route = decided(Decision.ROUTE, *option("by_muscle"), outcome=Outcome.DETERMINED)
    answer = to_json(
        evolve(RECOMMENDATION, decisions={**DECISIONS, Decision.ROUTE: route})
    )

    assert answer["decisions"]["route"]["routes"] == ["intramuscular"]
    assert errors(answer) == []


def test_both_sides_of_a_conflict_carry_their_statements(
    answer: dict[str, Any],
) -> None:
    (conflict,) = answer["conflicts"]

    assert [side["statements"] for side in conflict["sides"]] == [
        ["S14", "S15"],
        ["S16"],
    ]
    assert conflict["sides"][1]["option"]["frequency"] == {
        "every": {"low": 1, "high": 1, "unit": "month"}
    }


def test_a_dangling_citation_is_said_not_to_resolve(answer: dict[str, Any]) -> None:
    (remark,) = [rule for rule in answer["rules"] if rule["rule"] == "equivalence"]

    assert remark["sources"] == [
        {"id": "review", "printed": 3, "resolves": True},
        {"id": "gone", "printed": 4, "resolves": False},
    ]


def test_verdicts_name_what_they_need_and_what_overrode_them(
    answer: dict[str, Any],
) -> None:
    verdicts = {rule["rule"]: rule for rule in answer["rules"]}

    assert verdicts["renal_form"]["needs"] == ["egfr"]
    assert verdicts["loading_standard"]["verdict"] == "overridden"
    assert verdicts["loading_standard"]["overridden_by"] == ["loading_neurological"]


def test_the_education_notice_and_the_review_status_come_along(
    answer: dict[str, Any],
) -> None:
    assert "education" in answer["education"]
    assert answer["guideline"]["status"] == "under review"
    assert answer["on"] == "2026-03-01"
