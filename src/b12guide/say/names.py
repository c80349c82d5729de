"""What the vocabulary calls things, and the plain words that patients read instead.

The vocabulary decides what things are called. Only the plain words for patients stand here,
because a vocabulary is written for professionals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction

from attrs import evolve

from b12guide.graph.model import Conclusion, Decision, Fact, RuleGraph, Vocabulary, Word
from b12guide.graph.query import brief_text, fact_text
from b12guide.say.numbers import quantity_text


class Audience(Enum):
    """For whom something is worded."""

    PROFESSIONAL = "professional"
    PATIENT = "patient"


PATIENT_NOTICE = (
    "This is for learning. It is not advice for you in particular: talk about it with the "
    "people who treat you before you change anything."
)


def stated_value(
    graph: RuleGraph, name: str, value: bool | int | Fraction | str
) -> str:
    """A fact with its value, such as "eGFR 35 mL/min"."""
    label = brief_text(graph, name)
    fact = graph.vocabulary.facts.get(name)
    match value:
        case True:
            return label
        case False:
            return f"no {label}"
        case Fraction() | int():
            unit = fact.unit if fact else None
            return f"{label} {quantity_text(Fraction(value), unit)}"
        case str():
            return f"{label}: {value_label(graph, name, value)}"


def asked_as(name: str, graph: RuleGraph) -> str | None:
    """The guideline's own question about a fact or a definition, if it has one."""
    named = graph.vocabulary.facts.get(name) or graph.definitions.get(name)
    return None if named is None else named.asks


def in_lay_words(graph: RuleGraph) -> RuleGraph:
    """The same guideline with what patients call things in the place of the labels.

    A route keeps its label: what patients read of it follows a dose (`route_text`).
    """
    known = graph.vocabulary
    if not any(one.lay for group in _labelled(known) for one in group.values()):
        return graph
    facts, drugs, tests, sites, services, conclusions = (
        {
            name: evolve(one, label=one.lay[0]) if one.lay else one
            for name, one in group.items()
        }
        for group in _labelled(known)
    )
    plain = evolve(
        known,
        facts=facts,
        drugs=drugs,
        tests=tests,
        sites=sites,
        services=services,
        conclusions=conclusions,
    )
    return evolve(graph, vocabulary=plain)


def _labelled(known: Vocabulary) -> Iterator[Mapping[str, Fact | Word | Conclusion]]:
    yield from (known.facts, known.drugs, known.tests, known.sites, known.services)
    yield known.conclusions


_DECISIONS = {
    Decision.CONCLUSION: "Conclusion",
    Decision.FORM: "Form",
    Decision.LOADING: "Loading",
    Decision.MAINTENANCE: "Maintenance",
    Decision.ROUTE: "Route",
    Decision.ADJUNCT: "Other drugs",
    Decision.PERMISSION: "Withhold",
    Decision.TECHNIQUE: "Technique",
    Decision.MONITORING: "Monitoring",
    Decision.TARGETS: "Targets",
    Decision.CONTINUATION: "Continuation",
    Decision.CHANGE: "Change",
    Decision.REFERRAL: "Referral",
    Decision.NOTE: "Remark",
}


_PLAIN_DECISIONS = {
    Decision.CONCLUSION: "What your results mean",
    Decision.FORM: "Which medicine",
    Decision.LOADING: "The first weeks",
    Decision.MAINTENANCE: "After that",
    Decision.ROUTE: "How it is given",
    Decision.ADJUNCT: "Other medicines",
    Decision.PERMISSION: "What not to take yet",
    Decision.TECHNIQUE: "The injection itself",
    Decision.MONITORING: "Blood tests and check-ups",
    Decision.TARGETS: "What to aim for",
    Decision.CONTINUATION: "Do not stop",
    Decision.CHANGE: "What may change",
    Decision.REFERRAL: "Who else will see you",
    Decision.NOTE: "Good to know",
}


def decisions_read() -> tuple[Decision, ...]:
    """The decisions in the order in which an answer is read: first what it comes to."""
    return tuple(sorted(Decision, key=lambda one: one is not Decision.CONCLUSION))


def decision_text(
    decision: Decision, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """What a decision is called."""
    plain = audience is Audience.PATIENT
    return (_PLAIN_DECISIONS if plain else _DECISIONS)[decision]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def drug_text(graph: RuleGraph, name: str) -> str:
    """What a drug is called."""
    word = graph.vocabulary.drugs.get(name)
    return word.label if word else _spaced(name)


def test_text(graph: RuleGraph, name: str) -> str:
    """What a test is called."""
    word = graph.vocabulary.tests.get(name)
    return word.label if word else _spaced(name)


def site_text(graph: RuleGraph, name: str) -> str:
    """What a site is called."""
    word = graph.vocabulary.sites.get(name)
    return word.label if word else _spaced(name)


def service_text(graph: RuleGraph, name: str) -> str:
    """What a service is called."""
    word = graph.vocabulary.services.get(name)
    return word.label if word else _spaced(name)


def conclusion_text(graph: RuleGraph, name: str) -> str:
    """What a conclusion is called."""
    word = graph.vocabulary.conclusions.get(name)
    return word.label if word else _spaced(name)


def topic_text(graph: RuleGraph, name: str) -> str:
    """What a topic is called, which may be a word of any kind."""
    known = graph.vocabulary
    if name in known.facts or name in graph.definitions:
        return fact_text(graph, name)
    for words in (known.drugs, known.tests, known.routes, known.sites, known.services):
        if name in words:
            return words[name].label
    return _spaced(name)


def value_label(graph: RuleGraph, fact: str, value: str) -> str:
    """What a value of a choice or conclusion is called."""
    known = graph.vocabulary
    choice = known.facts.get(fact) or known.conclusions.get(fact)
    labels = (
        dict(zip(choice.values, choice.value_labels, strict=False)) if choice else {}
    )
    return labels.get(value) or _spaced(value)


_PLAIN_ROUTES = {
    "intramuscular": "as an injection into a muscle",
    "subcutaneous": "as an injection under the skin",
    "intravenous": "into a vein",
    "oral": "by mouth",
    "nasal": "through the nose",
}


_BY_ROUTE = {
    "intramuscular": "by intramuscular injection",
    "subcutaneous": "by subcutaneous injection",
    "intravenous": "intravenously",
    "oral": "by mouth",
    "nasal": "through the nose",
}


def route_text(graph: RuleGraph, name: str, audience: Audience) -> str:
    """How a drug gets into the body, as the end of "1000 µg ..."."""
    words = _PLAIN_ROUTES if audience is Audience.PATIENT else _BY_ROUTE
    word = graph.vocabulary.routes.get(name)
    if audience is Audience.PATIENT and word and word.lay:
        return word.lay[0]
    return words.get(name) or f"by the {word.label if word else _spaced(name)} route"
