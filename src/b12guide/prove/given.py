"""A patient in the words of the language, as the `given` of an example."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue
from b12guide.values.quantity import format_quantity

__all__ = ["given_text"]


def given_text(values: Mapping[str, FactValue | None], graph: RuleGraph) -> str:
    """The facts as they are written after `given`; `nothing known` where there are none."""
    written = [_fact(name, value, graph) for name, value in values.items()]
    return ", ".join(written) or "nothing known"


def _fact(name: str, value: FactValue | None, graph: RuleGraph) -> str:
    match value:
        case None:
            return f"{name} unknown"
        case True:
            return name
        case False:
            return f"not {name}"
        case Fraction():
            fact = graph.vocabulary.facts.get(name)
            return f"{name} {format_quantity(value, fact.unit if fact else None)}"
        case _:
            return f"{name} is {value}"
