"""The facts that may be stated of a patient, each with all that is known of it and who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from b12guide.frozen import FrozenMap, Record
from b12guide.graph.model import Code, Currency, Derivation, Fact, RuleGraph
from b12guide.graph.query import definitions_in, facts_read_by, linked, words_in

__all__ = ["DescribedFact", "dictionary"]


@frozen(kw_only=True, repr=False)
class DescribedFact(Record):
    """A fact that may be stated of a patient.

    Attributes:
        kind: `finding`, `measure`, `choice`, `event`, or `definition` for what the guideline
            itself defines and takes as a finding.
        label: What a clinician calls it.
        asks: The question to put to a person about it, where the vocabulary words one.
        unit: The unit in which a measure is held; None for a plain number or another kind.
        also_written: Other spellings of that unit that are taken for it.
        plausible: The least and greatest plausible value of a measure, in `unit`.
        absent: The value of a measure that `otherwise absent` stands for, in `unit`.
        current: How long a value counts, and the assumptions that it rests on.
        derived: How a measure is worked out where it is not stated.
        values: The values of a choice, each with what it is called.
        lay: What patients call it; these are taken for it, too.
        synonyms: Other names that are taken for it.
        codes: Its codes in terminologies, with the publication of each.
        read_by: The rules that read it, themselves or through a definition.
        in_scope: Whether it decides for whom the guideline is written.
        tied_to: The facts about which it says something, or that say something about it.
        silent: Whether the guideline says that it is silent on it.
    """

    name: str
    kind: str
    label: str
    asks: str | None = None
    unit: str | None = None
    also_written: tuple[str, ...] = ()
    plausible: tuple[Fraction, Fraction] | None = None
    absent: Fraction | None = None
    current: Currency | None = None
    derived: Derivation | None = None
    values: tuple[tuple[str, str], ...] = ()
    lay: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    read_by: tuple[str, ...] = ()
    in_scope: bool = False
    tied_to: tuple[str, ...] = ()
    silent: bool = False


def dictionary(graph: RuleGraph) -> Mapping[str, DescribedFact]:
    """Every fact and definition that may be stated, by name, in the order declared."""
    readers = _readers(graph)
    topics = {topic for silence in graph.silences for topic in silence.topics}
    scope = facts_read_by(graph.scope, graph.definitions)

    def described(fact: Fact) -> DescribedFact:
        return DescribedFact(
            name=fact.name,
            kind=fact.kind.value,
            label=fact.label,
            asks=fact.asks,
            unit=fact.unit,
            also_written=fact.also_written,
            plausible=fact.plausible,
            absent=fact.absent,
            current=graph.currencies.get(fact.name),
            derived=graph.derivations.get(fact.name),
            values=tuple(
                zip(fact.values, fact.value_labels or fact.values, strict=True)
            ),
            lay=fact.lay,
            synonyms=fact.synonyms,
            codes=fact.codes,
            read_by=readers.get(fact.name, ()),
            in_scope=fact.name in scope,
            tied_to=tuple(sorted(linked(graph, (fact.name,)) - {fact.name})),
            silent=fact.name in topics,
        )

    facts = {name: described(fact) for name, fact in graph.vocabulary.facts.items()}
    for definition in graph.definitions.values():
        facts[definition.name] = DescribedFact(
            name=definition.name,
            kind="definition",
            label=definition.label,
            asks=definition.asks,
            read_by=readers.get(definition.name, ()),
            tied_to=tuple(
                sorted(facts_read_by(definition.condition, graph.definitions))
            ),
            silent=definition.name in topics,
        )
    return FrozenMap(facts)


def _readers(graph: RuleGraph) -> Mapping[str, tuple[str, ...]]:
    """The rules that read each fact or definition, in the order of the rules."""
    readers: dict[str, dict[str, None]] = {}
    for rule in graph.rules.values():
        named = definitions_in(rule.condition, graph.definitions)
        named |= facts_read_by(rule.condition, graph.definitions)
        for name in named | words_in(rule.value).facts:
            readers.setdefault(name, {})[rule.name] = None
    return {name: tuple(rules) for name, rules in readers.items()}
