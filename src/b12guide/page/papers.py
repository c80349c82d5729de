"""What people read of a guideline, as data for its page: labels, titles, sources, citations.

Every text is ready to be printed. What depends on a patient is not here: the page works it out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from b12guide.graph.condition import Defined, atoms
from b12guide.graph.dictionary import DescribedFact, dictionary
from b12guide.graph.model import Decision, Definition, Rule, RuleGraph, Silence, Source
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.patient.reading import units_of
from b12guide.say.advice import value_text
from b12guide.say.conditions import condition_text
from b12guide.say.names import (
    PATIENT_NOTICE,
    Audience,
    decision_text,
    decisions_read,
    in_lay_words,
    route_text,
    topic_text,
)
from b12guide.say.numbers import exact_text, measured, range_text, unit_text
from b12guide.show.citations import citation_numbers
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.rule_text import rule_sentence
from b12guide.show.to_json import SCHEMA as ANSWER_SCHEMA

Json: TypeAlias = dict[str, Any]

DOSING = frozenset({Decision.FORM, Decision.LOADING, Decision.MAINTENANCE})
"""What is always said: a fact that decides nothing of it (a pregnancy) is reported for itself."""


def papers_json(graph: RuleGraph) -> Json:
    """The texts of a guideline, by the names of what they are about."""
    plain = in_lay_words(graph)
    return {
        "answer_schema": ANSWER_SCHEMA,
        "particulars": [list(pair) for pair in guideline_particulars(graph)],
        "patient_notice": PATIENT_NOTICE,
        "facts": [_fact(fact, graph, plain) for fact in dictionary(graph).values()],
        "rules": {
            name: _rule(rule, graph, plain) for name, rule in graph.rules.items()
        },
        "definitions": {
            name: _definition(one, graph) for name, one in graph.definitions.items()
        },
        "statements": _statements(graph),
        "sources": {name: _source(one, graph) for name, one in graph.sources.items()},
        "assumptions": {name: a.text for name, a in graph.assumptions.items()},
        "challenges": {
            name: {"text": one.text, "sources": list(one.by)}
            for name, one in graph.challenges.items()
        },
        "silences": _silences(graph),
        "expected_conflicts": [
            {
                "rules": [one.first, one.second],
                "ids": list(one.noted_as),
                "because": one.because,
            }
            for one in graph.conflicts
        ],
        "scope": {
            "text": condition_text(graph.scope, graph),
            "assumptions": list(graph.scope_assumptions),
        },
        "decisions": {
            one.value: {
                "label": decision_text(one),
                "patient": decision_text(one, Audience.PATIENT),
            }
            for one in decisions_read()
            if one is not Decision.NOTE
        },
        "words": _words(graph),
    }


def _fact(fact: DescribedFact, graph: RuleGraph, plain: RuleGraph) -> Json:
    """A fact that may be stated, as a form asks for it."""
    known = graph.vocabulary.facts.get(fact.name)
    units = units_of(known) if known is not None else ()
    return {
        "name": fact.name,
        "kind": fact.kind,
        "label": fact.label,
        "brief": brief_text(graph, fact.name),
        "patient": brief_text(plain, fact.name),
        "asks": fact.asks,
        "lay": list(fact.lay),
        "synonyms": list(fact.synonyms),
        "unit": fact.unit,
        "units": [
            {"text": text, "label": unit_text(text), "factor": exact_text(factor)}
            for text, factor in units
        ],
        "plausible": _plausible(fact),
        "absent": None if fact.absent is None else exact_text(fact.absent),
        "derived": None if fact.derived is None else list(fact.derived.parts),
        "values": [{"name": name, "label": label} for name, label in fact.values],
        "read_by": list(fact.read_by),
        "in_scope": fact.in_scope,
        "tied_to": list(fact.tied_to),
        "silent": fact.silent,
    }


def _plausible(fact: DescribedFact) -> Json | None:
    if fact.plausible is None:
        return None
    low, high = fact.plausible
    return {
        "low": exact_text(low),
        "high": exact_text(high),
        "text": measured(range_text(low, high), fact.unit),
    }


def _rule(rule: Rule, graph: RuleGraph, plain: RuleGraph) -> Json:
    grounds = rule.grounds
    return {
        "title": rule.title,
        "decision": rule.decision.value,
        "optional": rule.optional,
        "outside_scope": rule.outside_scope,
        "strength": grounds.strength and grounds.strength.value,
        "certainty": grounds.certainty and grounds.certainty.value,
        "grade": grounds.grade,
        "statements": list(grounds.statements),
        "sources": list(grounds.sources),
        "cited": citation_numbers(graph, grounds.sources),
        "section": grounds.section,
        "text": value_text(rule.value, graph),
        "sentence": rule_sentence(rule, graph),
        "plain": rule_sentence(rule, plain, Audience.PATIENT),
        "when": condition_text(rule.condition, graph),
        "because": grounds.because,
        "patient": grounds.patient,
        "exceptions": list(rule.exceptions),
        "exception_to": list(rule.exception_to),
        "assumptions": list(rule.assumptions),
        "challenges": list(grounds.challenges),
    }


def _definition(definition: Definition, graph: RuleGraph) -> Json:
    grounds = definition.grounds
    return {
        "label": definition.label,
        "written": definition.is_written,
        "when": condition_text(definition.condition, graph),
        "statements": list(grounds.statements),
        "sources": list(grounds.sources),
        "cited": citation_numbers(graph, grounds.sources),
        "section": grounds.section,
        "because": grounds.because,
        "assumptions": list(grounds.assumptions),
        "challenges": list(grounds.challenges),
    }


def _statements(graph: RuleGraph) -> Json:
    """What rests on each statement of the source, in the order of the source."""
    found: dict[str, Json] = {
        name: {"rules": [], "definitions": [], "silences": []}
        for name in graph.statements
    }

    def put(kind: str, name: str | int, statements: Iterable[str]) -> None:
        for one in statements:
            empty: Json = {"rules": [], "definitions": [], "silences": []}
            found.setdefault(one, empty)[kind].append(name)

    for name, rule in graph.rules.items():
        put("rules", name, rule.grounds.statements)
    for name, definition in graph.definitions.items():
        put("definitions", name, definition.grounds.statements)
    for number, silence in enumerate(graph.silences):
        put("silences", number, silence.grounds.statements)
    return found


def _source(source: Source, graph: RuleGraph) -> Json:
    parts = (source.title, source.authors, source.year and str(source.year))
    return {
        "printed": source.printed,
        "label": citation_numbers(graph, (source.name,)),
        "title": source.title,
        "text": ". ".join(part for part in parts if part),
        "kind": source.kind,
        "link": source.link,
        "inferred": source.inferred,
        "resolves": source.resolves,
    }


def _silences(graph: RuleGraph) -> list[Json]:
    dosing = {
        fact
        for rule in graph.rules.values()
        if rule.decision in DOSING
        for fact in facts_read_by(rule.condition, graph.definitions)
    }
    return [_silence(one, graph, dosing) for one in graph.silences]


def _silence(silence: Silence, graph: RuleGraph, dosing: Collection[str]) -> Json:
    read = () if silence.condition is None else atoms(silence.condition)
    facts = (
        *silence.topics,
        *(leaf.fact for leaf in read if not isinstance(leaf, Defined)),
    )
    return {
        "personal": [name for name in dict.fromkeys(facts) if name not in dosing],
        "topics": list(silence.topics),
        "labels": [topic_text(graph, topic) for topic in silence.topics],
        "ids": list(silence.noted_as),
        "text": silence.text,
        "when": None
        if silence.condition is None
        else condition_text(silence.condition, graph),
        "statements": list(silence.grounds.statements),
        "section": silence.grounds.section,
        "patient": silence.grounds.patient,
    }


def _words(graph: RuleGraph) -> Json:
    """What drugs, tests, routes and the like are called."""
    known = graph.vocabulary
    routes = {
        name: {
            "label": route_text(graph, name, Audience.PROFESSIONAL),
            "short": _short(word.synonyms),
        }
        for name, word in known.routes.items()
    }
    return {
        "routes": routes,
        **{
            kind: {name: {"label": word.label} for name, word in group.items()}
            for kind, group in (
                ("drugs", known.drugs),
                ("tests", known.tests),
                ("sites", known.sites),
                ("services", known.services),
                ("conclusions", known.conclusions),
            )
        },
    }


def _short(synonyms: Iterable[str]) -> str | None:
    """The short name of a route where the vocabulary has one: IM."""
    return next((s for s in synonyms if s.isupper() and s.isalpha()), None)
