"""The kinds of files that hold tables, by suffix; nothing here needs an extra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

__all__ = ["FORMATS", "KNOWN", "Format"]

Format: TypeAlias = Literal["parquet", "arrow", "csv"]

FORMATS: Mapping[str, Format] = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".csv": "csv",
    ".tsv": "csv",
}
KNOWN = "the name of a table ends in .parquet, .arrow, .feather, .csv or .tsv"
