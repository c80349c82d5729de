"""Where rows come from: a table in memory, or files that are read batch by batch.

Every cell of a CSV file is left as the text that it is. An empty one is null; in the column of a
fact so is what is often written for a value that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds
from attrs import define, evolve, frozen

from b12guide.cohort.columns import subject_of
from b12guide.cohort.pace import gathered
from b12guide.cohort.suffix import FORMATS, KNOWN
from b12guide.errors import CohortError
from b12guide.graph.model import RuleGraph
from b12guide.patient.name import Names

__all__ = ["ROWS", "Source", "opened", "reason", "refuse", "source_of"]

ROWS = 1 << 17
"""Patients that are looked at together: enough to be quick, few enough to stay in the cache."""

_UNKNOWN_TEXTS = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", ".")
"""What a CSV file writes for a value that is not known, besides nothing at all."""

_TRUTHS = pa.array(["true", "false"])

Batches: TypeAlias = Iterator[pa.RecordBatch]


@frozen(eq=False, kw_only=True, repr=False)
class Source:
    """Rows that can be gone through more than once.

    Attributes:
        name: What diagnostics call it.
        schema: The columns.
        rows: How many there are, where that is known without reading them.
        bytes: How many bytes there are to be read, where the rows are not known.
        position: How many of these the pass under way has read.
        is_text: Whether every cell is text, whatever kind of value its fact has.
    """

    name: str
    schema: pa.Schema
    rows: int | None
    bytes: int | None = None
    position: Callable[[], int] | None = None
    is_text: bool = False
    _read: Callable[[Sequence[str]], Batches]

    def batches(self, columns: Iterable[str]) -> Batches:
        """Some columns, `ROWS` rows at a time; one batch without rows if there are none.

        Raises:
            CohortError: A file cannot be read.
        """
        names = (
            list(columns) or self.schema.names[:1]
        )  # rows need a column to be counted
        fields = [self.schema.field(name) for name in names]
        empty = True
        for batch in gathered(self._read(names), ROWS):
            empty = False
            yield batch
        if empty:
            nothing = [pa.array([], type=field.type) for field in fields]
            yield pa.RecordBatch.from_arrays(nothing, schema=pa.schema(fields))

    def table(self) -> Any:
        """All rows; a column of text that holds nothing but `true` and `false` holds truths.

        Raises:
            CohortError: A file cannot be read.
        """
        found = pa.Table.from_batches(self.batches(self.schema.names))
        if not self.is_text:
            return found
        columns = [_truths(column) for column in found.columns]
        return pa.Table.from_arrays(columns, names=found.column_names)

    def with_unknown(self, facts: Iterable[str]) -> Source:
        """The same rows with findings that are known of nobody."""
        more = [pa.field(fact, pa.bool_()) for fact in facts]
        names = {field.name for field in more}

        def read(columns: Sequence[str]) -> Batches:
            there = [name for name in columns if name not in names]
            for batch in self._read(there):
                unknown = pa.nulls(batch.num_rows, pa.bool_())
                yield pa.RecordBatch.from_arrays(
                    [unknown if c in names else batch.column(c) for c in columns],
                    names=list(columns),
                )

        schema = pa.schema([*self.schema, *more])
        return evolve(self, schema=schema, read=read)


def source_of(table: Any, name: str) -> Source:
    """An Arrow table as a source."""

    def read(columns: Sequence[str]) -> Batches:
        return iter(table.select(columns).to_batches(max_chunksize=ROWS))

    return Source(name=name, schema=table.schema, rows=table.num_rows, read=read)


def opened(path: Path, graph: RuleGraph | None = None) -> Source:
    """The rows of a file, or of all files in a folder.

    Args:
        path: Parquet, Arrow or CSV by its suffix, or a folder of files of one of these kinds.
        graph: The guideline whose facts the columns are; without one they are no facts.

    Raises:
        CohortError: It cannot be read.
    """
    try:
        files, suffix = _files(path)
        if suffix not in FORMATS:
            refuse(f"{path} is of no known kind; {KNOWN}")
        names = [str(file) for file in files]
        is_text = FORMATS[suffix] == "csv"
        kind = _csv(names[0], suffix) if is_text else FORMATS[suffix]
        dataset = ds.dataset(names, format=kind)
        rows = None if is_text else dataset.count_rows()
    except FileNotFoundError:
        refuse(f"there is no file {path}")
    except (OSError, pa.ArrowException) as error:
        refuse(f"{path} cannot be read: {reason(error)}")
    facts = _facts(dataset.schema, graph) if is_text and graph else frozenset()
    total = sum(file.stat().st_size for file in files) if is_text else None
    passed = _Passed()

    def read(columns: Sequence[str]) -> Batches:
        passed.bytes = 0
        try:
            for batch in _batches(dataset, list(columns), passed):
                yield _with_unknowns(batch, facts) if facts else batch
        except (OSError, pa.ArrowException) as error:
            refuse(f"{path} cannot be read: {reason(error)}")

    return Source(
        name=str(path),
        schema=dataset.schema,
        rows=rows,
        bytes=total,
        position=(lambda: passed.bytes) if is_text else None,
        is_text=is_text,
        read=read,
    )


def refuse(why: str) -> NoReturn:
    """Raise what is wrong with a file.

    Raises:
        CohortError: Always.
    """
    raise CohortError(why)


_BLOCK = 1 << 21
"""Bytes of a CSV file that become a batch."""

_WRAPPING = re.compile(r".*Could not open \w+ input source '[^']*': (?:Invalid: )?")
"""What Arrow says around what is the matter with a file."""


def reason(error: Exception) -> str:
    """Why something could not be read or written, as the end of a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    first: str = _WRAPPING.sub("", text.strip().splitlines()[0])
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


