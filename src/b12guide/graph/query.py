"""Questions about a rule graph: what reads a fact, what changes a decision, why a rule is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Has,
    Known,
    Not,
    OneOf,
    Resting,
    atoms,
)
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Decision,
    Definition,
    Grounds,
    Rule,
    RuleGraph,
    Source,
)

__all__ = [
    "Readers",
    "Why",
    "assumptions_behind",
    "decisions_changed_by",
    "facts_behind",
    "facts_read_by",
    "readers_of",
    "why",
]

# ----------------------------------------------------------------------- conditions


def assumptions_behind(
    condition: Condition, definitions: Mapping[str, Definition]
) -> tuple[str, ...]:
    """The assumptions that `condition` rests on, those of its definitions included."""
    return tuple(dict.fromkeys(_assumptions(condition, definitions, frozenset())))


def _assumptions(
    condition: Condition,
    definitions: Mapping[str, Definition],
    seen: frozenset[str],
) -> Iterator[str]:
    match condition:
        case Has() | Compare() | OneOf():
            return
        case Defined(name=name):
            if name not in seen and name in definitions:
                definition = definitions[name]
                yield from _assumptions(
                    definition.condition, definitions, seen | {name}
                )
                yield from definition.grounds.assumptions
        case Resting(operand=operand, assumptions=assumptions):
            yield from assumptions
            yield from _assumptions(operand, definitions, seen)
        case Known(operand=operand) | Not(operand=operand):
            yield from _assumptions(operand, definitions, seen)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from _assumptions(operand, definitions, seen)


def definitions_in(
    condition: Condition, definitions: Mapping[str, Definition]
) -> frozenset[str]:
    """The definitions that `condition` uses, directly or through another."""
    found: set[str] = set()
    waiting = [condition]
    while waiting:
        for atom in atoms(waiting.pop()):
            if isinstance(atom, Defined) and atom.name not in found:
                found.add(atom.name)
                if atom.name in definitions:
                    waiting.append(definitions[atom.name].condition)
    return frozenset(found)


def facts_read_by(
    condition: Condition, definitions: Mapping[str, Definition]
) -> frozenset[str]:
    """The facts that `condition` reads, directly or through definitions."""
    names = definitions_in(condition, definitions)
    known = (definitions[n].condition for n in names if n in definitions)
    conditions = (condition, *known)
    return frozenset(
        atom.fact
        for each in conditions
        for atom in atoms(each)
        if not isinstance(atom, Defined)
    )


# ---------------------------------------------------------------------------- facts


@frozen(kw_only=True)
class Readers:
    """What reads a fact, directly or through definitions, in the order written."""

    rules: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    implications: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    scope: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing reads it."""
        return self == Readers()


def _reads(graph: RuleGraph, condition: Condition, name: str) -> bool:
    return name in facts_read_by(condition, graph.definitions) or (
        name in definitions_in(condition, graph.definitions)
    )


def readers_of(graph: RuleGraph, fact: str) -> Readers:
    """Everything that reads the fact or definition `fact`."""
    return Readers(
        rules=tuple(
            r.name for r in graph.rules.values() if _reads(graph, r.condition, fact)
        ),
        definitions=tuple(
            d.name
            for d in graph.definitions.values()
            if _reads(graph, d.condition, fact)
        ),
        implications=tuple(
            i.name
            for i in graph.implications
            if _reads(graph, i.premise, fact) or _reads(graph, i.conclusion, fact)
        ),
        silences=tuple(
            ", ".join(s.topics)
            for s in graph.silences
            if fact in s.topics
            or (s.condition is not None and _reads(graph, s.condition, fact))
        ),
        scope=_reads(graph, graph.scope, fact),
    )


def _linked(graph: RuleGraph, facts: Iterable[str]) -> frozenset[str]:
    """`facts` and all that they say something about, or that say something about them."""
    groups = [
        facts_read_by(i.premise, graph.definitions)
        | facts_read_by(i.conclusion, graph.definitions)
        for i in graph.implications
    ]
    found = set(facts)
    grew = True
    while grew:
        grew = False
        for group in groups:
            if found & group and not group <= found:
                found |= group
                grew = True
    return frozenset(found)


def decisions_changed_by(graph: RuleGraph, fact: str) -> tuple[Decision, ...]:
    """The decisions that the fact or definition `fact` can change, in reading order.

    A rule changes its own decision and those of the rules that give way to it; a fact also acts
    through what it implies.
    """
    start = (
        facts_read_by(Defined(fact), graph.definitions)
        if fact in graph.definitions
        else frozenset({fact})
    )
    linked = _linked(graph, start)
    if facts_read_by(graph.scope, graph.definitions) & linked:
        changed = {rule.decision for rule in graph.rules.values()}
    else:
        changed = set()
        for rule in graph.rules.values():
            if facts_read_by(rule.condition, graph.definitions) & linked:
                changed.add(rule.decision)
                changed |= {graph.rules[p].decision for p in rule.exception_to}
    return tuple(decision for decision in Decision if decision in changed)


def facts_behind(graph: RuleGraph, decision: Decision) -> tuple[str, ...]:
    """The facts that can change `decision`, by name; what implies them is left out."""
    conditions = [graph.scope]
    for rule in graph.rules.values():
        if rule.decision is decision:
            conditions.append(rule.condition)
            conditions += [graph.rules[e].condition for e in rule.exceptions]
    found = (facts_read_by(c, graph.definitions) for c in conditions)
    return tuple(sorted(frozenset().union(*found)))


# ---------------------------------------------------------------------------- rules


@frozen(kw_only=True)
class Why:
    """Why a rule is there, and what it stands beside."""

    rule: Rule
    grounds: Grounds
    sources: tuple[Source, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    facts: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


def why(graph: RuleGraph, name: str) -> Why:
    """The grounds of the rule `name`, names replaced by what they stand for.

    Raises:
        KeyError: There is no such rule.
    """
    rule = graph.rules[name]
    return Why(
        rule=rule,
        grounds=rule.grounds,
        sources=tuple(graph.sources[s] for s in rule.grounds.sources),
        assumptions=tuple(graph.assumptions[a] for a in rule.assumptions),
        challenges=tuple(graph.challenges[c] for c in rule.grounds.challenges),
        facts=tuple(sorted(facts_read_by(rule.condition, graph.definitions))),
        definitions=tuple(sorted(definitions_in(rule.condition, graph.definitions))),
    )
