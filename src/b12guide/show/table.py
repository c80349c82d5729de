"""Rows as a table that any program reads (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["to_csv"]


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    r"""A heading and the rows; lists are joined by blanks, what is not stated is empty.

    >>> to_csv(("a", "b"), [{"a": None, "b": ["x", "y"]}])
    'a,b\n,x y\n'
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return stream.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return " ".join(str(item) for item in value)
        case str() if value[:1] in {"=", "+", "-", "@"}:
            return f"'{value}"  # a spreadsheet would take it for a formula
        case _:
            return str(value)
