"""A guideline as the search reads it: what is said of the record becomes facts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    Recorded,
    Resting,
    rebuilt,
    record_claims,
)
from b12guide.graph.model import Definition, Fact, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind

RECORDED = "recorded "
"""What the name of the fact begins with that something is on record."""

Shadow: TypeAlias = Callable[[Condition], str]
"""The name of the fact that something is on record."""


@frozen
class RecordFacts:
    """What the facts about the record mean.

    Attributes:
        about: What each of these facts is about.
        whichever: Those that ask for a value whichever it is, and not only for what is so.
        read: The facts behind each of them.
    """

    about: Mapping[str, tuple[Condition, ...]]
    whichever: frozenset[str]
    read: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, graph: RuleGraph, named: Shadow, conditions: Iterable[Condition]
    ) -> RecordFacts:
        """What is said of the record by `graph` and by further `conditions`."""
        about: dict[str, tuple[Condition, ...]] = {}
        whichever: set[str] = set()
        for condition in (*conditions_of(graph), *conditions):
            for claim in record_claims(condition):
                name = named(claim.operand)
                about[name] = tuple(
                    dict.fromkeys((*about.get(name, ()), claim.operand))
                )
                if isinstance(claim, Recorded):
                    whichever.add(name)
        read = {
            name: frozenset().union(
                *(facts_read_by(one, graph.definitions) for one in some)
            )
            for name, some in about.items()
        }
        return cls(about, frozenset(whichever), read)

    def only(self, names: frozenset[str]) -> RecordFacts:
        """The same for some of the facts about the record."""
        return RecordFacts(
            {name: one for name, one in self.about.items() if name in names},
            self.whichever & names,
            {name: one for name, one in self.read.items() if name in names},
        )

    def patient(self, values: Mapping[str, FactValue | None]) -> dict[str, FactValue]:
        """The patient of a world: what is not on record is unknown."""
        missing: set[str] = set()
        denied: set[str] = set()
        for name, facts in self.read.items():
            if values.get(name) is False:
                # Who has no X on record may have it on record that there is no X.
                (missing if name in self.whichever else denied).update(facts)
        return {
            name: value
            for name, value in values.items()
            if value is not None
            and name not in self.about
            and name not in missing
            and (name not in denied or value is False)
        }


NOTHING = RecordFacts({}, frozenset(), {})
"""For a search in which nothing is asked of the record."""


def shadow_of(operand: Condition) -> str:
    """The name of the fact that `operand` is on record."""
    match operand:
        case Has(fact=name) | HasValue(fact=name) | Defined(name=name):
            return RECORDED + name
        case _:
            return f"{RECORDED}{operand}"


def is_recorded(shadow: str, operand: Condition) -> Condition:
    """The fact, beside something that is so of everybody and asks for what is recorded.

    Without it a search would find somebody of whom X is recorded, and not say how X is.
    """
    if isinstance(operand, HasValue):
        return AllOf((Has(shadow), operand))
    return AllOf((Has(shadow), AnyOf((operand, Not(operand)))))


def with_shadows(graph: RuleGraph, names: Iterable[str]) -> RuleGraph:
    """The graph with these facts about the record."""
    shadows = {name: Fact(kind=Kind.FINDING, name=name, label=name) for name in names}
    facts = {**graph.vocabulary.facts, **shadows}
    return evolve(graph, vocabulary=evolve(graph.vocabulary, facts=facts))


def conditions_of(graph: RuleGraph) -> Iterator[Condition]:
    """The conditions of scope, rules and definitions."""
    yield graph.scope
    for rule in graph.rules.values():
        yield rule.condition
    for definition in graph.definitions.values():
        yield definition.condition


def rewritten(graph: RuleGraph, change: Callable[[Condition], Condition]) -> RuleGraph:
    """The graph with `change` made to the conditions of scope, rules and definitions."""
    return evolve(
        graph,
        scope=change(graph.scope),
        rules={
            name: evolve(rule, condition=change(rule.condition))
            for name, rule in graph.rules.items()
        },
        definitions={
            name: evolve(one, condition=change(one.condition))
            for name, one in graph.definitions.items()
        },
        silences=(),
    )


def without_claims(
    condition: Condition, replaced: Callable[[Established | Recorded], Condition]
) -> Condition:
    """The condition with what it says of the record replaced."""
    if isinstance(condition, Established | Recorded):
        return replaced(condition)
    return rebuilt(condition, lambda part: without_claims(part, replaced))


@frozen
class Total:
    """A guideline for complete patients, and what its facts about the record mean."""

    graph: RuleGraph
    on_record: RecordFacts


def total(graph: RuleGraph, further: Mapping[str, Condition] | None = None) -> Total:
    """`graph` for complete patients, with the conditions `further` as definitions of these names.

    Rules and definitions stand by name, so that the order of the file plays no part in a search.
    """
    conditions = further or {}
    said = RecordFacts.of(graph, shadow_of, conditions.values())
    # What is only asked to be established needs no fact of its own: see above.
    on_record = said.only(said.whichever)

    def complete(condition: Condition) -> Condition:
        return total_condition(condition, on_record.whichever)

    named = {
        name: Definition(name=name, label=name, condition=condition)
        for name, condition in conditions.items()
    }
    definitions = {**graph.definitions, **named}
    ordered = evolve(
        graph,
        rules=dict(sorted(graph.rules.items())),
        definitions=dict(sorted(definitions.items())),
    )
    found = with_shadows(rewritten(ordered, complete), on_record.about)
    return Total(graph=found, on_record=on_record)


def total_condition(
    condition: Condition, recorded: frozenset[str] = frozenset()
) -> Condition:
    """The condition for complete patients; `recorded` are the facts about the record."""

    def complete(part: Condition) -> Condition:
        return total_condition(part, recorded)

    match condition:
        case Resting(operand=operand):
            return complete(operand)
        case Recorded(operand=operand):
            return is_recorded(shadow_of(operand), complete(operand))
        case Established(operand=operand) if shadow_of(operand) in recorded:
            return AllOf((Has(shadow_of(operand)), complete(operand)))
        case Established(operand=operand):
            return complete(operand)
        case _:
            return rebuilt(condition, complete)
