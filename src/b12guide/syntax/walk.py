"""Visits the parts of a syntax tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from attrs import fields

from b12guide.syntax.ast import (
    And,
    Between,
    Comparison,
    Condition,
    File,
    Group,
    Is,
    Listed,
    Name,
    Node,
    Not,
    OnRecord,
    Or,
    Reference,
)

__all__ = ["children", "descendants", "names"]


def children(node: Node | File) -> Iterator[Node]:
    """The nodes directly inside `node`, in the order of its fields."""
    for attribute in fields(type(node)):
        value = getattr(node, attribute.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def descendants(node: Node | File) -> Iterator[Node]:
    """The nodes inside `node` at any depth, each before its own children."""
    waiting = [children(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        else:
            yield child
            waiting.append(children(child))


def names(condition: Condition) -> Iterator[Name]:
    """The names of the facts that `condition` asks about, in the order written."""
    match condition:
        case Reference(name=name) | OnRecord(name=name) | Comparison(name=name):
            yield name
        case Between(name=name) | Is(name=name):
            yield name
        case Not(operand=operand) | Group(operand=operand):
            yield from names(operand)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from names(operand)
        case Listed(operands=operands):
            for operand in operands:
                yield from names(operand)
        case _:
            assert_never(condition)
