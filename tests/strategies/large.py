"""Guidelines of many topics, most of which concern no given patient; and what is known of one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from attrs import evolve
from hypothesis import strategies as st

from b12guide.evaluate.facts import Facts, Reading
from b12guide.graph import model as m
from b12guide.graph.conclusions import written
from b12guide.graph.condition import (
    AllOf,
    Condition,
    Defined,
    Established,
    Has,
    Leaf,
    Not,
    rebuilt,
)
from b12guide.patient.model import FactValue
from b12guide.values.term import Kind
from tests.strategies.graphs import Draw, draw_graph, draw_value, with_rules

LEADS = ("f0", "e0")
"""What the rules of a topic may all begin with."""


def draw_large(random: Random, topics: int, most: int = 6) -> m.RuleGraph:
    """A guideline of so many topics of at most so many rules, each about facts of its own.

    The rules of most topics begin alike; one topic lends the whole its scope.
    """
    pick = Draw(random)
    whole = draw_graph(random, most)
    facts = dict(whole.vocabulary.facts)
    definitions, rules = written(whole.definitions), dict(whole.rules)
    conclusions = dict(whole.vocabulary.conclusions)
    implications = list(whole.implications)
    for number in range(1, topics):
        topic = draw_graph(random, most)
        lead = pick.one((None, *LEADS))
        lead_is_wanted = pick.chance(75)
        for fact in topic.vocabulary.facts.values():
            name = f"{fact.name}_{number}"
            facts[name] = evolve(fact, name=name)
        for conclusion in topic.vocabulary.conclusions.values():
            name = f"{conclusion.name}_{number}"
            conclusions[name] = evolve(conclusion, name=name)
        for one in written(topic.definitions).values():
            name, condition = f"{one.name}_{number}", renamed(one.condition, number)
            definitions[name] = evolve(one, name=name, condition=condition)
        implications += [
            evolve(
                one,
                name=f"{one.name}_{number}",
                premise=renamed(one.premise, number),
                conclusion=renamed(one.conclusion, number),
            )
            for one in topic.implications
        ]
        for rule in topic.rules.values():
            condition = renamed(rule.condition, number)
            if lead is not None:
                first: Condition = Has(f"{lead}_{number}")
                if pick.chance(15):
                    first = Established(first)
                if not lead_is_wanted:
                    first = Not(first)
                condition = AllOf((first, condition))
            value = rule.value
            if isinstance(value, m.Concluded):
                value = evolve(value, conclusion=f"{value.conclusion}_{number}")
            rules[f"{rule.name}_{number}"] = evolve(
                rule,
                value=value,
                name=f"{rule.name}_{number}",
                condition=condition,
                exception_to=tuple(f"{one}_{number}" for one in rule.exception_to),
            )
    names = list(rules)
    random.shuffle(names)
    return with_rules(
        evolve(
            whole,
            vocabulary=evolve(whole.vocabulary, facts=facts, conclusions=conclusions),
            definitions=definitions,
            implications=tuple(implications),
        ),
        {name: rules[name] for name in names},
    )


def renamed(condition: Condition, number: int) -> Condition:
    """The condition about the facts and definitions of a topic."""
    if isinstance(condition, Leaf):
        return evolve(condition, fact=f"{condition.fact}_{number}")
    if isinstance(condition, Defined):
        name, dot, value = condition.name.partition(".")
        return Defined(f"{name}_{number}{dot}{value}")
    return rebuilt(condition, lambda inner: renamed(inner, number))


def draw_facts(random: Random, graph: m.RuleGraph) -> Iterator[Facts]:
    """What is known of somebody: much or little, most of it that something is not so."""
    pick = Draw(random)
    while True:
        known = pick.one((2, 10, 50, 90, 100))
        true = pick.one((0, 3, 50))
        values: dict[str, FactValue] = {}
        possible: dict[str, tuple[str, ...]] = {}
        for name, fact in graph.vocabulary.facts.items():
            if not pick.chance(known):
                if fact.kind is Kind.CHOICE and pick.chance(known // 2):
                    possible[name] = fact.values[:-1]
            elif fact.kind in {Kind.FINDING, Kind.EVENT}:
                values[name] = pick.chance(true)
            else:
                values[name] = draw_value(pick, name, graph)
        own = sorted(written(graph.definitions))
        stated = pick.some(own, 0, 2) if pick.chance(40) else ()
        yield Facts(
            values=values,
            possible=possible,
            definitions={name: pick.chance(50) for name in stated},
            reading=pick.one(list(Reading)),
        )


@st.composite
def large_graphs(draw: st.DrawFn, topics: int = 12) -> tuple[m.RuleGraph, Random]:
    """Guidelines of up to so many topics, and what decides about their patients."""
    random = draw(st.randoms(use_true_random=False))
    return draw_large(random, random.randint(1, topics)), random
