"""The frames of callers as Arrow tables and back, and what is wrong with the rows of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Literal, TypeAlias, get_args

import narwhals.stable.v2 as nw
import pyarrow as pa
from attrs import field, fields, frozen

from b12guide.cohort.options import DECIMAL, TRUTHS
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import ArgumentError, CohortError, PatientError, UnknownNameError

TOLD = 200
"""How many problems an error tells one by one; it counts the rest."""

_FIRST = 3
"""How many rows with the same problem are named."""


def plain_id(name: Any) -> Any:
    """The id of a patient as JSON can hold it."""
    return name if isinstance(name, str | int | float | None) else str(name)


@frozen(kw_only=True, eq=False)
class RowProblem:
    """One row that cannot be read; two are equal if they say the same.

    Attributes:
        patient: The id in the table; None where the row has none.
        table: `patients` or `events`.
        row: Counted from 1.
        diagnostic: What is the matter, and what to do about it.
    """

    patient: Any
    table: str
    row: int
    diagnostic: Diagnostic = field(repr=False)

    @property
    def text(self) -> str:
        """The matter in one sentence."""
        where = f"{self.table}, row {self.row}"
        whose = "no patient" if self.patient is None else f"patient {self.patient}"
        return f"{where} ({whose}): {self.said}"

    @property
    def said(self) -> str:
        """The matter without the row, so that other rows can have the same."""
        said = self.diagnostic.message.removeprefix(f"row {self.row} ")
        return said.removeprefix(f"row {self.row}, ")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RowProblem):
            return NotImplemented
        return self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.table, self.row, self.text))

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {
            "patient": plain_id(self.patient),
            "table": self.table,
            "row": self.row,
            "code": self.diagnostic.code,
            "text": self.text,
            "help": [one.message for one in self.diagnostic.help],
        }


def in_order(problems: Iterable[RowProblem]) -> tuple[RowProblem, ...]:
    """The problems in the order of the rows, patients first."""
    found = {(p.table != "patients", p.row, p.text): p for p in problems}
    return tuple(found[key] for key in sorted(found))


def refused(problems: Sequence[RowProblem]) -> PatientError:
    """The error that tells what is wrong with all rows, the same of many rows once."""
    alike: dict[tuple[str, str, str], list[RowProblem]] = {}
    for problem in problems:
        kind = problem.table, problem.diagnostic.code, problem.said
        alike.setdefault(kind, []).append(problem)
    groups = list(alike.values())
    diagnostics = []
    for same in groups[:TOLD]:
        first = same[0]
        message, helps = first.text, list(first.diagnostic.help)
        if len(same) > 1:
            rows = ", ".join(str(problem.row) for problem in same[:_FIRST])
            more = len(same) - _FIRST
            rest = f" and {more:,} more" if more > 0 else ""
            message = f"{first.table}, rows {rows}{rest}: {first.said}"
        if first.table == "patients":  # what can be declared, so that a cell is read
            code, said = first.diagnostic.code, first.diagnostic.message
            if code == "GDL710":
                declare = f"say which words mean yes and no: {TRUTHS}"
                helps.append(Help(message=declare))
            elif code == "GDL712" and "comma" in said:
                helps.append(
                    Help(message=f"a decimal comma can be declared: {DECIMAL}")
                )
        diagnostics.append(
            Diagnostic(code=first.diagnostic.code, message=message, help=tuple(helps))
        )
    left = sum(map(len, groups[TOLD:]))
    if left:
        rest = f"{left:,} more rows cannot be read"
        diagnostics.append(Diagnostic(code="GDL750", message=rest))
    return PatientError("the tables cannot be used", diagnostics)


def unusable(found: Iterable[tuple[str, str]]) -> PatientError:
    """The error that says what is wrong with tables as a whole, each with its remedy."""
    return PatientError(
        "the tables cannot be used",
        [
            Diagnostic(code="GDL750", message=message, help=(Help(message=remedy),))
            for message, remedy in found
        ],
    )


Table: TypeAlias = Any  # pyarrow ships no types

FrameKind: TypeAlias = Literal["pandas", "polars", "pyarrow"]
_KINDS: Mapping[str, FrameKind] = {"pandas": "pandas", "polars": "polars"}


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
    if frame.columns.nlevels > 1:
        message = (
            f"the columns of `{name}` have names of {frame.columns.nlevels} levels"
        )
        remedy = (
            "give each one name, such as "
            '`frame.columns = ["_".join(map(str, one)) for one in frame.columns]`'
        )
        raise unusable([(message, remedy)])

    def read(series: Any) -> Any:
        if hasattr(series.dtype, "fill_value"):  # it holds its exceptions only
            series = series.sparse.to_dense()
        found = pa.array(series, from_pandas=True)
        is_whole = isinstance(found, pa.ChunkedArray)
        return found if is_whole else pa.chunked_array([found])

    columns = [(str(c), frame.iloc[:, n]) for n, c in enumerate(frame.columns)]
    return _by_column(columns, read, name, is_left_out)


def _of_polars(frame: Any, name: str, is_left_out: Callable[[str], bool]) -> Table:
    def read(series: Any) -> Any:
        kind = str(series.dtype)
        if kind == "Object":
            message = "it holds objects of Python"
            raise TypeError(message)
        if kind in {"Int128", "UInt128"}:  # Arrow has no integers as long
            series = series.cast(nw.dependencies.get_polars().Decimal(38, 0))
        return pa.chunked_array([series.to_arrow()])

    whole = frame.collect() if hasattr(frame, "collect") else frame
    return _by_column([(s.name, s) for s in whole], read, name, is_left_out)


def _by_column(
    columns: Sequence[tuple[str, Any]],
    read: Callable[[Any], Any],
    name: str,
    is_left_out: Callable[[str], bool],
) -> Table:
    """A table made column by column, so that an error names the one that it is about."""
    found, wrong = [], []
    for column, series in columns:
        if is_left_out(column):
            found.append(pa.nulls(len(series)))
            continue
        try:
            found.append(read(series))
        except _UNREADABLE as error:
            message = f"column `{column}` of `{name}` cannot be read: {_said(error)}"
            remedy = (
                "give it one kind of values, such as text; if it is no fact, it can be "
                f'left out (`ignore=["{column}"]`)'
            )
            wrong.append((message, remedy))
    if wrong:
        raise unusable(wrong)
    return pa.Table.from_arrays(found, names=[column for column, _ in columns])


_UNREADABLE = (pa.ArrowException, TypeError, ValueError, OverflowError)


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


def kind_of(frame: Any) -> FrameKind:
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


def in_full(column: Any) -> Any:
    """A column of Arrow with its texts in full, not held once for many rows."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type)
    if pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
        return column.cast(pa.list_(kind.value_type.value_type))
    return column


