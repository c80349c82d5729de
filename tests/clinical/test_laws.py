"""Laws of the shipped guideline, and the same answers read off its statements another way."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given

from tests.clinical.asking import Json, answer
from tests.clinical.people import known_people, people

SYMPTOMS = (
    "paresthesia",
    "numbness",
    "gait_disturbance",
    "cognitive_difficulty",
    "memory_problem",
    "glossitis",
    "other_neurological_symptom",
    "severe_neurological_symptoms",
)
INJECTION = "intramuscular"
Interval = tuple[str, int, int]


def number(facts: Json, measure: str) -> float:
    return float(facts[measure].split()[0])


def has_symptoms(facts: Json) -> bool:
    return any(facts[name] for name in SYMPTOMS)


def had_symptoms(facts: Json) -> bool:
    events = ("neurological_plateau", "neurological_recovery")
    return has_symptoms(facts) or any(facts[name] for name in events)


def is_bypass(facts: Json) -> bool:
    procedure = facts["bariatric_procedure"]
    other = procedure == "other" and facts["other_procedure_effect"] == "impairs"
    return other or procedure in {"roux_en_y", "biliopancreatic_diversion"}


def is_treated(facts: Json) -> bool:
    reasons = ("b12_deficiency", "b12_treatment", "bariatric_surgery")
    return any(facts[r] for r in reasons) or number(facts, "ileal_resection") > 20


def is_loaded(facts: Json) -> bool:
    """Whether loading is over."""
    ended = any(facts[e] for e in ("neurological_plateau", "neurological_recovery"))
    if has_symptoms(facts):
        both = ("loading_complete", "symptoms_returned")
        return ended or all(facts[name] for name in both)
    others = ("loading_complete", "b12_repleted", "levels_stable")
    return ended or any(facts[name] for name in others)


def maintenance(facts: Json) -> list[set[Interval]]:
    """For each statement that speaks, the intervals it leaves: route, fewest, most months."""
    found: list[set[Interval]] = []
    resected = number(facts, "ileal_resection") > 20
    if facts["b12_deficiency"] and had_symptoms(facts):
        found.append({(INJECTION, 2, 2)})  # S12
    elif (
        (facts["b12_deficiency"] or facts["b12_treatment"])
        and not facts["bariatric_surgery"]
        and not resected
    ):
        found.append({(INJECTION, 2, 3)})  # S14, S15
    if is_bypass(facts):
        found.append({(INJECTION, 3, 3)})  # S19
    elif facts["bariatric_surgery"]:
        found.append({(INJECTION, 3, 3), ("oral", 0, 0)})  # S18
    if resected:
        found.append({(INJECTION, 1, 1)})  # S20
    if number(facts, "egfr") < 50 and is_treated(facts):
        found.append({(INJECTION, 2, 3)})  # S23
    return found


def agreed(found: list[set[Interval]]) -> set[Interval]:
    """What satisfies every statement."""
    common = found[0]
    for other in found[1:]:
        common = {
            (one[0], max(one[1], two[1]), min(one[2], two[2]))
            for one, two in product(common, other)
            if one[0] == two[0] and max(one[1], two[1]) <= min(one[2], two[2])
        }
    return common


def interval(option: Json) -> Interval:
    every = option["frequency"]["every"]
    if every["unit"] == "day":
        return option["route"], 0, 0
    return option["route"], every["low"], every["high"]


def defaults(decision: Json) -> list[Json]:
    return [o for o in decision["options"] if not o["alternative"]]


@given(known_people())
def test_maintenance_is_what_the_statements_leave(facts: Json) -> None:
    decided = answer(facts)["decisions"]["maintenance"]

    speaking = maintenance(facts)
    if not speaking:
        assert decided["outcome"] == "silent"
    elif not agreed(speaking):
        assert decided["outcome"] == "conflict"
    else:
        assert decided["outcome"] == "determined"
        assert {interval(o) for o in defaults(decided)} == agreed(speaking)


@given(known_people())
def test_monthly_injections_are_open_to_everyone_treated(facts: Json) -> None:
    options = answer(facts)["decisions"]["maintenance"]["options"]

    monthly = (INJECTION, 1, 1) in {interval(o) for o in options}
    ileum = facts["crohns_disease"] and number(facts, "ileal_involvement") > 60
    assert monthly is (is_treated(facts) or ileum)


@given(known_people())
def test_loading_is_for_the_deficient_and_ends(facts: Json) -> None:
    decided = answer(facts)["decisions"]["loading"]

    if not facts["b12_deficiency"]:
        assert decided["outcome"] == "silent"
    elif is_loaded(facts):
        assert decided["outcome"] == "not needed"
    else:
        (option,) = decided["options"]
        by_days = "every" in option["frequency"]
        assert by_days is has_symptoms(facts)
        assert option["route"] == INJECTION


@given(known_people())
def test_the_form_is_what_the_statements_leave(facts: Json) -> None:
    form = answer(facts)["decisions"]["form"]

    restricted = number(facts, "egfr") < 50 or facts["inherited_cobalamin_defect"]
    avoided = restricted or (facts["diabetes"] and facts["nephropathy"])
    assert form["excluded"] == (["cyanocobalamin"] if avoided else [])
    if is_treated(facts):
        assert form["preferred"] == ["hydroxocobalamin"]
        assert form["acceptable"] == ["mecobalamin"]
    elif restricted:
        assert {*form["preferred"]} == {"hydroxocobalamin", "mecobalamin"}


@given(known_people())
def test_routes_are_what_the_statements_leave(facts: Json) -> None:
    said = answer(facts)["decisions"]["route"]

    by_mouth = (
        facts["bariatric_surgery"]
        and not is_bypass(facts)
        and not (facts["b12_deficiency"] and has_symptoms(facts))
        and number(facts, "egfr") >= 50
        and number(facts, "ileal_resection") <= 20
    )
    routes = {r for o in defaults(said) for r in o["routes"]}
    wanted = {INJECTION, "oral"} if by_mouth else {INJECTION}
    assert routes == (wanted if is_treated(facts) else set())


@given(known_people())
def test_technique_follows_the_platelets(facts: Json) -> None:
    options = answer(facts)["decisions"]["technique"]["options"]

    few = 25 <= number(facts, "platelets") <= 50
    assert any(o["needle"] for o in options) is few
    assert any(o["pressure"] for o in options) is few


@given(people())
def test_folic_acid_never_comes_before_b12(facts: Json) -> None:
    decisions = answer(facts, otherwise="unknown")["decisions"]

    replete = facts.get("b12_repleted") is True
    folic_acid: list[dict[str, Any]] = decisions["adjunct"]["options"]
    assert all(option["after"] == "b12_repleted" for option in folic_acid)
    assert all(option["withheld"] for option in folic_acid if not replete)
    gates = [o for o in decisions["permission"]["options"] if o["until"]]
    assert bool(gates) is not replete


@given(people())
def test_cyanocobalamin_is_never_offered(facts: Json) -> None:
    form = answer(facts, otherwise="unknown")["decisions"]["form"]

    offered = {drug for option in form["options"] for drug in option["drugs"]}
    assert "cyanocobalamin" not in offered


@given(known_people())
def test_stopping_is_forbidden_to_those_who_have_a_reason_for_treatment(
    facts: Json,
) -> None:
    said = answer(facts)["decisions"]["continuation"]

    wanted = ["b12_treatment"] if is_treated(facts) else []
    assert [o["treatment"] for o in said["options"]] == wanted


@given(people())
def test_stopping_is_never_permitted(facts: Json) -> None:
    said = answer(facts, otherwise="unknown")["decisions"]["continuation"]

    assert all(o["treatment"] == "b12_treatment" for o in said["options"])
    if not said["options"]:
        assert said["outcome"] == "silent"


@given(people())
def test_no_tablet_is_certain_after_a_bypass(facts: Json) -> None:
    known = {"bariatric_procedure": "roux_en_y", "bariatric_surgery": True}
    said = answer({**facts, **known}, otherwise="unknown")["decisions"]

    for decision in ("loading", "maintenance", "route"):
        for option in said[decision]["options"]:
            assert option.get("route") != "oral"
            assert "oral" not in option.get("routes", ())


@given(known_people())
def test_whoever_mentions_no_ileum_is_answered_as_one_who_has_lost_none(
    facts: Json,
) -> None:
    """Of a length that nobody mentions nothing depends, except in Crohn's disease."""
    lengths = {"ileal_resection": "0 cm", "ileal_involvement": "0 cm"}
    silent = {name: value for name, value in facts.items() if name not in lengths}
    if facts["crohns_disease"]:
        silent["ileal_involvement"] = lengths["ileal_involvement"]
    said, known = answer(silent), answer({**facts, **lengths})

    assert said["decisions"] == known["decisions"]
    assert said["questions"] == known["questions"]
    assert [one["fact"] for one in said["assumed_absent"]] == ["ileal_resection"]
