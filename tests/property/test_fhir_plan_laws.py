"""A guideline as FHIR: valid, whole, and never more than the guideline says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given

from b12guide import load
from b12guide.fhir.plan import plan_bundle
from b12guide.graph import model as m
from b12guide.graph.condition import ALWAYS, Not
from b12guide.graph.query import regimens_in
from b12guide.library import shipped
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.conditions import condition_text
from b12guide.say.schedules import schedule_text
from tests.strategies.graphs import graphs
from tests.unit.fhir.plans import Resource, actions, references, resources, texts, urls

GUIDELINES = sorted(name for name in shipped() if "." not in name and name != "b12")
NOT_DONE = m.Exclusion | m.Prohibition | m.NotChecked


@cache
def bundle_of(name: str) -> tuple[m.RuleGraph, Resource]:
    guideline = load(name)
    return guideline.graph, guideline.to_fhir()


def complaints(bundle: Resource) -> list[str]:
    fhirkit = pytest.importorskip("fhirkit", reason="fhirkit-rs is not installed")
    written = json.dumps(bundle, allow_nan=False)
    return [f"{issue.path}: {issue.message}" for issue in fhirkit.validate(written)]


def holds(graph: m.RuleGraph, bundle: Resource) -> None:
    """Nothing of the guideline is missing, and nothing is said that it does not say."""
    found = actions(bundle)
    for rule in graph.rules.values():
        _has_rule(rule, found[rule.name], graph, bundle)
    told = {a["id"] for a in found.values()} - graph.rules.keys()
    silences = {f"silence-{n}" for n, _ in enumerate(graph.silences, start=1)}
    conflicts = {f"conflict-{one.first}-{one.second}" for one in graph.conflicts}
    assert told == silences | conflicts
    for number, silence in enumerate(graph.silences, start=1):
        action = found[f"silence-{number}"]
        assert bool(action.get("condition")) is (silence.condition is not None)
        assert set(silence.noted_as) <= {
            d["label"] for d in action.get("documentation", ())
        }
        assert not action.get("action")
    _has_words_of_the_whole(graph, bundle)


def _has_words_of_the_whole(graph: m.RuleGraph, bundle: Resource) -> None:
    (plan,) = resources(bundle, "PlanDefinition")
    labels = {each.get("label") for each in plan["relatedArtifact"]}
    assert labels >= {*graph.statements, *graph.assumptions, *graph.challenges}
    cited = {each["display"] for each in plan["relatedArtifact"] if "display" in each}
    assert cited >= graph.sources.keys()
    for entry in bundle["entry"]:
        resource = entry["resource"]
        assert EDUCATION_NOTICE in resource["description"]
        assert graph.status.value in resource["description"]
        assert EDUCATION_NOTICE in resource["text"]["div"]
        assert resource["experimental"] is (graph.status is not m.Status.APPROVED)
        assert entry["fullUrl"] == resource["url"]
    assert set(references(bundle)) <= urls(bundle)
    assert len(urls(bundle)) == len(bundle["entry"])


def _has_rule(
    rule: m.Rule, action: Resource, graph: m.RuleGraph, bundle: Resource
) -> None:
    # Who is meant: the scope, the rule, and each rule that it gives way to.
    asked = [] if graph.scope == ALWAYS else [graph.scope]
    if asked and rule.outside_scope:
        asked = [Not(graph.scope)]
    asked += [] if rule.condition == ALWAYS else [rule.condition]
    asked += [Not(graph.rules[name].condition) for name in rule.exceptions]
    conditions = action.get("condition", [])
    assert len(conditions) == len(asked)
    for condition, meant in zip(conditions, asked, strict=True):
        assert condition["kind"] == "applicability"
        english = condition_text(meant, graph)
        assert condition["expression"]["description"].endswith(english)
        assert condition["expression"]["expression"]
    # What stands behind it.
    grounds = rule.grounds
    labels = {each["label"] for each in action.get("documentation", ())}
    assert labels >= {*grounds.statements, *rule.assumptions, *grounds.challenges}
    parts = [texts(each) for each in action["extension"][1:]]
    told = {text for each in parts for text in each}
    assert told >= {*grounds.sources, *rule.exceptions, *rule.exception_to}
    if grounds.strength is not None:
        assert grounds.strength.value in told
    # What is to be done.
    defined = _definitions(action, bundle)
    assert all(bool(each.get("doNotPerform")) for each in defined) or not isinstance(
        rule.value, NOT_DONE
    )
    drugs = [each for each in defined if each["kind"] == "MedicationRequest"]
    given_ = [each for each in drugs if not each.get("doNotPerform")]
    regimens = regimens_in(rule.value)
    assert len(given_) == len(regimens)
    for regimen, activity in zip(regimens, given_, strict=True):
        assert schedule_text(regimen, graph) in activity["title"]
        assert activity["dosage"]
    if rule.optional:
        assert action.get("requiredBehavior", "could") == "could"


def _definitions(action: Resource, bundle: Resource) -> list[Resource]:
    by_url = {
        f"{each['url']}|{each['version']}": each
        for each in resources(bundle, "ActivityDefinition")
    }
    named = [each.get("definitionCanonical") for each in action.get("action", ())]
    return [by_url[name] for name in named if name]


@pytest.mark.parametrize("name", GUIDELINES)
def test_a_shipped_guideline_is_whole(name: str) -> None:
    holds(*bundle_of(name))


@pytest.mark.parametrize("name", GUIDELINES)
def test_a_shipped_guideline_is_valid(name: str) -> None:
    _, bundle = bundle_of(name)

    assert complaints(bundle) == []
    assert bundle == load(name).to_fhir()


@given(graphs())
def test_any_guideline_is_whole_and_valid(graph: m.RuleGraph) -> None:
    bundle: Any = plan_bundle(m.Loaded(graph=graph))

    holds(graph, bundle)
    assert complaints(bundle) == []
