"""Advice about frames of every library: pandas, Polars, Arrow, DuckDB, Spark."""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from b12guide.cohort import source
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.columns import left_out, subject_of
from b12guide.cohort.frames import arrow_of, library_of, native, not_taken
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import (
    KEY,
    OnBad,
    Options,
    Progress,
    in_schema,
    no_progress,
)
from b12guide.cohort.source import source_of
from b12guide.cohort.threads import gathered, in_order
from b12guide.diagnostics import Diagnostic
from b12guide.errors import CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.fact_names import FactNames

_COHORT = "the cohort"

_TYPES = {
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "string": pa.string(),
    "void": pa.null(),
}
"""By the name that Spark gives to a type; others are of no use to a fact."""


def advise_spark(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """The advice as a frame of Spark, worked out when and where Spark wants it.

    Raises:
        CohortError: The long form without a column that says which patient is meant.
        PatientError: A column cannot be used.
    """
    if options.long and not options.keep:
        message = "rows have no number in Spark: `keep` a column that says who is meant"
        raise CohortError(message)
    schema = pa.schema([_field(field) for field in frame.schema.fields])
    asked = kernel(evaluator, schema, options, _COHORT)
    kinds = {f.name: f.dataType.simpleString() for f in frame.schema.fields}
    named = [
        f"{_in_backticks(field.name)} {_kind(field, kinds, asked)}"
        for field in asked.advice_schema
    ]
    needed = frame.select([_in_backticks(name) for name in asked.matched.read])
    carried = _Carried(pickle.dumps(evaluator.graph), schema, options)
    return needed.mapInArrow(carried, ", ".join(named))


def _field(field: Any) -> pa.Field:
    name = field.dataType.simpleString()
    kind = _TYPES.get(name)
    if name.startswith("decimal"):
        kind = pa.decimal128(field.dataType.precision, field.dataType.scale)
    unit = str((field.metadata or {}).get("unit", ""))
    metadata = {"unit": unit} if unit else None
    return pa.field(field.name, pa.binary() if kind is None else kind, True, metadata)


def _kind(field: pa.Field, kinds: dict[str, str], asked: Kernel) -> str:
    """The type of a column of advice, in Spark's words."""
    if field.name in asked.matched.kept:
        return kinds[field.name]
    if pa.types.is_boolean(field.type):
        return "boolean"
    return "array<string>" if pa.types.is_list(field.type) else "string"


def _in_backticks(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@frozen(eq=False, repr=False)
class _Carried:
    """The kernel as it travels: what it is made of, and how it is applied."""

    graph: bytes
    schema: pa.Schema
    options: Options

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        graph = pickle.loads(self.graph)  # noqa: S301 -- our own bytes, from the driver
        asked = kernel(Evaluator.of(graph), self.schema, self.options, _COHORT)
        start = 0
        for batch in batches:
            found = asked.advise(batch, start)
            if self.options.on_bad is OnBad.ERROR:
                found.report.refuse(_COHORT)
            if found.advice is not None:
                yield _plain(found.advice)
            start += batch.num_rows


def _plain(advice: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with every text spelled out, which is all that Spark takes."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in advice.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=advice.schema.names)


_NAME = "the cohort"


def advise_frame(
    frame: Any,
    evaluator: Evaluator,
    options: Options,
    progress: Progress | None = None,
) -> Any:
    """The advice about each row of `frame`, in a frame of the same kind.

    Args:
        frame: The patients.
        evaluator: The guideline.
        options: How the columns are read.
        progress: Called from time to time with how many patients are done, and of how many.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    carry = _CARRIERS.get(library_of(frame))
    if carry is None:
        raise not_taken(frame, _NAME)
    return carry(frame, evaluator, options, progress or no_progress)


# ------------------------------------------------------------------------- batches


def answered(
    asked: Kernel,
    found: Iterable[pa.RecordBatch],
    name: str = _NAME,
    tell: Callable[[int], None] = lambda _: None,
    position: Callable[[], int] | None = None,
) -> Generator[tuple[pa.RecordBatch | None, CellReport]]:
    """The advice about each batch, and what could not be believed so far.

    Once something could not be believed and that is an error there is no more advice, but the rest
    is still looked at, so that everything is told at once.

    Args:
        asked: The guideline, and how the columns are read.
        found: The patients.
        name: What diagnostics call them.
        tell: Told from time to time how far the work is.
        position: How far `found` has been read; counted in rows if left out.

    Raises:
        PatientError: At the end, where cells cannot be believed and that is an error.
    """
    report = CellReport()
    refuses = asked.options.on_bad is OnBad.ERROR
    with closing(in_order(asked.advise, found, tell, position)) as answers:
        for one in answers:
            report += one.report
            yield (None if refuses and report.bad else one.advice), report
    if refuses:
        report.refuse(name)


def advised(
    asked: Kernel,
    found: Iterable[pa.RecordBatch],
    progress: Progress = no_progress,
    rows: int | None = None,
) -> Iterator[pa.RecordBatch]:
    """The advice about each batch, with a warning where more may follow from some rows.

    Args:
        asked: The guideline, and how the columns are read.
        found: The patients.
        progress: Told from time to time how far the work is.
        rows: How many patients there are, where that is known.

    Raises:
        PatientError: Where cells cannot be believed and that is an error.
    """
    left_open: tuple[Diagnostic, ...] = ()
    told = answered(asked, found, tell=lambda done: progress(done, rows))
    with closing(told) as answers:
        for advice, report in answers:
            left_open = report.open
            if advice is not None:
                yield advice
    for one in left_open:
        warnings.warn(one.message, stacklevel=2)


def _advice(
    table: pa.Table, evaluator: Evaluator, options: Options, progress: Progress
) -> pa.Table:
    asked = kernel(evaluator, table.schema, options, _NAME)
    batches = source_of(table, _NAME).batches(asked.matched.read)
    found = advised(asked, batches, progress, table.num_rows)
    return pa.Table.from_batches(found, asked.advice_schema).unify_dictionaries()


def unread(evaluator: Evaluator, options: Options) -> Callable[[str], bool]:
    """Which columns nobody looks at: those that are left out, and those that are only kept."""
    is_left_out = left_out(evaluator.graph, options)
    names = FactNames(evaluator.graph)

    def is_only_kept(column: str) -> bool:
        is_fact = column not in options.ignore and subject_of(column, names) is not None
        return column in options.keep and not is_fact

    return lambda column: is_left_out(column) or is_only_kept(column)


def _rows(options: Options, evaluator: Evaluator, count: int) -> NDArray[np.int64]:
    """The patient of each row of advice, as the number of their row."""
    each = len(evaluator.graph.rules) if options.long else 1
    return np.repeat(np.arange(count), each)


def _read_through(
    reader: pa.RecordBatchReader, asked: Kernel, progress: Progress
) -> Iterator[pa.RecordBatch]:
    """The advice about what `reader` still holds; nobody knows how much that is."""
    names = list(asked.matched.read)
    batches = gathered((batch.select(names) for batch in reader), source.ROWS)
    return advised(asked, batches, progress)


# ------------------------------------------------------------------------ carriers


def _table(
    table: pa.Table, evaluator: Evaluator, options: Options, progress: Progress
) -> pa.Table:
    found = _advice(table, evaluator, options, progress)
    if options.long:
        return found
    for place, name in enumerate(options.keep):
        found = found.set_column(place, table.schema.field(name), table.column(name))
    return found


def _batch(
    batch: pa.RecordBatch, evaluator: Evaluator, options: Options, progress: Progress
) -> pa.RecordBatch:
    found = _table(pa.Table.from_batches([batch]), evaluator, options, progress)
    return next(source_of(found.combine_chunks(), _NAME).batches(found.column_names))


def _reader(
    reader: pa.RecordBatchReader,
    evaluator: Evaluator,
    options: Options,
    progress: Progress,
) -> pa.RecordBatchReader:
    """Batch after batch, so that neither patients nor advice need to fit into memory."""
    asked = kernel(evaluator, reader.schema, options, _NAME)
    found = _read_through(reader, asked, progress)
    return pa.RecordBatchReader.from_batches(asked.advice_schema, found)


def _pandas(
    frame: Any, evaluator: Evaluator, options: Options, progress: Progress
) -> Any:
    if len(frame) and not len(frame.columns):
        message = f"{_NAME} has rows and no columns; nothing is known of anybody"
        raise CohortError(message)
    table = arrow_of(frame, _NAME, unread(evaluator, options))
    found = _advice(table, evaluator, options, progress)
    lists = {
        f.type: nw.dependencies.get_pandas().ArrowDtype(f.type)
        for f in found.schema
        if pa.types.is_list(f.type)
    }
    advice = found.select(found.column_names[len(options.keep) :])
    advice = advice.to_pandas(types_mapper=lists.get)
    rows = _rows(options, evaluator, len(frame))
    labels = [str(label) for label in frame.columns]
    for place, name in enumerate(options.keep):
        number = labels.index(name)
        column = frame.iloc[:, number].array
        column = column.take(rows) if options.long else column.copy()
        advice.insert(place, frame.columns[number], column)
    if not options.long:
        advice.index = frame.index
    advice.attrs[KEY] = in_schema(found.schema)
    return advice


def _polars(
    frame: Any, evaluator: Evaluator, options: Options, progress: Progress
) -> Any:
    table = arrow_of(frame, _NAME, unread(evaluator, options))
    found = native(_advice(table, evaluator, options, progress), "polars")
    return _with_own(found, frame, evaluator, options)


def _with_own(found: Any, frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """Advice in a frame of Polars, with the columns that are kept as they are in `frame`."""
    own = [frame.get_column(name) for name in options.keep]
    if options.long:
        rows = _rows(options, evaluator, len(frame))
        own = [column.gather(rows) for column in own]
    return found.with_columns(own)


def _polars_lazy(
    frame: Any, evaluator: Evaluator, options: Options, progress: Progress
) -> Any:
    """A frame that is still lazy: the advice is worked out when and where it is collected."""
    empty = frame.clear().collect()
    is_unread = unread(evaluator, options)
    asked = kernel(evaluator, arrow_of(empty, _NAME, is_unread).schema, options, _NAME)

    def answer(part: Any) -> Any:
        table = arrow_of(part, _NAME, is_unread)
        batches = source_of(table, _NAME).batches(asked.matched.read)
        found = pa.Table.from_batches(
            advised(asked, batches, progress), asked.advice_schema
        )
        return _with_own(native(found, "polars"), part, evaluator, options)

    nothing = native(asked.advice_schema.empty_table(), "polars")
    advice = _with_own(nothing, empty, evaluator, options)
    return frame.map_batches(
        answer,
        predicate_pushdown=False,
        projection_pushdown=False,
        schema=advice.schema,
        streamable=not options.long,
    )


def _duckdb(
    relation: Any, evaluator: Evaluator, options: Options, progress: Progress
) -> Any:
    """A relation of DuckDB's default connection, which holds the advice."""
    reader = pa.RecordBatchReader.from_stream(relation)
    asked = kernel(evaluator, reader.schema, options, _NAME)
    found = pa.Table.from_batches(
        _read_through(reader, asked, progress), asked.advice_schema
    )
    duckdb = nw.from_native(relation).implementation.to_native_namespace()
    advice = duckdb.from_arrow(found.unify_dictionaries())
    kinds = dict(zip(relation.columns, relation.types, strict=True))
    own = {
        name: kind
        for name, kind in zip(advice.columns, advice.types, strict=True)
        if name in options.keep
        and kinds[name] != kind
        and _CAST.match(str(kinds[name]))
    }
    if not own:
        return advice
    # Arrow carries them as text or decimals; DuckDB is told what they were.
    columns = [
        f"cast({_quoted(n)} as {kinds[n]}) as {_quoted(n)}" if n in own else _quoted(n)
        for n in advice.columns
    ]
    return advice.project(", ".join(columns))


_CAST = re.compile(r"(ENUM\(.*|U?HUGEINT|UUID)\Z", re.DOTALL)
"""Types that Arrow does not have, and that come back whole from what it has instead."""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _spark(
    frame: Any, evaluator: Evaluator, options: Options, progress: Progress
) -> Any:
    if progress is not no_progress:
        message = "Spark shows the progress of its jobs itself: leave out `progress`"
        raise CohortError(message)
    return advise_spark(frame, evaluator, options)


_Carrier: TypeAlias = Callable[[Any, Evaluator, Options, Progress], Any]

_CARRIERS: dict[str, _Carrier] = {
    "pyarrow.Table": _table,
    "pyarrow.RecordBatch": _batch,
    "pyarrow.RecordBatchReader": _reader,
    "pandas.DataFrame": _pandas,
    "polars.DataFrame": _polars,
    "polars.LazyFrame": _polars_lazy,
    "duckdb.DuckDBPyRelation": _duckdb,
    "pyspark.DataFrame": _spark,
}
