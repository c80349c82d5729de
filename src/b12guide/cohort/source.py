"""Where rows come from: a table in memory, or files that are read batch by batch.

In CSV files, what is often written for a value that is not known is null in the column of a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, frozen

from b12guide.cohort.columns import left_out, subject_of
from b12guide.cohort.options import Options
from b12guide.cohort.table_files import looked_at
from b12guide.cohort.threads import gathered
from b12guide.graph.model import RuleGraph
from b12guide.patient.fact_names import FactNames

ROWS = 1 << 17
"""Patients that are looked at together: enough to be quick, few enough to stay in the cache."""

_UNKNOWN_TEXTS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", ".")
"""What a CSV file writes for a value that is not known, in addition to nothing at all."""

_TRUTHS = pa.array(["true", "false"])

Batches: TypeAlias = Iterator[pa.RecordBatch]


@frozen(eq=False, kw_only=True, repr=False)
class RowSource:
    """Rows that can be gone through more than once.

    Attributes:
        name: What diagnostics call it.
        schema: The columns.
        rows: How many there are, where that is known without reading them.
        bytes: How many bytes there are to be read, where the rows are not known.
        position: How many of these the pass under way has read.
        is_text: Whether every cell is text, whatever kind of value its fact has.
    """

    name: str
    schema: pa.Schema
    rows: int | None
    bytes: int | None = None
    position: Callable[[], int] | None = None
    is_text: bool = False
    _read: Callable[[Sequence[str]], Batches]

    def batches(self, columns: Iterable[str]) -> Batches:
        """Some columns, `ROWS` rows at a time; one batch without rows if there are none.

        Raises:
            CohortError: A file cannot be read.
        """
        names = (
            list(columns) or self.schema.names[:1]
        )  # rows need a column to be counted
        fields = [self.schema.field(name) for name in names]
        empty = True
        for batch in gathered(self._read(names), ROWS):
            empty = False
            yield batch
        if empty:
            nothing = [pa.array([], type=field.type) for field in fields]
            yield pa.RecordBatch.from_arrays(nothing, schema=pa.schema(fields))

    def table(self) -> Any:
        """All rows; a column of text that holds nothing but `true` and `false` holds truths.

        Raises:
            CohortError: A file cannot be read.
        """
        found = pa.Table.from_batches(self.batches(self.schema.names))
        if not self.is_text:
            return found
        columns = [_truths(column) for column in found.columns]
        return pa.Table.from_arrays(columns, names=found.column_names)

    def with_unknown(self, facts: Iterable[str]) -> RowSource:
        """The same rows with findings that are known of nobody."""
        more = [pa.field(fact, pa.bool_()) for fact in facts]
        read = _WithUnknown(self._read, frozenset(field.name for field in more))
        return evolve(self, schema=pa.schema([*self.schema, *more]), read=read)


# Sources are kept in studies, which travel to other processes: what they read with is data too.


@frozen(eq=False)
class _WithUnknown:
    """Reads columns of which some are known of nobody."""

    read: Callable[[Sequence[str]], Batches]
    names: frozenset[str]

    def __call__(self, columns: Sequence[str]) -> Batches:
        there = [name for name in columns if name not in self.names]
        for batch in self.read(there):
            unknown = pa.nulls(batch.num_rows, pa.bool_())
            yield pa.RecordBatch.from_arrays(
                [unknown if c in self.names else batch.column(c) for c in columns],
                names=list(columns),
            )


@frozen(eq=False)
class _OfTable:
    """Reads columns of a table in memory."""

    table: Any

    def __call__(self, columns: Sequence[str]) -> Batches:
        return iter(self.table.select(columns).to_batches(max_chunksize=ROWS))


def source_of(table: Any, name: str) -> RowSource:
    """An Arrow table as a source."""
    return RowSource(
        name=name, schema=table.schema, rows=table.num_rows, read=_OfTable(table)
    )


def opened(
    path: Path, graph: RuleGraph | None = None, options: Options | None = None
) -> RowSource:
    """The rows of a file, or of all files in a folder.

    Args:
        path: Parquet, Arrow or CSV by its suffix, a folder of files of one of these kinds, or a
            pattern of their names.
        graph: The guideline whose facts the columns are; without one they are no facts.
        options: How text files are written, and which columns are left out.

    Raises:
        CohortError: It cannot be read.
        PatientError: The files of a folder do not have the same columns.
    """
    asked = options or Options()
    names = None if graph is None else FactNames(graph)

    def is_fact(column: str) -> bool:
        return names is not None and subject_of(column, names) is not None

    found = looked_at(path, asked, left_out(graph, asked), is_fact)
    facts = frozenset(filter(is_fact, found.schema.names)) if found.is_text else ()
    return RowSource(
        name=str(path),
        schema=found.schema,
        rows=found.rows,
        bytes=found.bytes if found.is_text else None,
        position=found.position if found.is_text else None,
        is_text=found.is_text,
        read=_OfFiles(found, facts, asked),
    )


@frozen(eq=False)
class _OfFiles:
    """Reads columns of files; in those of facts, what stands for no value is none."""

    files: Any
    facts: Collection[str]
    options: Options

    def __call__(self, columns: Sequence[str]) -> Batches:
        declared = self.options.spelling
        texts = pa.array([t for t in _UNKNOWN_TEXTS if declared.truth(t) is None])
        for batch in self.files.batches(columns, ROWS):
            found = []
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                if name in self.facts:
                    unknown, none = (
                        pc.is_in(column, texts),
                        pa.scalar(None, column.type),
                    )
                    found.append(pc.if_else(unknown, none, column))
                else:
                    found.append(column)
            yield pa.RecordBatch.from_arrays(found, schema=batch.schema)


def without_unknown(column: Any) -> Any:
    """A column of text in which nothing stands for what is not known, and blanks around nothing."""
    bare = pc.utf8_trim_whitespace(column)
    is_unknown = pc.is_in(bare, value_set=pa.array(["", *_UNKNOWN_TEXTS]))
    return pc.if_else(is_unknown, None, bare)


def _truths(column: Any) -> Any:
    """A column of text as truths, if every cell of it is one."""
    if not pa.types.is_string(column.type) or column.null_count == len(column):
        return column
    lower = pc.utf8_lower(column)
    is_truth = pc.all(pc.is_in(lower.drop_null(), value_set=_TRUTHS)).as_py()
    return pc.equal(lower, "true") if is_truth else column
