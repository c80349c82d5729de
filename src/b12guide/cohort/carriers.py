"""Advice about frames of every library: pandas, Polars, Arrow, DuckDB, Spark."""

from __future__ import annotations

import pickle
import re
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

from b12guide.arguments import whole_number
from b12guide.cohort.cell_report import CellReport
from b12guide.cohort.columns import left_out, subject_of
from b12guide.cohort.frames import (
    arrow_of,
    in_full,
    library_of,
    lists_in_full,
    native,
    not_taken,
)
from b12guide.cohort.kernel import (
    AdviceTask,
    AdvisedBatch,
    Kernel,
    KernelRecipe,
    kernel,
)
from b12guide.cohort.options import (
    KEY,
    OnBad,
    Options,
    Progress,
    in_schema,
    no_progress,
)
from b12guide.cohort.panel_kernel import PanelKernel, PanelRecipe, panel_kernel
from b12guide.cohort.source import ROWS, source_of
from b12guide.cohort.threads import Helpers, gathered, in_order
from b12guide.diagnostics import Diagnostic
from b12guide.errors import CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.fact_names import FactNames

_COHORT = "the cohort"


def advise_frame(
    frame: Any,
    evaluator: Evaluator | Sequence[Evaluator],
    options: Options,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Any:
    """The advice about each row of `frame`, in a frame of the same kind.

    Args:
        frame: The patients.
        evaluator: The guideline; of several, the answer is how they stand to each other.
        options: How the columns are read.
        progress: Called from time to time with how many patients are done, and of how many.
        workers: How many processes work; as many as there are cores where there is enough to do,
            if None.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column cannot be used, or cells are implausible.
    """
    carry = _CARRIERS.get(library_of(frame))
    if carry is None:
        raise not_taken(frame, _COHORT)
    if workers is not None:
        whole_number(workers, "workers", least=1)
    asked = evaluator if isinstance(evaluator, Evaluator) else tuple(evaluator)
    carrier = _Carrier(asked, options, progress or no_progress, workers)
    return carry(carrier, frame)


# ------------------------------------------------------------------------- batches

Asked: TypeAlias = Kernel | PanelKernel
Recipe: TypeAlias = KernelRecipe | PanelRecipe


def asking(
    evaluator: Evaluator | Sequence[Evaluator],
    schema: pa.Schema,
    options: Options,
    name: str,
    *,
    is_text: bool = False,
) -> Asked:
    """A guideline, or several together, that are asked about frames of one schema.

    Raises:
        PatientError: Some column cannot be used, or kept.
    """
    if isinstance(evaluator, Evaluator):
        return kernel(evaluator, schema, options, name, is_text=is_text)
    return panel_kernel(evaluator, schema, options, name, is_text=is_text)


def answered(  # noqa: PLR0913 -- patients, how far they are, and who works
    asked: Asked,
    found: Iterable[pa.RecordBatch],
    *,
    make: Callable[[AdvisedBatch], Any] | None = None,
    name: str = _COHORT,
    tell: Callable[[int], None] = lambda _: None,
    position: Callable[[], int] | None = None,
    of: int | None = None,
    workers: int | None = None,
) -> Generator[tuple[AdvisedBatch | None, CellReport]]:
    """The advice about each batch, and what is implausible so far.

    Once something was implausible and that is an error there is no more advice, but the rest
    is still looked at, so that everything is reported at once.

    Args:
        asked: The guideline, and how the columns are read.
        found: The patients.
        make: What other processes make of their advice, instead of sending it.
        name: What diagnostics call them.
        tell: Told from time to time how far the work is.
        position: How far `found` has been read; counted in rows if left out.
        of: How far the work goes, where that is known.
        workers: How many processes work, this one included.

    Raises:
        PatientError: At the end, where cells are implausible and that is an error.
    """
    report = CellReport()
    refuses = asked.options.on_bad is OnBad.ERROR
    task = AdviceTask(asked.recipe, make=make)
    helpers = Helpers(task=task, workers=workers, of=of)
    told = in_order(asked.advise, found, tell, position, helpers)
    with closing(told) as answers:
        for one in answers:
            report += one.report
            yield None if refuses and report.bad else one, report
    if refuses:
        report.refuse(name)


def advised(
    asked: Asked,
    found: Iterable[pa.RecordBatch],
    progress: Progress = no_progress,
    rows: int | None = None,
    workers: int | None = None,
) -> Iterator[pa.RecordBatch]:
    """The advice about each batch, with a warning where more may follow from some rows.

    Args:
        asked: The guideline, and how the columns are read.
        found: The patients.
        progress: Told from time to time how far the work is.
        rows: How many patients there are, where that is known.
        workers: How many processes work, this one included.

    Raises:
        PatientError: Where cells are implausible and that is an error.
    """
    left_open: tuple[Diagnostic, ...] = ()
    told = answered(
        asked, found, tell=lambda done: progress(done, rows), of=rows, workers=workers
    )
    with closing(told) as answers:
        for batch, report in answers:
            left_open = report.open
            advice = None if batch is None else batch.advice
            if advice is not None:
                yield advice
    for one in left_open:
        warnings.warn(one.message, stacklevel=2)


def unread(evaluator: Evaluator, options: Options) -> Callable[[str], bool]:
    """Which columns nobody looks at: those that are left out, and those that are only kept."""
    is_left_out = left_out(evaluator.graph, options)
    names = FactNames(evaluator.graph)

    def is_only_kept(column: str) -> bool:
        is_fact = column not in options.ignore and subject_of(column, names) is not None
        return column in options.keep and not is_fact

    return lambda column: is_left_out(column) or is_only_kept(column)


# ------------------------------------------------------------------------ carriers


@frozen(eq=False, repr=False)
class _Carrier:
    """A guideline that is asked about a frame; there is a method for each kind of frame."""

    evaluator: Evaluator | tuple[Evaluator, ...]
    options: Options
    progress: Progress
    workers: int | None

    def asked(self, schema: pa.Schema) -> Asked:
        return asking(self.evaluator, schema, self.options, _COHORT)

    def is_unread(self) -> Callable[[str], bool]:
        """Which columns none of the guidelines looks at."""
        if isinstance(self.evaluator, Evaluator):
            return unread(self.evaluator, self.options)
        each = [unread(one, self.options) for one in self.evaluator]
        return lambda column: all(is_unread(column) for is_unread in each)

    def advice(self, table: pa.Table) -> pa.Table:
        asked = self.asked(table.schema)
        batches = source_of(table, _COHORT).batches(asked.matched.read)
        found = advised(asked, batches, self.progress, table.num_rows, self.workers)
        return pa.Table.from_batches(found, asked.advice_schema).unify_dictionaries()

    def read_through(
        self, reader: pa.RecordBatchReader, asked: Asked
    ) -> Iterator[pa.RecordBatch]:
        """The advice about what `reader` still holds; nobody knows how much that is."""
        names = list(asked.matched.read)
        batches = gathered((batch.select(names) for batch in reader), ROWS)
        return advised(asked, batches, self.progress, workers=self.workers)

    def row_of_each(self, count: int) -> NDArray[np.int64]:
        """The patient of each row of advice, as the number of their row."""
        each = 1
        if self.options.long and isinstance(self.evaluator, Evaluator):
            each = len(self.evaluator.graph.rules)
        return np.repeat(np.arange(count), each)

    def table(self, table: pa.Table) -> pa.Table:
        found = self.advice(table)
        if self.options.long:
            return found
        for place, name in enumerate(self.options.keep):
            own = table.schema.field(name)
            found = found.set_column(place, own, table.column(name))
        return found

    def batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = self.table(pa.Table.from_batches([batch])).combine_chunks()
        return next(source_of(found, _COHORT).batches(found.column_names))

    def reader(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """Batch after batch, so that neither patients nor advice need to fit into memory."""
        asked = self.asked(reader.schema)
        found = self.read_through(reader, asked)
        return pa.RecordBatchReader.from_batches(asked.advice_schema, found)

    def pandas(self, frame: Any) -> Any:
        if len(frame) and not len(frame.columns):
            message = (
                f"{_COHORT} has rows and no columns; nothing is known about any patient"
            )
            raise CohortError(message)
        keep, long = self.options.keep, self.options.long
        is_unread = self.is_unread()
        found = lists_in_full(self.advice(arrow_of(frame, _COHORT, is_unread)))
        lists = {
            f.type: nw.dependencies.get_pandas().ArrowDtype(f.type)
            for f in found.schema
            if pa.types.is_list(f.type)
        }
        advice = found.select(found.column_names[len(keep) :])
        advice = advice.to_pandas(types_mapper=lists.get)
        rows = self.row_of_each(len(frame))
        labels = [str(label) for label in frame.columns]
        for place, name in enumerate(keep):
            number = labels.index(name)
            column = frame.iloc[:, number].array
            column = column.take(rows) if long else column.copy()
            advice.insert(place, frame.columns[number], column)
        if not long:
            advice.index = frame.index
        advice.attrs[KEY] = in_schema(found.schema)
        return advice

    def polars(self, frame: Any) -> Any:
        table = arrow_of(frame, _COHORT, self.is_unread())
        return self.with_own(native(lists_in_full(self.advice(table)), "polars"), frame)

    def with_own(self, found: Any, frame: Any) -> Any:
        """Advice in a frame of Polars, with the columns that are kept as they are in `frame`."""
        own = [frame.get_column(name) for name in self.options.keep]
        if self.options.long:
            rows = self.row_of_each(len(frame))
            own = [column.gather(rows) for column in own]
        return found.with_columns(own)

    def polars_lazy(self, frame: Any) -> Any:
        """A frame that is still lazy: the advice is worked out when and where it is collected."""
        empty = frame.clear().collect()
        is_unread = self.is_unread()
        asked = self.asked(arrow_of(empty, _COHORT, is_unread).schema)

        def answer(part: Any) -> Any:
            table = arrow_of(part, _COHORT, is_unread)
            batches = source_of(table, _COHORT).batches(asked.matched.read)
            found = pa.Table.from_batches(
                advised(asked, batches, self.progress, workers=self.workers),
                asked.advice_schema,
            )
            return self.with_own(native(lists_in_full(found), "polars"), part)

        nothing = native(lists_in_full(asked.advice_schema.empty_table()), "polars")
        return frame.map_batches(
            answer,
            predicate_pushdown=False,
            projection_pushdown=False,
            schema=self.with_own(nothing, empty).schema,
            streamable=not self.options.long,
        )

    def duckdb(self, relation: Any) -> Any:
        """A relation of DuckDB's default connection, which holds the advice."""
        reader = pa.RecordBatchReader.from_stream(relation)
        asked = self.asked(reader.schema)
        found = pa.Table.from_batches(
            self.read_through(reader, asked), asked.advice_schema
        )
        duckdb = nw.from_native(relation).implementation.to_native_namespace()
        advice = duckdb.from_arrow(found.unify_dictionaries())
        kinds = dict(zip(relation.columns, relation.types, strict=True))
        columns, is_cast = [], False
        for name, kind in zip(advice.columns, advice.types, strict=True):
            column, before = '"' + name.replace('"', '""') + '"', kinds.get(name)
            is_other = name in self.options.keep and before != kind
            if is_other and _CAST.match(str(before)):
                # Arrow carries it as text or a decimal; DuckDB needs to know what it was.
                column, is_cast = f"cast({column} as {before}) as {column}", True
            columns.append(column)
        return advice.project(", ".join(columns)) if is_cast else advice

    def spark(self, frame: Any) -> Any:
        """A frame of Spark, worked out when and where Spark wants it.

        Raises:
            CohortError: The long form without a column that says which patient is meant; or
                somebody waits for progress.
        """
        if self.progress is not no_progress:
            message = (
                "Spark shows the progress of its jobs itself: leave out `progress`"
            )
            raise CohortError(message)
        options = self.options
        if options.long and not options.keep:
            message = (
                "rows have no number in Spark: `keep` a column that says who is meant"
            )
            raise CohortError(message)
        schema = pa.schema([_of_spark(field) for field in frame.schema.fields])
        asked = self.asked(schema)
        kinds = {f.name: f.dataType.simpleString() for f in frame.schema.fields}

        def quoted(name: str) -> str:
            return "`" + name.replace("`", "``") + "`"

        named = []
        for field in asked.advice_schema:
            kind = _for_spark(field.type)
            if field.name in asked.matched.kept:
                kind = kinds[field.name]
            named.append(f"{quoted(field.name)} {kind}")
        needed = frame.select([quoted(name) for name in asked.matched.read])
        carried = _KernelForSpark(pickle.dumps(asked.recipe))
        return needed.mapInArrow(carried, ", ".join(named))


_CAST = re.compile(r"(ENUM\(.*|U?HUGEINT|UUID)\Z", re.DOTALL)
"""Types that Arrow does not have, and that come back whole from what it has instead."""

_CARRIERS: dict[str, Callable[[_Carrier, Any], Any]] = {
    "pyarrow.Table": _Carrier.table,
    "pyarrow.RecordBatch": _Carrier.batch,
    "pyarrow.RecordBatchReader": _Carrier.reader,
    "pandas.DataFrame": _Carrier.pandas,
    "polars.DataFrame": _Carrier.polars,
    "polars.LazyFrame": _Carrier.polars_lazy,
    "duckdb.DuckDBPyRelation": _Carrier.duckdb,
    "pyspark.DataFrame": _Carrier.spark,
}


# --------------------------------------------------------------------------- Spark

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


def _of_spark(field: Any) -> pa.Field:
    name = field.dataType.simpleString()
    kind = _TYPES.get(name, pa.binary())
    if name.startswith("decimal"):
        kind = pa.decimal128(field.dataType.precision, field.dataType.scale)
    unit = str((field.metadata or {}).get("unit", ""))
    return pa.field(field.name, kind, True, {"unit": unit} if unit else None)


def _for_spark(kind: pa.DataType) -> str:
    """The name that Spark gives to the type of a column of advice, spelled out."""
    if pa.types.is_list(kind):
        return f"array<{_for_spark(kind.value_type)}>"
    if pa.types.is_struct(kind):
        parts = (f"{part.name}: {_for_spark(part.type)}" for part in kind)
        return f"struct<{', '.join(parts)}>"
    return next((name for name, one in _TYPES.items() if one == kind), "string")


_SLICE = 1 << 14
"""Rows of advice that are handed to Spark at once: it takes them as text, not held once."""


@frozen(eq=False, repr=False)
class _KernelForSpark:
    """The kernel as it travels.

    Attributes:
        packed: The guideline, the columns of the frame and how they are read.
    """

    packed: bytes

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        asked, start = _unpacked(self.packed), 0
        for batch in gathered(batches, ROWS):
            found = asked.advise(batch, start)
            if asked.options.on_bad is OnBad.ERROR:
                found.report.refuse(_COHORT)
            if found.advice is not None:
                for first in range(0, found.advice.num_rows, _SLICE):
                    yield _decoded(found.advice.slice(first, _SLICE))
            start += batch.num_rows


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Asked:
    """The kernel, made once in each process of Python: Spark keeps these from job to job.

    So the next part of the rows finds what the parts before it worked out.
    """
    recipe: Recipe = pickle.loads(packed)  # noqa: S301 -- from the driver
    return recipe.kernel()


def _decoded(advice: pa.RecordBatch) -> pa.RecordBatch:
    """The advice with its texts in full: Spark takes none that are held once for many rows."""
    columns = [in_full(one) for one in advice.columns]
    return pa.RecordBatch.from_arrays(columns, names=advice.schema.names)