# --------------------------------------------------------------------------- files


def _files(path: Path) -> tuple[list[Path], str]:
    """The files that are meant, and their suffix."""
    if not path.is_dir():
        return [path], path.suffix.lower()
    files = sorted(
        file
        for file in path.iterdir()
        if file.is_file() and file.suffix.lower() in FORMATS
    )
    suffixes = [file.suffix.lower() for file in files]
    if len({FORMATS[suffix] for suffix in suffixes}) != 1:
        held = "files of several kinds" if files else "no table"
        refuse(f"{path} holds {held}; {KNOWN}")
    return files, suffixes[0]


@define
class _Passed:
    """How many bytes of text files lie behind the rows that were read."""

    bytes: int = 0


def _batches(dataset: ds.Dataset, columns: list[str], passed: _Passed) -> Batches:
    """Some columns of all files, read no further ahead than they are asked for.

    Left to itself, Arrow reads a whole file ahead of whoever thinks about its rows.
    """
    for fragment in dataset.get_fragments():
        if isinstance(fragment.format, ds.CsvFileFormat):
            before = passed.bytes
            size = Path(fragment.path).stat().st_size
            for number, batch in enumerate(_csv_batches(fragment, columns), start=1):
                passed.bytes = before + min(number * _BLOCK, size)
                yield batch
            passed.bytes = before + size
            continue
        if fragment.physical_schema == dataset.schema and not _is_parquet(fragment):
            yield from _arrow_batches(fragment, columns)
            continue
        for piece in _pieces(fragment) if _is_parquet(fragment) else [fragment]:
            yield from piece.to_batches(
                schema=dataset.schema,
                columns=columns,
                batch_size=ROWS,
                batch_readahead=1,
            )


def _is_parquet(fragment: ds.Fragment) -> bool:
    return isinstance(fragment, ds.ParquetFileFragment)


def _pieces(fragment: ds.ParquetFileFragment) -> Iterator[ds.ParquetFileFragment]:
    """Row groups that follow each other, small ones together: each piece has its price."""
    together: list[int] = []
    rows = 0
    for group in fragment.row_groups:
        if together and rows + group.num_rows > ROWS:
            yield fragment.subset(row_group_ids=together)
            together, rows = [], 0
        together.append(group.id)
        rows += group.num_rows
    if together:
        yield fragment.subset(row_group_ids=together)


def _arrow_batches(fragment: ds.Fragment, columns: list[str]) -> Batches:
    with pa.memory_map(fragment.path) as file, pa.ipc.open_file(file) as reader:
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number).select(columns)
            for start in range(0, batch.num_rows, ROWS):
                yield batch.slice(start, ROWS)


def _csv_batches(fragment: ds.Fragment, columns: list[str]) -> Batches:
    convert = fragment.format.default_fragment_scan_options.convert_options
    convert.include_columns, convert.include_missing_columns = columns, True
    with pa.csv.open_csv(
        fragment.path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK),
        parse_options=fragment.format.parse_options,
        convert_options=convert,
    ) as reader:
        yield from reader


def _csv(name: str, suffix: str) -> ds.CsvFileFormat:
    """A CSV file of which every cell is left as the text that it is."""
    divider = "\t"
    if suffix == ".csv":
        with Path(name).open("rb") as file:
            head = file.readline()
        divider = ";" if head.count(b";") > head.count(b",") else ","
    parse = pa.csv.ParseOptions(delimiter=divider)
    with pa.csv.open_csv(name, parse_options=parse) as opened_file:
        names = opened_file.schema.names
    convert = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return ds.CsvFileFormat(parse_options=parse, convert_options=convert)


def _facts(schema: pa.Schema, graph: RuleGraph) -> frozenset[str]:
    """The columns that hold facts."""
    names = Names(graph)
    return frozenset(c for c in schema.names if subject_of(c, names) is not None)


def _with_unknowns(batch: pa.RecordBatch, facts: frozenset[str]) -> pa.RecordBatch:
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


def _truths(column: Any) -> Any:
    """A column of text as truths, if every cell of it is one."""
    if not pa.types.is_string(column.type) or column.null_count == len(column):
        return column
    lower = pc.utf8_lower(column)
    is_truth = pc.all(pc.is_in(lower.drop_null(), value_set=_TRUTHS)).as_py()
    return pc.equal(lower, "true") if is_truth else column
