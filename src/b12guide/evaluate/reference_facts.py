"""The reference, chapter one: what is known of a patient, and what a condition makes of it.

To be read beside docs/meaning.md, M1 to M15 and M21. See `b12guide.evaluate.reference`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import Any, TypeAlias

from attrs import field, frozen

from b12guide.graph import condition as c
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth, all_of, any_of
from b12guide.values.term import Kind, Operator

Sample: TypeAlias = tuple[FactValue, bool]
"""A value, and whether bounds that are printed as ranges are read at their upper end (M11)."""

PASSES: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}


@frozen(kw_only=True)
class View:
    """What may be so: of each fact one sample in a completion, one or more in the record (M21).

    Attributes:
        definitions: Those that are known apart from their conditions.
        record: What is known, where this is a completion of it.
    """

    graph: RuleGraph
    possible: Mapping[str, frozenset[Sample]]
    definitions: Mapping[str, bool] = field(factory=dict)
    record: View | None = None

    def values(self, fact: str) -> set[FactValue]:
        """The values that a fact may have; a known fact has one (M4)."""
        return {value for value, _ in self.possible.get(fact, ())}


# ---- truth


def truth(condition: c.Condition, view: View) -> Truth:
    """The truth of a condition in strong Kleene logic (M7, M9-M15)."""
    match condition:
        case c.Has(fact=fact):
            return agreed(value is True for value in view.values(fact))
        case c.OneOf(fact=fact, values=values):
            return agreed(value in values for value in view.values(fact))
        case c.Compare(fact=fact, operator=how, low=low, high=high):
            found = view.possible[fact]
            return agreed(
                PASSES[how](value, high if up else low) for value, up in found
            )
        case c.HasValue(fact=fact):
            is_known = len(view.values(fact)) == 1 and view.values(fact) != {""}
            return Truth.TRUE if is_known else Truth.UNKNOWN
        case c.Defined(name=name) if name in view.definitions:
            return Truth.of(view.definitions[name])
        case c.Defined(name=name):
            return truth(view.graph.definitions[name].condition, view)
        case c.Established(
            operand=operand
        ):  # it speaks of the record, and so does the next
            return Truth.of(truth(operand, view.record or view) is Truth.TRUE)
        case c.Recorded(operand=operand):
            return Truth.of(truth(operand, view.record or view) is not Truth.UNKNOWN)
        case c.Resting(operand=operand):
            return truth(operand, view)
        case c.Not(operand=operand):
            return ~truth(operand, view)
        case c.AllOf(operands=operands):
            return all_of(truth(operand, view) for operand in operands)
        case c.AnyOf(operands=operands):
            return any_of(truth(operand, view) for operand in operands)


def agreed(answers: Iterable[bool]) -> Truth:
    """What all say; unknown where they differ (M4, M13)."""
    found = set(answers)
    return Truth.of(found.pop() if len(found) == 1 else None)


# ---- completions


def asked(graph: RuleGraph) -> list[c.Leaf]:
    """All that conditions ask of a fact."""
    said = [graph.scope, *(rule.condition for rule in graph.rules.values())]
    said += [definition.condition for definition in graph.definitions.values()]
    said += [silence.condition for silence in graph.silences if silence.condition]
    said += [end for one in graph.implications for end in (one.premise, one.conclusion)]
    return [x for one in said for x in c.atoms(one) if not isinstance(x, c.Defined)]


def samples(fact: Fact, graph: RuleGraph, stated: Stated) -> list[Sample]:
    """The values that a fact may have, as far as conditions tell them apart (M1, M2, M13, M21).

    Of a measure: the bounds, and two values in each stretch between them, so that a stretch is not
    taken for a value. Where a bound is a range, each value comes in both readings.
    """
    bounds = [
        x for x in asked(graph) if isinstance(x, c.Compare) and x.fact == fact.name
    ]
    values: set[Any] = {False, True}
    if stated.values.get(fact.name) is not None:
        values = {stated.values[fact.name]}
    elif fact.kind is Kind.CHOICE:
        values = {*fact.values} if "none" in fact.values else {*fact.values, ""}
    elif fact.kind is Kind.MEASURE:
        named = {end for x in bounds for end in (x.low, x.high)}
        named |= set() if fact.absent is None else {fact.absent}
        low, high = fact.plausible or (min(named | {0}) - 1, max(named | {0}) + 1)
        values = {value for value in named if low <= value <= high}
        for a, b in pairwise(sorted(values | {low, high})):
            values |= {(2 * a + b) / 3, (a + 2 * b) / 3}
    is_ranged = any(x.low != x.high for x in bounds)
    return list(product(values, (False, True) if is_ranged else (False,)))


def completions(graph: RuleGraph, stated: Stated) -> list[View]:
    """Every completion of what is stated that nothing rules out (M4-M7, M21)."""
    facts = graph.vocabulary.facts
    names = sorted({x.fact for x in asked(graph)} | (stated.values.keys() & facts))
    kept: list[c.Condition] = [
        c.AnyOf((c.Not(one.premise), one.conclusion)) for one in graph.implications
    ]
    for name, so in stated.values.items():
        if name in graph.definitions and so is not None:
            condition = graph.definitions[name].condition
            kept.append(condition if so else c.Not(condition))
    worlds = []
    for chosen in product(*(samples(facts[name], graph, stated) for name in names)):
        possible = {n: frozenset([one]) for n, one in zip(names, chosen, strict=True)}
        world = View(graph=graph, possible=possible)
        if truth(c.AllOf(tuple(kept)), world) is Truth.TRUE:
            worlds.append(world)
    return (
        most_absent(worlds, stated) if stated.otherwise is Otherwise.ABSENT else worlds
    )


def most_absent(worlds: list[View], stated: Stated) -> list[View]:
    """Those in which all is absent that can be, of what nobody mentioned (M6).

    For each way in which the facts stated to be unknown may be, the completions with most absences
    count; what is absent in all of these is taken to be absent. Whoever says that a definition is
    unknown says so of the facts behind it.
    """
    none = {Kind.FINDING: False, Kind.EVENT: False, Kind.CHOICE: "none"}
    mentioned = set(stated.values)
    for name in worlds[0].graph.definitions.keys() & mentioned if worlds else ():
        if stated.values[name] is None:
            mentioned |= facts_behind(c.Defined(name), worlds[0].graph)

    def absent(world: View) -> frozenset[str]:
        facts = [world.graph.vocabulary.facts[name] for name in world.possible]
        return frozenset(
            fact.name
            for fact in facts
            if fact.name not in mentioned
            and world.values(fact.name) == {none.get(fact.kind, fact.absent)}
        )

    groups: dict[Any, list[frozenset[str]]] = {}
    for world in worlds:
        on_purpose = tuple(s for n, s in world.possible.items() if n in mentioned)
        groups.setdefault(on_purpose, []).append(absent(world))
    most = [
        x for some in groups.values() for x in some if len(x) == max(map(len, some))
    ]
    return [one for one in worlds if absent(one) >= frozenset.intersection(*most)]


def facts_behind(condition: c.Condition, graph: RuleGraph) -> set[str]:
    """The facts that a condition asks, those behind its definitions included."""
    found = set()
    for x in c.atoms(condition):
        if isinstance(x, c.Defined):
            found |= facts_behind(graph.definitions[x.name].condition, graph)
        else:
            found.add(x.fact)
    return found


def record_of(worlds: Sequence[View], stated: Stated) -> View:
    """What is known: what is the same in every completion (M4).

    A definition is known in that way if it is stated, or if what is stated or implied speaks of it
    (M7); any other is known as its condition is.
    """
    graph = worlds[0].graph
    possible = {
        name: frozenset[Sample]().union(*(world.possible[name] for world in worlds))
        for name in worlds[0].possible
    }
    told = [c.Defined(n) for n in graph.definitions if stated.values.get(n) is not None]
    spoken = [
        *told,
        *(x for i in graph.implications for x in (i.premise, i.conclusion)),
    ]
    definitions: dict[str, bool] = {}
    for (
        condition
    ) in spoken:  # which grows by the conditions of the definitions spoken of
        for x in c.atoms(condition):
            if isinstance(x, c.Defined):
                spoken.append(graph.definitions[x.name].condition)
                truths = {truth(x, world) for world in worlds}
                if len(truths) == 1:
                    definitions[x.name] = Truth.TRUE in truths
    return View(graph=graph, possible=possible, definitions=definitions)
