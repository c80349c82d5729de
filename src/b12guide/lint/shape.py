"""What a written condition says regardless of order, brackets and assumptions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from attrs import field, frozen

from b12guide.graph.condition import AllOf, AnyOf, Condition, Not, Resting
from b12guide.graph.condition_from_syntax import lower_condition
from b12guide.lint.everybody import every_part, leaves
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast

__all__ = ["Compound", "compounds", "shape_of"]


@frozen
class Compound:
    """A part of a condition, and its shape."""

    condition: ast.Condition
    shape: Hashable = field(repr=False)


def compounds(
    condition: ast.Condition, scope: Scope, least: int = 2
) -> Iterator[Compound]:
    """The parts of a condition, itself included, that have `least` leaves or a bound.

    A bare name is no compound, and brackets are none beside what is inside them.
    """
    for part in every_part(condition):
        if isinstance(part, ast.Group | ast.Reference):
            continue
        lowered = lower_condition(part, scope)
        if sum(1 for _ in leaves(lowered)) >= least and _is_joined(part, least):
            yield Compound(part, shape_of(lowered))


def _is_joined(part: ast.Condition, least: int) -> bool:
    """Whether it joins conditions, or is a comparison where a single one counts."""
    if isinstance(part, ast.And | ast.Or | ast.Listed):
        return len(part.operands) > 1
    return least == 1 and not isinstance(part, ast.Not)


def shape_of(condition: Condition) -> Hashable:
    """The same for all conditions that differ in order, brackets and assumptions only."""
    match condition:
        case Resting(operand=operand):
            return shape_of(operand)
        case Not(operand=operand):
            match shape_of(operand):
                case ("not", denied):
                    return denied
                case shape:
                    return ("not", shape)
        case AllOf(operands=operands):
            return _joined("all", operands)
        case AnyOf(operands=operands):
            return _joined("any", operands)
        case _:
            return condition


def _joined(word: str, operands: tuple[Condition, ...]) -> Hashable:
    shapes = set[Hashable]()
    for operand in operands:
        shape = shape_of(operand)
        if isinstance(shape, tuple) and shape[0] == word:
            shapes |= shape[1]
        else:
            shapes.add(shape)
    if len(shapes) == 1:
        return next(iter(shapes))
    return (word, frozenset(shapes))
