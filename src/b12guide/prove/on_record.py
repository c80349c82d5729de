"""What a guideline says of the record, as facts that a search over patients can go through.

A search goes through patients of whom everything is known; `X is recorded` (M14) would be true of
all of them. So each thing that is asked to be recorded gets a fact of its own, which is false of
somebody in whose record X is missing, whatever X is. To `X is established` belongs that X is so.
"""

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
    rebuilt,
    record_claims,
)
from b12guide.graph.model import Fact, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind

RECORDED = "recorded "
"""What the name of the fact begins with that something is on record."""

Shadow: TypeAlias = Callable[[Condition], str]
"""The name of the fact that something is on record."""


@frozen
class OnRecord:
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
    ) -> OnRecord:
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

    def only(self, names: frozenset[str]) -> OnRecord:
        """The same for some of the facts about the record."""
        return OnRecord(
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


NOTHING = OnRecord({}, frozenset(), {})
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
