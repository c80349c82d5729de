"""A guideline for patients of whom everything is known.

For such a patient `EVENT is known` says no more than `EVENT`. Whatever is certain about a patient
of whom less is known stays so in the completion in which every event that counts as absent is
absent, so a search among complete patients misses nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from attrs import evolve

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
)
from b12guide.graph.model import Definition, RuleGraph

__all__ = ["total", "total_condition"]


def total(
    graph: RuleGraph, further: Mapping[str, Condition] | None = None
) -> RuleGraph:
    """`graph` without `is known`, with the conditions `further` as definitions of these names.

    Rules and definitions stand by name, so that the order of the file plays no part in a search.
    """
    definitions = {
        **graph.definitions,
        **{
            name: Definition(name=name, label=name, condition=condition)
            for name, condition in (further or {}).items()
        },
    }
    return evolve(
        graph,
        scope=total_condition(graph.scope),
        rules={
            name: evolve(rule, condition=total_condition(rule.condition))
            for name, rule in sorted(graph.rules.items())
        },
        definitions={
            name: evolve(one, condition=total_condition(one.condition))
            for name, one in sorted(definitions.items())
        },
        silences=(),
    )


def total_condition(condition: Condition) -> Condition:
    """The condition with each `X is known` replaced by X."""
    match condition:
        case Has() | Compare() | OneOf() | Defined():
            return condition
        case Known(operand=operand) | Resting(operand=operand):
            return total_condition(operand)
        case Not(operand=operand):
            return Not(total_condition(operand))
        case AllOf(operands=operands):
            return AllOf(tuple(map(total_condition, operands)))
        case AnyOf(operands=operands):
            return AnyOf(tuple(map(total_condition, operands)))
        case _:
            assert_never(condition)
