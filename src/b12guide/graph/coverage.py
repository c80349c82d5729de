"""Which statements of the source are encoded, and how."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from b12guide.graph.model import Decision, RuleGraph

__all__ = ["Coverage", "Encoding", "statement_coverage"]


class Encoding(Enum):
    """How a statement of the source stands in the guideline."""

    RULE = "rule"
    NOTE = "note"
    DEFINITION = "definition"
    SILENCE = "silent on"


@frozen(kw_only=True)
class Coverage:
    """One statement, and what encodes it.

    Attributes:
        encoded: How and by which name, in the order written; empty when nothing does.
    """

    statement: str
    encoded: tuple[tuple[Encoding, str], ...] = ()


def statement_coverage(graph: RuleGraph) -> tuple[Coverage, ...]:
    """Every statement of the source, in order."""
    found: dict[str, list[tuple[Encoding, str]]] = {s: [] for s in graph.statements}
    for rule in graph.rules.values():
        how = Encoding.NOTE if rule.decision is Decision.NOTE else Encoding.RULE
        for statement in rule.grounds.statements:
            found.setdefault(statement, []).append((how, rule.name))
    for definition in graph.definitions.values():
        for statement in definition.grounds.statements:
            found.setdefault(statement, []).append(
                (Encoding.DEFINITION, definition.name)
            )
    for silence in graph.silences:
        for statement in silence.grounds.statements:
            found.setdefault(statement, []).append(
                (Encoding.SILENCE, ", ".join(silence.topics))
            )
    return tuple(
        Coverage(statement=statement, encoded=tuple(encoded))
        for statement, encoded in found.items()
    )
