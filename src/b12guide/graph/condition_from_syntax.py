"""Lowers the conditions of a checked draft."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.semantics.scope import Namespace, Scope
from b12guide.semantics.types import in_unit_of, measure_named, settled
from b12guide.syntax import ast
from b12guide.syntax.ast import Quantifier
from b12guide.values.term import Kind, Operator

__all__ = ["conjunction", "lower_condition", "truth_of"]


def truth_of(name: ast.Name, scope: Scope) -> Has | Defined:
    """The leaf for a finding, event or definition."""
    match scope.fact(name.text):
        case ast.Definition() as definition:
            return Defined(definition.name.text)
        case _:
            return Has(scope.name(Namespace.FACT, name.text))


def lower_condition(condition: ast.Condition, scope: Scope) -> Condition:
    """The meaning of a condition whose names and units are known to be right."""
    match condition:
        case ast.Reference():
            lowered: Condition = truth_of(condition.name, scope)
            return _resting(lowered, condition.assuming, scope)
        case ast.OnRecord(word=ast.RecordWord.ESTABLISHED | ast.RecordWord.KNOWN):
            lowered = Established(truth_of(condition.name, scope))
            if condition.negated:
                lowered = Not(lowered)
            return _resting(lowered, condition.assuming, scope)
        case ast.OnRecord():
            lowered = Recorded(_recordable(condition.name, scope))
            if condition.negated:
                lowered = Not(lowered)
            return _resting(lowered, condition.assuming, scope)
        case ast.Comparison():
            measure = measure_named(condition.name.text, scope)
            low, high = settled(in_unit_of(measure, condition.bound))
            name = measure.name.text
            lowered = Compare(name, condition.operator, low, high)
            return _resting(lowered, condition.assuming, scope)
        case ast.Between():
            measure = measure_named(condition.name.text, scope)
            low, high = settled(in_unit_of(measure, condition.bound))
            name = measure.name.text
            lowered = AllOf(
                (
                    Compare(name, Operator.AT_LEAST, low, low),
                    Compare(name, Operator.AT_MOST, high, high),
                )
            )
            return _resting(lowered, condition.assuming, scope)
        case ast.Is():
            name = scope.name(Namespace.FACT, condition.name.text)
            one_of = OneOf(name, tuple(v.text for v in condition.values))
            lowered = Not(one_of) if condition.negated else one_of
            return _resting(lowered, condition.assuming, scope)
        case ast.Not():
            return Not(lower_condition(condition.operand, scope))
        case ast.And():
            return AllOf(_each(condition.operands, scope))
        case ast.Or():
            return AnyOf(_each(condition.operands, scope))
        case ast.Listed(quantifier=Quantifier.ALL):
            return AllOf(_each(condition.operands, scope))
        case ast.Listed(quantifier=Quantifier.ANY):
            return AnyOf(_each(condition.operands, scope))
        case ast.Listed():
            return Not(AnyOf(_each(condition.operands, scope)))
        case ast.Group():
            lowered = lower_condition(condition.operand, scope)
            return _resting(lowered, condition.assuming, scope)


def _recordable(name: ast.Name, scope: Scope) -> Has | Defined | HasValue:
    """The leaf for what can be recorded: anything that is true or false, or has a value."""
    match scope.fact(name.text):
        case ast.Declaration(kind=Kind.MEASURE | Kind.CHOICE):
            return HasValue(scope.name(Namespace.FACT, name.text))
        case _:
            return truth_of(name, scope)


def conjunction(operands: Iterable[Condition]) -> Condition:
    """All of `operands`; the operand itself when there is one only."""
    listed = tuple(operands)
    return listed[0] if len(listed) == 1 else AllOf(listed)


def _each(conditions: Iterable[ast.Condition], scope: Scope) -> tuple[Condition, ...]:
    return tuple(lower_condition(c, scope) for c in conditions)


def _resting(
    condition: Condition, assuming: Iterable[ast.Name], scope: Scope
) -> Condition:
    names = tuple(scope.name(Namespace.ASSUMPTION, n.text) for n in assuming)
    return Resting(condition, names) if names else condition
