"""Vocabularies whose facts are tied together in any way, and patients of whom anything is stated.

`worked_out` says what is known of such a patient in the slow, obvious way: it goes through every
completion. It shares nothing with the package but the model of a graph.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any, TypeAlias

from attrs import frozen
from hypothesis import strategies as st

from b12guide.evaluate.facts import Reading
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Has,
    Not,
    OneOf,
)
from b12guide.graph.model import (
    Decision,
    Definition,
    Fact,
    FormChoice,
    Grounds,
    Implication,
    Instruction,
    Rule,
    RuleGraph,
    Technique,
    Vocabulary,
    Word,
)
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.values.term import Kind, Operator, Strength

FINDINGS = ("f0", "f1", "f2", "f3")
PLAUSIBLE = (Fraction(0), Fraction(60))
CUTS = tuple(Fraction(n) for n in (0, 20, 40, 60))
NEAR = tuple(Fraction(n) for n in (0, 10, 20, 30, 40, 50, 60))
DRUGS = ("hydroxocobalamin", "mecobalamin", "cyanocobalamin")
DEFINITIONS = ("d0", "d1")

# ------------------------------------------------------------------------- drawing


def vocabulary(absent: Fraction | None) -> Vocabulary:
    """Four findings, two choices of which one has `none`, and two measures."""
    facts = [Fact(kind=Kind.FINDING, name=name, label=name) for name in FINDINGS]
    facts += [
        Fact(kind=Kind.CHOICE, name="c0", label="c0", values=("none", "a", "b")),
        Fact(kind=Kind.CHOICE, name="c1", label="c1", values=("p", "q")),
        Fact(
            kind=Kind.MEASURE, name="m0", label="m0", plausible=PLAUSIBLE, absent=absent
        ),
        Fact(kind=Kind.MEASURE, name="m1", label="m1", plausible=PLAUSIBLE),
    ]
    return Vocabulary(
        facts={fact.name: fact for fact in facts},
        drugs={n: Word(kind=Kind.DRUG, name=n, label=n) for n in DRUGS},
    )


@cache
@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    """A measure against a threshold, which may be a range."""
    low = draw(st.sampled_from(CUTS))
    relation = draw(st.sampled_from(Operator))
    high = draw(st.sampled_from([c for c in CUTS if c >= low]))
    if relation is Operator.EQUAL:
        high = low
    return Compare(draw(st.sampled_from(["m0", "m0", "m1"])), relation, low, high)


@cache
def conditions(definitions: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """Conditions of some depth over a few facts, so that they meet again and again."""
    atoms: list[st.SearchStrategy[Condition]] = [
        st.sampled_from([Has(name) for name in FINDINGS]),
        st.sampled_from([Has(name) for name in FINDINGS]),
        comparisons(),
        st.sampled_from(
            [
                OneOf("c0", ("none",)),
                OneOf("c0", ("a",)),
                OneOf("c0", ("none", "b")),
                OneOf("c1", ("p",)),
                OneOf("c1", ("p", "q")),
            ]
        ),
    ]
    if definitions:
        atoms.append(st.sampled_from([Defined(name) for name in definitions]))
    return st.recursive(
        st.one_of(atoms),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(AtLeast, st.just(2), st.tuples(inner, inner, inner)),
        ),
        max_leaves=4,
    )


@st.composite
def tied_graphs(draw: st.DrawFn) -> RuleGraph:
    """A guideline with definitions, any implications (cycles too), and a few rules."""
    definitions: dict[str, Definition] = {}
    for name in DEFINITIONS[: draw(st.integers(0, 2))]:
        condition = draw(conditions(tuple(definitions)))
        definitions[name] = Definition(name=name, label=name, condition=condition)
    some = conditions(tuple(definitions))
    implications = tuple(
        Implication(name=f"i{number}", premise=draw(some), conclusion=draw(some))
        for number in range(draw(st.integers(1, 4)))
    )
    rules = {}
    for number in range(draw(st.integers(1, 3))):
        is_form = draw(st.booleans())
        rules[f"r{number}"] = Rule(
            name=f"r{number}",
            title=f"r{number}",
            decision=Decision.FORM if is_form else Decision.TECHNIQUE,
            condition=draw(some),
            value=FormChoice(drugs=(DRUGS[number],))
            if is_form
            else Technique(instructions=(Instruction(gauge=(20 + number, 25)),)),
            grounds=Grounds(strength=Strength.SHOULD),
        )
    return RuleGraph(
        name="tied",
        title="Tied",
        version="1.0.0",
        vocabulary=vocabulary(draw(st.sampled_from([None, *NEAR]))),
        implications=implications,
        definitions=definitions,
        rules=rules,
    )


@st.composite
def patients_of(draw: st.DrawFn, graph: RuleGraph) -> Stated:
    """A patient of whom some facts and definitions are stated, some of them to be unknown."""
    values: dict[str, FactValue | None] = {}
    share = draw(st.sampled_from([0, 1, 3, 6]))
    for name, fact in graph.vocabulary.facts.items():
        luck = draw(st.integers(0, 9))
        if luck < share:
            offered: tuple[FactValue, ...] = (False, True)
            if fact.kind is Kind.CHOICE:
                offered = fact.values
            elif fact.kind is Kind.MEASURE:
                offered = NEAR
            values[name] = draw(st.sampled_from(offered))
        elif luck == 9:
            values[name] = None
    for name in graph.definitions:
        luck = draw(st.integers(0, 9))
        if luck < 3:
            values[name] = (False, True, None)[luck]
    return Stated(values=values, otherwise=draw(st.sampled_from(Otherwise)))


# --------------------------------------------------------------- the obvious way

COMPARED: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.EQUAL: operator.eq,
}

World: TypeAlias = dict[str, tuple[FactValue, bool]]
"""A value of each fact, and whether thresholds of it are read at their upper end."""


@frozen
class Known:
    """What is known of a patient.

    Attributes:
        values: The facts that have one value in every completion.
        worlds: The completions, of the facts that are tied together.
        possible: Of every choice, the values that it has in some completion; "" for none of them.
        definitions: The definitions that implications and statements speak of, where their truth
            is the same in every completion.
    """

    values: Mapping[str, FactValue]
    worlds: Sequence[World]
    possible: Mapping[str, frozenset[FactValue]]
    definitions: Mapping[str, bool]


def asked(condition: Condition, graph: RuleGraph) -> Callable[[World], bool]:
    """A function that says whether a condition holds in a world."""
    match condition:
        case Has(fact=fact):
            return lambda world: world[fact][0] is True
        case OneOf(fact=fact, values=values):
            return lambda world: world[fact][0] in values
        case Compare(fact=fact, operator=relation, low=low, high=high):
            is_so = COMPARED[relation]
            return lambda world: is_so(world[fact][0], high if world[fact][1] else low)
        case Defined(name=name):
            return asked(graph.definitions[name].condition, graph)
        case Not(operand=operand):
            is_one_so = asked(operand, graph)
            return lambda world: not is_one_so(world)
        case AllOf(operands=operands):
            inner = [asked(one, graph) for one in operands]
            return lambda world: all(is_one_so(world) for is_one_so in inner)
        case AnyOf(operands=operands):
            inner = [asked(one, graph) for one in operands]
            return lambda world: any(is_one_so(world) for is_one_so in inner)
        case AtLeast(count=count, operands=operands):
            inner = [asked(one, graph) for one in operands]
            return lambda world: sum(is_one_so(world) for is_one_so in inner) >= count
        case _:
            raise TypeError(condition)


def named(condition: Condition, graph: RuleGraph) -> tuple[set[str], set[str]]:
    """The facts and the definitions that a condition speaks of."""
    match condition:
        case Has(fact=fact) | OneOf(fact=fact) | Compare(fact=fact):
            return {fact}, set()
        case Defined(name=name):
            facts, definitions = named(graph.definitions[name].condition, graph)
            return facts, {name, *definitions}
        case Not(operand=operand):
            return named(operand, graph)
        case AllOf() | AnyOf() | AtLeast():
            found = [named(one, graph) for one in condition.operands]
            facts = set().union(*(one for one, _ in found))
            return facts, set().union(*(one for _, one in found))
        case _:
            raise TypeError(condition)


READINGS = {
    Reading.REPORT: (False, True),
    Reading.LOWER: (False,),
    Reading.UPPER: (True,),
}


def thresholds(condition: Condition) -> Iterator[Compare]:
    """The comparisons in a condition, those of its definitions left out."""
    match condition:
        case Compare():
            yield condition
        case Not(operand=operand):
            yield from thresholds(operand)
        case AllOf() | AnyOf() | AtLeast():
            for one in condition.operands:
                yield from thresholds(one)
        case _:
            return


def tried_values(
    fact: Fact, graph: RuleGraph, ends: tuple[bool, ...] = (False, True)
) -> list[tuple[FactValue, bool]]:
    """Every value that a fact may have; of a measure, each threshold and two values between.

    Where no threshold of the measure is a range, it does not matter at which end ranges are read.
    """
    if fact.kind is Kind.MEASURE:
        said = [rule.condition for rule in graph.rules.values()]
        said += [one.condition for one in graph.definitions.values()]
        said += [end for i in graph.implications for end in (i.premise, i.conclusion)]
        mine = [x for one in said for x in thresholds(one) if x.fact == fact.name]
        numbers = {*PLAUSIBLE, *(cut for x in mine for cut in (x.low, x.high))}
        numbers |= set() if fact.absent is None else {fact.absent}
        for low, high in pairwise(sorted(numbers)):
            numbers |= {low + (high - low) / 3, low + (high - low) * 2 / 3}
        if all(x.low == x.high for x in mine):
            ends = ends[:1]
        return [(n, is_upper) for n in sorted(numbers) for is_upper in ends]
    if fact.kind is Kind.CHOICE:
        none = () if "none" in fact.values else ("",)
        return [(value, False) for value in (*fact.values, *none)]
    return [(False, False), (True, False)]


def worlds(
    stated: Stated, graph: RuleGraph, facts: set[str], reading: Reading
) -> Iterator[World]:
    """Every completion of `facts` that nothing rules out."""
    given = {n: v for n, v in stated.values.items() if v is not None}
    names = sorted(facts)
    offered = []
    for name in names:
        values = tried_values(graph.vocabulary.facts[name], graph, READINGS[reading])
        if name in given:
            ways = dict.fromkeys(is_upper for _, is_upper in values)
            values = [(given[name], is_upper) for is_upper in ways]
        offered.append(values)
    stated_so = [
        (asked(Defined(name), graph), truth)
        for name, truth in given.items()
        if name in graph.definitions
    ]
    ruled = [
        (asked(one.premise, graph), asked(one.conclusion, graph))
        for one in graph.implications
    ]
    for chosen in product(*offered):
        world = dict(zip(names, chosen, strict=True))
        if all(is_one_so(world) is truth for is_one_so, truth in stated_so) and not any(
            premise(world) and not conclusion(world) for premise, conclusion in ruled
        ):
            yield world


def absence(fact: Fact) -> FactValue | None:
    """What it means that a fact is absent."""
    if fact.kind is Kind.CHOICE:
        return "none" if "none" in fact.values else None
    return fact.absent if fact.kind is Kind.MEASURE else False


def worked_out(
    stated: Stated, graph: RuleGraph, reading: Reading = Reading.REPORT
) -> Known | None:
    """What is known of a patient; None for a contradiction."""
    spoken = [c for one in graph.implications for c in (one.premise, one.conclusion)]
    spoken += [
        Defined(name)
        for name, value in stated.values.items()
        if value is not None and name in graph.definitions
    ]
    facts: set[str] = set()
    definitions: set[str] = set()
    for condition in spoken:
        some, others = named(condition, graph)
        facts |= some
        definitions |= others
    valid = list(worlds(stated, graph, facts, reading))
    if not valid:
        return None
    vocabulary = graph.vocabulary.facts
    values = {
        n: v for n, v in stated.values.items() if n in vocabulary and v is not None
    }
    open_ = {n for n, v in stated.values.items() if v is None}
    for name in open_ & graph.definitions.keys():
        open_ |= named(Defined(name), graph)[0]
    if stated.otherwise is Otherwise.ABSENT:
        absences = {
            name: value
            for name, fact in vocabulary.items()
            if name not in stated.values and name not in open_
            if (value := absence(fact)) is not None
        }
        values |= {n: v for n, v in absences.items() if n not in facts}
        tied = {n: v for n, v in absences.items() if n in facts}
        best: dict[object, tuple[int, list[World]]] = {}
        for world in valid:
            alike = tuple(world[n] for n in sorted(open_ & facts) if n not in values)
            count = sum(world[n][0] == value for n, value in tied.items())
            most, kept = best.get(alike, (-1, []))
            if count > most:
                best[alike] = (count, [world])
            elif count == most:
                kept.append(world)
        counted = [world for _, kept in best.values() for world in kept]
        for name, value in tied.items():
            if all(world[name][0] == value for world in counted):
                valid = [world for world in valid if world[name][0] == value]
    left = {name: {world[name][0] for world in valid} for name in facts}
    for name, found in left.items():
        if len(found) == 1 and found != {""}:
            values.setdefault(name, next(iter(found)))
    truths = {
        name: set(map(asked(Defined(name), graph), valid)) for name in definitions
    }
    return Known(
        values=values,
        worlds=valid,
        possible={
            n: frozenset(f)
            for n, f in left.items()
            if vocabulary[n].kind is Kind.CHOICE
        },
        definitions={n: t.pop() for n, t in truths.items() if len(t) == 1},
    )


def completed(known: Known, graph: RuleGraph, reading: Reading) -> Iterator[World]:
    """The completions of everything that the rules read."""
    read = set().union(
        *(named(rule.condition, graph)[0] for rule in graph.rules.values())
    )
    tied = set(known.worlds[0])
    free = sorted(read - tied)
    offered = []
    for name in free:
        values = tried_values(graph.vocabulary.facts[name], graph, READINGS[reading])
        if name in known.values:
            ways = dict.fromkeys(end for _, end in values)
            values = [(known.values[name], end) for end in ways]
        offered.append(values)
    seen = {
        tuple(world[name] for name in sorted(read & tied)) for world in known.worlds
    }
    for some in seen:
        for chosen in product(*offered):
            yield dict(
                zip((*sorted(read & tied), *free), (*some, *chosen), strict=True)
            )


def applying(world: World, graph: RuleGraph) -> Iterator[str]:
    """The rules that apply in a completion, none of which is an exception."""
    for name, rule in graph.rules.items():
        if asked(rule.condition, graph)(world):
            yield name
