"""Where advice comes from: what has to be known next year to say who advised it, and how.

It travels with the advice, in the metadata of Arrow schemas and Parquet files, in the `attrs` of
pandas, and in a file beside a CSV file. There is no clock in it: the same patients, guideline and
options give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

from attrs import fields

from b12guide.cohort.options import Options
from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE, VERSION

__all__ = ["KEY", "SCHEMA", "csv_metadata", "in_schema", "metadata_of", "provenance"]

SCHEMA = "b12guide.provenance/1"
KEY = "b12guide"
"""The name under which it stands in metadata."""


def provenance(graph: RuleGraph, options: Options) -> dict[str, Any]:
    """Who advises, and how the patients were read, as plain data."""
    return {
        "schema": SCHEMA,
        "guideline": {
            "name": graph.name,
            "version": graph.version,
            "status": graph.status.value,
            "digest": graph.digest,
        },
        "engine": {
            "name": "b12guide",
            "version": VERSION,
        },
        "options": {
            one.name: _plain(getattr(options, one.name)) for one in fields(Options)
        },
        "notice": EDUCATION_NOTICE,
    }


def metadata_of(graph: RuleGraph, options: Options) -> dict[str, str]:
    """The same as the metadata of an Arrow schema."""
    return {KEY: json.dumps(provenance(graph, options), ensure_ascii=False)}


def in_schema(schema: Any) -> dict[str, Any]:
    """What the metadata of an Arrow schema says; nothing where it says nothing."""
    text = (schema.metadata or {}).get(KEY.encode())
    found: dict[str, Any] = {} if text is None else json.loads(text)
    return found


def csv_metadata(name: str, delimiter: str, schema: Any) -> str:
    """The file beside the CSV file `name`, as W3C's "CSV on the Web" would have it."""
    found = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dialect": {"delimiter": delimiter},
        "tableSchema": {"columns": [{"titles": column} for column in schema.names]},
        "notes": [in_schema(schema)],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(_plain(inner) for inner in value)
        case None | bool() | int() | float() | str():
            return value
        case Fraction() if value.denominator == 1:
            return value.numerator
        case _:
            return str(value)
