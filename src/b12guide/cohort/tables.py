"""From a frame of any kind to an Arrow table, and back to the kind that came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

import narwhals.stable.v2 as nw
import pyarrow as pa
from attrs import fields

from b12guide.cohort.problem import unusable
from b12guide.errors import CohortError

__all__ = [
    "Kind",
    "Table",
    "arrow_of",
    "column_of",
    "frame_of",
    "kind_of",
    "library_of",
    "native",
    "not_taken",
]

Table: TypeAlias = Any  # pyarrow ships no types

Kind: TypeAlias = Literal["pandas", "polars", "pyarrow"]
_KINDS: Mapping[str, Kind] = {"pandas": "pandas", "polars": "polars"}


def library_of(frame: Any) -> str:
    """The library and class of `frame`, such as `polars.LazyFrame`."""
    kind = type(frame)
    return f"{kind.__module__.partition('.')[0].lstrip('_')}.{kind.__name__}"


def arrow_of(
    frame: Any, name: str, is_left_out: Callable[[str], bool] = lambda _: False
) -> Table:
    """The rows of `frame` as an Arrow table.

    Args:
        frame: The frame.
        name: What diagnostics call it.
        is_left_out: Whether nobody looks at a column; it then holds nothing, and may hold anything.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column cannot be read.
    """
    read = _READERS.get(library_of(frame))
    if read is None:
        raise not_taken(frame, name)
    return read(frame, name, is_left_out)


def not_taken(frame: Any, name: str) -> CohortError:
    """The error that says why a kind of frame is not taken, and what is."""
    kind = library_of(frame)
    if isinstance(frame, str | PurePath):
        kind = "path"
    remedy = _REMEDIES.get(kind) or _REMEDIES.get(
        kind.partition(".")[0],
        "give a frame of pandas, Polars, DuckDB, PyArrow or Spark",
    )
    return CohortError(f"`{name}` cannot be a `{kind}`; {remedy}")


# -------------------------------------------------------------------------- reading


def _of_pandas(frame: Any, name: str, is_left_out: Callable[[str], bool]) -> Table:
    """Column by column, so that an error names the one that it is about."""
    if frame.columns.nlevels > 1:
        message = (
            f"the columns of `{name}` have names of {frame.columns.nlevels} levels"
        )
        remedy = (
            "give each one name, such as "
            '`frame.columns = ["_".join(map(str, one)) for one in frame.columns]`'
        )
        raise unusable([(message, remedy)])
    names = [str(one) for one in frame.columns]
    columns, wrong = [], []
    for number, one in enumerate(names):
        if is_left_out(one):
            columns.append(pa.nulls(len(frame)))
            continue
        series = frame.iloc[:, number]
        if hasattr(
            series.dtype, "fill_value"
        ):  # a column that holds its exceptions only
            series = series.sparse.to_dense()
        try:
            columns.append(_array(series))
        except _UNREADABLE as error:
            wrong.append(_mixed(one, name, error))
    if wrong:
        raise unusable(wrong)
    return pa.Table.from_arrays(columns, names=names)


def _array(series: Any) -> Any:
    found = pa.array(series, from_pandas=True)
    return found if isinstance(found, pa.ChunkedArray) else pa.chunked_array([found])


def _of_polars(frame: Any, name: str, is_left_out: Callable[[str], bool]) -> Table:
    columns, wrong = [], []
    whole = frame.collect() if hasattr(frame, "collect") else frame
    for series in whole:
        if is_left_out(series.name):
            columns.append(pa.nulls(len(series)))
            continue
        try:
            columns.append(_of_series(series))
        except _UNREADABLE as error:
            wrong.append(_mixed(series.name, name, error))
    if wrong:
        raise unusable(wrong)
    return pa.Table.from_arrays(columns, names=whole.columns)


def _of_series(series: Any) -> Any:
    kind = str(series.dtype)
    if kind == "Object":
        message = "it holds objects of Python"
        raise TypeError(message)
    if kind in {"Int128", "UInt128"}:  # Arrow has no integers as long
        series = series.cast(nw.dependencies.get_polars().Decimal(38, 0))
    return pa.chunked_array([series.to_arrow()])


_UNREADABLE = (pa.ArrowException, TypeError, ValueError, OverflowError)


def _mixed(column: str, name: str, error: BaseException) -> tuple[str, str]:
    message = f"column `{column}` of `{name}` cannot be read: {_said(error)}"
    remedy = "give it one kind of values, such as text; if it is no fact, it can be left out "
    return message, f'{remedy}(`ignore=["{column}"]`)'


def _plain_reader(read: Callable[[Any], Table]) -> _Reader:
    def reading(frame: Any, name: str, _: Callable[[str], bool]) -> Table:
        try:
            return read(frame)
        except _UNREADABLE as error:
            message = f"`{name}` cannot be read: {_said(error)}"
            remedy = "write it to a Parquet file, and read that"
            raise unusable([(message, remedy)]) from error

    return reading


_Reader: TypeAlias = Callable[[Any, str, Callable[[str], bool]], Table]

_READERS: Mapping[str, _Reader] = {
    "pyarrow.Table": _plain_reader(lambda table: table),
    "pyarrow.RecordBatch": _plain_reader(lambda one: pa.Table.from_batches([one])),
    "pyarrow.RecordBatchReader": _plain_reader(lambda reader: reader.read_all()),
    "pandas.DataFrame": _of_pandas,
    "polars.DataFrame": _of_polars,
    "polars.LazyFrame": _of_polars,
    "duckdb.DuckDBPyRelation": _plain_reader(
        lambda r: pa.RecordBatchReader.from_stream(r).read_all()
    ),
}
_DATASET = "give `dataset.to_table()`, or its files to `b12guide cohort FOLDER`"
_REMEDIES = {
    "dask": "its nulls do not survive; give `frame.compute()`",
    "modin": "give the pandas frame inside it, or write it to a Parquet file",
    "cudf": "give `frame.to_arrow()`",
    "ibis": "give `table.to_pyarrow()`, or `table.to_pyarrow_batches()` where it is large",
    "pyspark": "all its rows would be brought to this machine; where they fit, "
    "`frame.toArrow()` or `frame.toPandas()` brings them",
    "numpy": "its columns have no names; give a frame",
    "builtins.dict": "a mapping of columns becomes a frame with `pyarrow.table(...)`",
    "builtins.list": "a list of rows becomes a frame with `pyarrow.Table.from_pylist(...)`",
    "builtins.tuple": "a list of rows becomes a frame with `pyarrow.Table.from_pylist(...)`",
    "path": "read the file first, such as with `polars.read_parquet(...)`, or name it to "
    "`b12guide cohort`",
    "pandas.Series": "a column becomes a frame with `series.to_frame()`",
    "polars.Series": "a column becomes a frame with `series.to_frame()`",
    "pyarrow.FileSystemDataset": _DATASET,
    "pyarrow.UnionDataset": _DATASET,
    "pyarrow.InMemoryDataset": _DATASET,
    "pyarrow.Scanner": "give `scanner.to_table()`",
}
"""A library whose answers were seen to be silently wrong is refused and not guessed at."""


def _said(error: BaseException) -> str:
    said = "; ".join(str(part) for part in error.args)
    return next(iter(said.splitlines()), type(error).__name__)


def kind_of(frame: Any) -> Kind:
    """The package whose frames `native` makes for `frame`; pyarrow for others."""
    return _KINDS.get(library_of(frame).partition(".")[0], "pyarrow")


def column_of(frame: Any, name: str) -> Any:
    """A column of a frame of pandas or Polars as it is; None of other frames, or if it lacks it."""
    kind = library_of(frame)
    if kind == "pandas.DataFrame" and list(frame.columns).count(name) == 1:
        return frame[name]
    if kind == "polars.DataFrame" and name in frame.columns:
        return frame.get_column(name)
    return None


def native(table: Table, kind: Kind) -> Any:
    """An Arrow table as a frame of `kind`."""
    return nw.from_arrow(table, backend=kind).to_native()


def frame_of(
    rows: Sequence[Any], kind_of_row: type, types: Mapping[str, Any], kind: Kind
) -> Any:
    """Rows, instances of one attrs class, as a frame of `kind`.

    Args:
        rows: The rows.
        kind_of_row: Their class, whose fields are the columns.
        types: The Arrow types of columns that hold no whole number.
        kind: The package of the frame.
    """
    names = [one.name for one in fields(kind_of_row)]
    schema = pa.schema([(name, types.get(name, pa.int64())) for name in names])
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    return native(pa.table(columns, schema=schema), kind)
