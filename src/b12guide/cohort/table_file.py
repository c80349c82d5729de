"""Reads a whole table of patients or events from a file: Parquet, Arrow or CSV."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

from b12guide.cohort.tables import Table
from b12guide.errors import CohortError

__all__ = ["read_table"]

_DIVIDERS = {".csv": ",", ".tsv": "\t"}
_TRUTHS = pa.array(["true", "false"])


def read_table(path: Path) -> Table:
    """The table in a file whose suffix says its format.

    Every cell of a CSV file is text, an empty one says nothing, and a column of nothing but `true`
    and `false` holds truths.

    Raises:
        CohortError: The file cannot be read.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in {".parquet", ".pq"}:
            return pa.parquet.read_table(path)
        if suffix in {".arrow", ".feather", ".ipc"}:
            return pa.feather.read_table(path)
        if suffix in _DIVIDERS:
            return _from_csv(path, _DIVIDERS[suffix])
    except (OSError, pa.ArrowException) as error:
        absent = isinstance(error, FileNotFoundError)
        said = "there is no such file" if absent else str(error).partition("\n")[0]
        message = f"{path} cannot be read: {said}"
        raise CohortError(message) from error
    message = f"{path} is no table: its name ends in .parquet, .arrow, .csv or .tsv"
    raise CohortError(message)


def _from_csv(path: Path, divider: str) -> Table:
    parse = pa.csv.ParseOptions(delimiter=divider)
    with path.open("rb") as head:
        if divider == "," and _uses_semicolons(head.readline()):
            parse = pa.csv.ParseOptions(delimiter=";")
    with pa.csv.open_csv(path, parse_options=parse) as opened:
        names = opened.schema.names
    table = pa.csv.read_csv(
        path,
        parse_options=parse,
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    columns = {name: _truths(table.column(name)) for name in table.column_names}
    return pa.table(columns)


def _uses_semicolons(line: bytes) -> bool:
    return line.count(b";") > line.count(b",")


def _truths(column: Table) -> Table:
    """The column as truths, if every cell of it is one."""
    known = column.drop_null()
    if not len(known):
        return column
    lower = pc.utf8_lower(column)
    is_truth = pc.all(pc.is_in(lower.drop_null(), value_set=_TRUTHS)).as_py()
    return pc.equal(lower, "true") if is_truth else column
