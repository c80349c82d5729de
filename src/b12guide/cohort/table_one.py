"""Table 1 of a study: who its patients are, and how its groups differ.

Numbers are given as mean and standard deviation, and as median and quartiles; everything else by
level. What is not known has a line of its own, and is no level. Percentages are of those for whom
the respect is known; of those for whom it is not known, of all. Groups are compared by standardized
differences, which do not grow with the number of patients as p-values do (Austin, Stat Med
2009;28:3083-3107; for several levels Yang and Dalton, SAS Global Forum 2012, paper 335).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.design import Numbers
from b12guide.cohort.frames import FrameKind, native
from b12guide.cohort.measured import Distribution, distribution_of, plain_record
from b12guide.cohort.row_values import UNKNOWN, RowValues
from b12guide.cohort.shares import Coded, Sample, Sampling, Share, rounded
from b12guide.cohort.subgroups import Grouping
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.makers import maker


@frozen(kw_only=True, repr=False)
class TableOneCell(Record):
    """One line of the table in one of its columns.

    Attributes:
        share: Of a level or of what is not known; None on the line of a measure.
        distribution: Of a measure; None on other lines.
    """

    share: Share | None = None
    distribution: Distribution | None = None


@frozen(kw_only=True, repr=False)
class TableOneLine(Record):
    """One line of the table.

    Attributes:
        column: The fact, or the column that is kept.
        label: What people call it.
        unit: Of a measure; None for others.
        level: The level; None on the line of a measure, and for what is not known.
        is_unknown: Whether it counts those for whom the column is not known.
        cells: Of everybody, then of each group.
        difference: The greatest standardized difference between two groups, of the whole column;
            on its first line, None on others, and where there are no two groups or no spread.
    """

    column: str
    label: str
    unit: str | None = None
    level: str | None = None
    is_unknown: bool = False
    cells: tuple[TableOneCell, ...]
    difference: float | None = None


@frozen(kw_only=True, repr=False)
class TableOneGroup(Record):
    """The head of a column of the table.

    Attributes:
        group: The values that make it; empty for everybody.
        patients: How many rows it has, of those that weigh something.
        weight: The sum of their weights; None without a design.
    """

    group: tuple[str | None, ...]
    patients: int
    weight: float | None = None


@frozen(kw_only=True, repr=False)
class TableOne(Answer):
    """Who the patients of a study are, line by line, and how its groups differ.

    Attributes:
        by: The columns that make the groups; none where there are no groups.
        labels: What people call them.
        patients: How many rows there are; those of no weight are in no cell.
        groups: Everybody, then each group.
        sampling: How rows become shares.
        assumed: What was assumed of patients for whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    by: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    patients: int
    groups: tuple[TableOneGroup, ...] = field(repr=False)
    lines: tuple[TableOneLine, ...] = field(repr=False)
    sampling: Sampling = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)

    def to_frame(self) -> Any:
        """The numbers, a row for each line and group; everybody has no values of `by`."""
        texts = ("column", "label", "unit", "level")
        rows = [
            (line, group, cell)
            for line in self.lines
            for group, cell in zip(self.groups, line.cells, strict=True)
        ]
        columns: dict[str, Any] = {
            name: pa.array([getattr(line, name) for line, _, _ in rows], pa.string())
            for name in texts
        }
        columns["is_unknown"] = pa.array([line.is_unknown for line, _, _ in rows])
        columns["is_everybody"] = pa.array([not g.group for _, g, _ in rows])
        for place, name in enumerate(self.by):
            told = [g.group[place] if g.group else None for _, g, _ in rows]
            columns[f"by.{name}" if name in columns else name] = pa.array(
                told, pa.string()
            )
        numbers = {
            "patients": [_patients(cell) for _, _, cell in rows],
            "of": [None if c.share is None else c.share.of for _, _, c in rows],
        }
        for name, counts in numbers.items():
            columns[name] = pa.array(counts, pa.int64())
        for name in ("share", "low", "high"):
            told = [getattr(cell.share, name, None) for _, _, cell in rows]
            columns[name] = pa.array(told, pa.float64())
        spread = ("mean", "deviation", "median", "lower_quartile", "upper_quartile")
        for name in spread:
            told = [getattr(cell.distribution, name, None) for _, _, cell in rows]
            columns[name] = pa.array(told, pa.float64())
        differences = [line.difference for line, _, _ in rows]
        columns["difference"] = pa.array(differences, pa.float64())
        return native(pa.table(columns), self.kind)

    def to_latex(self) -> str:
        """The table for LaTeX, with the rules of its package `booktabs`."""
        text: str = maker("pages").written_of(self, "latex")
        return text

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        return {
            "by": list(self.by),
            "labels": list(self.labels),
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "sampling": self.sampling.plain(),
            "groups": [plain_record(one) for one in self.groups],
            "lines": [plain_record(one) for one in self.lines],
        }


