"""From a frame of any kind to an Arrow table, and back to the kind that came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def arrow_of(frame: Any, name: str) -> Table:
    """The rows of `frame` as an Arrow table.

    Raises:
        CohortError: This kind of frame is not taken.
        PatientError: A column mixes kinds of values.
    """
    read = _READERS.get(library_of(frame))
    if read is None:
        raise not_taken(frame, name)
    try:
        return read(frame)
    except pa.ArrowException as error:
        message = f"a column of `{name}` mixes kinds of values: {_said(error)}"
        remedy = "write the whole column as text, each number with its unit"
        raise unusable([(message, remedy)]) from error


def not_taken(frame: Any, name: str) -> CohortError:
    """The error that says why a kind of frame is not taken, and what is."""
    kind = library_of(frame)
    remedy = _REMEDIES.get(
        kind.partition(".")[0],
        "give a frame of pandas, Polars, DuckDB, PyArrow or Spark",
    )
    return CohortError(f"`{name}` cannot be a `{kind}`; {remedy}")


_READERS: Mapping[str, Callable[[Any], Table]] = {
    "pyarrow.Table": lambda table: table,
    "pyarrow.RecordBatch": lambda batch: pa.Table.from_batches([batch]),
    "pyarrow.RecordBatchReader": lambda reader: reader.read_all(),
    "pandas.DataFrame": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "polars.DataFrame": lambda frame: nw.from_native(frame).to_arrow(),
    "polars.LazyFrame": lambda frame: nw.from_native(frame.collect()).to_arrow(),
    "duckdb.DuckDBPyRelation": lambda r: pa.RecordBatchReader.from_stream(r).read_all(),
    "pyspark.DataFrame": lambda frame: frame.toArrow(),
}
_REMEDIES = {
    "dask": "its nulls do not survive; give `frame.compute()`",
    "modin": "give the pandas frame inside it, or write it to a Parquet file",
    "cudf": "give `frame.to_arrow()`",
    "ibis": "give `table.to_pyarrow()`, or `table.to_pyarrow_batches()` where it is large",
    "numpy": "its columns have no names; give a frame",
    "builtins": "a mapping of columns becomes a frame with `pyarrow.table(...)`",
}
"""A library whose answers were seen to be silently wrong is refused and not guessed at."""


def _said(error: Exception) -> str:
    said = "; ".join(str(part) for part in error.args)
    return next(iter(said.splitlines()), type(error).__name__)


def kind_of(frame: Any) -> Kind:
    """The package whose frames `native` makes for `frame`; pyarrow for others."""
    return _KINDS.get(library_of(frame).partition(".")[0], "pyarrow")


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
