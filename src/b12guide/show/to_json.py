"""A recommendation as JSON, schema `b12guide.recommendation/1`.

Every key is always there and every list is a list, so a program need not ask. Drugs, facts and
routes go by their names, which stay; labels and texts are for people and may be reworded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from b12guide.evaluate.answer import (
    Conflict,
    Decided,
    Notice,
    NotOffered,
    Option,
    Outcome,
    Question,
    Recommendation,
    RuleVerdict,
)
from b12guide.evaluate.context import decisions_about
from b12guide.graph.model import Challenge, Decision, RuleGraph, Silence
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.advice import advice_text, value_text
from b12guide.say.names import topic_text
from b12guide.show import json_parts
from b12guide.show.citations import sides_of, sources_of, statements_of
from b12guide.truth import Truth

SCHEMA = "b12guide.recommendation/1"

_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def to_json(recommendation: Recommendation) -> json_parts.Json:
    """The recommendation as a value that `json.dumps` takes."""
    graph = recommendation.graph
    decisions = {
        decision.value: decision_json(decision, recommendation)
        for decision in Decision
        if decision is not Decision.NOTE
    }
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": json_parts.engine_json(recommendation),
        "education": EDUCATION_NOTICE,
        **json_parts.asked_json(recommendation),
        "holds_until": recommendation.holds_until
        and recommendation.holds_until.isoformat(),
        "assumed_absent": json_parts.absent_json(recommendation.assumed_absent, graph),
        "unread": list(recommendation.unread),
        "scope": _SCOPE[recommendation.scope],
        "rules": [verdict_json(verdict, graph) for verdict in recommendation.rules],
        "decisions": decisions,
        "drugs": _drugs(decisions, graph),
        "questions": [_question(q) for q in recommendation.questions],
        "conflicts": [conflict_json(c, graph) for c in recommendation.conflicts],
        "assumptions": [
            {"id": a.name, "text": a.text} for a in recommendation.assumptions
        ],
        "challenges": [challenge_json(c, graph) for c in recommendation.challenges],
        "silent": silences_json(
            recommendation.silences, graph, recommendation.stated.own
        ),
        "notices": [_notice(notice, graph) for notice in recommendation.notices],
    }


def _drugs(decisions: json_parts.Json, graph: RuleGraph) -> list[json_parts.Json]:
    """The drugs that the decisions name, with the codes that the vocabulary has of them."""
    named = set(_named(decisions))
    return [
        {
            "drug": drug.name,
            "label": drug.label,
            "codes": [{"system": c.system, "code": c.code} for c in drug.codes],
        }
        for drug in graph.vocabulary.drugs.values()
        if drug.name in named
    ]


_OF_DRUGS = ("drugs", "preferred", "acceptable", "excluded")


def _named(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from value if key in _OF_DRUGS else _named(value)
    elif isinstance(data, list):
        for value in data:
            yield from _named(value)


def guideline_json(graph: RuleGraph) -> json_parts.Json:
    """Which guideline it is, how far it has been reviewed, and when it holds."""
    return {
        "name": graph.name,
        "title": graph.title,
        "version": graph.version,
        "revised": graph.revised,
        "status": graph.status.value,
        "approved_by": graph.approved_by,
        "approved_on": graph.approved_on,
        "authors": list(graph.imprint.authors),
        "reviewers": list(graph.imprint.reviewers),
        "licence": graph.imprint.licence,
        "contact": graph.imprint.contact,
        "intended_for": graph.imprint.intended_for,
        "effective": graph.imprint.effective,
        "retired": graph.imprint.retired,
        "supersedes": list(graph.imprint.supersedes),
        "superseded_by": graph.imprint.superseded_by,
        "digest": graph.digest,
    }


def sources_json(graph: RuleGraph, names: Iterable[str]) -> list[json_parts.Json]:
    """The sources of these names, with the number that is printed and whether it leads anywhere."""
    return [
        {"id": name, "printed": source.printed, "resolves": source.resolves}
        for name in names
        for source in [graph.sources[name]]
    ]


def verdict_json(verdict: RuleVerdict, graph: RuleGraph) -> json_parts.Json:
    """A rule and its verdict."""
    rule = verdict.rule
    grounds = rule.grounds
    return {
        "rule": rule.name,
        "title": rule.title,
        "decision": rule.decision.value,
        "verdict": verdict.verdict.value,
        "strength": grounds.strength and grounds.strength.value,
        **json_parts.evidence_json(grounds),
        "statements": list(grounds.statements),
        "sources": sources_json(graph, grounds.sources),
        "section": grounds.section,
        "text": value_text(rule.value, graph),
        "because": grounds.because,
        "patient": grounds.patient,
        "needs": list(verdict.needs),
        "overridden_by": list(verdict.overridden_by),
        "assumptions": list(rule.assumptions),
        "challenges": list(grounds.challenges),
    }


def decision_json(
    decision: Decision, recommendation: Recommendation
) -> json_parts.Json:
    """The state of a decision; one that nobody made is silent."""
    graph = recommendation.graph
    decided = recommendation.decisions.get(decision)
    if decided is None:
        decided = Decided(decision=decision, outcome=Outcome.SILENT)
    answer: json_parts.Json = {
        "outcome": decided.outcome.value,
        "options": [
            entry for option in decided.options for entry in _option(option, graph)
        ],
        "depends_on": list(decided.depends_on),
        "rules": list(decided.rules),
        "indeterminate": list(decided.indeterminate),
        "not_offered": [_not_offered(one, graph) for one in decided.not_offered],
    }
    if decided.decision is Decision.FORM:
        answer["preferred"] = list(decided.preferred)
        answer["acceptable"] = list(decided.acceptable)
        answer["excluded"] = list(decided.excluded)
    if decided.decision is Decision.ROUTE:
        answer["routes"] = _certain_routes(answer["options"])
    return answer


def _certain_routes(options: list[json_parts.Json]) -> list[str]:
    """The routes that the certain options share: what is advised without asking further."""
    routes = [
        option["routes"]
        for option in options
        if option["certain"] and not option["alternative"]
    ]
    if not routes:
        return []
    return [r for r in routes[0] if all(r in other for other in routes)]


def _option(option: Option, graph: RuleGraph) -> list[json_parts.Json]:
    behind = [graph.rules[name] for name in option.rules]
    shared = {
        "text": advice_text(option.advice, graph),
        "strength": option.strength.value,
        "evidence": [
            {"rule": rule.name, **json_parts.evidence_json(rule.grounds)}
            for rule in behind
            if rule.grounds.certainty or rule.grounds.grade
        ],
        "rules": list(option.rules),
        "statements": statements_of(behind),
        "certain": option.certain,
        "alternative": option.alternative,
        "withheld": option.withheld,
        "avoided": list(option.avoided),
        "drugs_open": option.drugs_open,
    }
    return [{**advice, **shared} for advice in json_parts.advice_json(option.advice)]


def _not_offered(one: NotOffered, graph: RuleGraph) -> json_parts.Json:
    behind = [graph.rules[name] for name in one.rules]
    return {
        "advice": json_parts.advice_json(one.advice)[0],
        "text": advice_text(one.advice, graph),
        "drugs": list(one.drugs),
        "rules": list(one.rules),
        "statements": statements_of(behind),
        "sources": sources_json(graph, sources_of(behind)),
        "offered_by": list(one.offered_by),
        "certain": one.certain,
    }


def _question(question: Question) -> json_parts.Json:
    return {
        "fact": question.fact,
        "label": question.label,
        "decides": [decision.value for decision in question.decides],
        "behind": list(question.behind),
        "instead": list(question.instead),
    }


def conflict_json(conflict: Conflict, graph: RuleGraph) -> json_parts.Json:
    """Two or more sides that cannot all be followed, each with its sources."""
    sides = []
    for rules, advice in sides_of(conflict.sides):
        behind = [graph.rules[name] for name in rules]
        options = [part for one in advice for part in json_parts.advice_json(one)]
        sides.append(
            {
                "rules": list(rules),
                "option": options[0],
                "or": options[1:],
                "text": " or ".join(advice_text(one, graph) for one in advice),
                "statements": statements_of(behind),
                "sources": sources_json(graph, sources_of(behind)),
            }
        )
    return {
        "decision": conflict.decision.value,
        "sides": sides,
        "note": conflict.note,
        "certain": conflict.certain,
        "expected": conflict.expected,
        "depends_on": list(conflict.facts),
    }


def challenge_json(challenge: Challenge, graph: RuleGraph) -> json_parts.Json:
    """Outside evidence against a rule."""
    sources = sources_json(graph, challenge.by)
    return {"id": challenge.name, "text": challenge.text, "sources": sources}


def silences_json(
    silences: Iterable[Silence], graph: RuleGraph, own: Collection[str] = ()
) -> list[json_parts.Json]:
    """What the guideline does not address, topic by topic.

    A topic that is one of the patient's `own` facts is a warning: the advice beside it was given
    as if the fact had not been recorded.
    """
    return [
        {
            "about": topic,
            "label": topic_text(graph, topic),
            "text": silence.text,
            "severity": "warning" if topic in own else "info",
            "patient": silence.grounds.patient,
            "decisions": [d.value for d in decisions_about(silence, graph)],
            "ids": list(silence.noted_as),
            "statements": list(silence.grounds.statements),
        }
        for silence in silences
        for topic in silence.topics
    ]


def _notice(notice: Notice, graph: RuleGraph) -> json_parts.Json:
    rule = graph.rules.get(notice.rule) if notice.rule else None
    return {
        "text": notice.text,
        "rule": notice.rule,
        "statements": list(rule.grounds.statements) if rule else [],
    }
