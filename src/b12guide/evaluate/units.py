"""Definitions that are asked for as one, because their facts matter only together."""

from __future__ import annotations

from b12guide.evaluate.program import Op, Program
from b12guide.graph.model import Decision, RuleGraph

__all__ = ["question_units"]


def question_units(graph: RuleGraph, program: Program) -> frozenset[int]:
    """The definitions whose facts matter to the decisions only through them."""
    outside: dict[str, set[str]] = {}
    for name, rule in graph.rules.items():
        if rule.decision is not Decision.NOTE:
            for step in (program.conditions[name], program.exceptions[name]):
                _direct(program, step, None, outside)
    _direct(program, program.scope, None, outside)
    return frozenset(
        step
        for name, step in program.definitions.items()
        if len(program.support[step]) > 1
        and all(outside.get(fact, set()) <= {name} for fact in program.support[step])
    )


def _direct(
    program: Program, step: int, inside: str | None, found: dict[str, set[str]]
) -> None:
    """Notes for each fact below `step` the outermost definition through which it is read."""
    node = program.nodes[step]
    if node.leaf is not None:
        found.setdefault(node.leaf.fact, set()).add(inside or "")
    if node.op is Op.DEFINED and inside is None:
        inside = node.name
    for operand in node.operands:
        _direct(program, operand, inside, found)
