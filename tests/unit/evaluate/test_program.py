"""Equal conditions are one node of a program, and others are not."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from b12guide.evaluate.program import compile_graph
from b12guide.graph import model as m
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
)
from b12guide.values.term import Operator


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
