"""The patient that a search found: made as small as can be, and written out in the language.

Facts are left out one after the other, in a fixed order, so the result depends on neither a
solver nor a seed; every step is checked by the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from attrs import field, frozen

from b12guide.errors import PatientError
from b12guide.evaluate.facts import Reading
from b12guide.frozen import Record, frozen_map
from b12guide.graph.condition import Compare, atoms
from b12guide.graph.derived import words_of
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.prove.on_record import conditions_of
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind

__all__ = ["Claimed", "Witness", "shrink", "smallest", "thresholds"]


Claimed: TypeAlias = Callable[[Mapping[str, FactValue]], bool]
"""Whether something is so of everybody with some values."""


@frozen(repr=False)
class Witness(Record):
    """A patient for whom something is so; none of their facts can be left out."""

    values: Mapping[str, FactValue] = field(converter=frozen_map)
    reading: Reading = Reading.REPORT

    @property
    def stated(self) -> Stated:
        """The patient, whatever is not mentioned being unknown."""
        return Stated(values=self.values, otherwise=Otherwise.UNKNOWN)

    @property
    def size(self) -> tuple[int, int, int, str]:
        """How large the patient is, by facts, then by those that are present, then by name."""
        present = sum(v not in {False, "none"} for v in self.values.values())
        is_read = int(self.reading is not Reading.REPORT)
        return (len(self.values), is_read, present, repr(sorted(self.values.items())))


def smallest(
    values: Mapping[str, FactValue],
    reading: Reading,
    graph: RuleGraph,
    cuts: Mapping[str, frozenset[Fraction]],
    holds: Callable[[Stated, Reading], bool],
) -> Witness | None:
    """A smallest part of `values` for which `holds`; None where it does not hold of all."""

    def is_so(kept: Mapping[str, FactValue], read: Reading) -> bool:
        stated = Stated(values=kept, otherwise=Otherwise.UNKNOWN)
        try:
            return holds(stated, read)
        except PatientError:
            return False

    # The usual reading of thresholds is tried first: it is what the example would be read with.
    readings = dict.fromkeys((Reading.REPORT, reading, Reading.LOWER, Reading.UPPER))
    read = next((r for r in readings if is_so(values, r)), None)
    if read is None:
        return None
    kept = shrink(values, graph, lambda some: is_so(some, read))
    # Then plainer numbers: `egfr 40 mL/min` is read more easily than the end of what is plausible.
    for name, value in tuple(kept.items()):
        for other in _plainer(name, value, graph, cuts.get(name, frozenset())):
            changed = {**kept, name: other}
            if is_so(changed, read):
                kept = changed
                break
    place = {name: number for number, name in enumerate(graph.vocabulary.facts)}
    ordered = sorted(kept, key=lambda n: (place.get(n, -1), n))
    return Witness({name: kept[name] for name in ordered}, read)


def shrink(
    values: Mapping[str, FactValue], graph: RuleGraph, is_so: Claimed
) -> dict[str, FactValue]:
    """A part of `values` of which it is still so, and no longer without any one of them."""
    present = {n: v for n, v in values.items() if v not in {False, "none"}}
    kept = present if is_so(present) else dict(values)
    # Absences first, then the rest from the end of the vocabulary: what comes first in it is what
    # an author thinks of first, and makes the plainest example.
    place = {name: number for number, name in enumerate(graph.vocabulary.facts)}
    for name in sorted(kept, key=lambda n: (n in present, -place.get(n, -1), n)):
        left = {n: value for n, value in kept.items() if n != name}
        if is_so(left):
            kept = left
    return kept


def thresholds(graph: RuleGraph) -> dict[str, frozenset[Fraction]]:
    """The bounds with which the guideline compares each measure."""
    found: dict[str, set[Fraction]] = {}
    for condition in conditions_of(graph):
        for leaf in atoms(condition):
            if isinstance(leaf, Compare):
                found.setdefault(leaf.fact, set()).update((leaf.low, leaf.high))
    return {name: frozenset(cuts) for name, cuts in found.items()}


def _plainer(
    name: str, value: FactValue, graph: RuleGraph, cuts: frozenset[Fraction]
) -> Iterator[FactValue]:
    """Values between two thresholds, which read better than the ends of what is plausible."""
    fact = graph.vocabulary.facts.get(name)
    if fact is None or fact.kind is not Kind.MEASURE or not cuts:
        return
    lowest, highest = fact.plausible or (min(cuts) - 1, max(cuts) + 1)
    edges = sorted({lowest, *cuts, highest})
    for low, high in pairwise(edges):
        if low <= Fraction(value) <= high:
            for step in (Fraction(10), Fraction(5), Fraction(1)):
                nearer = low + step if low in cuts else high - step
                if low < nearer < high:
                    yield nearer
            yield (low + high) / 2


def given_text(
    values: Mapping[str, FactValue | None], graph: RuleGraph, *others: RuleGraph
) -> str:
    """The facts as they are written after `given`; `nothing known` where there are none.

    Args:
        values: The facts of a patient.
        graph: The guideline whose facts they are.
        others: Guidelines that may have those that it has not.
    """
    written: list[str] = []
    for fact, value in values.items():
        told = (words_of(one, fact) for one in (graph, *others))
        name = next((words for words in told if words is not None), fact)
        match value:
            case None:
                written.append(f"{name} unknown")
            case True:
                written.append(name)
            case False:
                written.append(f"not {name}")
            case Fraction():
                known = graph.vocabulary.facts.get(fact)
                unit = known.unit if known else None
                written.append(f"{name} {format_quantity(value, unit)}")
            case _:
                written.append(f"{name} is {value}")
    return ", ".join(written) or "nothing known"


def given_lines(
    values: Mapping[str, FactValue | None], graph: RuleGraph
) -> tuple[str, ...]:
    """The facts as a clause of an example, which has none where nothing is known."""
    return (f"    given  {given_text(values, graph)}",) if values else ()
