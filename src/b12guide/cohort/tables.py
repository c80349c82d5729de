"""From a frame of any kind to an Arrow table, and back to the kind that came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import narwhals as nw
import pyarrow as pa
from attrs import fields

from b12guide.cohort.problem import unusable
from b12guide.errors import CohortError

__all__ = ["Kind", "Table", "arrow_of", "frame_of", "kind_of", "native"]

Table: TypeAlias = Any  # pyarrow ships no types

Kind: TypeAlias = Literal["pandas", "polars", "pyarrow"]
_KINDS: dict[nw.Implementation, Kind] = {
    nw.Implementation.PANDAS: "pandas",
    nw.Implementation.POLARS: "polars",
}


def arrow_of(frame: Any, name: str) -> Table:
    """The rows of `frame` as an Arrow table.

    Raises:
        CohortError: It is no table.
        PatientError: A column mixes kinds of values.
    """
    try:
        found = nw.from_native(frame)
    except TypeError as error:
        message = (
            f"`{name}` is a {type(frame).__name__}, and no table that can be read; "
            "pass a frame of polars, pandas, pyarrow or duckdb"
        )
        raise CohortError(message) from error
    try:
        if isinstance(found, nw.LazyFrame):
            return found.collect(backend="pyarrow").to_arrow()
        return found.to_arrow()
    except pa.ArrowException as error:
        message = f"a column of `{name}` mixes kinds of values: {_first_line(error)}"
        remedy = "write the whole column as text, each number with its unit"
        raise unusable([(message, remedy)]) from error


def _first_line(error: Exception) -> str:
    said = "; ".join(str(part) for part in error.args)
    return next(iter(said.splitlines()), type(error).__name__)


def kind_of(frame: Any) -> Kind:
    """The package whose frames `native` makes for `frame`; pyarrow for others."""
    return _KINDS.get(nw.from_native(frame).implementation, "pyarrow")


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
