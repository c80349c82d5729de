"""What names may be called in a history that is pasted into the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from b12guide.graph.model import Fact, RuleGraph, Word
from b12guide.patient.fact_names import folded
from b12guide.values.unit import convert, parse_unit

Json: TypeAlias = dict[str, Any]


def history_json(graph: RuleGraph) -> Json:
    """Drugs, routes, sites, tests and facts by each spelling that a history may have."""
    words = graph.vocabulary
    return {
        "drugs": _spelled(words.drugs),
        "routes": _spelled(words.routes),
        "sites": _spelled(words.sites),
        "tests": _spelled(words.tests),
        "facts": _spelled(words.facts),
        # A finding or an event is so without a value.
        "say_themselves": [
            name
            for name, fact in words.facts.items()
            if fact.kind.value in {"finding", "event"}
        ],
        "plausible": {
            name: found
            for name, drug in words.drugs.items()
            if (found := _in_micrograms(drug)) is not None
        },
    }


def _spelled(words: Mapping[str, Word] | Mapping[str, Fact]) -> dict[str, str]:
    """Names by their spellings; a spelling that two have is none."""
    found: dict[str, set[str]] = {}
    for name, word in words.items():
        codes = (
            spelling
            for each in word.codes
            if each.value in {None, "procedure"}
            for spelling in (each.code, f"{each.system} {each.code}")
        )
        for spelling in (name, *word.synonyms, *word.lay, *codes):
            found.setdefault(folded(spelling), set()).add(name)
    return {
        spelling: next(iter(names))
        for spelling, names in sorted(found.items())
        if len(names) == 1
    }


def _in_micrograms(drug: Word) -> list[float] | None:
    """The least and greatest plausible dose; None where none is known, or it is no mass."""
    unit, wanted = parse_unit(drug.dose_unit or "µg"), parse_unit("µg")
    if drug.plausible_dose is None or unit is None or wanted is None:
        return None
    ends = [convert(end, unit, wanted) for end in drug.plausible_dose]
    return None if None in ends else [float(end) for end in ends if end is not None]