def _patients(cell: TableOneCell) -> int | None:
    if cell.distribution is not None:
        return cell.distribution.known
    return None if cell.share is None else cell.share.patients


# ------------------------------------------------------------------------- counting


def table_one_of(  # noqa: PLR0913 -- whom, in which respects, and how they were drawn
    graph: RuleGraph,
    columns: Sequence[RowValues],
    sample: Sample,
    grouping: Grouping | None,
    *,
    kind: FrameKind,
    assumed: WrittenValues,
) -> TableOne:
    """The table of some columns, for everybody and for each group."""
    rows = len(sample.inside)
    masks = [np.ones(rows, np.bool_)]
    values: list[tuple[str | None, ...]] = [()]
    if grouping is not None:
        values += grouping.groups
        masks += [grouping.inside(place) for place in range(len(grouping.groups))]
    parts = [sample.within(mask) for mask in masks]
    is_weighted = sample.design is not None
    return TableOne(
        graph=graph,
        by=() if grouping is None else grouping.by,
        labels=() if grouping is None else grouping.labels,
        patients=sample.rows,
        groups=tuple(
            TableOneGroup(
                group=group,
                patients=part.rows,
                weight=rounded(float(part.weights.sum())) if is_weighted else None,
            )
            for group, part in zip(values, parts, strict=True)
        ),
        lines=tuple(line for one in columns for line in _lines(one, parts)),
        sampling=sample.sampling(rows - sample.rows),
        kind=kind,
        assumed=assumed,
    )


def _lines(column: RowValues, parts: Sequence[Sample]) -> Iterator[TableOneLine]:
    """The lines of one column: its numbers or its levels, and what is not known."""
    head: dict[str, Any] = {
        "column": column.name,
        "label": column.label,
        "unit": column.unit,
    }
    difference = greatest_difference(column, parts[1:])
    if column.numbers is not None:
        spread = (distribution_of(column.numbers, part) for part in parts)
        cells = tuple(TableOneCell(distribution=one) for one in spread)
        yield TableOneLine(**head, cells=cells, difference=difference)
    else:
        kinds = len(column.levels)
        answers = tuple((place,) for place in range(kinds))
        codes = np.where(column.known, column.codes, 0)
        coded = Coded(codes=codes, kinds=max(kinds, 1), answers=answers)
        shares = [part.within(column.known).shares([coded])[0] for part in parts]
        for place, level in enumerate(column.levels):
            cells = tuple(TableOneCell(share=some[place]) for some in shares)
            yield TableOneLine(**head, level=level, cells=cells, difference=difference)
            difference = None
    is_unknown = column.codes == UNKNOWN
    if parts[0].within(is_unknown).rows:
        coded = Coded(codes=is_unknown.astype(np.int64), kinds=2, answers=((1,),))
        shares = [part.shares([coded])[0] for part in parts]
        cells = tuple(TableOneCell(share=some[0]) for some in shares)
        yield TableOneLine(**head, is_unknown=True, cells=cells)


def greatest_difference(column: RowValues, parts: Sequence[Sample]) -> float | None:
    """The greatest standardized difference of a column between any two groups."""
    known = [part.within(column.known) for part in parts]
    pairs = combinations([one for one in known if one.rows], 2)
    found = [_difference(column, one, other) for one, other in pairs]
    told = [one for one in found if one is not None]
    return rounded(max(told)) if told else None


def _difference(column: RowValues, one: Sample, other: Sample) -> float | None:
    """The standardized difference between two groups; None where nothing varies in either."""
    if column.numbers is not None:
        first, second = (distribution_of(column.numbers, some) for some in (one, other))
        variances = [d.deviation**2 for d in (first, second) if d.deviation is not None]
        spread = sum(variances) / 2
        if len(variances) < 2 or spread <= 0 or first.mean is None:
            return None
        return abs(first.mean - float(second.mean or 0)) / float(spread**0.5)
    first_shares, second_shares = (_shares(column, some) for some in (one, other))
    apart = first_shares - second_shares
    # Of several levels: how far apart the shares of all but one are, in the metric of their
    # covariance within the groups. Levels that nobody has in either say nothing.
    some = (first_shares + second_shares) > 0
    apart, first_shares, second_shares = (
        each[some][1:] for each in (apart, first_shares, second_shares)
    )
    if not len(apart):
        return None
    covariance = (_covariance(first_shares) + _covariance(second_shares)) / 2
    if np.linalg.matrix_rank(covariance) < len(apart):
        return None
    return float(np.sqrt(apart @ np.linalg.solve(covariance, apart)))


def _shares(column: RowValues, part: Sample) -> Numbers:
    codes = column.codes[part.inside]
    found = np.bincount(codes, part.weights, len(column.levels)).astype(np.float64)
    shares: Numbers = found / found.sum()
    return shares


def _covariance(shares: Numbers) -> Numbers:
    found: Numbers = np.diag(shares) - np.outer(shares, shares)
    return found
