"""Rows as a table that any program reads (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

__all__ = ["to_csv"]

_FORMULA = {"=", "+", "-", "@", "\t", "\r"}


def to_csv(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    exact: Collection[str] = (),
) -> str:
    r"""A heading and the rows; lists are joined by blanks, what is not stated is empty.

    Text that a spreadsheet would take for a formula gets an apostrophe in front. What the caller
    brought, such as ids, has to come back as it was, or it could not be joined: it is `exact`.

    >>> to_csv(("a", "b"), [{"a": None, "b": ["x", "y"]}])
    'a,b\n,x y\n'
    >>> to_csv(("id", "text"), [{"id": "=1+1", "text": "=1+1"}], exact=("id",))
    "id,text\n=1+1,'=1+1\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            [
                cell if column in exact else _guarded(cell)
                for column, cell in ((c, _cell(row.get(c))) for c in columns)
            ]
        )
    return stream.getvalue()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return " ".join(str(item) for item in value)
        case _:
            return str(value)


def _guarded(cell: str) -> str:
    if cell[:1] not in _FORMULA or re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", cell):
        return cell
    return f"'{cell}"
