"""Two guidelines asked about one cohort: who is told something else, decision by decision.

What is compared is the default of each decision, with how far it is settled: what is advised as a
set, never how it is written (M59). Patients who cannot be told stay in a cell of their own: that a
decision depends on something, or is silent, is an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, ClassVar, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import asdict, evolve, field, frozen

from b12guide.cohort.answers import Answer
from b12guide.cohort.assumed import Written, written
from b12guide.cohort.columns import subject_of
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.cohort.pace import in_order
from b12guide.cohort.report import Report
from b12guide.cohort.source import Source
from b12guide.cohort.tables import Kind, frame_of
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.settle import DECISIONS
from b12guide.graph.model import Decision, FormChoice, RuleGraph
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
        assumed: What was assumed of patients of whom it is not known.
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
    assumed: Written = field(factory=dict, repr=False)

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
            "assumed": dict(self.assumed),
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
    source: Source,
    sides: tuple[Evaluator, Evaluator],
    options: Options,
    kind: Kind,
    *,
    patient: str | None = None,
) -> CohortComparison:
    """Who in a cohort is told something else by another guideline.

    Both are asked batch by batch in one pass, and only counts and witnesses are kept.

    Args:
        source: The patients.
        sides: The two guidelines.
        options: How the columns are read. A column that is a fact for one of them only is left
            out for the other.
        kind: The package of the frames that come out.
        patient: The column that names patients.

    Raises:
        CohortError: The patients cannot be read.
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    graphs = (sides[0].graph, sides[1].graph)
    kept = () if patient is None else (patient,)
    columns = [c for c in source.schema.names if c not in kept]
    options = evolve(
        options,
        long=False,
        questions=False,
        keep=tuple(dict.fromkeys((*options.keep, *kept))),
    )
    reads = [_read_by(graph, columns) for graph in graphs]
    unread = [
        (column, graph.name)
        for column in columns
        for graph, mine, theirs in zip(graphs, reads, reversed(reads), strict=True)
        if column in mine - theirs
    ]
    first, second = (
        kernel(
            side,
            source.schema,
            evolve(
                options,
                ignore=(*options.ignore, *sorted(theirs - mine)),
                assume=_own(options.assume, side.graph, graphs),
            ),
            source.name,
            is_text=source.is_text,
        )
        for side, mine, theirs in zip(sides, reads, reversed(reads), strict=True)
    )
    total = _total(source, _Asked(first, second, patient))
    return CohortComparison(
        first=graphs[0],
        second=graphs[1],
        patient=patient,
        patients=total.patients,
        differing=total.differing,
        unread=tuple(unread),
        cells=tuple(_cells(total)),
        kind=kind,
        assumed={
            **written(second.assumed.values, graphs[1]),
            **written(first.assumed.values, graphs[0]),
        },
    )


def _own(
    assume: Mapping[str, Any], graph: RuleGraph, graphs: Sequence[RuleGraph]
) -> dict[str, Any]:
    """What is to be assumed of the facts of one guideline, and of those that neither knows."""
    others = [Names(one) for one in graphs if one is not graph]
    mine = Names(graph)
    return {
        name: value
        for name, value in assume.items()
        if mine.find(name) is not None or all(o.find(name) is None for o in others)
    }


def _read_by(graph: RuleGraph, columns: Sequence[str]) -> set[str]:
    names = Names(graph)
    return {c for c in columns if subject_of(c, names) is not None}


# ------------------------------------------------------------------------- counting

_Pair: TypeAlias = tuple[str, str | None, str, str | None, bool]
"""What both say in words, each its outcome and its value, and whether it is the same."""


def _pair(mine: Answer, theirs: Answer) -> _Pair:
    is_same = mine.outcome is theirs.outcome and mine.said == theirs.said
    value, other = mine.value, theirs.value
    if value == other and mine.outcome is theirs.outcome and not is_same:
        # The words of a column leave out what has a column of its own, or no room.
        value, other = (f"{a.value} ({_apart(a)})" for a in (mine, theirs))
    return (mine.outcome.value, value, theirs.outcome.value, other, is_same)


