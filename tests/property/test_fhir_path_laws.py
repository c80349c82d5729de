"""A condition as FHIRPath is true, false or open exactly where the guideline says so.

An engine that is none of ours evaluates the paths over the answers to the questionnaire.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.evaluate.explanation import truth
from b12guide.evaluate.facts import Facts
from b12guide.fhir.path import path_of
from b12guide.fhir.quantities import ucum
from b12guide.graph import condition as c
from b12guide.graph.conclusions import written
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue
from b12guide.truth import Truth
from b12guide.values.term import Kind
from tests.strategies.graphs import Draw, draw_graph
from tests.strategies.shipped import thresholds

fhirpathpy = pytest.importorskip("fhirpathpy", reason="fhirpathpy is not installed")
R4 = pytest.importorskip("fhirpathpy.models").models["r4"]

OUTCOMES: dict[tuple[bool, ...], Truth] = {
    (True,): Truth.TRUE,
    (False,): Truth.FALSE,
    (): Truth.UNKNOWN,
}


def answers(graph: RuleGraph, facts: Facts) -> dict[str, Any]:
    """What is known, as answers to the questionnaire; all else was asked and is not known."""
    items = []
    for name, fact in graph.vocabulary.facts.items():
        value = facts.values.get(name)
        if value is not None:
            items.append((name, _answer(name, value, fact.unit)))
        elif fact.kind is not Kind.MEASURE:
            items.append((name, {"valueCoding": {"code": "unknown"}}))
    items += [(name, _answer(name, so, None)) for name, so in facts.definitions.items()]
    listed = [{"linkId": name, "answer": [answer]} for name, answer in items]
    return {"resourceType": "QuestionnaireResponse", "item": listed}


def _answer(name: str, value: FactValue, unit: str | None) -> dict[str, Any]:
    match value:
        case bool():
            return {"valueCoding": {"code": "Y" if value else "N"}}
        case str():
            return {"valueCoding": {"code": f"{name}.{value}"}}
        case _:
            number = float(value) if Fraction(value).denominator > 1 else int(value)
            if unit is None:
                return {"valueDecimal": number}
            return {"valueQuantity": {"value": number, "code": ucum(unit)}}


@lru_cache(maxsize=4096)
def compiled(path: str) -> Any:
    return fhirpathpy.compile(path, R4)


def outcome(condition: c.Condition, graph: RuleGraph, facts: Facts) -> Truth:
    found = compiled(path_of(condition, graph))({}, {"facts": answers(graph, facts)})
    return OUTCOMES[tuple(found)]


def conditions(graph: RuleGraph) -> list[c.Condition]:
    found = [graph.scope, *(rule.condition for rule in graph.rules.values())]
    found += [each.condition for each in graph.definitions.values()]
    found += [one.condition for one in graph.silences if one.condition is not None]
    return [*dict.fromkeys(found)]


def known(pick: Draw, graph: RuleGraph, share: int) -> Facts:
    """Of each fact perhaps a value, and of a definition perhaps whether it holds."""
    values = {
        name: value_of(pick, name, graph)
        for name in graph.vocabulary.facts
        if pick.chance(share)
    }
    told = {
        name: pick.chance(50) for name in written(graph.definitions) if pick.chance(20)
    }
    return Facts(values=values, definitions=told)


def value_of(pick: Draw, name: str, graph: RuleGraph) -> FactValue:
    """A value of a fact, of a measure one at or beside something it is compared with."""
    fact = graph.vocabulary.facts[name]
    if fact.kind is Kind.CHOICE:
        return pick.one(fact.values)
    if fact.kind is not Kind.MEASURE:
        return pick.chance(50)
    bounds = [*thresholds(graph, name)] or [Fraction(45)]
    return pick.one(bounds) + pick.one((-1, 0, 1))


def agrees(graph: RuleGraph, random: Random, *shares: int) -> None:
    asked = conditions(graph)
    for share in shares:
        facts = known(Draw(random), graph, share)
        for condition in asked:
            assert outcome(condition, graph, facts) is truth(condition, graph, facts)


# To read a path takes longer than to evaluate it, so that each is asked about several patients.
@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_a_path_says_what_the_condition_says(random: Random) -> None:
    agrees(draw_graph(random, 3), random, 20, 60, 90, 100)


@pytest.mark.parametrize("name", ["mecobalamin_im", "aafp_2025"])
def test_a_path_of_a_shipped_guideline_says_what_its_condition_says(name: str) -> None:
    random = Random(0)  # noqa: S311 -- no secret
    agrees(load(name).graph, random, 40, 90)


def test_another_unit_is_not_known_rather_than_misread() -> None:
    graph = load("mecobalamin_im").graph
    condition = graph.rules["renal_form"].condition
    path = path_of(condition, graph)
    answer = {"valueQuantity": {"value": 35, "code": "mL/s"}}
    response = {"item": [{"linkId": "egfr", "answer": [answer]}]}

    assert fhirpathpy.evaluate({}, path, {"facts": response}, R4) == []


def test_an_engine_without_the_facts_has_to_stop() -> None:
    graph = load("mecobalamin_im").graph
    path = path_of(graph.rules["folate_gate"].condition, graph)

    with pytest.raises(ValueError, match="facts"):
        fhirpathpy.evaluate({}, path, {}, R4)
