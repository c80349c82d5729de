"""Two guidelines asked about one cohort: who is advised differently, decision by decision.

What is compared is the default of each decision, with how far it is settled: what is advised as a
set, never how it is written (M59). Patients who cannot be told stay in a cell of their own: that a
decision depends on something, or is silent, is an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray

from b12guide import answers
from b12guide.cohort.assumed import WrittenValues, written_values
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.design import Mask
from b12guide.cohort.frames import FrameKind, native, plain_id
from b12guide.cohort.group_answer import GroupAnswer
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.cohort.shared_columns import own_options, strange_columns
from b12guide.cohort.shares import (
    Coded,
    Sample,
    Sampling,
    Share,
    counts_frame,
    plain_counts,
    plain_drawn,
    plain_shares,
)
from b12guide.cohort.source import RowSource
from b12guide.cohort.threads import in_order
from b12guide.errors import CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Decision, FormChoice, RuleGraph
from b12guide.patient.fact_names import FactNames

WITNESSES = 3
"""How many patients are named for each cell where the answers differ."""


def _plain_ids(names: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(map(plain_id, names))


@frozen(kw_only=True, repr=False)
class ComparedCell(Record):
    """Patients to whom both guidelines say the same pair of things about one decision.

    Attributes:
        first_outcome: How far the first guideline settles it; `second_outcome` the second.
        first_value: What the first says; None for nothing.
        same: Whether both say the same, settled as far.
        witnesses: The first of these patients, by id or by row from 1; none where `same`.
        share: Their share of the people for whom the rows stand; None without a design.
    """

    decision: str
    first_outcome: str
    first_value: str | None
    second_outcome: str
    second_value: str | None
    same: bool
    patients: int
    witnesses: tuple[Any, ...] = field(default=(), eq=_plain_ids)
    share: Share | None = None


Rows: TypeAlias = NDArray[np.int64]


@frozen(kw_only=True, eq=False, repr=False)
class Told:
    """Everybody who is advised differently, and how they are named.

    Attributes:
        rows: Their rows from 0, in order.
        ids: Their ids, one for each of `rows`, or of all rows if `is_whole`; None where patients
            go by their rows.
        cells: For each cell of the comparison, whose it is; nobody where both say the same.
    """

    rows: Rows
    ids: Any = None
    is_whole: bool = False
    cells: tuple[Rows, ...] = ()

    def __attrs_post_init__(self) -> None:
        for rows in (self.rows, *self.cells):
            rows.setflags(write=False)

    def name(self, row: int) -> Any:
        """How the patient of one row is named: by id, or by row from 1."""
        if self.ids is None:
            return row + 1
        place = row if self.is_whole else int(np.searchsorted(self.rows, row))
        found = self.ids.iloc[place] if hasattr(self.ids, "iloc") else self.ids[place]
        plain = getattr(found, "as_py", None) or getattr(found, "item", None)
        return found if plain is None else plain()

    def names(self, rows: Rows) -> Any:
        """The ids of some rows in a column of their own kind; rows from 1 without ids."""
        if self.ids is None:
            return pa.array(rows + 1)
        places = rows if self.is_whole else np.searchsorted(self.rows, rows)
        if hasattr(self.ids, "iloc"):
            return self.ids.array.take(places)
        if hasattr(self.ids, "gather"):
            return self.ids.gather(places)
        return self.ids.take(pa.array(places))


def _identity(graph: RuleGraph) -> tuple[str, str, str]:
    # Nobody wrote a changed guideline down, and a record has no more of it than this.
    return graph.name, graph.version, graph.digest


@frozen(kw_only=True)
class CohortComparison(answers.Answer):
    """What two guidelines say about one cohort.

    Attributes:
        change: What was changed to make the second of the first; empty for two of their own.
        patient: The column that names patients; None where they go by their rows.
        unread: Columns that only one of the two reads, and which one.
        patients: How many rows; those of no weight are in no cell, and nobody of them is named.
        differing: Patients who are advised differently in any decision; `differing_share` is their
            share of the people for whom the rows stand, None without a design.
        cells: By decision; what differs first, the most frequent first.
        assumed: What was assumed of patients for whom it is not known.
        told: Who is advised differently; None of a comparison that was read back.
        sampling: How the rows were drawn; None where they were simply counted.
        changed_shares: The shares of `changed`, by decision; empty without a design.
    """

    first: RuleGraph = field(repr=False)
    second: RuleGraph = field(eq=_identity, repr=False)
    change: tuple[str, ...] = ()
    patient: str | None = None
    patients: int
    differing: int
    unread: tuple[tuple[str, str], ...] = ()
    cells: tuple[ComparedCell, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    told: Told | None = field(eq=False, repr=False)
    sampling: Sampling | None = field(default=None, repr=False)
    differing_share: Share | None = None
    changed_shares: Mapping[str, Share] = field(
        factory=dict, converter=frozen_map, repr=False
    )

    @property
    def changed(self) -> Mapping[str, int]:
        """How many patients are advised differently, by decision."""
        return {
            d.value: sum(
                c.patients for c in self.cells if c.decision == d.value and not c.same
            )
            for d in DECISIONS
        }

    def to_frame(self) -> Any:
        """The cells as a frame of the kind that came in, with witnesses as text.

        In a survey it has the columns `share`, `low` and `high` as well.
        """
        cells = [evolve(c, witnesses=tuple(map(str, c.witnesses))) for c in self.cells]
        is_drawn = self.sampling is not None
        return counts_frame(cells, ComparedCell, _TYPES, self.kind, is_drawn=is_drawn)

    def patients_frame(self) -> Any:
        """Everybody who is advised differently: a row for each patient and decision that differs.

        The columns are the id of the patient as their frame had it (or `row`, from 1), `decision`,
        and outcome and value of either guideline. Patients stand in the order of their rows.

        Raises:
            CohortError: The comparison was read back from its record, which names only a few.
        """
        told = self.told
        if told is None:
            message = (
                "this comparison was read back; its record names a few witnesses only"
            )
            raise CohortError(message)
        whose = zip(self.cells, told.cells, strict=True)
        cells = [(cell, rows) for cell, rows in whose if len(rows)]
        rows = _joined(rows for _, rows in cells)
        codes = np.repeat(np.arange(len(cells)), [len(rows) for _, rows in cells])
        order = np.lexsort((codes, rows))
        rows, codes = rows[order], codes[order]
        names = told.names(rows)
        is_arrow = isinstance(names, pa.Array | pa.ChunkedArray)
        name = "row" if told.ids is None else self.patient
        columns = {name: names if is_arrow else pa.nulls(len(rows))}
        for column in ("decision", *_TEXTS[:-1]):
            said = [getattr(cell, column) for cell, _ in cells]
            words = pa.array(said, pa.string()).dictionary_encode()
            numbers = words.indices.take(pa.array(codes))
            columns[column] = pa.DictionaryArray.from_arrays(numbers, words.dictionary)
        frame = native(pa.table(columns), self.kind)
        if is_arrow:
            return frame
        if self.kind == "polars":
            return frame.with_columns(names.alias(name))
        frame[name] = names
        return frame

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        shares = {}
        if self.differing_share is not None:
            shares = {
                "differing_share": self.differing_share.plain(),
                "changed_shares": plain_shares(self.changed_shares),
            }
        return {
            "change": list(self.change),
            "patient": self.patient,
            "patients": self.patients,
            "differing": self.differing,
            "assumed": dict(self.assumed),
            **plain_drawn(self.sampling),
            "unread": [{"column": c, "by": by} for c, by in self.unread],
            "changed": dict(self.changed),
            **shares,
            "cells": [
                {**plain_counts(cell), "witnesses": list(_plain_ids(cell.witnesses))}
                for cell in self.cells
            ],
        }


_TEXTS = ("first_outcome", "first_value", "second_outcome", "second_value", "decision")
_TYPES = {
    **dict.fromkeys(_TEXTS, pa.string()),
    "same": pa.bool_(),
    "witnesses": pa.list_(pa.string()),
}


def _joined(parts: Iterable[Rows]) -> Rows:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def compare_advice(  # noqa: PLR0913 -- who is asked about whom, and how they are named
    source: RowSource,
    sides: tuple[Evaluator, Evaluator],
    options: Options,
    kind: FrameKind,
    *,
    patient: str | None = None,
    ids: Any = None,
    sample: Sample | None = None,
) -> CohortComparison:
    """Who in a cohort is advised differently by another guideline.

    Both are asked batch by batch in one pass, and only counts and witnesses are kept.

    Args:
        source: The patients.
        sides: The two guidelines.
        options: How the columns are read. A column that is a fact for one of them only is left
            out for the other.
        kind: The package of the frames that come out.
        patient: The column that names patients.
        ids: That column as the caller's own frame has it, for all rows; it is taken from `source`
            if left out.
        sample: How the rows were drawn; None where they are simply counted.

    Raises:
        CohortError: The patients cannot be read.
        PatientError: A column cannot be used, or cells are implausible.
    """
    graphs = (sides[0].graph, sides[1].graph)
    names = [FactNames(graph) for graph in graphs]
    columns = [c for c in source.schema.names if c != patient]
    kept = () if patient is None or ids is not None else (patient,)
    options = evolve(
        options,
        long=False,
        questions=False,
        keep=tuple(dict.fromkeys((*options.keep, *kept))),
    )

    def asked(side: int) -> Kernel:
        """One guideline, with the columns and assumptions that it, or neither, knows."""
        own = own_options((graphs[side],), (graphs[1 - side],), columns, options)
        return kernel(
            sides[side], source.schema, own, source.name, is_text=source.is_text
        )

    both = asked(0), asked(1)
    inside = None if sample is None else sample.inside
    counted = partial(_counted, both, patient if ids is None else None, inside)
    total = _Counted()
    read = dict.fromkeys((*both[0].matched.read, *both[1].matched.read))
    with closing(in_order(counted, source.batches(read))) as parts:
        for part in parts:
            total += part
    if options.on_bad is OnBad.ERROR:
        for report in total.reports:
            report.refuse(source.name)
    told = Told(rows=_joined(rows for rows, _ in total.told), ids=ids, is_whole=True)
    if ids is None:
        few = [names for _, names in total.told if names is not None]
        told = Told(rows=told.rows, ids=pa.chunked_array(few) if few else None)
    cells = list(_cells(total, told))
    found = CohortComparison(
        first=graphs[0],
        second=graphs[1],
        patient=patient,
        patients=total.patients,
        differing=len(told.rows),
        unread=tuple(
            (column, graph.name)
            for column in columns
            for graph, own, other in zip(graphs, names, reversed(names), strict=True)
            if strange_columns((other,), (own,), (column,))
        ),
        cells=tuple(cell for cell, _ in cells),
        told=evolve(told, cells=tuple(rows for _, rows in cells)),
        kind=kind,
        assumed={
            **written_values(both[1].assumed.values, graphs[1]),
            **written_values(both[0].assumed.values, graphs[0]),
        },
    )
    return found if sample is None else _with_shares(found, total, sample)


# ------------------------------------------------------------------------- counting

_Pair: TypeAlias = tuple[str, str | None, str, str | None, bool]
"""What both say in words, each its outcome and its value, and whether it is the same."""
_Cell: TypeAlias = tuple[str, _Pair]
_Codes: TypeAlias = Mapping[str, tuple[tuple[_Pair, ...], Rows]]
"""By decision, the pairs of a batch, and which of them each of its rows has."""


def _pair(mine: GroupAnswer, theirs: GroupAnswer) -> _Pair:
    def apart(answer: GroupAnswer) -> str:
        """What the words of a value leave out: which drugs are preferred, what is certain."""
        said = answer.said
        drugs = {
            d for one in said.said if isinstance(one, FormChoice) for d in one.drugs
        }
        if said.decision is Decision.FORM and said.certain and drugs:
            return f"{answer.value} (preferred: {' or '.join(sorted(drugs))})"
        return f"{answer.value} ({'certain' if said.certain else 'possible'})"

    is_same = mine.outcome is theirs.outcome and mine.said == theirs.said
    value, other = mine.value, theirs.value
    if value == other and mine.outcome is theirs.outcome and not is_same:
        # The words of a column leave out what has a column of its own, or no room.
        value, other = apart(mine), apart(theirs)
    return (mine.outcome.value, value, theirs.outcome.value, other, is_same)


@define(eq=False)
class _Counted:
    """What is known of some patients.

    Attributes:
        pairs: For each decision and pair of answers, how many patients have it.
        rows: The rows, from 0, of those to whom the two say different things, batch by batch.
        told: The rows of everybody who is advised differently, and how they are named.
        codes: In a survey, the pairs of each decision and which each row has, batch by batch.
        reports: What is implausible, for either guideline.
    """

    patients: int = 0
    pairs: Counter[_Cell] = field(factory=Counter)
    rows: Mapping[_Cell, tuple[Rows, ...]] = field(factory=dict)
    told: tuple[tuple[Rows, Any], ...] = ()
    codes: tuple[_Codes, ...] = ()
    reports: tuple[CellReport, CellReport] = (CellReport(), CellReport())

    def __add__(self, other: _Counted) -> _Counted:
        rows = dict(self.rows)
        for cell, more in other.rows.items():
            rows[cell] = (*rows.get(cell, ()), *more)
        (first, second), (one, two) = self.reports, other.reports
        return _Counted(
            self.patients + other.patients,
            self.pairs + other.pairs,
            rows,
            (*self.told, *other.told),
            (*self.codes, *other.codes),
            (first + one, second + two),
        )


def _counted(
    both: tuple[Kernel, Kernel],
    patient: str | None,
    inside: Mask | None,
    batch: pa.RecordBatch,
    start: int,
) -> _Counted:
    """What two guidelines say of one batch, whose first patient is `start`.

    Rows that are not `inside` were read, and are not counted.
    """
    one, two = (side.advise(batch, start) for side in both)
    reports = (one.report, two.report)
    if one.decisions is None or two.decisions is None:
        return _Counted(batch.num_rows, reports=reports)
    is_in = np.ones(batch.num_rows, np.bool_)
    if inside is not None:
        is_in = inside[start : start + batch.num_rows]
    differs = np.zeros(batch.num_rows, np.bool_)
    counts: Counter[_Cell] = Counter()
    found: dict[_Cell, tuple[Rows, ...]] = {}
    every: dict[str, tuple[tuple[_Pair, ...], Rows]] = {}
    for decision in DECISIONS:
        mine, codes = one.decisions.answers[decision]
        theirs, other = two.decisions.answers[decision]
        joint = codes.astype(np.int64) * len(theirs) + other
        numbers = np.bincount(joint[is_in], minlength=len(mine) * len(theirs))
        pairs: dict[_Pair, int] = {}
        place = np.zeros(len(numbers), np.int64)
        for number in np.flatnonzero(numbers).tolist():
            pair = _pair(mine[number // len(theirs)], theirs[number % len(theirs)])
            counts[decision.value, pair] += int(numbers[number])
            place[number] = pairs.setdefault(pair, len(pairs))
        cells = place[joint]
        if inside is not None:
            every[decision.value] = (tuple(pairs), cells)
        is_other = np.array([not pair[-1] for pair in pairs], np.bool_)
        rows = np.flatnonzero(is_in)
        rows = rows[is_other[cells[rows]]]
        differs[rows] = True
        rows = rows[np.argsort(cells[rows], kind="stable")]
        ends = np.cumsum(np.bincount(cells[rows], minlength=len(pairs)))
        for pair, some in zip(pairs, np.split(rows, ends[:-1]), strict=False):
            if not pair[-1]:
                found[decision.value, pair] = (start + some,)
    told = np.flatnonzero(differs)
    names = None if patient is None else batch.column(patient).take(pa.array(told))
    return _Counted(
        int(is_in.sum()),
        counts,
        found,
        ((start + told, names),),
        (every,) if every else (),
        reports,
    )


def _with_shares(
    found: CohortComparison, total: _Counted, sample: Sample
) -> CohortComparison:
    """The same with the shares that its counts are, of the people for whom the rows stand."""
    coded = []
    for decision in DECISIONS:
        mine = [cell for cell in found.cells if cell.decision == decision.value]
        place = {_pair_of(cell): number for number, cell in enumerate(mine)}
        # A pair that only rows without weight have is no cell, and no share counts them.
        parts = [
            np.array([place.get(pair, 0) for pair in pairs], np.int64)[codes]
            for pairs, codes in (batch[decision.value] for batch in total.codes)
        ]
        others = tuple(number for number, cell in enumerate(mine) if not cell.same)
        coded.append(
            Coded(
                codes=_joined(parts),
                kinds=max(len(mine), 1),
                answers=(*((number,) for number in range(len(mine))), others),
            )
        )
    differs = np.zeros(len(sample.inside), np.int64)
    if found.told is not None:
        differs[found.told.rows] = 1
    *by_decision, (differing,) = sample.shares(
        [*coded, Coded(codes=differs, kinds=2, answers=((1,),))]
    )
    shares = (share for some in by_decision for share in some[:-1])
    return evolve(
        found,
        sampling=sample.drawn,
        differing_share=differing,
        changed_shares={
            decision.value: some[-1]
            for decision, some in zip(DECISIONS, by_decision, strict=True)
        },
        cells=tuple(
            evolve(cell, share=share)
            for cell, share in zip(found.cells, shares, strict=True)
        ),
    )


def _pair_of(cell: ComparedCell) -> _Pair:
    first = (cell.first_outcome, cell.first_value)
    return (*first, cell.second_outcome, cell.second_value, cell.same)


def _cells(total: _Counted, told: Told) -> Iterator[tuple[ComparedCell, Rows]]:
    """The cells by decision; what differs first, the most frequent first; and whose they are."""
    for decision in DECISIONS:
        mine = [one for one in total.pairs.items() if one[0][0] == decision.value]
        for (name, pair), count in sorted(
            mine,
            key=lambda one: (one[0][1][4], -one[1], [v or "" for v in one[0][1][:4]]),
        ):
            rows = _joined(total.rows.get((name, pair), ()))
            cell = ComparedCell(
                decision=name,
                first_outcome=pair[0],
                first_value=pair[1],
                second_outcome=pair[2],
                second_value=pair[3],
                same=pair[4],
                patients=count,
                witnesses=tuple(map(told.name, rows[:WITNESSES].tolist())),
            )
            yield cell, rows
