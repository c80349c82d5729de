"""Files of patients in, files of advice out, batch by batch: memory does not grow with the rows.

What is written is a draft until it is whole, and then takes its place in one step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from b12guide.cohort.carriers import ROWS, answered
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import Options
from b12guide.cohort.report import Report
from b12guide.cohort.summary import Summary, nothing_yet
from b12guide.errors import CohortError
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Definition, RuleGraph
from b12guide.patient.name import Names
from b12guide.values.term import Kind

__all__ = ["Progress", "advise_file"]

Progress: TypeAlias = Callable[[int, int | None], None]
"""Told how many patients are done, and of how many where that is known."""

_FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".csv": "csv",
    ".tsv": "csv",
}
_KNOWN = "a file of patients or advice ends in .parquet, .arrow, .feather, .csv or .tsv"
_UNKNOWN_TEXTS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", ".")
"""What a CSV file writes for a value that is not known, besides nothing at all."""


def advise_file(
    evaluator: Evaluator,
    patients: Path,
    advice: Path | None,
    options: Options,
    progress: Progress = lambda _done, _of: None,
) -> tuple[Summary, Report]:
    """Answer for every patient of a file, or of all files in a folder.

    Args:
        evaluator: The guideline.
        patients: Parquet, Arrow or CSV by its suffix, or a folder of such files.
        advice: Where the advice goes, by its suffix; nowhere but into the summary if left out.
        options: How the columns are read.
        progress: Called after every batch.

    Returns:
        How often each answer was given (not in the long form), and what could not be believed.

    Raises:
        CohortError: A file cannot be read or written.
        PatientError: A column cannot be used, or cells cannot be believed.
    """
    dataset, is_text = _dataset(patients)
    schema = dataset.schema
    if is_text:
        schema = _schema_of_text(schema, evaluator.graph)
    asked = kernel(evaluator, schema, options, str(patients))
    total = None if is_text else dataset.count_rows()
    summary, report = nothing_yet(evaluator), Report()
    with _writer(advice, asked.advice_schema) as write:
        batches = _batches(dataset, asked, is_text=is_text)
        for batch, report in answered(asked, batches, str(patients)):
            if batch is not None:
                write(batch)
                summary = summary if options.long else summary.plus(batch)
            progress(report.rows, total)
    return summary, report


# ------------------------------------------------------------------------- reading


def _dataset(path: Path) -> tuple[ds.Dataset, bool]:
    """What a file or folder holds, and whether all of it is text."""
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            found = sorted({f.suffix.lower() for f in path.iterdir() if f.is_file()})
            kinds = {_FORMATS[s] for s in found if s in _FORMATS}
            if len(kinds) != 1:
                held = "no file of patients" if not kinds else "files of several kinds"
                _refuse(f"{path} holds {held}; {_KNOWN}")
            suffix = next(s for s in found if s in _FORMATS)
            files = sorted(f for f in path.iterdir() if f.suffix.lower() in _FORMATS)
        else:
            files = [path]
        if suffix not in _FORMATS:
            _refuse(f"{path} is of no known kind; {_KNOWN}")
        names = [str(file) for file in files]
        if _FORMATS[suffix] != "csv":
            return ds.dataset(names, format=_FORMATS[suffix]), False
        return ds.dataset(names, format=_csv(names[0], suffix)), True
    except FileNotFoundError:
        _refuse(f"there is no file {path}")
    except (OSError, pa.ArrowInvalid) as error:
        _refuse(f"{path} cannot be read: {_reason(error)}")


def _csv(name: str, suffix: str) -> ds.CsvFileFormat:
    """A CSV file of which every cell is left as the text that it is."""
    parse = pa.csv.ParseOptions(delimiter="\t" if suffix == ".tsv" else ",")
    with pa.csv.open_csv(name, parse_options=parse) as head:
        names = head.schema.names
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return ds.CsvFileFormat(parse_options=parse, convert_options=convert)


def _schema_of_text(schema: pa.Schema, graph: RuleGraph) -> pa.Schema:
    """The columns of a CSV file with the types that their facts ask for."""
    names = Names(graph)
    fields = []
    for field in schema:
        subject = names.find(field.name)
        truth = isinstance(subject, Definition) or (
            subject is not None and subject.kind in {Kind.FINDING, Kind.EVENT}
        )
        fields.append(pa.field(field.name, pa.bool_()) if truth else field)
    return pa.schema(fields)


def _batches(
    dataset: ds.Dataset, asked: Kernel, *, is_text: bool
) -> Iterator[pa.RecordBatch]:
    scanner = dataset.scanner(
        columns=list(asked.matched.read),
        batch_size=ROWS,
        batch_readahead=4,
        fragment_readahead=1,
    )
    facts = {column.name for column in asked.matched.columns}
    empty = True
    try:
        for batch in scanner.to_batches():
            if batch.num_rows:
                empty = False
                yield _with_unknowns(batch, facts) if is_text else batch
    except (OSError, pa.ArrowInvalid) as error:
        _refuse(f"the patients cannot be read: {_reason(error)}")
    if empty:
        fields = [dataset.schema.field(name) for name in asked.matched.read]
        nothing = [pa.array([], type=field.type) for field in fields]
        yield pa.RecordBatch.from_arrays(nothing, schema=pa.schema(fields))


def _with_unknowns(batch: pa.RecordBatch, facts: set[str]) -> pa.RecordBatch:
    """The batch with null for what CSV files write instead of an unknown value."""
    texts = pa.array(_UNKNOWN_TEXTS)
    columns = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name in facts:
            unknown = pc.is_in(column, value_set=texts)
            columns.append(pc.if_else(unknown, pa.scalar(None, column.type), column))
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _refuse(why: str) -> NoReturn:
    raise CohortError(why)


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    first: str = text.strip().splitlines()[0]
    return first[:1].lower() + first[1:]


# ------------------------------------------------------------------------- writing

Write: TypeAlias = Callable[[pa.RecordBatch], None]


@contextmanager
def _writer(path: Path | None, schema: pa.Schema) -> Iterator[Write]:
    """How a batch of advice is written; the file takes its place when all are."""
    if path is None:
        yield lambda _batch: None
        return
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        _refuse(f"{path} is of no known kind; {_KNOWN}")
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if path.exists() and not path.is_file():
            _refuse(f"{path} is not a file that can be replaced")
        with pa.OSFile(str(draft), "wb") as sink:
            with _open(kind, sink, schema, path.suffix.lower()) as write:
                yield write
            sink.flush()
        draft.replace(target)
    except OSError as error:
        _refuse(f"cannot write {path}: {_reason(error)}")
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _open(kind: str, sink: Any, schema: pa.Schema, suffix: str) -> Iterator[Write]:
    plain = _plain(schema, lists=kind != "csv")
    if kind == "parquet":
        with pq.ParquetWriter(sink, schema) as writer:
            yield writer.write_batch
    elif kind == "arrow":
        with pa.ipc.new_file(sink, plain) as writer:
            yield lambda batch: writer.write_batch(_flat(batch, plain))
    else:
        options = pa.csv.WriteOptions(delimiter="\t" if suffix == ".tsv" else ",")
        with pa.csv.CSVWriter(sink, plain, write_options=options) as writer:
            yield lambda batch: writer.write_batch(_flat(batch, plain))


def _plain(schema: pa.Schema, *, lists: bool) -> pa.Schema:
    """The schema without what a format lacks: changing dictionaries, and lists."""
    fields = []
    for field in schema:
        kind = field.type
        if pa.types.is_dictionary(kind):
            fields.append(field.with_type(kind.value_type))
        elif pa.types.is_list(kind) and not lists:
            fields.append(field.with_type(pa.string()))
        else:
            fields.append(field)
    return pa.schema(fields)


def _flat(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for column, field in zip(batch.columns, schema, strict=True):
        if pa.types.is_list(column.type) and not pa.types.is_list(field.type):
            columns.append(pc.binary_join(column, " "))
        elif pa.types.is_dictionary(column.type):
            columns.append(column.dictionary_decode())
        else:
            columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)
