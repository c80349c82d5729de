"""Every pair of several guidelines by every decision: proved the same, or who is treated otherwise.

Guidelines that resemble each other share most of what a cell asks. What a decision hears of a
guideline is its *slice*; a cell is worked out once for each pair of slices, and two equal slices
need no search at all. A cell about patients whom a search found is judged again by both guidelines
as they are written.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias, TypeVar

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import Record
from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.difference import Compared, Sameness, TwoGuidelines, speaking
from b12guide.prove.witness import Witness
from b12guide.several.called import known_to, labels_of

__all__ = ["Pair", "Table", "TableCell", "guideline_table"]

Pair: TypeAlias = tuple[int, int]
"""The places of two guidelines in the list, the lower first."""

About: TypeAlias = Decision | None
"""A decision, or None for whom the guideline is written."""

ROWS: tuple[About, ...] = (None, *Decision)


@frozen(kw_only=True, repr=False)
class TableCell(Record):
    """One decision of one pair.

    Attributes:
        pair: The places of both guidelines in the table.
        compared: Whether the decision is the same for everybody; if not, the smallest patient.
        answers: What each of both says to that patient; nothing where there is none.
        unspoken: Whether neither guideline has a word on it, for anybody.
        patients: How many patients of a cohort are advised differently; None without one.
    """

    pair: Pair
    compared: Compared
    answers: tuple[Recommendation, ...] = field(default=(), repr=False)
    unspoken: bool = False
    patients: int | None = None

    @property
    def about(self) -> About:
        """The decision, or None for whom the guidelines are written."""
        return self.compared.decision

    @property
    def sameness(self) -> Sameness:
        """Whether nobody is treated differently."""
        return self.compared.sameness


@frozen(kw_only=True)
class Table(Answer):
    """Whom any two of several guidelines treat differently, decision by decision.

    Attributes:
        labels: What each guideline is called.
        cells: Pair by pair in the order of the guidelines: the scope, then each decision.
        cohort: How many patients were asked about; None without a cohort.
    """

    guidelines: tuple[RuleGraph, ...] = field(repr=False)
    labels: tuple[str, ...]
    cells: tuple[TableCell, ...] = field(repr=False)
    cohort: int | None = None

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs of guidelines, in order."""
        return tuple(combinations(range(len(self.guidelines)), 2))

    def of(self, pair: Pair) -> tuple[TableCell, ...]:
        """The cells of a pair: the scope, then each decision."""
        return tuple(cell for cell in self.cells if cell.pair == pair)

    def count(self, sameness: Sameness) -> int:
        """How many cells came out so."""
        return sum(cell.sameness is sameness for cell in self.cells)

    @property
    def is_proved_same(self) -> bool:
        """Whether it is proved that any two of them treat everybody alike."""
        return self.count(Sameness.SAME) == len(self.cells)


def guideline_table(graphs: Iterable[RuleGraph]) -> Table:
    """Whom any two guidelines treat differently.

    Raises:
        GuidelineError: There are fewer than two.
    """
    guidelines = tuple(graphs)
    labels = labels_of(guidelines)
    pairs = tuple(combinations(range(len(guidelines)), 2))
    compared = _Comparisons(guidelines)
    asked = _Asked(guidelines)
    return Table(
        guidelines=guidelines,
        labels=labels,
        cells=tuple(
            TableCell(
                pair=pair,
                compared=found,
                answers=asked.both(pair, found),
                unspoken=compared.is_unspoken(pair, about),
            )
            for pair in pairs
            for about in ROWS
            for found in (compared.of(pair, about),)
        ),
    )


def counted(
    table: Table, patients: int, found: Mapping[Pair, Mapping[str, int]]
) -> Table:
    """The table with how many of `patients` each pair advises differently, by decision."""
    return evolve(
        table,
        cohort=patients,
        cells=tuple(
            evolve(cell, patients=found[cell.pair].get(cell.about.value))
            if cell.about is not None
            else cell
            for cell in table.cells
        ),
    )


# ------------------------------------------------------------------------------- slices

T = TypeVar("T")


def _numbered(values: Iterable[T]) -> list[int]:
    """A number for each value, the same for values that are equal."""
    kinds: list[T] = []
    numbers = []
    for value in values:
        at = next(
            (i for i, one in enumerate(kinds) if one is value or one == value), -1
        )
        if at < 0:
            at = len(kinds)
            kinds.append(value)
        numbers.append(at)
    return numbers


class _Comparisons:
    """The cells of all pairs, each worked out once for what it depends on."""

    def __init__(self, graphs: Sequence[RuleGraph]) -> None:
        # Vocabularies first: they are large, and guidelines that are compared mostly share one.
        words = _numbered(g.vocabulary for g in graphs)
        base = _numbered(
            (number, g.scope, g.implications, g.definitions)
            for number, g in zip(words, graphs, strict=True)
        )
        self._graphs = graphs
        self._slices = {
            about: _numbered(
                (number, () if about is None else _rules(graph, about))
                for number, graph in zip(base, graphs, strict=True)
            )
            for about in ROWS
        }
        self._found: dict[Hashable, Compared] = {}

    def of(self, pair: Pair, about: About) -> Compared:
        """One cell."""
        one, two = (self._slices[about][place] for place in pair)
        if one == two:  # both hear the very same, and nobody has to be looked for
            return Compared(decision=about, sameness=Sameness.SAME)
        key = (about, one, two)
        if key not in self._found:
            old, new = (self._graphs[place] for place in pair)
            both = TwoGuidelines.of(old, new, () if about is None else (about,))
            found = both.scope() if about is None else both.decision(about)
            self._found[key] = found
        return self._found[key]

    def is_unspoken(self, pair: Pair, about: About) -> bool:
        """Whether neither of both has a rule on it."""
        return about is not None and not any(
            rule.decision is about
            for place in pair
            for rule in self._graphs[place].rules.values()
        )


def _rules(graph: RuleGraph, about: Decision) -> tuple[object, ...]:
    """What a decision hears: rules, and exceptions to them."""
    return tuple(speaking(graph, (about,)).rules.values())


class _Asked:
    """What each guideline answers to the patients who were found, each asked once."""

    def __init__(self, graphs: Sequence[RuleGraph]) -> None:
        self._sides = [Evaluator.of(graph) for graph in graphs]
        self._found: dict[tuple[int, Witness], Recommendation] = {}

    def both(self, pair: Pair, compared: Compared) -> tuple[Recommendation, ...]:
        """What both answer to the patient of a cell."""
        if compared.witness is None:
            return ()
        return tuple(self._one(place, compared.witness) for place in pair)

    def _one(self, place: int, witness: Witness) -> Recommendation:
        key = (place, witness)
        if key not in self._found:
            side = self._sides[place]
            stated = known_to(side.graph, witness.stated)
            self._found[key] = recommend(side, stated, reading=witness.reading)
        return self._found[key]
