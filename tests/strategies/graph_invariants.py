"""What is true of every rule graph, as functions that say where it is not.

The checks keep authors from breaking these; this finds out whether we did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from b12guide.graph.condition import (
    Compare,
    Condition,
    Defined,
    Has,
    HasValue,
    Leaf,
    OneOf,
    atoms,
    record_claims,
)
from b12guide.graph.data import digest_of
from b12guide.graph.model import Fact, RuleGraph
from b12guide.graph.query import assumptions_behind, definitions_in, words_in
from b12guide.values.term import Kind, Strength

Invariant: TypeAlias = Callable[[RuleGraph], Iterator[str]]


def broken(graph: RuleGraph) -> tuple[str, ...]:
    """Everything that is wrong with the graph; nothing, if we did our work."""
    return tuple(said for invariant in INVARIANTS for said in invariant(graph))


def names_are_keys(graph: RuleGraph) -> Iterator[str]:
    """Every node stands under its own name."""
    vocabulary = graph.vocabulary
    for nodes in (
        graph.rules,
        graph.definitions,
        graph.sources,
        graph.assumptions,
        graph.challenges,
        vocabulary.facts,
        vocabulary.drugs,
        vocabulary.tests,
        vocabulary.routes,
        vocabulary.sites,
        vocabulary.services,
    ):
        for key, node in nodes.items():
            if node.name != key:
                yield f"`{node.name}` stands under `{key}`"


def definitions_are_acyclic(graph: RuleGraph) -> Iterator[str]:
    """No definition leads back to itself."""
    for name, definition in graph.definitions.items():
        if name in definitions_in(definition.condition, graph.definitions):
            yield f"`{name}` is defined by itself"


def exceptions_are_acyclic(graph: RuleGraph) -> Iterator[str]:
    """No rule is an exception to itself, however far around."""
    for name in graph.rules:
        seen: set[str] = set()
        waiting = list(graph.rules[name].exceptions)
        while waiting:
            next_name = waiting.pop()
            if next_name not in seen and next_name in graph.rules:
                seen.add(next_name)
                waiting += graph.rules[next_name].exceptions
        if name in seen:
            yield f"`{name}` is an exception to itself"


def exceptions_are_inverse(graph: RuleGraph) -> Iterator[str]:
    """A rule names its exceptions exactly where they name it."""
    down = {(p, r.name) for r in graph.rules.values() for p in r.exception_to}
    up = {(r.name, e) for r in graph.rules.values() for e in r.exceptions}
    for parent, exception in sorted(down ^ up):
        yield f"`{parent}` and its exception `{exception}` do not name each other"


def edges_resolve(graph: RuleGraph) -> Iterator[str]:
    """Every name inside a node is the name of a node."""
    for rule in graph.rules.values():
        words, vocabulary = words_in(rule.value), graph.vocabulary
        truths = {*vocabulary.facts, *graph.definitions}
        for used, known in (
            (rule.exception_to, graph.rules),
            (rule.exceptions, graph.rules),
            (rule.assumptions, graph.assumptions),
            (rule.grounds.sources, graph.sources),
            (rule.grounds.challenges, graph.challenges),
            (words.facts - set(vocabulary.drugs), truths),
            (words.drugs - truths, vocabulary.drugs),
            (words.tests, vocabulary.tests),
            (words.routes, vocabulary.routes),
            (words.sites, vocabulary.sites),
            (words.services, vocabulary.services),
        ):
            yield from (f"`{rule.name}` names `{n}`" for n in used if n not in known)


def conditions_fit_their_facts(graph: RuleGraph) -> Iterator[str]:
    """A leaf asks of a fact what its kind can answer."""
    for name, condition in _conditions(graph):
        for leaf in atoms(condition):
            if not _fits(leaf, graph):
                yield f"`{name}` asks {leaf}"


def implications_speak_of_patients(graph: RuleGraph) -> Iterator[str]:
    """What is so of a patient never follows from what is on record, nor the other way round."""
    for implication in graph.implications:
        for side in (implication.premise, implication.conclusion):
            behind = definitions_in(side, graph.definitions)
            for each in (side, *(graph.definitions[n].condition for n in behind)):
                for claim in record_claims(each):
                    yield f"`{implication.name}` says {claim}"


def _conditions(graph: RuleGraph) -> Iterator[tuple[str, Condition]]:
    yield "scope", graph.scope
    yield from ((d.name, d.condition) for d in graph.definitions.values())
    yield from ((r.name, r.condition) for r in graph.rules.values())
    for implication in graph.implications:
        yield implication.name, implication.premise
        yield implication.name, implication.conclusion
    for silence in graph.silences:
        if silence.condition is not None:
            yield ", ".join(silence.topics), silence.condition


def _fits(leaf: Leaf | Defined, graph: RuleGraph) -> bool:
    if isinstance(leaf, Defined):
        return leaf.name in graph.definitions
    fact: Fact | None = graph.vocabulary.facts.get(leaf.fact)
    if fact is None:
        return False
    match leaf:
        case Has():
            return fact.kind in {Kind.FINDING, Kind.EVENT}
        case Compare(low=low, high=high):
            return fact.kind is Kind.MEASURE and low <= high
        case OneOf(values=values):
            return fact.kind is Kind.CHOICE and set(values) <= set(fact.values)
        case HasValue():
            return fact.kind in {Kind.MEASURE, Kind.CHOICE}


def assumptions_are_gathered(graph: RuleGraph) -> Iterator[str]:
    """A rule knows every assumption that its condition rests on, through definitions too."""
    for rule in graph.rules.values():
        behind = assumptions_behind(rule.condition, graph.definitions)
        missing = {*behind, *rule.grounds.assumptions} - {*rule.assumptions}
        yield from (f"`{rule.name}` forgets `{name}`" for name in sorted(missing))


def offers_are_optional(graph: RuleGraph) -> Iterator[str]:
    """What only may be done is an option, and what is an option obliges nobody."""
    offers = {Strength.MAY, Strength.ACCEPTABLE_ALTERNATIVE, Strength.SHOULD_CONSIDER}
    for rule in graph.rules.values():
        if rule.optional != (rule.grounds.strength in offers):
            yield f"`{rule.name}` is wrongly {'' if rule.optional else 'not '}optional"


def digest_is_of_the_content(graph: RuleGraph) -> Iterator[str]:
    """The digest is that of this very graph."""
    if graph.digest != digest_of(graph):
        yield f"the digest of `{graph.name}` is another's"


INVARIANTS: tuple[Invariant, ...] = (
    names_are_keys,
    definitions_are_acyclic,
    exceptions_are_acyclic,
    exceptions_are_inverse,
    edges_resolve,
    conditions_fit_their_facts,
    implications_speak_of_patients,
    assumptions_are_gathered,
    offers_are_optional,
    digest_is_of_the_content,
)
