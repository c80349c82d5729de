"""A guideline's sentences for programs: what a page of prose says, in both wordings."""

from __future__ import annotations

from typing import Any

from b12guide.graph.model import Definition, Rule, RuleGraph
from b12guide.prove.document import Document
from b12guide.show.condition_text import condition_text
from b12guide.show.invariant_text import invariant_sentence
from b12guide.show.record_json import engine_json
from b12guide.show.rule_text import rule_sentence
from b12guide.show.to_json import guideline_json, sources_json
from b12guide.show.wording import EDUCATION_NOTICE, Audience

__all__ = ["document_to_json"]


def document_to_json(document: Document) -> dict[str, Any]:
    """The sentences, made of builtin values only; see `schema/document.schema.json`."""
    graph = document.graph
    return {
        "schema": "b12guide.document/1",
        "guideline": guideline_json(graph),
        "engine": engine_json(document),
        "on": None,
        "notice": EDUCATION_NOTICE,
        "scope": condition_text(graph.scope, graph),
        "definitions": [_definition(d, graph) for d in graph.definitions.values()],
        "rules": [_rule(rule, graph) for rule in graph.rules.values()],
        "invariants": [
            {"name": claim.name, "text": invariant_sentence(claim, graph)}
            for claim in document.invariants
        ],
    }


def _definition(definition: Definition, graph: RuleGraph) -> dict[str, Any]:
    return {
        "name": definition.name,
        "label": definition.label,
        "text": condition_text(definition.condition, graph),
    }


def _rule(rule: Rule, graph: RuleGraph) -> dict[str, Any]:
    strength = rule.grounds.strength
    return {
        "rule": rule.name,
        "title": rule.title,
        "decision": rule.decision.value,
        "text": rule_sentence(rule, graph),
        "patient": rule_sentence(rule, graph, Audience.PATIENT),
        "optional": rule.optional,
        "strength": strength.value if strength else None,
        "statements": list(rule.grounds.statements),
        "sources": sources_json(graph, rule.grounds.sources),
        "goes_before": list(rule.exception_to),
        "gives_way_to": list(rule.exceptions),
        "assumptions": list(rule.assumptions),
        "challenges": list(rule.grounds.challenges),
    }
