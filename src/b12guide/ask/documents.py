"""What a guideline says, as documents that a question may find.

There is one for each rule, definition, silence and assumption. A document is about things as well
as words: about the drugs, tests and sites that a rule names and the facts that it reads, about its
decision, about the kind of thing that it tells (an interval, an amount), and about what it speaks
against.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from attrs import evolve, field, frozen

from b12guide.frozen import Record, frozen_map
from b12guide.graph import model as m
from b12guide.graph.conclusions import written
from b12guide.graph.condition import (
    AnyOf,
    Condition,
    Defined,
    Has,
    Not,
    OneOf,
    atoms,
    record_claims,
)
from b12guide.graph.query import facts_read_by, regimens_in, words_in
from b12guide.regimen.model import Regimen, Until
from b12guide.say.advice import value_text
from b12guide.say.conditions import condition_text
from b12guide.say.names import topic_text

TITLE, LAY, ADVICE, SECTION, CONDITION, PATIENT, BECAUSE = 6, 6, 4, 2, 3, 2, 1
"""How much a word of each part of a document counts."""

_TOPIC, _READ, _BEHIND, _DECIDED, _SHAPED, _AGAINST, _SAYING = 6, 4, 2, 4, 4, 8, 8
"""How much it counts that a rule is about a thing, reads a fact, or reads it through another."""


@frozen(kw_only=True, repr=False)
class Document(Record):
    """A part of a guideline that can be told.

    Attributes:
        kind: `rule`, `definition`, `silence` or `assumption`.
        name: Its name; of a silence, its number in the guideline, from 0.
        statements: The statements of the source that it stands for.
        falls_away: Whether it is out of the question for a patient for whom its condition is false:
            not where it asks what is on record, as people ask before anything is, or is for those
            outside the scope.
        texts: What is written of it, each with how much a word of it counts.
        concepts: How much each concept counts that it is about, whatever its words.
    """

    kind: str
    name: str
    statements: tuple[str, ...] = ()
    falls_away: bool = False
    texts: tuple[tuple[int, str], ...]
    concepts: Mapping[str, int] = field(converter=frozen_map)


def documents_of(graph: m.RuleGraph) -> tuple[Document, ...]:
    """Everything that questions may find, in the order of the guideline."""
    found = _documents_of(graph)
    implying = _implying(graph)
    return tuple(evolve(one, concepts=_reached(one, implying)) for one in found)


def _reached(
    document: Document, implying: Mapping[str, Iterable[str]]
) -> dict[str, int]:
    """The concepts of a document, and less so what implies one of its facts."""
    behind = {
        key: _BEHIND for fact in document.concepts for key in implying.get(fact, ())
    }
    return behind | dict(document.concepts)


def _implying(graph: m.RuleGraph) -> dict[str, list[str]]:
    """By the key of a fact: the findings and the values of choices from which it follows."""
    found: dict[str, list[str]] = {}
    for one in graph.implications:
        if isinstance(one.conclusion, Has):
            keys = found.setdefault(f"fact:{one.conclusion.fact}", [])
            keys += _premises(one.premise, graph)
    return found


def _premises(premise: Condition, graph: m.RuleGraph) -> Iterator[str]:
    """What makes a premise true by itself."""
    match premise:
        case Has(fact=fact):
            yield f"fact:{fact}"
        case OneOf(fact=fact, values=values):
            yield from (f"value:{fact}={value}" for value in values)
        case Not(operand=OneOf(fact=fact, values=values)):
            known = graph.vocabulary.facts.get(fact)
            for value in known.values if known else ():
                if value not in values:
                    yield f"value:{fact}={value}"
        case AnyOf(operands=operands):
            for operand in operands:
                yield from _premises(operand, graph)
        case _:
            return


def _documents_of(graph: m.RuleGraph) -> tuple[Document, ...]:
    return (
        *(_of_rule(rule, graph) for rule in graph.rules.values()),
        *(_of_definition(one, graph) for one in written(graph.definitions).values()),
        *(_of_silence(n, one, graph) for n, one in enumerate(graph.silences)),
        *(
            Document(
                kind="assumption",
                name=one.name,
                texts=((ADVICE, one.text),),
                concepts={},
            )
            for one in graph.assumptions.values()
        ),
    )


def _of_rule(rule: m.Rule, graph: m.RuleGraph) -> Document:
    grounds = rule.grounds
    concepts = dict(_read(rule.condition, graph))
    concepts |= dict.fromkeys(_by_form(rule, graph), _BEHIND)
    concepts |= dict.fromkeys(sorted(topics_of(rule.value)), _TOPIC)
    concepts[f"decision:{rule.decision.value}"] = _DECIDED
    concepts |= {f"shape:{shape}": _SHAPED for shape in _shapes(rule.value)}
    against = {*_excluded(rule.value), *_taken_away(rule, graph)}
    concepts |= {f"against:{key}": _AGAINST for key in sorted(against)}
    if grounds.lay:
        concepts[f"saying:rule:{rule.name}"] = _SAYING
    return Document(
        kind="rule",
        name=rule.name,
        statements=grounds.statements,
        falls_away=not (rule.outside_scope or any(record_claims(rule.condition))),
        texts=_texts(
            (TITLE, rule.title),
            (LAY, "; ".join(grounds.lay)),
            (ADVICE, value_text(rule.value, graph)),
            (CONDITION, condition_text(rule.condition, graph)),
            (SECTION, grounds.section),
            (PATIENT, grounds.patient),
            (BECAUSE, grounds.because),
        ),
        concepts=concepts,
    )


def _of_definition(one: m.Definition, graph: m.RuleGraph) -> Document:
    grounds = one.grounds
    return Document(
        kind="definition",
        name=one.name,
        statements=grounds.statements,
        texts=_texts(
            (TITLE, one.label),
            (LAY, "; ".join(grounds.lay)),
            (CONDITION, condition_text(one.condition, graph)),
            (PATIENT, grounds.patient),
            (BECAUSE, grounds.because),
        ),
        concepts=dict(_read(one.condition, graph)) | {f"definition:{one.name}": _TOPIC},
    )


def _of_silence(number: int, one: m.Silence, graph: m.RuleGraph) -> Document:
    labels = "; ".join(topic_text(graph, topic) for topic in one.topics)
    concepts = dict(_read(one.condition, graph)) if one.condition else {}
    concepts |= {f"decision:{each.value}": _DECIDED for each in one.decisions}
    concepts |= {key: _TOPIC for topic in one.topics for key in _keys(topic, graph)}
    if one.grounds.lay:
        concepts[f"saying:silence:{number}"] = _SAYING
    return Document(
        kind="silence",
        name=str(number),
        falls_away=one.condition is not None and not any(record_claims(one.condition)),
        texts=_texts(
            (TITLE, labels),
            (LAY, "; ".join(one.grounds.lay)),
            (ADVICE, one.text),
            (PATIENT, one.grounds.patient),
        ),
        concepts=concepts,
    )


def _texts(*texts: tuple[int, str | None]) -> tuple[tuple[int, str], ...]:
    return tuple((weight, text) for weight, text in texts if text)


def _keys(topic: str, graph: m.RuleGraph) -> Iterator[str]:
    """The keys of a name that may be of any kind."""
    known = graph.vocabulary
    if topic in known.facts:
        yield f"fact:{topic}"
    if topic in graph.definitions:
        yield f"definition:{topic}"
    for group in (known.drugs, known.tests, known.routes, known.sites, known.services):
        if topic in group:
            yield f"{group[topic].kind.value}:{topic}"


def _read(condition: Condition, graph: m.RuleGraph) -> Iterator[tuple[str, int]]:
    """What a condition reads, most important last."""
    for fact in sorted(facts_read_by(condition, graph.definitions)):
        yield f"fact:{fact}", _BEHIND
    for atom in atoms(condition):
        match atom:
            case Defined(name=name):
                yield f"definition:{name}", _READ
            case OneOf(fact=fact, values=values):
                yield f"fact:{fact}", _READ
                yield from ((f"value:{fact}={value}", _READ) for value in values)
            case _:
                yield f"fact:{atom.fact}", _READ


def topics_of(value: m.Value) -> frozenset[str]:
    """The keys of the words that a rule's value names."""
    used = words_in(value)
    return frozenset(
        (
            *(f"fact:{name}" for name in used.facts),
            *(f"drug:{name}" for name in used.drugs),
            *(f"test:{name}" for name in used.tests),
            *(f"route:{name}" for name in used.routes),
            *(f"site:{name}" for name in used.sites),
            *(f"service:{name}" for name in used.services),
            *(f"conclusion:{name}" for name in used.conclusions),
        )
    )


