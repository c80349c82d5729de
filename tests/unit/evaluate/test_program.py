"""Equal conditions are one node of a program, and others are not."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest

from b12guide.evaluate.facts import Facts
from b12guide.evaluate.program import compile_graph, known_rails
from b12guide.graph import model as m
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
)
from b12guide.values.term import Kind, Operator


def bound(operator: Operator, low: int, high: int) -> Compare:
    return Compare("m", operator, Fraction(low, 3), Fraction(high, 3))


CONDITIONS: tuple[Condition, ...] = (
    Has("f"),
    Has("m"),
    HasValue("m"),
    HasValue("c"),
    OneOf("c", ("a",)),
    OneOf("c", ("b",)),
    OneOf("c", ("a", "b")),
    bound(Operator.LESS, 1, 1),
    bound(Operator.LESS, 1, 2),
    bound(Operator.LESS, 2, 2),
    bound(Operator.AT_MOST, 1, 1),
    Not(Has("f")),
    Established(Has("f")),
    Recorded(Has("f")),
    AllOf((Has("f"), Has("m"))),
    AllOf((Has("m"), Has("f"))),
    AnyOf((Has("f"), Has("m"))),
)


def test_what_differs_is_another_node_and_what_is_equal_is_the_same() -> None:
    rules = {
        f"r{i}": m.Rule(
            name=f"r{i}",
            title="",
            decision=m.Decision.NOTE,
            condition=condition,
            value=m.Remark(text="A remark."),
        )
        for i, condition in enumerate(CONDITIONS * 2)
    }
    graph = m.RuleGraph(
        name="one", title="One", version="1.0.0", vocabulary=m.Vocabulary(), rules=rules
    )
    steps = tuple(compile_graph(graph).conditions.values())
    first, second = steps[: len(CONDITIONS)], steps[len(CONDITIONS) :]

    assert first == second
    assert all(one != other for one, other in combinations(first, 2))


FIVE = tuple(Has(name) for name in "abcde")


@pytest.mark.parametrize("count", range(7))
@pytest.mark.parametrize("length", range(6))
def test_so_many_of_a_list_are_counted_in_three_values(count: int, length: int) -> None:
    """Every way in which facts are true, false and unknown, against a count of the unknown."""
    rule = m.Rule(
        name="one",
        title="",
        decision=m.Decision.NOTE,
        condition=AtLeast(count, FIVE[:length]),
        value=m.Remark(text="A remark."),
    )
    facts = {f.fact: m.Fact(kind=Kind.FINDING, name=f.fact, label=f.fact) for f in FIVE}
    graph = m.RuleGraph(
        name="one",
        title="One",
        version="1.0.0",
        vocabulary=m.Vocabulary(facts=facts),
        rules={"one": rule},
    )
    program = compile_graph(graph)

    for truths in product((True, False, None), repeat=length):
        stated = {
            one.fact: so
            for one, so in zip(FIVE, truths, strict=False)
            if so is not None
        }
        so, open_ = truths.count(True), truths.count(None)
        ways = {so + more >= count for more in range(open_ + 1)}
        true, false = known_rails(program, Facts(values=stated))[
            program.conditions["one"]
        ]

        assert (bool(true), bool(false)) == (ways == {True}, ways == {False})
