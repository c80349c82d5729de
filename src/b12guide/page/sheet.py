"""What the sheet for the patient is made of beside the answer: headings, questions, plain words."""

from __future__ import annotations

from typing import Any, TypeAlias

from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import brief_text, definitions_in, facts_read_by
from b12guide.say.names import (
    Audience,
    asked_as,
    decision_text,
    decisions_read,
    in_lay_words,
    topic_text,
)
from b12guide.say.validity import validity_text
from b12guide.show.for_patient import question_text

Json: TypeAlias = dict[str, Any]


def sheet_json(graph: RuleGraph) -> Json:
    """The words of a guideline that the sheet for a patient is printed with."""
    plain = in_lay_words(graph)
    names = [*plain.vocabulary.facts, *plain.definitions]
    return {
        "warning": validity_text(graph, audience=Audience.PATIENT) or None,
        "headings": {
            one.value: decision_text(one, Audience.PATIENT) for one in decisions_read()
        },
        "facts": {
            name: {
                "brief": brief_text(plain, name),
                "question": question_text(name, plain),
                "asks": asked_as(name, plain) is not None,
            }
            for name in names
        },
        "topics": {
            topic: topic_text(plain, topic)
            for silence in plain.silences
            for topic in silence.topics
        },
        "reads": {name: _read(rule, graph) for name, rule in graph.rules.items()},
        "outside": [n for n, rule in graph.rules.items() if rule.outside_scope],
        "titles": {name: rule.title for name, rule in graph.rules.items()},
        "decisions": sorted(
            {r.decision.value for r in graph.rules.values() if not r.outside_scope}
            - {Decision.NOTE.value}
        ),
    }


def _read(rule: Rule, graph: RuleGraph) -> list[str]:
    """The facts and definitions that the condition of a rule reads, its exceptions apart."""
    definitions = graph.definitions
    read = facts_read_by(rule.condition, definitions)
    return sorted(read | definitions_in(rule.condition, definitions))
