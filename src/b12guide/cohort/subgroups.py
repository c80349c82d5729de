"""Parts of a cohort by a column: who belongs to which, and how often each answer is in each.

Those for whom the column is not known are a part of their own. In a survey a part is a domain: it
is estimated with the whole design, never as if it had been drawn by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import mapping, number
from b12guide.cohort.answer_codes import AnswerCodes
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.design import Mask, Places
from b12guide.cohort.frames import FrameKind, Table, native
from b12guide.cohort.prevalence import (
    DecisionCount,
    Prevalence,
    RuleCount,
    ValueCount,
    frame_columns,
    prevalence_of,
    shares_table,
)
from b12guide.cohort.row_values import UNKNOWN, RowValues
from b12guide.cohort.shares import Sample
from b12guide.errors import ArgumentError, CohortError, UnknownNameError
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.say.words import listing

Row = TypeVar("Row")

_MOST_GROUPS = 1000


@frozen(kw_only=True, eq=False, repr=False)
class Grouping:
    """The parts that some columns make of a cohort.

    Attributes:
        by: The columns.
        labels: What people call them.
        groups: Of each part, its value in each column; None where that is not known.
        codes: The part of each row.
    """

    by: tuple[str, ...]
    labels: tuple[str, ...]
    groups: tuple[tuple[str | None, ...], ...]
    codes: Places

    def inside(self, place: int) -> Mask:
        """The rows of one part."""
        return np.asarray(self.codes == place)


def grouping_of(columns: Sequence[RowValues]) -> Grouping:
    """The parts that there are, in the order of the values; what is not known comes last.

    Raises:
        CohortError: There are too many.
    """
    codes = np.zeros(len(columns[0].codes), np.int64)
    for one in columns:
        size = len(one.levels) + 1
        codes = codes * size + np.where(one.codes == UNKNOWN, size - 1, one.codes)
    present, places = np.unique(codes, return_inverse=True)
    if len(present) > _MOST_GROUPS:
        message = f"these columns make {len(present):,} subgroups; name fewer"
        raise CohortError(message)
    groups = []
    for code in present.tolist():
        values: list[str | None] = []
        rest = code
        for one in reversed(columns):
            rest, place = divmod(rest, len(one.levels) + 1)
            values.append((*one.levels, None)[place])
        groups.append(tuple(reversed(values)))
    return Grouping(
        by=tuple(one.name for one in columns),
        labels=tuple(one.label for one in columns),
        groups=tuple(groups),
        codes=places.astype(np.int64),
    )


def cuts_from(value: Any, columns: Sequence[str]) -> Mapping[str, tuple[Any, ...]]:
    """Where numbers are cut, by column: exact numbers, or texts with a unit.

    Raises:
        ArgumentError: It is no mapping of these columns to numbers.
    """
    argument = "cuts"
    expected = 'a mapping of columns to rising numbers, such as {"age": [18, 65]}'
    given = mapping(value, argument, expected)
    found: dict[str, tuple[Any, ...]] = {}
    for name, cuts in given.items():
        if not isinstance(name, str):
            raise ArgumentError(argument, expected, value)
        if name not in columns:
            raise _not_cut(name, columns)
        of_column = f'cuts["{name}"]'
        some = cuts.tolist() if isinstance(cuts, np.ndarray) else cuts
        if not isinstance(some, Sequence) or isinstance(some, str) or not some:
            expected = "a list of rising numbers, such as [18, 65]"
            raise ArgumentError(of_column, expected, cuts, is_told=True)
        exact = [cut if isinstance(cut, str) else number(cut) for cut in some]
        for cut, read in zip(some, exact, strict=True):
            if read is None:
                expected = 'of finite numbers, or texts with a unit such as "30 mL/min"'
                raise ArgumentError(of_column, expected, cut, is_told=True)
        found[name] = tuple(exact)
    return found


def _not_cut(name: str, columns: Sequence[str]) -> ArgumentError:
    """What is wrong with cuts of a column that nobody asked to have cut."""
    near = UnknownNameError("column", name, columns).suggestions[:1]
    meant = "".join(f"; did you mean `{one}`" for one in near)
    there = listing([f"`{one}`" for one in columns], "and")
    argument = "cuts"
    expected = (
        f"of the columns that are asked for, {there}{meant}"
        if columns
        else "left out where no column makes parts: name it in `by`"
    )
    return ArgumentError(argument, expected, name, is_told=True)


@frozen(kw_only=True, repr=False)
class Subgroup(Record):
    """A part of a cohort.

    Attributes:
        group: Its value in each of the columns; None where that is not known.
        prevalence: How often each answer is in it.
    """

    group: tuple[str | None, ...]
    prevalence: Prevalence


@frozen(kw_only=True, repr=False)
class Subgroups(Answer, Record):
    """How often each answer was given in each part of a cohort.

    Attributes:
        by: The columns that make the parts.
        labels: What people call them.
        patients: How many rows there are in all parts together; those of no weight are in no count.
        groups: The parts in the order of their values; those for whom one is not known come last.
        assumed: What was assumed of patients for whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    by: tuple[str, ...]
    labels: tuple[str, ...]
    patients: int
    groups: tuple[Subgroup, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)

    @property
    def weightless(self) -> int:
        """The rows that weigh nothing, in all parts together."""
        return sum(one.prevalence.sampling.weightless for one in self.groups)

    def only(self, values: Mapping[str, str | None]) -> Subgroups:
        """Only the parts that have these values, such as `{"who": "adults"}`.

        Args:
            values: The values by column; None stands for those for whom it is not known.

        Raises:
            ArgumentError: It is no mapping.
            UnknownNameError: No such column makes the parts, or no part has such a value.
        """
        wanted = mapping(values, "values", 'a mapping such as {"who": "adults"}')
        groups = self.groups
        for column, value in wanted.items():
            if column not in self.by:
                what = "column that makes the parts"
                raise UnknownNameError(what, str(column), self.by)
            place = self.by.index(column)
            known = {str(one.group[place]) for one in self.groups}
            groups = tuple(one for one in groups if one.group[place] == value)
            if not groups:
                what = f"part by `{column}`"
                raise UnknownNameError(what, str(value), known)
        rows = sum(one.prevalence.patients for one in groups)
        return evolve(self, groups=groups, patients=rows)

    def to_frame(self) -> Any:
        """The verdicts by rule in each part, a row for each part and rule."""
        return self._joined(
            lambda p: p.rules, lambda rows: frame_columns(rows, RuleCount, "applies")
        )

    def decisions_frame(self) -> Any:
        """The outcomes by decision in each part."""
        return self._joined(
            lambda p: p.decisions,
            lambda rows: frame_columns(rows, DecisionCount, "determined"),
        )

    def values_frame(self) -> Any:
        """What the decisions say in each part, and to how many."""
        return self._joined(
            lambda p: p.values, lambda rows: frame_columns(rows, ValueCount)
        )

    def shares_frame(self) -> Any:
        """Every verdict, outcome and value in each part, one below the other."""
        return self._joined(lambda p: p.shares, shares_table)

    def _joined(
        self,
        rows_of: Callable[[Prevalence], Sequence[Row]],
        table_of: Callable[[Sequence[Row]], Table],
    ) -> Any:
        told = [
            (row, one.group) for one in self.groups for row in rows_of(one.prevalence)
        ]
        table = table_of([row for row, _ in told])
        values = [group for _, group in told]
        return native(with_groups(table, self.by, values), self.kind)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        groups = []
        for one in self.groups:
            counts = one.prevalence.plain()
            del counts["assumed"]
            groups.append({"group": list(one.group), **counts})
        return {
            "by": list(self.by),
            "labels": list(self.labels),
            "patients": self.patients,
            "assumed": dict(self.assumed),
            "groups": groups,
        }


def with_groups(
    table: Table, by: Sequence[str], values: Sequence[Sequence[str | None]]
) -> Table:
    """A table that begins with the columns that make the parts; a name that is taken gets `by.`."""
    columns = {
        (f"by.{name}" if name in table.column_names else name): pa.array(
            [row[place] for row in values], pa.string()
        )
        for place, name in enumerate(by)
    }
    rest = dict(zip(table.column_names, table.columns, strict=True))
    return pa.table(columns | rest)


def subgroups_of(
    found: AnswerCodes, sample: Sample, kind: FrameKind, grouping: Grouping
) -> Subgroups:
    """The counts of advice about each part of a cohort."""
    return Subgroups(
        graph=found.graph,
        by=grouping.by,
        labels=grouping.labels,
        patients=sample.rows,
        groups=tuple(
            Subgroup(
                group=values,
                prevalence=prevalence_of(found, sample, kind, grouping.inside(place)),
            )
            for place, values in enumerate(grouping.groups)
        ),
        kind=kind,
        assumed=found.assumed,
    )
