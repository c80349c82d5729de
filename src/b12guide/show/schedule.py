"""A dose schedule in the words of a guideline's vocabulary."""

from __future__ import annotations

from b12guide.graph.model import RuleGraph
from b12guide.regimen.model import Regimen
from b12guide.regimen.names import Names
from b12guide.regimen.phrase import every_text, length_text
from b12guide.regimen.to_english import regimen_to_english
from b12guide.show.wording import (
    PLAIN_UNITS,
    Audience,
    drug_text,
    fact_text,
    route_text,
)

__all__ = ["every_text", "length_text", "names_of", "schedule_text"]


def schedule_text(
    regimen: Regimen,
    graph: RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
    *,
    with_drugs: bool = True,
) -> str:
    """The regimen as one English phrase, phase after phase."""
    names = names_of(graph, audience)
    return regimen_to_english(regimen, names, with_drugs=with_drugs)


def names_of(graph: RuleGraph, audience: Audience = Audience.PROFESSIONAL) -> Names:
    """The words for schedules: those of the vocabulary, and plain ones for patients."""
    words = graph.vocabulary
    plain = audience is Audience.PATIENT
    return Names(
        drugs={name: drug_text(graph, name) for name in words.drugs},
        routes={name: route_text(graph, name, audience) for name in words.routes},
        events={
            name: fact_text(graph, name) for name in (*words.facts, *graph.definitions)
        },
        units=PLAIN_UNITS if plain else {},
        for_life="for the rest of your life" if plain else "for life",
        indefinitely="without an end" if plain else "indefinitely",
    )