def lists_in_full(table: Table) -> Table:
    """A table of advice with the names in its lists in full, as text is handled in lists."""
    for place, field_ in enumerate(table.schema):
        if pa.types.is_list(field_.type):
            column = in_full(table.column(place))
            table = table.set_column(place, field_.with_type(column.type), column)
    return table


def native(table: Table, kind: FrameKind) -> Any:
    """An Arrow table as a frame of `kind`.

    Raises:
        CohortError: The package of that kind is not installed.
    """
    try:
        return nw.from_arrow(table, backend=kind).to_native()
    except ImportError as error:
        message = (
            f"`{kind}` is not installed, whose frames are wanted; install it, or take Arrow "
            'tables: `attrs.evolve(answer, kind="pyarrow")`'
        )
        raise CohortError(message) from error


def kind_named(kind: str) -> FrameKind:
    """The kind of frame that was asked for, whose package is there.

    Raises:
        UnknownNameError: There is no such kind of frame.
        ArgumentError: Its package is not installed.
    """
    kinds = get_args(FrameKind)
    if kind not in kinds:
        what = "kind of frame"
        raise UnknownNameError(what, str(kind), kinds)
    named: FrameKind = kind  # type: ignore[assignment]
    try:
        native(pa.table({}), named)
    except CohortError as error:
        expected = f"the name of a package that is installed; `{kind}` is not"
        argument = "kind"
        raise ArgumentError(argument, expected, kind) from error
    return named


def frame_of(
    rows: Sequence[Any], kind_of_row: type, types: Mapping[str, Any], kind: FrameKind
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
