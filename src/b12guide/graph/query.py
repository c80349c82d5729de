"""Questions about a rule graph: what reads a fact, what changes a decision, why a rule is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from b12guide.graph.condition import (
    Condition,
    Defined,
    Resting,
    atoms,
    children,
)
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Decision,
    Definition,
    Grounds,
    Implication,
    Rule,
    RuleGraph,
    Source,
)

__all__ = [
    "Readers",
    "Why",
    "assumptions_behind",
    "brief_text",
    "decisions_changed_by",
    "definitions_in",
    "fact_text",
    "facts_behind",
    "facts_in",
    "facts_read_by",
    "linked",
    "readers_of",
    "why",
]

# ----------------------------------------------------------------------- conditions


def assumptions_behind(
    condition: Condition, definitions: Mapping[str, Definition]
) -> tuple[str, ...]:
    """The assumptions that `condition` rests on, those of its definitions included."""
    found = list(_assumptions(condition))
    for name in _definitions_behind(condition, definitions):
        if name in definitions:
            found += _assumptions(definitions[name].condition)
            found += definitions[name].grounds.assumptions
    return tuple(dict.fromkeys(found))


def _assumptions(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Resting):
        yield from condition.assumptions
    for child in children(condition):
        yield from _assumptions(child)


def _definitions_behind(
    condition: Condition, definitions: Mapping[str, Definition]
) -> tuple[str, ...]:
    """Each definition that `condition` uses, in the order in which it is met."""
    found: dict[str, None] = {}
    waiting = [condition]
    while waiting:
        for atom in atoms(waiting.pop()):
            if isinstance(atom, Defined) and atom.name not in found:
                found[atom.name] = None
                if atom.name in definitions:
                    waiting.append(definitions[atom.name].condition)
    return tuple(found)


def definitions_in(
    condition: Condition, definitions: Mapping[str, Definition]
) -> frozenset[str]:
    """The definitions that `condition` uses, directly or through another."""
    return frozenset(_definitions_behind(condition, definitions))


def facts_read_by(
    condition: Condition, definitions: Mapping[str, Definition]
) -> frozenset[str]:
    """The facts that `condition` reads, directly or through definitions."""
    names = _definitions_behind(condition, definitions)
    known = (definitions[n].condition for n in names if n in definitions)
    return frozenset(
        atom.fact
        for each in (condition, *known)
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


def fact_text(graph: RuleGraph, name: str) -> str:
    """What a fact or a definition is called."""
    if fact := graph.vocabulary.facts.get(name):
        return fact.label
    if definition := graph.definitions.get(name):
        return definition.label
    return name.replace("_", " ")


def brief_text(graph: RuleGraph, name: str) -> str:
    """What a fact is called in passing: its label without what explains it.

    An abbreviation in brackets stands for the whole label.
    """
    label = fact_text(graph, name)
    head, _, rest = label.partition(" (")
    bracketed = rest.removesuffix(")")
    is_abbreviation = bracketed.isalnum() and not bracketed.islower()
    return bracketed if is_abbreviation else head.partition(",")[0]


def linked(graph: RuleGraph, facts: Iterable[str]) -> frozenset[str]:
    """`facts` and all that they say something about, or that say something about them."""
    groups: dict[str, list[frozenset[str]]] = {}
    for implication in graph.implications:
        group = facts_in(graph, implication)
        for fact in group:
            groups.setdefault(fact, []).append(group)
    found: set[str] = set()
    waiting = list(facts)
    while waiting:
        fact = waiting.pop()
        if fact not in found:
            found.add(fact)
            for group in groups.get(fact, ()):
                waiting += group - found
    return frozenset(found)


def facts_in(graph: RuleGraph, implication: Implication) -> frozenset[str]:
    """The facts on both sides of an implication."""
    premise = facts_read_by(implication.premise, graph.definitions)
    return premise | facts_read_by(implication.conclusion, graph.definitions)


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
    reached = linked(graph, start)
    if facts_read_by(graph.scope, graph.definitions) & reached:
        changed = {rule.decision for rule in graph.rules.values()}
    else:
        changed = set()
        for rule in graph.rules.values():
            if facts_read_by(rule.condition, graph.definitions) & reached:
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
