"""Two guidelines asked about one cohort: who is told something else, decision by decision.

What is compared is the default of each decision, with how far it is settled. Whoever cannot be
told stays in a cell of his own: that a decision depends on something, or is silent, is an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from attrs import asdict, evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.advice import Advice, advice_of, codes_of
from b12guide.cohort.options import Options
from b12guide.cohort.tables import Kind, Table, frame_of
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.settle import DECISIONS
from b12guide.graph.model import RuleGraph
from b12guide.patient.name import Names
from b12guide.record import Shown

__all__ = ["Cell", "CohortComparison", "compare_advice"]

WITNESSES = 3
"""How many patients are named for each cell where the answers differ."""


@frozen(kw_only=True)
class Cell:
    """Patients to whom both guidelines say the same pair of things about one decision.

    Attributes:
        first_outcome: How far the first guideline settles it; `second_outcome` the second.
        first_value: What the first says; None for nothing.
        same: Whether both say the same, settled as far.
        witnesses: The first of these patients, by id or by row from 1; none where `same`.
    """

    decision: str
    first_outcome: str
    first_value: str | None
    second_outcome: str
    second_value: str | None
    same: bool
    patients: int
    witnesses: tuple[Any, ...] = ()


@frozen(kw_only=True, eq=False)
class CohortComparison(Shown):
    """What two guidelines say about one cohort.

    Attributes:
        change: What was changed to make the second of the first; empty for two of their own.
        patient: The column that names patients; None where they go by their rows.
        unread: Columns that only one of the two reads, and which one.
        differing: Patients who are told something else in any decision.
        cells: By decision; what differs first, the most frequent first.
    """

    _shown_by: ClassVar[str] = "b12guide.show.cohort_notebook"

    first: RuleGraph = field(repr=False)
    second: RuleGraph = field(repr=False)
    change: tuple[str, ...] = ()
    patient: str | None = None
    patients: int
    differing: int
    unread: tuple[tuple[str, str], ...] = ()
    cells: tuple[Cell, ...] = field(repr=False)
    kind: Kind = field(repr=False)

    @property
    def changed(self) -> Mapping[str, int]:
        """How many patients are told something else, by decision."""
        return {
            d.value: sum(
                c.patients for c in self.cells if c.decision == d.value and not c.same
            )
            for d in DECISIONS
        }

    def to_frame(self) -> Any:
        """The cells as a frame of the kind that came in, with witnesses as text."""
        cells = [
            evolve(cell, witnesses=tuple(str(one) for one in cell.witnesses))
            for cell in self.cells
        ]
        return frame_of(cells, Cell, _TYPES, self.kind)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "change": list(self.change),
            "patient": self.patient,
            "patients": self.patients,
            "differing": self.differing,
            "unread": [{"column": c, "by": by} for c, by in self.unread],
            "changed": dict(self.changed),
            "cells": [
                {**asdict(cell), "witnesses": list(cell.witnesses)}
                for cell in self.cells
            ],
        }


_TEXTS = ("first_outcome", "first_value", "second_outcome", "second_value", "decision")
_TYPES = {
    **dict.fromkeys(_TEXTS, pa.string()),
    "same": pa.bool_(),
    "witnesses": pa.list_(pa.string()),
}


def compare_advice(
    table: Table,
    sides: tuple[Evaluator, Evaluator],
    options: Options,
    kind: Kind,
    *,
    patient: str | None = None,
) -> CohortComparison:
    """Who in a cohort is told something else by another guideline.

    Args:
        table: The patients.
        sides: The two guidelines.
        options: How the columns are read. A column that is a fact for one of them only is left
            out for the other.
        kind: The package of the frames that come out.
        patient: The column that names patients.

    Raises:
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    graphs = (sides[0].graph, sides[1].graph)
    kept = () if patient is None else (patient,)
    columns = [c for c in table.column_names if c not in kept]
    options = evolve(options, keep=tuple(dict.fromkeys((*options.keep, *kept))))
    reads = [{c for c in columns if _reads(g, c)} for g in graphs]
    unread = [
        (column, graph.name)
        for column in columns
        for graph, mine, theirs in zip(graphs, reads, reversed(reads), strict=True)
        if column in mine - theirs
    ]
    found = [
        advice_of(
            table,
            side,
            evolve(options, ignore=(*options.ignore, *sorted(theirs - mine))),
        )
        for side, mine, theirs in zip(sides, reads, reversed(reads), strict=True)
    ]
    names = None if patient is None else table.column(patient)
    cells, differs = _cells(found[0], found[1], names)
    return CohortComparison(
        first=graphs[0],
        second=graphs[1],
        patient=patient,
        patients=found[0].rows,
        differing=int(differs.sum()),
        unread=tuple(unread),
        cells=tuple(cells),
        kind=kind,
    )


def _reads(graph: RuleGraph, column: str) -> bool:
    return Names(graph).find(column.partition("[")[0].strip()) is not None


def _cells(
    first: Advice, second: Advice, names: Table | None
) -> tuple[list[Cell], NDArray[np.bool_]]:
    differs = np.zeros(first.rows, np.bool_)
    cells: list[Cell] = []
    for decision in DECISIONS:
        columns = (f"{decision.value}.outcome", f"{decision.value}.value")
        sides = [codes_of(side, *columns) for side in (first, second)]
        (mine, one), (theirs, two) = sides
        pairs = one.astype(np.int64) * len(theirs) + two
        numbers, counts = np.unique(pairs, return_counts=True)
        mine_of = []
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            said, other = mine[number // len(theirs)], theirs[number % len(theirs)]
            rows = pairs == number
            same = said == other
            if not same:
                differs |= rows
            mine_of.append(
                Cell(
                    decision=decision.value,
                    first_outcome=said[0],
                    first_value=said[1],
                    second_outcome=other[0],
                    second_value=other[1],
                    same=same,
                    patients=count,
                    witnesses=() if same else tuple(_witnesses(rows, names)),
                )
            )
        cells += sorted(mine_of, key=_order)
    return cells, differs


def _order(cell: Cell) -> tuple[bool, int, Sequence[str]]:
    said = (
        cell.first_outcome,
        cell.first_value,
        cell.second_outcome,
        cell.second_value,
    )
    return (cell.same, -cell.patients, [one or "" for one in said])


def _witnesses(rows: Any, names: Table | None) -> Iterator[Any]:
    for row in np.flatnonzero(rows)[:WITNESSES].tolist():
        yield row + 1 if names is None else names[row].as_py()
