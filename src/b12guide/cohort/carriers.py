"""Takes a frame of any kind to the kernel, and the advice back in a frame of the same kind.

A frame is taken by the name of its class and read as Arrow.
"""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import narwhals.stable.v2 as nw
import pyarrow as pa

from b12guide.cohort import spark
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.cohort.report import Report
from b12guide.cohort.source import source_of
from b12guide.cohort.tables import arrow_of, library_of, native, not_taken
from b12guide.diagnostics import Diagnostic
from b12guide.errors import CohortError
from b12guide.evaluate.known import Evaluator

__all__ = ["advise_frame", "answered", "in_order"]

_NAME = "the cohort"
_MOST_WORKERS = 4

Found = TypeVar("Found")


def advise_frame(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """The advice about each row of `frame`, in a frame of the same kind.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    carry = _CARRIERS.get(library_of(frame))
    if carry is None:
        raise not_taken(frame, _NAME)
    return carry(frame, evaluator, options)


# ------------------------------------------------------------------------- batches


def answered(
    asked: Kernel, found: Iterable[pa.RecordBatch], name: str = _NAME
) -> Iterator[tuple[pa.RecordBatch | None, Report]]:
    """The advice about each batch, and what could not be believed so far.

    Once something could not be believed and that is an error there is no more advice, but the rest
    is still looked at, so that everything is told at once.

    Raises:
        PatientError: At the end, where cells cannot be believed and that is an error.
    """
    report = Report()
    refuses = asked.options.on_bad is OnBad.ERROR
    for one in in_order(asked.advise, found):
        report += one.report
        yield (None if refuses and report.bad else one.advice), report
    if refuses:
        report.refuse(name)


def in_order(
    ask: Callable[[pa.RecordBatch, int], Found], batches: Iterable[pa.RecordBatch]
) -> Iterator[Found]:
    """What `ask` says of each batch and the number of its first row, in their order.

    Several batches are looked at at once, and at most a few are in memory.
    """
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    waiting: deque[Future[Found]] = deque()
    start = 0
    with ThreadPoolExecutor(workers) as pool:
        try:
            for batch in batches:
                waiting.append(pool.submit(ask, batch, start))
                start += batch.num_rows
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def advised(asked: Kernel, found: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The advice about each batch, with a warning where more may follow from some rows.

    Raises:
        PatientError: Where cells cannot be believed and that is an error.
    """
    left_open: tuple[Diagnostic, ...] = ()
    for advice, report in answered(asked, found):
        left_open = report.open
        if advice is not None:
            yield advice
    for one in left_open:
        warnings.warn(one.message, stacklevel=2)


def _table(table: pa.Table, evaluator: Evaluator, options: Options) -> pa.Table:
    asked = kernel(evaluator, table.schema, options, _NAME)
    batches = source_of(table, _NAME).batches(asked.matched.read)
    found = pa.Table.from_batches(advised(asked, batches), asked.advice_schema)
    return found.unify_dictionaries()


# ------------------------------------------------------------------------ carriers


def _batch(
    batch: pa.RecordBatch, evaluator: Evaluator, options: Options
) -> pa.RecordBatch:
    found = _table(pa.Table.from_batches([batch]), evaluator, options)
    return next(source_of(found.combine_chunks(), _NAME).batches(found.column_names))


def _reader(
    reader: pa.RecordBatchReader, evaluator: Evaluator, options: Options
) -> pa.RecordBatchReader:
    """Batch after batch, so that neither patients nor advice need to fit into memory."""
    asked = kernel(evaluator, reader.schema, options, _NAME)
    names = list(asked.matched.read)
    found = advised(asked, (batch.select(names) for batch in reader))
    return pa.RecordBatchReader.from_batches(asked.advice_schema, found)


def _pandas(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    if len(frame) and not len(frame.columns):
        message = f"{_NAME} has rows and no columns; nothing is known of anybody"
        raise CohortError(message)
    found = _table(arrow_of(frame, _NAME), evaluator, options)
    lists = {
        f.type: nw.dependencies.get_pandas().ArrowDtype(f.type)
        for f in found.schema
        if pa.types.is_list(f.type)
    }
    advice = found.to_pandas(types_mapper=lists.get)
    if not options.long:
        advice.index = frame.index
    return advice


def _polars(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    return native(_table(arrow_of(frame, _NAME), evaluator, options), "polars")


def _polars_lazy(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """A frame that is still lazy: the advice is worked out when and where it is collected."""
    schema = nw.from_native(frame).collect_schema()
    empty = nw.from_dict({name: [] for name in schema}, schema=schema, backend="polars")
    asked = kernel(evaluator, empty.to_arrow().schema, options, _NAME)

    def answer(part: Any) -> Any:
        batches = source_of(arrow_of(part, _NAME), _NAME).batches(asked.matched.read)
        found = advised(asked, batches)
        return native(pa.Table.from_batches(found, asked.advice_schema), "polars")

    advice = native(asked.advice_schema.empty_table(), "polars")
    return frame.map_batches(
        answer,
        predicate_pushdown=False,
        projection_pushdown=False,
        schema=advice.schema,
        streamable=not options.long,
    )


def _duckdb(relation: Any, evaluator: Evaluator, options: Options) -> Any:
    """A relation of DuckDB's default connection, which holds the advice."""
    reader = pa.RecordBatchReader.from_stream(relation)
    asked = kernel(evaluator, reader.schema, options, _NAME)
    names = list(asked.matched.read)
    parts = (batch.select(names) for batch in reader)
    found = pa.Table.from_batches(advised(asked, parts), asked.advice_schema)
    duckdb = nw.from_native(relation).implementation.to_native_namespace()
    return duckdb.from_arrow(found.unify_dictionaries())


def _spark(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    return spark.advise_spark(frame, evaluator, options)


_CARRIERS: dict[str, Callable[[Any, Evaluator, Options], Any]] = {
    "pyarrow.Table": _table,
    "pyarrow.RecordBatch": _batch,
    "pyarrow.RecordBatchReader": _reader,
    "pandas.DataFrame": _pandas,
    "polars.DataFrame": _polars,
    "polars.LazyFrame": _polars_lazy,
    "duckdb.DuckDBPyRelation": _duckdb,
    "pyspark.DataFrame": _spark,
}
