"""A guideline as the search reads it: what is said of the record becomes facts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.graph import condition as logic
from b12guide.graph.model import Definition, Fact, Implication, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind

RECORDED = "recorded "
"""What the name of the fact begins with that something is on record."""

Shadow: TypeAlias = Callable[[logic.Condition], str]
"""The name of the fact that something is on record."""


@frozen
class RecordFacts:
    """What the facts about the record mean.

    Attributes:
        about: What each of these facts is about.
        whichever: Those that ask for a value whichever it is, and not only for what is so.
        read: The facts behind each of them.
    """

    about: Mapping[str, tuple[logic.Condition, ...]]
    whichever: frozenset[str]
    read: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, graph: RuleGraph, named: Shadow, *further: logic.Condition
    ) -> RecordFacts:
        """What is said of the record by `graph` and by `further` conditions."""
        about: dict[str, dict[logic.Condition, None]] = {}
        whichever: set[str] = set()
        for condition in (*conditions_of(graph), *further):
            for claim in logic.record_claims(condition):
                name = named(claim.operand)
                about.setdefault(name, {})[claim.operand] = None
                if isinstance(claim, logic.Recorded):
                    whichever.add(name)
        read = {
            name: frozenset().union(
                *(facts_read_by(one, graph.definitions) for one in some)
            )
            for name, some in about.items()
        }
        operands = {name: tuple(some) for name, some in about.items()}
        return cls(operands, frozenset(whichever), read)

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


def shadow_of(operand: logic.Condition) -> str:
    """The name of the fact that `operand` is on record."""
    match operand:
        case (
            logic.Has(fact=name) | logic.HasValue(fact=name) | logic.Defined(name=name)
        ):
            return RECORDED + name
        case _:
            return f"{RECORDED}{operand}"


def conditions_of(graph: RuleGraph) -> Iterator[logic.Condition]:
    """The conditions of scope, rules and definitions."""
    yield graph.scope
    for rule in graph.rules.values():
        yield rule.condition
    for definition in graph.definitions.values():
        yield definition.condition


@frozen
class ForSearch:
    """A guideline made ready for a search, and what its facts about the record mean."""

    graph: RuleGraph
    on_record: RecordFacts


def total(
    graph: RuleGraph, further: Mapping[str, logic.Condition] | None = None
) -> ForSearch:
    """`graph` for complete patients, with the conditions `further` as definitions of these names.

    For a patient about whom everything is known `X is established` says no more than X. Whatever is
    certain about a patient about whom less is known stays so in the completion in which everything
    that counts as absent is absent, so a search among complete patients misses nobody.
    `X is recorded` (M14) is different: it may fail of anybody, whatever X is, and stays a fact of
    its own.

    Rules and definitions stand by name, so that the order of the file plays no part in a search.
    """
    named = {
        name: Definition(name=name, label=name, condition=condition)
        for name, condition in (further or {}).items()
    }
    definitions = {**graph.definitions, **named}
    ordered = evolve(
        graph,
        rules=dict(sorted(graph.rules.items())),
        definitions=dict(sorted(definitions.items())),
    )
    said = RecordFacts.of(graph, shadow_of, *(further or {}).values())
    on_record = said.only(said.whichever)

    def established(shadow: str, operand: logic.Condition) -> logic.Condition:
        is_asked = shadow in on_record.whichever
        return logic.AllOf((logic.Has(shadow), operand)) if is_asked else operand

    return ForSearch(_rewritten(ordered, shadow_of, established, on_record), on_record)


def apart(graph: RuleGraph, named: Shadow = shadow_of) -> ForSearch:
    """`graph` with a fact of its own for whatever is asked of the record.

    Unlike in `total`, `X is established` is a fact that implies X: who has X without it is a
    patient about whom X was not recorded. So patients with less on record are searched as well.
    """
    on_record = RecordFacts.of(graph, named)

    def established(shadow: str, operand: logic.Condition) -> logic.Condition:
        is_asked = shadow in on_record.whichever
        return (
            logic.AllOf((logic.Has(shadow), operand)) if is_asked else logic.Has(shadow)
        )

    implied = tuple(
        Implication(
            name=name,
            premise=logic.Has(name),
            conclusion=without_claims(one, named, established),
        )
        for name, operands in on_record.about.items()
        if name not in on_record.whichever
        for one in operands
    )
    found = _rewritten(graph, named, established, on_record)
    implications = (*graph.implications, *implied)
    return ForSearch(evolve(found, implications=implications), on_record)


def _rewritten(
    graph: RuleGraph,
    named: Shadow,
    established: Callable[[str, logic.Condition], logic.Condition],
    on_record: RecordFacts,
) -> RuleGraph:
    """The graph with the facts about the record, and with its conditions asking for these."""
    vocabulary = graph.vocabulary
    facts = {
        **vocabulary.facts,
        **{
            name: Fact(kind=Kind.FINDING, name=name, label=name)
            for name in on_record.about
        },
    }

    def change(condition: logic.Condition) -> logic.Condition:
        return without_claims(condition, named, established)

    return evolve(
        graph,
        vocabulary=evolve(vocabulary, facts=facts),
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
    condition: logic.Condition,
    named: Shadow,
    established: Callable[[str, logic.Condition], logic.Condition],
) -> logic.Condition:
    """The condition with what it says of the record replaced by facts; it rests on nothing."""

    def change(part: logic.Condition) -> logic.Condition:
        match part:
            case logic.Resting(operand=operand):
                return change(operand)
            case logic.Recorded(operand=logic.HasValue() as operand):
                return logic.AllOf((logic.Has(named(operand)), operand))
            case logic.Recorded(operand=operand):
                # That X is so or not so is true of everybody. It stands here all the same: without
                # it a search would find somebody about whom X is recorded, and not say how X is.
                so = change(operand)
                return logic.AllOf(
                    (logic.Has(named(operand)), logic.AnyOf((so, logic.Not(so))))
                )
            case logic.Established(operand=operand):
                return established(named(operand), change(operand))
            case _:
                return logic.rebuilt(part, change)

    return change(condition)