def _apart(answer: Answer) -> str:
    """What the words of a value do not tell: which drugs are preferred, what is certain."""
    said = answer.said
    preferred = {
        d for one in said.said if isinstance(one, FormChoice) for d in one.drugs
    }
    if said.decision is Decision.FORM and said.certain and preferred:
        return f"preferred: {' or '.join(sorted(preferred))}"
    return "certain" if said.certain else "possible"


@frozen
class _Counted:
    """What is known of some patients.

    Attributes:
        pairs: For each decision and pair of answers, how many patients have it.
        witnesses: The first of those to whom the two say different things.
        reports: What could not be believed, for either guideline.
    """

    patients: int = 0
    differing: int = 0
    pairs: Counter[tuple[str, _Pair]] = field(factory=Counter)
    witnesses: Mapping[tuple[str, _Pair], tuple[Any, ...]] = field(factory=dict)
    reports: tuple[Report, Report] = (Report(), Report())

    def __add__(self, other: _Counted) -> _Counted:
        found = dict(self.witnesses)
        for cell, names in other.witnesses.items():
            found[cell] = (*found.get(cell, ()), *names)[:WITNESSES]
        (first, second), (one, two) = self.reports, other.reports
        return _Counted(
            self.patients + other.patients,
            self.differing + other.differing,
            self.pairs + other.pairs,
            found,
            (first + one, second + two),
        )


@frozen(eq=False)
class _Asked:
    """Both guidelines, and how a patient is named."""

    first: Kernel
    second: Kernel
    patient: str | None

    def counted(self, batch: pa.RecordBatch, start: int) -> _Counted:
        """What the two say of one batch, whose first patient is `start`."""
        one, two = (side.advise(batch, start) for side in (self.first, self.second))
        reports = (one.report, two.report)
        if one.decisions is None or two.decisions is None:
            return _Counted(batch.num_rows, reports=reports)
        names = None if self.patient is None else batch.column(self.patient)
        differs = np.zeros(batch.num_rows, np.bool_)
        counts: Counter[tuple[str, _Pair]] = Counter()
        witnesses = {}
        for decision in DECISIONS:
            mine, codes = one.decisions.answers[decision]
            theirs, other = two.decisions.answers[decision]
            joint = codes.astype(np.int64) * len(theirs) + other
            numbers = np.bincount(joint, minlength=len(mine) * len(theirs))
            rows: dict[_Pair, list[int]] = {}
            for number in np.flatnonzero(numbers).tolist():
                pair = _pair(mine[number // len(theirs)], theirs[number % len(theirs)])
                rows.setdefault(pair, []).append(number)
            for pair, groups in rows.items():
                cell = (decision.value, pair)
                counts[cell] = int(numbers[groups].sum())
                if not pair[-1]:
                    members = np.isin(joint, groups)
                    differs |= members
                    witnesses[cell] = tuple(
                        start + row + 1 if names is None else names[row].as_py()
                        for row in np.flatnonzero(members)[:WITNESSES].tolist()
                    )
        return _Counted(batch.num_rows, int(differs.sum()), counts, witnesses, reports)


def _total(source: Source, asked: _Asked) -> _Counted:
    """What both say of all patients.

    Raises:
        PatientError: Cells cannot be believed and that is an error.
    """
    columns = dict.fromkeys((*asked.first.matched.read, *asked.second.matched.read))
    total = _Counted()
    with closing(in_order(asked.counted, source.batches(columns))) as parts:
        for part in parts:
            total += part
    if asked.first.options.on_bad is OnBad.ERROR:
        for report in total.reports:
            report.refuse(source.name)
    return total


def _cells(total: _Counted) -> Iterator[Cell]:
    """The cells by decision; what differs first, the most frequent first."""
    for decision in DECISIONS:
        cells = [
            Cell(
                decision=name,
                first_outcome=pair[0],
                first_value=pair[1],
                second_outcome=pair[2],
                second_value=pair[3],
                same=pair[4],
                patients=count,
                witnesses=total.witnesses.get((name, pair), ()),
            )
            for (name, pair), count in total.pairs.items()
            if name == decision.value
        ]
        yield from sorted(cells, key=_order)


def _order(cell: Cell) -> tuple[bool, int, Sequence[str]]:
    said = (
        cell.first_outcome,
        cell.first_value,
        cell.second_outcome,
        cell.second_value,
    )
    return (cell.same, -cell.patients, [one or "" for one in said])
