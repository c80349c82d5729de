"""Takes a frame of any kind to the kernel, and the advice back in a frame of the same kind.

A frame is taken by the name of its class and read as Arrow. A library whose answers were seen to be
silently wrong, or that would hide where the work is done, is refused and not guessed at.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from b12guide.cohort import spark
from b12guide.cohort.kernel import Advised, Kernel, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.cohort.report import Report
from b12guide.errors import CohortError
from b12guide.evaluate.known import Evaluator

__all__ = ["advise_frame"]

ROWS = 1 << 17
"""Patients that are looked at together: enough to be quick, few enough to stay in the cache."""

_NAME = "the cohort"
_MOST_WORKERS = 4


def advise_frame(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """The advice about each row of `frame`, in a frame of the same kind.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    carry = _CARRIERS.get(_library(frame))
    if carry is None:
        raise CohortError(_refusal(frame))
    return carry(frame, evaluator, options)


def _library(frame: Any) -> str:
    """The library and class of `frame`, such as `polars.LazyFrame`."""
    kind = type(frame)
    return f"{kind.__module__.partition('.')[0].lstrip('_')}.{kind.__name__}"


def _refusal(frame: Any) -> str:
    library = _library(frame).partition(".")[0]
    remedy = _REMEDIES.get(
        library, "give a frame of pandas, Polars, DuckDB, PyArrow or Spark"
    )
    return f"a cohort cannot be a `{_library(frame)}`; {remedy}"


_REMEDIES = {
    "dask": "its nulls do not survive; give `frame.compute()`",
    "modin": "give the pandas frame inside it, or write it to a Parquet file",
    "cudf": "give `frame.to_arrow()`",
    "ibis": "give `table.to_pyarrow()`, or `table.to_pyarrow_batches()` where it is large",
    "numpy": "its columns have no names; give a frame",
    "builtins": "a mapping of columns becomes a frame with `pyarrow.table(...)`",
}


# ------------------------------------------------------------------------- batches


def batches(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """A table in pieces; one piece without rows for a table that has none."""
    if not table.num_rows:
        yield pa.RecordBatch.from_arrays(
            [pa.array([], type=field.type) for field in table.schema],
            schema=table.schema,
        )
    yield from table.to_batches(max_chunksize=ROWS)


def answered(
    asked: Kernel, found: Iterable[pa.RecordBatch], name: str = _NAME
) -> Iterator[tuple[pa.RecordBatch | None, Report]]:
    """The advice about each batch, and what could not be believed so far.

    Several batches are looked at at once, and their answers given in order. Once something could
    not be believed and that is an error there is no more advice, but the rest is still looked at,
    so that everything is told at once.

    Raises:
        PatientError: At the end, where cells cannot be believed and that is an error.
    """
    report = Report()
    refuses = asked.options.on_bad is OnBad.ERROR
    for one in _in_order(asked, found):
        report += one.report
        yield (None if refuses and report.bad else one.advice), report
    if refuses:
        report.refuse(name)


def _in_order(asked: Kernel, found: Iterable[pa.RecordBatch]) -> Iterator[Advised]:
    """The answers in the order of the batches, at most a few of which are in memory."""
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    waiting: deque[Future[Advised]] = deque()
    start = 0
    with ThreadPoolExecutor(workers) as pool:
        try:
            for batch in found:
                waiting.append(pool.submit(asked.advise, batch, start))
                start += batch.num_rows
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def advised(asked: Kernel, found: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The advice about each batch.

    Raises:
        PatientError: Where cells cannot be believed and that is an error.
    """
    for advice, _ in answered(asked, found):
        if advice is not None:
            yield advice


def _table(table: pa.Table, evaluator: Evaluator, options: Options) -> pa.Table:
    asked = kernel(evaluator, table.schema, options, _NAME)
    needed = table.select(list(asked.matched.read))
    found = pa.Table.from_batches(advised(asked, batches(needed)), asked.advice_schema)
    return found.unify_dictionaries()


# ------------------------------------------------------------------------ carriers


def _batch(
    batch: pa.RecordBatch, evaluator: Evaluator, options: Options
) -> pa.RecordBatch:
    found = _table(pa.Table.from_batches([batch]), evaluator, options)
    return next(batches(found.combine_chunks()))


def _reader(
    reader: pa.RecordBatchReader, evaluator: Evaluator, options: Options
) -> pa.RecordBatchReader:
    """Batch after batch, so that neither patients nor advice need to fit into memory."""
    asked = kernel(evaluator, reader.schema, options, _NAME)
    names = list(asked.matched.read)
    found = advised(asked, (batch.select(names) for batch in reader))
    return pa.RecordBatchReader.from_batches(asked.advice_schema, found)


def _pandas(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    found = _table(table, evaluator, options)
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
    found = _table(nw.from_native(frame).to_arrow(), evaluator, options)
    return nw.from_arrow(found, backend="polars").to_native()


def _polars_lazy(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """A frame that is still lazy: the advice is worked out when and where it is collected."""
    schema = nw.from_native(frame).collect_schema()
    empty = nw.from_dict({name: [] for name in schema}, schema=schema, backend="polars")
    asked = kernel(evaluator, empty.to_arrow().schema, options, _NAME)

    def answer(part: Any) -> Any:
        table = nw.from_native(part).to_arrow().select(list(asked.matched.read))
        found = advised(asked, batches(table))
        whole = pa.Table.from_batches(found, asked.advice_schema)
        return nw.from_arrow(whole, backend="polars").to_native()

    advice = nw.from_arrow(asked.advice_schema.empty_table(), backend="polars")
    return frame.map_batches(
        answer,
        predicate_pushdown=False,
        projection_pushdown=False,
        schema=advice.to_native().schema,
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
