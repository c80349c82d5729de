"""A guideline for patients of whom everything is known.

For such a patient `X is established` says no more than X. Whatever is certain about a patient of
whom less is known stays so in the completion in which everything that counts as absent is absent,
so a search among complete patients misses nobody. `X is recorded` is different: it may fail of
anybody, whatever X is, and stays a fact of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from b12guide.graph.condition import (
    AllOf,
    Condition,
    Established,
    Has,
    Recorded,
    Resting,
    rebuilt,
)
from b12guide.graph.model import Definition, RuleGraph
from b12guide.prove.on_record import (
    OnRecord,
    is_recorded,
    rewritten,
    shadow_of,
    with_shadows,
)

__all__ = ["Total", "total", "total_condition"]


@frozen
class Total:
    """A guideline for complete patients, and what its facts about the record mean."""

    graph: RuleGraph
    on_record: OnRecord


def total(graph: RuleGraph, further: Mapping[str, Condition] | None = None) -> Total:
    """`graph` for complete patients, with the conditions `further` as definitions of these names.

    Rules and definitions stand by name, so that the order of the file plays no part in a search.
    """
    conditions = further or {}
    said = OnRecord.of(graph, shadow_of, conditions.values())
    # What is only asked to be established needs no fact of its own: see above.
    on_record = said.only(said.whichever)

    def complete(condition: Condition) -> Condition:
        return total_condition(condition, on_record.whichever)

    named = {
        name: Definition(name=name, label=name, condition=condition)
        for name, condition in conditions.items()
    }
    definitions = {**graph.definitions, **named}
    ordered = evolve(
        graph,
        rules=dict(sorted(graph.rules.items())),
        definitions=dict(sorted(definitions.items())),
    )
    found = with_shadows(rewritten(ordered, complete), on_record.about)
    return Total(graph=found, on_record=on_record)


def total_condition(
    condition: Condition, recorded: frozenset[str] = frozenset()
) -> Condition:
    """The condition for complete patients; `recorded` are the facts about the record."""

    def complete(part: Condition) -> Condition:
        return total_condition(part, recorded)

    match condition:
        case Resting(operand=operand):
            return complete(operand)
        case Recorded(operand=operand):
            return is_recorded(shadow_of(operand), complete(operand))
        case Established(operand=operand) if shadow_of(operand) in recorded:
            return AllOf((Has(shadow_of(operand)), complete(operand)))
        case Established(operand=operand):
            return complete(operand)
        case _:
            return rebuilt(condition, complete)
