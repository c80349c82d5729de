"""Definitions that are asked for as one, because their facts matter only together."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.evaluate.program import Program
from b12guide.graph.model import Decision, RuleGraph

__all__ = ["question_units"]


def question_units(graph: RuleGraph, program: Program) -> frozenset[int]:
    """The definitions whose facts matter to the decisions only through them."""
    roots = [program.scope]
    for name, rule in graph.rules.items():
        if rule.decision is not Decision.NOTE:
            roots += (program.conditions[name], program.exceptions[name])
    outside = _outermost(program, roots)
    return frozenset(
        step
        for name, step in program.definitions.items()
        if len(program.support[step]) > 1
        and all(outside.get(fact, set()) <= {name} for fact in program.support[step])
    )


def _outermost(program: Program, roots: Iterable[int]) -> dict[str, set[str]]:
    """For each fact, the outermost definitions through which it is read; "" for none."""
    found: dict[str, set[str]] = {}
    # A node is looked at once for each definition around it, however often it is named.
    seen = {(root, "") for root in roots}
    pending = list(seen)
    while pending:
        step, inside = pending.pop()
        node = program.nodes[step]
        if node.leaf is not None:
            found.setdefault(node.leaf.fact, set()).add(inside)
        around = inside or node.name
        for operand in node.operands:
            if (operand, around) not in seen:
                seen.add((operand, around))
                pending.append((operand, around))
    return found
