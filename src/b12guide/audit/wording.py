"""Words that findings share."""

from __future__ import annotations

from collections.abc import Iterable

from b12guide.graph.model import RuleGraph
from b12guide.regimen.model import Dose, Regimen
from b12guide.say.numbers import span_text
from b12guide.say.schedules import Names, regimen_to_english
from b12guide.say.schedules import length_text as _length_text
from b12guide.values.duration import Duration, DurationRange


def joined(words: Iterable[str], last: str = "and") -> str:
    """The words as an English list; nothing where there are none.

    >>> joined(["a", "b", "c"], "or")
    'a, b or c'
    """
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def days(count: int) -> str:
    """A number of days."""
    return "1 day" if count == 1 else f"{count} days"


def length_text(length: DurationRange | Duration) -> str:
    """A length of time: "2 weeks", "2 to 3 months"."""
    if isinstance(length, Duration):
        length = DurationRange(length.value, length.value, length.unit)
    return _length_text(length)


def dose_text(dose: Dose) -> str:
    """A dose: "1000 µg", "1000 to 2000 µg"."""
    return f"{span_text(dose.low, dose.high)} {dose.unit}"


def regimen_text(graph: RuleGraph, regimen: Regimen) -> str:
    """A regimen, phase after phase: "1000 µg intramuscular 3 times per week for 2 weeks"."""
    words = graph.vocabulary
    names = Names(
        drugs={name: word.label for name, word in words.drugs.items()},
        routes={name: word.label for name, word in words.routes.items()},
        events={event: called(graph, event) for event in regimen.events},
    )
    return regimen_to_english(regimen, names)


def called(graph: RuleGraph, name: str) -> str:
    """What the vocabulary calls a drug, test, route, site, fact or definition."""
    words = graph.vocabulary
    for kind in (words.drugs, words.tests, words.routes, words.sites):
        if name in kind:
            return kind[name].label
    if name in words.facts:
        return words.facts[name].label
    if name in graph.definitions:
        return graph.definitions[name].label
    return name.replace("_", " ")
