"""Where a guideline speaks of a statement, an assumption, a fact, a drug, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.context import names_in
from b12guide.evaluate.explanation import Explainer, RuleExplanation, explain_rule
from b12guide.frozen import Record
from b12guide.graph.conclusions import name_of, written
from b12guide.graph.model import ExpectedConflict, Rule, RuleGraph, Silence
from b12guide.graph.query import assumptions_behind, definitions_in, facts_read_by


@frozen(kw_only=True, repr=False)
class TopicExplanation(Answer, Record):
    """Everything that a guideline says of one thing, rule by rule.

    Attributes:
        kind: What it is: a statement, an assumption, a challenge, a silence, a conflict, a fact, a
            definition, a drug, a test, a route, a site, a service, a source.
        name: Its name.
        rules: The rules that rest on it, read it or name it, with their verdicts.
        definitions: The definitions that do.
        silences: What is not addressed about it, for any patient.
        conflicts: The contradictions of the source that are noted under its name.
        answer: The answer about the patient.
        asked: Whether somebody in particular was asked about.
    """

    kind: str
    name: str
    rules: tuple[RuleExplanation, ...]
    definitions: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    conflicts: tuple[ExpectedConflict, ...] = ()
    answer: Recommendation | None = field(default=None, eq=False, repr=False)
    asked: bool = field(default=True, eq=False, repr=False)

    def in_force(self, recommendation: Recommendation) -> tuple[Silence, ...]:
        """Those of its silences that this patient brings up."""
        texts = {silence.text for silence in self.silences}
        return tuple(one for one in recommendation.silences if one.text in texts)


def topics(graph: RuleGraph) -> dict[str, str]:
    """The kind of everything that can be explained beside rules and decisions, by its name."""
    words = graph.vocabulary
    numbers = {
        number: kind
        for kind, several in (
            ("silence", graph.silences),
            ("conflict", graph.conflicts),
        )
        for one in several
        for number in one.noted_as
    }
    grounds = [
        *(rule.grounds for rule in graph.rules.values()),
        *(definition.grounds for definition in graph.definitions.values()),
        *(silence.grounds for silence in graph.silences),
    ]
    said = [*graph.statements, *(s for one in grounds for s in one.statements)]
    found: dict[str, str] = {}
    for kind, names in (
        ("source", graph.sources),
        ("service", words.services),
        ("site", words.sites),
        ("route", words.routes),
        ("test", words.tests),
        ("drug", words.drugs),
        ("definition", written(graph.definitions)),
        ("conclusion", words.conclusions),
        ("fact", words.facts),
        ("challenge", graph.challenges),
        ("assumption", graph.assumptions),
    ):
        found |= dict.fromkeys(names, kind)
    return numbers | dict.fromkeys(said, "statement") | found


def explain_topic(
    recommendation: Recommendation, name: str, explainer: Explainer
) -> TopicExplanation:
    """What the guideline says of `name`, which is one of its `topics`, for this patient."""
    graph = recommendation.graph
    conclusion = graph.vocabulary.conclusions.get(name)
    values = () if conclusion is None else conclusion.values
    asked = {name, *(name_of(name, value) for value in values)}
    concerned = {*_rules(graph, name)}
    return TopicExplanation(
        kind=topics(graph)[name],
        name=name,
        rules=tuple(
            explain_rule(verdict, explainer)
            for verdict in recommendation.rules
            if verdict.rule.name in concerned
        ),
        definitions=tuple(
            one.name
            for one in written(graph.definitions).values()
            if name in one.grounds.statements
            or name in one.grounds.sources
            or name in one.grounds.assumptions
            or name in assumptions_behind(one.condition, graph.definitions)
            or name in facts_read_by(one.condition, graph.definitions)
            or not asked.isdisjoint(definitions_in(one.condition, graph.definitions))
        ),
        silences=tuple(
            silence
            for silence in graph.silences
            if name in (*silence.noted_as, *silence.topics, *silence.grounds.statements)
        ),
        conflicts=tuple(one for one in graph.conflicts if name in one.noted_as),
    )


def _rules(graph: RuleGraph, name: str) -> Iterator[str]:
    """The rules that cite it, assume it, are challenged by it, name it or read it."""
    for rule in graph.rules.values():
        if name in (*_grounds(rule), *names_in(rule, graph)):
            yield rule.name
    for conflict in graph.conflicts:
        if name in conflict.noted_as:
            yield from (conflict.first, conflict.second)


def _grounds(rule: Rule) -> tuple[str, ...]:
    grounds = rule.grounds
    return (
        *grounds.statements,
        *grounds.sources,
        *grounds.assumptions,
        *grounds.challenges,
        *rule.assumptions,
    )
