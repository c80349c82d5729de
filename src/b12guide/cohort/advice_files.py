"""Files of advice: what a batch of advice becomes, and how batches make a file.

A batch is encoded where it was worked out, which may be another process: what comes from there is a
tenth of the advice, and the one who writes the file has little left to do. Where nothing is
written, a batch becomes what was counted of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from attrs import frozen

from b12guide.cohort.frames import in_full
from b12guide.cohort.joined_parquet import joined
from b12guide.cohort.kernel import AdvisedBatch
from b12guide.cohort.paths import Format
from b12guide.cohort.regimen_columns import as_json

ColumnCounts: TypeAlias = Mapping[str, Mapping[Any, int]]


@frozen(eq=False, kw_only=True, repr=False)
class AdvicePart:
    """What a batch of advice became.

    Attributes:
        content: Its part of a file.
        rows: How many there are.
        counts: How often each value stands in the columns that are counted.
    """

    content: Any
    rows: int
    counts: ColumnCounts


@frozen(eq=False, kw_only=True, repr=False)
class AdviceForm:
    """What becomes of batches of advice; it travels to other processes.

    Attributes:
        kind: The format of a file; None where nothing is written.
        schema: The columns of the advice.
        kept: Those of them that are the caller's own.
        divider: The cell separator of a CSV file.
        counted: The columns whose values are counted.
    """

    kind: Format | None
    schema: pa.Schema
    kept: tuple[str, ...] = ()
    divider: str = ","
    counted: tuple[str, ...] = ()

    def part(self, found: AdvisedBatch) -> AdvicePart | None:
        """What a batch becomes; None where there is no advice."""
        if found.packed is None:
            return None
        return AdvicePart(
            content=None if self.kind is None else self._content(found),
            rows=found.packed.num_rows,
            counts=counted(found.packed, self.counted),
        )

    def _content(self, found: AdvisedBatch) -> Any:
        match self.kind:
            case "parquet":
                sink = pa.BufferOutputStream()
                # The least and the greatest value let a reader pass over row groups
                # without the patient it looks for. So many patients hardly ever lack a
                # verdict, and to look for that would be two fifths of the encoding.
                with pq.ParquetWriter(
                    sink, self.schema, write_statistics=list(self.kept)
                ) as writer:
                    writer.write_batch(found.advice)
                return sink.getvalue()
            case "csv":
                sink = pa.BufferOutputStream()
                plain = _plain(self.schema, lists=False)
                with self._csv_writer(sink, plain, is_headed=False) as writer:
                    writer.write_batch(_as_texts(found.packed, plain))
                return sink.getvalue()
            case "arrow":  # plain advice is larger, and its footer is Arrow's own
                return found.advice
            case None:
                return None

    @contextmanager
    def file(self, sink: Any) -> Iterator[Callable[[Any], object]]:
        """How contents are added to a file, which is whole at the end of the block."""
        match self.kind:
            case "parquet":
                with joined(sink) as add:
                    yield add
            case "csv":
                with self._csv_writer(sink, _plain(self.schema, lists=False)):
                    pass
                yield sink.write
            case "arrow":
                plain = _plain(self.schema, lists=True)
                with pa.ipc.new_file(sink, plain) as writer:
                    yield lambda advice: writer.write_batch(_as_plain(advice, plain))
            case None:
                yield lambda _nothing: None

    def _csv_writer(
        self, sink: Any, plain: pa.Schema, *, is_headed: bool = True
    ) -> Any:
        options = pa.csv.WriteOptions(include_header=is_headed, delimiter=self.divider)
        return pa.csv.CSVWriter(sink, plain, write_options=options)


def counted(advice: Any, columns: tuple[str, ...]) -> ColumnCounts:
    """How often each value stands in some columns of advice; of lists, each name in them."""
    return {name: _counted(advice.column(name)) for name in columns}


def _counted(column: Any) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        for value, number in _values(chunk):
            for one in value if isinstance(value, list) else [value]:
                found[one] += number
    return found


_FEW = 16


def _values(column: Any) -> Iterator[tuple[Any, int]]:
    """The different values of a column, with how often each stands there."""
    if not pa.types.is_dictionary(column.type) or column.null_count:
        if pa.types.is_list(column.type):
            column = pc.list_flatten(column)
        for one in pc.value_counts(column).to_pylist():
            yield one["values"], one["counts"]
        return
    words, codes = column.dictionary.to_pylist(), np.asarray(column.indices)
    if len(words) > _FEW:
        numbers = np.bincount(codes, minlength=len(words)).tolist()
    else:  # to look for each of a few words takes a sixth of the time
        numbers = [int(np.count_nonzero(codes == n)) for n in range(len(words))]
    for word, number in zip(words, numbers, strict=True):
        if number:
            yield word, number


def _plain(schema: pa.Schema, *, lists: bool) -> pa.Schema:
    """The schema without what a format lacks: changing dictionaries, and lists."""
    fields = []
    for field in schema:
        kind = in_full(pa.nulls(0, field.type)).type
        if pa.types.is_list(kind) and not lists:
            kind = pa.string()
        fields.append(field.with_type(kind))
    return pa.schema(fields, schema.metadata)


def _as_plain(advice: pa.RecordBatch, plain: pa.Schema) -> pa.RecordBatch:
    """Advice with its texts in full."""
    return pa.RecordBatch.from_arrays([*map(in_full, advice.columns)], schema=plain)


def _as_texts(packed: Any, plain: pa.Schema) -> pa.RecordBatch:
    """Packed advice as cells of text, each different list written once."""
    columns = []
    for column, field in zip(packed.columns, plain, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind) and pa.types.is_list(kind.value_type):
            columns.append(_list_texts(column.dictionary).take(column.indices))
        elif pa.types.is_list(kind) and not pa.types.is_list(field.type):
            columns.append(_list_texts(column))
        else:
            columns.append(in_full(column))
    return pa.RecordBatch.from_arrays(columns, schema=plain)


def _list_texts(lists: Any) -> Any:
    """Lists as cells of text: names with blanks between, records as JSON."""
    if pa.types.is_struct(lists.type.value_type):
        return as_json(lists)
    return pc.binary_join(in_full(lists), " ")
