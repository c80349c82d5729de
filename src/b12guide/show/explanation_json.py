"""Explanations as JSON, schema `b12guide.explanation/1`."""

from __future__ import annotations

from typing import assert_never

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.explanation import (
    DecisionExplanation,
    Explanation,
    RuleExplanation,
)
from b12guide.evaluate.silence import silences_about
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.show.advice_json import Json
from b12guide.show.explanation import whole
from b12guide.show.record_json import asked_json, engine_json
from b12guide.show.to_json import (
    decision_json,
    guideline_json,
    silences_json,
    verdict_json,
)
from b12guide.show.wording import EDUCATION_NOTICE

__all__ = ["SCHEMA", "explained_json", "explanation_to_json"]

SCHEMA = "b12guide.explanation/1"


def explained_json(explanation: RuleExplanation | DecisionExplanation) -> Json:
    """The explanation with the answer that it is a part of.

    Raises:
        B12GuideError: It was made on its own.
    """
    answer = whole(explanation)
    return explanation_to_json(explanation, answer, asked=explanation.asked)


def explanation_to_json(
    explanation: RuleExplanation | DecisionExplanation,
    recommendation: Recommendation,
    *,
    asked: bool,
) -> Json:
    """The explanation of a rule or a decision, as a value that `json.dumps` takes."""
    graph = recommendation.graph
    explanations: tuple[RuleExplanation, ...]
    decision = None
    match explanation:
        case RuleExplanation(verdict=verdict):
            target = {"kind": "rule", "name": verdict.rule.name}
            explanations = (explanation,)
            about = silences_about(recommendation, verdict.rule)
        case DecisionExplanation(decided=decided, rules=explanations):
            target = {"kind": "decision", "name": decided.decision.value}
            decision = decision_json(decided.decision, recommendation)
            about = silences_about(recommendation, decided.decision)
        case _:
            assert_never(explanation)
    rules = [each.verdict.rule for each in explanations]
    assumptions = sorted({name for rule in rules for name in rule.assumptions})
    challenges = sorted({name for rule in rules for name in rule.grounds.challenges})
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(explanation),
        "education": EDUCATION_NOTICE,
        **asked_json(recommendation),
        **({} if asked else {"on": None, "patient": None}),
        "target": target,
        "decision": decision if asked else None,
        "rules": [_rule(each, recommendation) for each in explanations],
        "assumptions": [
            {"id": name, "text": graph.assumptions[name].text} for name in assumptions
        ],
        "challenges": [
            {"id": name, "text": graph.challenges[name].text} for name in challenges
        ],
        "silent": silences_json(
            about if asked else (), graph, recommendation.stated.own
        ),
        "notices": list(recommendation.remarks) if asked else [],
    }


def _rule(explanation: RuleExplanation, recommendation: Recommendation) -> Json:
    rule = explanation.verdict.rule
    return {
        **verdict_json(explanation.verdict, recommendation.graph),
        "condition": _condition(explanation.condition),
        "exceptions": [
            {"rule": exception.name, "condition": _condition(condition)}
            for exception, condition in explanation.exceptions
        ],
        "exception_to": list(rule.exception_to),
    }


_KINDS = {
    Has: "fact",
    Compare: "comparison",
    OneOf: "choice",
    Defined: "definition",
    HasValue: "value",
    Established: "established",
    Recorded: "recorded",
    Not: "not",
    AllOf: "all",
    AnyOf: "any",
    Resting: "assuming",
}


def _condition(explanation: Explanation) -> Json:
    return {
        "kind": _KINDS[type(explanation.condition)],
        "text": explanation.text,
        "truth": explanation.truth.value,
        "value": explanation.value,
        "indeterminate": explanation.indeterminate,
        "assumptions": list(explanation.assumptions),
        "parts": [_condition(part) for part in explanation.children],
    }
