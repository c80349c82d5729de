"""Carries the kernel to where the patients are: Spark sends it Arrow batches on every machine.

The rule graph travels; each Python worker compiles it once. Nothing here imports Spark: the frame
brings all that is needed.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from attrs import frozen

from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import OnBad, Options
from b12guide.errors import CohortError
from b12guide.evaluate.known import Evaluator

__all__ = ["advise_spark"]

_NAME = "the cohort"

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


def advise_spark(frame: Any, evaluator: Evaluator, options: Options) -> Any:
    """The advice as a frame of Spark, worked out when and where Spark wants it.

    Raises:
        CohortError: The long form without a column that says which patient is meant.
        PatientError: A column cannot be used.
    """
    if options.long and not options.keep:
        message = "rows have no number in Spark: `keep` a column that says who is meant"
        raise CohortError(message)
    schema = pa.schema([_field(field) for field in frame.schema.fields])
    asked = kernel(evaluator, schema, options, _NAME)
    kinds = {f.name: f.dataType.simpleString() for f in frame.schema.fields}
    named = [
        f"{_quoted(field.name)} {_kind(field, kinds, asked)}"
        for field in asked.advice_schema
    ]
    needed = frame.select([_quoted(name) for name in asked.matched.read])
    carried = _Carried(pickle.dumps(evaluator.graph), schema, options)
    return needed.mapInArrow(carried, ", ".join(named))


def _field(field: Any) -> pa.Field:
    name = field.dataType.simpleString()
    kind = _TYPES.get(name)
    if name.startswith("decimal"):
        kind = pa.decimal128(field.dataType.precision, field.dataType.scale)
    unit = str((field.metadata or {}).get("unit", ""))
    metadata = {"unit": unit} if unit else None
    return pa.field(field.name, pa.binary() if kind is None else kind, True, metadata)


def _kind(field: pa.Field, kinds: dict[str, str], asked: Kernel) -> str:
    """The type of a column of advice, in Spark's words."""
    if field.name in asked.matched.kept:
        return kinds[field.name]
    if pa.types.is_boolean(field.type):
        return "boolean"
    return "array<string>" if pa.types.is_list(field.type) else "string"


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


@frozen(eq=False, repr=False)
class _Carried:
    """The kernel as it travels: what it is made of, and how it is applied."""

    graph: bytes
    schema: pa.Schema
    options: Options

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        graph = pickle.loads(self.graph)  # noqa: S301 -- our own bytes, from the driver
        asked = kernel(Evaluator.of(graph), self.schema, self.options, _NAME)
        start = 0
        for batch in batches:
            found = asked.advise(batch, start)
            if self.options.on_bad is OnBad.ERROR:
                found.report.refuse(_NAME)
            if found.advice is not None:
                yield _plain(found.advice)
            start += batch.num_rows


def _plain(advice: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with every text spelled out, which is all that Spark takes."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in advice.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=advice.schema.names)