def _by_form(rule: m.Rule, graph: m.RuleGraph) -> Iterator[str]:
    """The drugs of doses that name none: those that the guideline's forms may come to."""
    if rule.decision in {m.Decision.LOADING, m.Decision.MAINTENANCE} and any(
        not phase.drugs
        for regimen in regimens_in(rule.value)
        for phase in regimen.phases
    ):
        for other in graph.rules.values():
            if isinstance(other.value, m.FormChoice):
                yield from other.value.drugs


def _excluded(value: m.Value) -> tuple[str, ...]:
    """What a rule speaks against by itself."""
    match value:
        case m.FormChoice(excluded=drugs) | m.Exclusion(drugs=drugs):
            return tuple(f"drug:{drug}" for drug in drugs)
        case m.Prohibition(drugs=drugs):
            return tuple(f"drug:{drug}" for drug in drugs)
        case m.NotChecked(tests=tests):
            return tuple(f"test:{test}" for test in tests)
        case m.Technique(instructions=instructions):
            return tuple(f"site:{i.site}" for i in instructions if i.avoid and i.site)
        case _:
            return ()


def _taken_away(rule: m.Rule, graph: m.RuleGraph) -> Iterable[str]:
    """What the rules offer that give way to this one, and it does not."""
    offered = topics_of(rule.value)
    for name in rule.exception_to:
        for key in topics_of(graph.rules[name].value) - offered:
            if not key.startswith("fact:"):
                yield key


