"""What the guideline does not address for a patient, and the parts of the answer it concerns.

A silence has topics: a fact, drug, test, route or site. It is shown at the top of every answer and
again beside what it concerns, so that nobody reads "not now: folic acid" without the remark that
folic acid for a pregnancy is not addressed. An author may name the decisions that it stands beside
among the topics (`silent on pregnancy, loading, maintenance`). Where none is named, they follow
from the topics, see `decisions_about`.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.patient_view import Known
from b12guide.graph.model import (
    Decision,
    Rule,
    RuleGraph,
    Silence,
)
from b12guide.graph.query import definitions_in, facts_read_by
from b12guide.graph.used import words_in


def silences(patient: Known) -> tuple[Silence, ...]:
    """What the guideline does not address and this patient brings up."""
    evaluator = patient.evaluator
    found = []
    for silence, parts in zip(
        evaluator.graph.silences, evaluator.program.silences, strict=True
    ):
        had = [topics for topics, step in parts if patient.rails[step] == (1, 0)]
        if had:
            found.append(evolve(silence, topics=tuple(t for ts in had for t in ts)))
    return tuple(found)


def silences_about(
    recommendation: Recommendation, about: Decision | Rule | str
) -> tuple[Silence, ...]:
    """The silences that concern a decision, a rule, or a fact, drug, test, route or site."""
    graph = recommendation.graph
    return tuple(s for s in recommendation.silences if _concerns(s, about, graph))


def silences_beside(
    recommendation: Recommendation, decision: Decision
) -> tuple[Silence, ...]:
    """The silences that are shown in the row of a decision.

    A silence stands beside those of its decisions of which the answer says something; where it says
    nothing of any, beside each of them.
    """
    graph = recommendation.graph

    def is_said(other: Decision) -> bool:
        decided = recommendation.decisions.get(other)
        return decided is not None and not decided.is_silent

    return tuple(
        silence
        for silence in silences_about(recommendation, decision)
        if is_said(decision) or not any(map(is_said, decisions_about(silence, graph)))
    )


def _concerns(silence: Silence, about: Decision | Rule | str, graph: RuleGraph) -> bool:
    match about:
        case Decision():
            return about in decisions_about(silence, graph)
        case Rule():
            return about.decision in silence.decisions or not names_in(
                about, graph
            ).isdisjoint(silence.topics)
        case str():
            return about in silence.topics


def decisions_about(silence: Silence, graph: RuleGraph) -> tuple[Decision, ...]:
    """The decisions beside which a silence is shown, in reading order.

    Those that its author names; else the decisions of the rules that name or read a topic. A topic
    that no rule mentions concerns the decision on words of its kind: a drug the form, a route the
    route, a site the technique, a test the monitoring. A fact that no rule reads concerns no
    decision in particular, and is told at the top alone.
    """
    found = set(silence.decisions)
    if not found:
        for topic in silence.topics:
            found.update(_decisions_mentioning(topic, graph) or _of_kind(topic, graph))
    return tuple(d for d in Decision if d in found and d is not Decision.NOTE)


def _decisions_mentioning(topic: str, graph: RuleGraph) -> frozenset[Decision]:
    return frozenset(
        rule.decision
        for rule in graph.rules.values()
        if rule.decision is not Decision.NOTE and topic in names_in(rule, graph)
    )


def _of_kind(topic: str, graph: RuleGraph) -> Iterator[Decision]:
    words = graph.vocabulary
    for kind, decision in (
        (words.drugs, Decision.FORM),
        (words.routes, Decision.ROUTE),
        (words.sites, Decision.TECHNIQUE),
        (words.tests, Decision.MONITORING),
    ):
        if topic in kind:
            yield decision


def names_in(rule: Rule, graph: RuleGraph) -> frozenset[str]:
    """The rule's name, the words in what it says, and all that its condition reads."""
    words = words_in(rule.value)
    return frozenset({rule.name}).union(
        words.facts,
        words.drugs,
        words.tests,
        words.routes,
        words.sites,
        facts_read_by(rule.condition, graph.definitions),
        definitions_in(rule.condition, graph.definitions),
    )
