"""The reference, chapter four: what to ask. To be read beside docs/meaning.md, M20 and M25."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from b12guide.evaluate.reference import Answer
from b12guide.evaluate.reference_facts import truth
from b12guide.evaluate.reference_lines import Names
from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, RuleGraph


def questions(found: Answer, decision: Decision) -> frozenset[Names]:
    """The smallest sets of names whose answers settle all that a decision says (M25)."""
    worlds = [world for world, _ in found.cases]
    names = {
        n
        for n in worlds[0].possible
        if len({*map(frozenset, (w.values(n) for w in worlds))}) > 1
    }
    names |= units(worlds[0].graph)
    for count in range(len(names) + 1):
        some = combinations(sorted(names), count)
        if sets := [frozenset(x) for x in some if settles(found, decision, x)]:
            return frozenset(sets)
    return frozenset()


def settles(found: Answer, decision: Decision, names: Iterable[str]) -> bool:
    """Whether those who answer alike are told alike, the source's own ranges being read alike."""
    names, told = tuple(names), dict[str, object]()
    for world, said in found.cases:
        defined = world.graph.definitions
        answers = [
            truth(Defined(n), world) if n in defined else world.values(n) for n in names
        ]
        readings = [upper for some in world.possible.values() for _, upper in some]
        here = said[decision].everything
        if told.setdefault(repr((answers, readings)), here) != here:
            return False
    return True


def units(graph: RuleGraph) -> set[str]:
    """The definitions that are asked for as one: their facts matter through them alone (M20)."""

    def read(condition: Condition, through: str = "") -> Iterator[tuple[str, str]]:
        for x in atoms(condition):
            if isinstance(x, Defined):
                yield from read(graph.definitions[x.name].condition, through or x.name)
            else:
                yield x.fact, through

    asking = [
        rule for rule in graph.rules.values() if rule.decision is not Decision.NOTE
    ]
    conditions = [graph.scope, *(rule.condition for rule in asking)]
    conditions += [
        graph.rules[name].condition for rule in asking for name in rule.exceptions
    ]
    readers = {pair for condition in conditions for pair in read(condition)}
    facts = {
        name: {fact for fact, _ in read(Defined(name))} for name in graph.definitions
    }
    return {
        name
        for name, behind in facts.items()
        if len(behind) > 1 and all(by == name for fact, by in readers if fact in behind)
    }
