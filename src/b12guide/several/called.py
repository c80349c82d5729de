"""What several guidelines are called where they stand side by side, and what they have in common.

Two versions of a guideline have one name; so a name alone is what a guideline is called only where
no other has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import evolve

from b12guide.errors import GuidelineError
from b12guide.graph.model import Age, Conclusion, Definition, Fact, RuleGraph, Series
from b12guide.patient.model import Stated

LEAST = 2
"""Fewer guidelines are not several."""


def labels_of(graphs: Sequence[RuleGraph]) -> tuple[str, ...]:
    """What each guideline is called: its name, with its version or its place where it has to be.

    Raises:
        GuidelineError: There are fewer than two.
    """
    if len(graphs) < LEAST:
        message = "several guidelines are compared: name at least two"
        raise GuidelineError(message)
    found = [graph.name for graph in graphs]
    for more in ([f" {g.version}" for g in graphs], _places(graphs)):
        often = Counter(found)
        found = [
            label + further if often[label] > 1 else label
            for label, further in zip(found, more, strict=True)
        ]
    return tuple(found)


def _places(graphs: Sequence[RuleGraph]) -> list[str]:
    return [f" ({number})" for number in range(1, len(graphs) + 1)]


def with_words_of_all(graphs: Iterable[RuleGraph]) -> RuleGraph:
    """The first guideline with the facts and definitions of all, to name those of any patient."""
    first, *others = graphs
    facts: dict[str, Fact] = {}
    definitions: dict[str, Definition] = {}
    conclusions: dict[str, Conclusion] = {}
    ages: dict[str, Age] = {}
    series: dict[str, Series] = {}
    for graph in (*reversed(others), first):
        facts.update(graph.vocabulary.facts)
        definitions.update(graph.definitions)
        conclusions.update(graph.vocabulary.conclusions)
        ages.update(graph.ages)
        series.update(graph.series)
    vocabulary = evolve(first.vocabulary, facts=facts, conclusions=conclusions)
    return evolve(
        first, vocabulary=vocabulary, definitions=definitions, ages=ages, series=series
    )


def known_to(graph: RuleGraph, stated: Stated) -> Stated:
    """What is stated of a patient, as far as a guideline has words for it."""
    facts, definitions = graph.vocabulary.facts, graph.definitions
    values = {
        name: value
        for name, value in stated.values.items()
        if name in facts or name in definitions
    }
    return evolve(stated, values=values)