_TIMES = re.compile(r"\b(?:every|daily|weekly|monthly|yearly|per|often)\b")
_AMOUNTS = re.compile(r"\b[0-9][0-9 .,to]*(?:mg|µg|mcg|units|g)\b")
_LENGTHS = re.compile(r"\b(?:weeks?|months?|years?|life|indefinitely)\b")


def _shapes(value: m.Value) -> Iterator[str]:
    """What kinds of things a rule tells: an interval, an amount, a length, a moment, a needle."""
    match value:
        case m.Regimens() | m.Change():
            for regimen in regimens_in(value):
                yield from _shapes_of(regimen)
        case m.Monitoring():
            if value.every is not None:
                yield "interval"
            if value.times:
                yield "interval"
            if value.times or value.before_next_dose or value.after or value.once:
                yield "moment"
        case m.Technique(instructions=instructions):
            if any(one.gauge is not None for one in instructions):
                yield "gauge"
            if any(one.pressure is not None for one in instructions):
                yield "length"
        case m.Remark(text=text):
            if _TIMES.search(text):
                yield "interval"
            if _AMOUNTS.search(text):
                yield "amount"
            if _LENGTHS.search(text):
                yield "length"
        case m.Prohibition(until=str()):
            yield "moment"
        case m.Continuation(for_life=True):
            yield "length"
        case (
            m.FormChoice()
            | m.Exclusion()
            | m.NotNeeded()
            | m.Routes()
            | m.NotChecked()
            | m.Prohibition()
            | m.Target()
            | m.Continuation()
            | m.Stop()
            | m.Referral()
            | m.Concluded()
        ):
            return
        case _:
            assert_never(value)


def _shapes_of(regimen: Regimen) -> Iterator[str]:
    yield "interval"
    yield "amount"
    for phase in regimen.phases:
        if phase.bound is not None:
            yield "length"
        if isinstance(phase.bound, Until):
            yield "moment"
        if phase.after:
            yield "moment"
