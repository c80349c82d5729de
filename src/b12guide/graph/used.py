"""Which words of the vocabulary a guideline uses, itself or through an implication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from attrs import frozen

from b12guide.graph.model import (
    Continuation,
    Exclusion,
    FormChoice,
    Implication,
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Remark,
    Routes,
    RuleGraph,
    Target,
    Technique,
    Value,
    Vocabulary,
)
from b12guide.graph.query import definitions_in, facts_in, facts_read_by, linked
from b12guide.regimen.model import Regimen, Until

__all__ = ["Words", "facts_heeded", "used_vocabulary", "words_in"]

T = TypeVar("T")


@frozen(kw_only=True)
class Words:
    """Names, by what they name; a fact may also be a definition."""

    facts: frozenset[str] = frozenset()
    drugs: frozenset[str] = frozenset()
    tests: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()


def _set(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name for name in names if name is not None)


def words_in(value: Value) -> Words:
    """The words that a rule's value names."""
    match value:
        case FormChoice(drugs=drugs, excluded=excluded):
            return Words(drugs=_set((*drugs, *excluded)))
        case Exclusion(drugs=drugs):
            return Words(drugs=_set(drugs))
        case Regimens(regimens=regimens):
            return _in_regimens(regimens)
        case Routes(routes=routes):
            return Words(routes=_set(routes))
        case Prohibition(drugs=drugs, until=until, unless=unless):
            return Words(drugs=_set(drugs), facts=_set((until, unless)))
        case Monitoring(tests=tests, companions=companions, after=after, until=until):
            return Words(tests=_set((*tests, *companions)), facts=_set((after, until)))
        case Technique(instructions=instructions):
            return Words(sites=_set(i.site for i in instructions))
        case Target(measure=measure):
            return Words(facts=_set((measure,)))
        case Continuation(treatment=treatment):
            return Words(facts=_set((treatment,)), drugs=_set((treatment,)))
        case NotNeeded() | Remark():
            return Words()


def _in_regimens(regimens: Iterable[Regimen]) -> Words:
    phases = [phase for regimen in regimens for phase in regimen.phases]
    bounds = [p.bound.event for p in phases if isinstance(p.bound, Until)]
    return Words(
        facts=_set((*(e for p in phases for e in p.after), *bounds)),
        drugs=_set(drug for p in phases for drug in p.drugs),
        routes=_set(p.route for p in phases),
    )


def facts_read(graph: RuleGraph) -> frozenset[str]:
    """The facts that rules, definitions, silences and the scope read or name."""
    conditions = [
        graph.scope,
        *(d.condition for d in graph.definitions.values()),
        *(r.condition for r in graph.rules.values()),
        *(s.condition for s in graph.silences if s.condition is not None),
    ]
    named = [words_in(rule.value).facts for rule in graph.rules.values()]
    named += [frozenset(silence.topics) for silence in graph.silences]
    read = [facts_read_by(c, graph.definitions) for c in conditions]
    return frozenset().union(*named, *read)


def facts_heeded(graph: RuleGraph) -> frozenset[str]:
    """The facts and definitions on which a rule depends, or the scope.

    A rule depends on what its condition reads, on the events that begin or end what it advises, and
    on whatever an implication ties to these. A target names a measure and reads no value of it.
    """
    heeded: set[str] = set()
    for condition in (graph.scope, *(rule.condition for rule in graph.rules.values())):
        heeded |= facts_read_by(condition, graph.definitions)
        heeded |= definitions_in(condition, graph.definitions)
    for rule in graph.rules.values():
        if not isinstance(rule.value, Target):
            heeded |= words_in(rule.value).facts
    for name in heeded & graph.definitions.keys():
        heeded |= facts_read_by(graph.definitions[name].condition, graph.definitions)
    return linked(graph, heeded)


def used_vocabulary(
    graph: RuleGraph,
) -> tuple[Vocabulary, tuple[Implication, ...]]:
    """The part of the vocabulary that can matter, with its implications."""
    facts = linked(graph, facts_read(graph))
    used = tuple(i for i in graph.implications if facts_in(graph, i) & facts)
    words = [words_in(rule.value) for rule in graph.rules.values()]
    vocabulary = graph.vocabulary
    return (
        Vocabulary(
            facts=_only(vocabulary.facts, facts),
            drugs=_only(vocabulary.drugs, *(w.drugs for w in words)),
            tests=_only(vocabulary.tests, *(w.tests for w in words)),
            routes=_only(vocabulary.routes, *(w.routes for w in words)),
            sites=_only(vocabulary.sites, *(w.sites for w in words)),
        ),
        used,
    )


def _only(words: Mapping[str, T], *names: Iterable[str]) -> dict[str, T]:
    wanted = frozenset().union(*names)
    return {name: word for name, word in words.items() if name in wanted}
