"""Files of patients that are read as one table: their columns, and their rows batch by batch.

The columns of all files are looked at before any row is. A file that lacks a column would make its
fact unknown for all its patients, and one with another divider would have a single column without a
meaning; neither would be noticed in the advice.

Every cell of a CSV file is left as the text that it is. An empty one is null.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeAlias, assert_never

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from attrs import define, field, frozen

from b12guide.cohort.options import Options, in_schema
from b12guide.cohort.paths import Format, files_of, format_of
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import CohortError, PatientError
from b12guide.text import Span, Text

Batches: TypeAlias = Iterator[pa.RecordBatch]

_BLOCK = 1 << 21
"""Bytes of a CSV file that become a batch; no line may be longer."""

_MOST_BYTES = 1000
"""How long the text of a fact may be on an average: the longest values have some sixty letters."""

_MOST_TOLD = 20


@frozen(eq=False, kw_only=True, repr=False)
class _File:
    """One file, and what was seen of it without reading its rows.

    Attributes:
        divider: The cell separator of a CSV file.
        rows: How many there are, where the file says so.
    """

    path: Path
    format: Format
    schema: pa.Schema
    divider: str = ""
    rows: int | None = None


@define(eq=False, repr=False)
class _Position:
    """How many bytes of text files lie behind the rows that were read."""

    bytes: int = 0

    def __call__(self) -> int:
        return self.bytes


@frozen(eq=False, kw_only=True, repr=False)
class TableFiles:
    """Files that are read as one table.

    Attributes:
        schema: The columns of all of them.
        position: How many bytes of CSV files the pass under way has read.
    """

    files: tuple[_File, ...]
    schema: pa.Schema
    options: Options
    texts: frozenset[str]
    position: _Position = field(init=False, factory=_Position)

    @property
    def is_text(self) -> bool:
        """Whether every cell is text."""
        return self.files[0].format == "csv"

    @property
    def rows(self) -> int | None:
        """How many there are, where the files say so."""
        counts = [file.rows for file in self.files if file.rows is not None]
        return sum(counts) if len(counts) == len(self.files) else None

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.path.stat().st_size for file in self.files)

    def batches(self, columns: Sequence[str], most: int) -> Batches:
        """Some columns of all files, read no further ahead than they are asked for.

        Args:
            columns: Their names.
            most: How many rows a batch may have.

        Raises:
            CohortError: A file cannot be read.
        """
        wanted = pa.schema([self.schema.field(name) for name in columns])
        self.position.bytes = 0
        for file in self.files:
            with _refused(file.path, self.options):
                there = [name for name in columns if name in file.schema.names]
                match file.format:
                    case "parquet":
                        found = _of_parquet(file, there, self.texts, most)
                    case "arrow":
                        found = _of_arrow(file, there, most)
                    case "csv":
                        found = _of_csv(file, there, self.options, self.position)
                for batch in found:
                    yield _under(wanted, batch)


def looked_at(
    path: Path,
    options: Options,
    is_left_out: Callable[[str], bool],
    is_fact: Callable[[str], bool],
) -> TableFiles:
    """The files that `path` means: a file, a folder of files, or a pattern.

    Args:
        path: Parquet, Arrow or CSV by its suffix.
        options: How text files are written, and which columns are kept.
        is_left_out: Whether nobody looks at a column.
        is_fact: Whether a column holds a fact.

    Raises:
        CohortError: A file cannot be read.
        PatientError: The files do not have the same columns, or a column is too large.
    """
    files = tuple(_seen(file, options) for file in files_of(path))
    wrong = list(_differences(files, is_left_out))
    if wrong:
        message = f"the files of {path} do not belong together"
        raise PatientError(message, wrong)
    schema = _united(files)
    facts = [name for name in schema.names if is_fact(name)]
    wrong = [one for file in files for one in _too_large(file, facts)]
    if wrong:
        message = f"{path} has columns that are too large"
        raise PatientError(message, wrong)
    # A text that many cells of a Parquet file share is held once.
    texts = frozenset(
        one.name
        for one in schema
        if files[0].format == "parquet"
        and one.name in facts
        and one.name not in options.keep
        and _kind(one.type) == pa.string()
    )
    fields = [
        one.with_type(pa.dictionary(pa.int32(), pa.string()))
        if one.name in texts
        else one
        for one in schema
    ]
    united = pa.schema(fields, schema.metadata)
    return TableFiles(files=files, schema=united, options=options, texts=texts)


def refuse(why: str) -> NoReturn:
    """Raise what is wrong with a file.

    Raises:
        CohortError: Always.
    """
    raise CohortError(why)


_WRAPPING = re.compile(r".*Could not open \w+ input source '[^']*': (?:Invalid: )?")
"""What Arrow says around what is the matter with a file."""


def reason(error: Exception) -> str:
    """Why something could not be read or written, as the end of a sentence."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    first: str = _WRAPPING.sub("", text.strip().splitlines()[0])
    return first if first[:2].isupper() else first[:1].lower() + first[1:]


_TOO_LONG = ("straddling object", "empty csv file or block")
"""What Arrow says of a line that does not end in a block."""


@contextmanager
def _refused(path: Path, options: Options) -> Iterator[None]:
    """What keeps a file from being read, as an error of ours.

    Raises:
        CohortError: It cannot be read.
    """
    try:
        yield
    except FileNotFoundError:
        refuse(f"there is no file {path}")
    except UnicodeError:
        refuse(f"{path} cannot be read: {_not_so_encoded(path, options)}")
    except (OSError, pa.ArrowException) as error:
        why = reason(error)
        if "invalid utf8" in why.lower():
            why = _not_so_encoded(path, options)
        elif any(said in why.lower() for said in _TOO_LONG):
            why = f"a line is longer than {_BLOCK:,} bytes, or a quotation mark is never closed"
        refuse(f"{path} cannot be read: {why}")


def _not_so_encoded(path: Path, options: Options) -> str:
    with path.open("rb") as file:
        is_wide = file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    other = "utf-16" if is_wide else "latin-1"
    other = other if options.encoding == "utf-8" else "utf-8"
    return (
        f"it is not encoded as {options.encoding}; say how it is, such as "
        f"`--encoding {other}`"
    )


# --------------------------------------------------------------------------- looking


def _seen(path: Path, options: Options) -> _File:
    with _refused(path, options):
        match kind := format_of(path):
            case "parquet":
                with pq.ParquetFile(path) as file:
                    rows = file.metadata.num_rows
                    schema = file.schema_arrow
                return _File(path=path, format=kind, schema=schema, rows=rows)
            case "arrow":
                with pa.memory_map(str(path)) as map_, pa.ipc.open_file(map_) as reader:
                    schema = reader.schema
                rows = sum(batch.num_rows for batch in _arrow_of(path, [0]))
                return _File(path=path, format=kind, schema=schema, rows=rows)
            case "csv":
                divider = options.divider
                if divider is None and ".tsv" in map(str.lower, path.suffixes[-2:]):
                    divider = "\t"
                if divider is None:  # what divides the names in the first line
                    with _opened(path) as (_, stream):
                        start = io.BytesIO(stream.read(_BLOCK))
                    head = io.TextIOWrapper(start, options.encoding).readline()
                    divider = max(",;\t|", key=re.sub(r'"[^"]*"', "", head).count)
                with (
                    _opened(path) as (_, stream),
                    pa.csv.open_csv(
                        stream,
                        read_options=_read_options(options),
                        parse_options=pa.csv.ParseOptions(delimiter=divider),
                    ) as reader,
                ):
                    names = reader.schema.names
                schema = pa.schema([pa.field(name, pa.string()) for name in names])
                return _File(path=path, format=kind, schema=schema, divider=divider)
            case None:
                refuse(f"{path} is of no known kind")
            case _:
                assert_never(kind)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The bytes of a file as they are, and what they hold where they are compressed."""
    with pa.OSFile(str(path)) as raw:
        if path.suffix.lower() != ".gz":
            yield raw, raw
            return
        with pa.CompressedInputStream(raw, "gzip") as stream:
            yield raw, stream


def _read_options(options: Options) -> pa.csv.ReadOptions:
    encoding = "utf8" if options.encoding == "utf-8" else options.encoding
    return pa.csv.ReadOptions(block_size=_BLOCK, encoding=encoding)


# -------------------------------------------------------------------------- matching


def _differences(
    files: Sequence[_File], is_left_out: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    """GDL736: files with other columns, types, units or another divider than most have.

    Columns that nobody looks at may differ.
    """
    columns = [
        {one.name: one for one in file.schema if not is_left_out(one.name)}
        for file in files
    ]
    shapes = [
        (frozenset(names), file.divider)
        for names, file in zip(columns, files, strict=True)
    ]
    ((usual, _),) = Counter(shapes).most_common(1)
    model = shapes.index(usual)
    told = 0
    for number, file in enumerate(files):
        found = tuple(_unlike(file, columns[number], files[model], columns[model]))
        if not found:
            continue
        told += 1
        if told <= _MOST_TOLD:
            yield Diagnostic(
                code="GDL736",
                message=f"{file.path.name} {', '.join(found)}",
                labels=(_place(file),),
                notes=(f"it was compared with {files[model].path.name}",),
                help=(_REMEDY if file.divider == files[model].divider else _DIVIDE,),
            )
    if told > _MOST_TOLD:
        more = f"{told - _MOST_TOLD:,} more files are not like {files[model].path.name}"
        yield Diagnostic(code="GDL736", message=more, help=(_REMEDY,))


def _place(file: _File) -> Label:
    return Label(text=Text(str(file.path), ""), span=Span(0, 0))


_REMEDY = Help(
    message="give all files the same columns, each of one type; one that is no fact may be "
    "left out (`ignore=...`, `--ignore ...`)"
)
_DIVIDE = Help(message="divide the cells of all files by one sign")


def _unlike(
    file: _File,
    columns: Mapping[str, pa.Field],
    model: _File,
    usual: Mapping[str, pa.Field],
) -> Iterator[str]:
    """In what a file is not like the others, each as the end of a sentence."""

    def unit(one: pa.Field) -> str:
        said = (one.metadata or {}).get(b"unit", b"").decode(errors="replace")
        return f"in `{said}`" if said else "without a unit"

    if file.divider != model.divider:
        own, its = (
            "a tab" if one.divider == "\t" else f"`{one.divider}`"
            for one in (file, model)
        )
        yield (
            f"is divided by {own} and not by {its}: its columns are {_some(list(columns))}"
        )
        return
    if lacking := [name for name in usual if name not in columns]:
        yield f"lacks {_some(lacking)}"
    if adding := [name for name in columns if name not in usual]:
        yield f"adds {_some(adding)}"
    for name, one in columns.items():
        other = usual.get(name)
        if other is None:
            continue
        kinds = {_kind(one.type), _kind(other.type)} - {pa.null()}
        if len(kinds) > 1:
            yield f"has `{name}` as {one.type} and not as {other.type}"
        if unit(one) != unit(other):
            yield f"has `{name}` {unit(one)} and not {unit(other)}"


def _some(names: Sequence[str], most: int = 5) -> str:
    listed = ", ".join(f"`{name}`" for name in names[:most])
    return f"{listed} and {len(names) - most} more" if len(names) > most else listed


def _unit(one: pa.Field) -> str:
    unit = (one.metadata or {}).get(b"unit", b"").decode(errors="replace")
    return f"in `{unit}`" if unit else "without a unit"


def _kind(kind: pa.DataType) -> pa.DataType:
    """The type without what only says how it is held: categories, and lengths of text."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    is_text = pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return pa.string() if is_text else kind


def _united(files: Sequence[_File]) -> pa.Schema:
    """All columns, each of a type that holds its cells in every file; and who wrote advice."""
    found: dict[str, pa.Field] = {}
    repeated: list[pa.Field] = []  # two columns of one name are reported later
    for number, file in enumerate(files):
        own = set()
        for one in file.schema:
            known = found.get(one.name)
            if known is None or pa.types.is_null(known.type):
                found[one.name] = one
            elif known.type != one.type and one.name not in own:
                found[one.name] = known.with_type(_kind(known.type))
            if one.name in own and number == 0:
                repeated.append(one)
            own.add(one.name)
    wrote = [f.schema.metadata for f in files if in_schema(f.schema)]
    return pa.schema([*found.values(), *repeated], wrote[0] if wrote else None)


def _too_large(file: _File, facts: Sequence[str]) -> Iterator[Diagnostic]:
    """GDL738: text that is far too long for a fact, as far as a Parquet file says so itself."""
    if file.format != "parquet":
        return
    texts = {one.name for one in file.schema if _kind(one.type) == pa.string()}
    wanted = texts.intersection(facts)
    if not wanted:
        return
    found = pq.read_metadata(file.path)
    for group in range(found.num_row_groups):
        for number in range(found.num_columns):
            if found.schema.column(number).path not in wanted:
                continue
            column = found.row_group(group).column(number)
            size, cells = column.total_uncompressed_size, column.num_values
            if size > _MOST_BYTES * (cells + 100):
                wanted.remove(column.path_in_schema)
                yield Diagnostic(
                    code="GDL738",
                    message=f"column `{column.path_in_schema}` of {file.path.name} holds "
                    f"{size:,} bytes in {cells:,} cells, and no value of a fact is as long",
                    labels=(_place(file),),
                    help=(
                        Help(message="look what was written there instead of values"),
                    ),
                )


# --------------------------------------------------------------------------- reading


def _of_parquet(
    file: _File, columns: list[str], texts: frozenset[str], most: int
) -> Batches:
    """Row groups, small ones together, because each reading has its price.

    Together they have few rows beside `most`, because the reader gathers as many again.
    """
    with pq.ParquetFile(file.path, read_dictionary=sorted(texts)) as opened:
        together: list[list[int]] = []
        rows: list[int] = []
        for number in range(opened.num_row_groups):
            size = opened.metadata.row_group(number).num_rows
            if not together or rows[-1] + size > most // 4:
                together.append([])
                rows.append(0)
            together[-1].append(number)
            rows[-1] += size
        for groups, count in zip(together, rows, strict=True):
            if columns:
                # For a few rows, waking threads costs more than reading does.
                threads = count > most // 8
                for batch in opened.iter_batches(
                    most, groups, columns, use_threads=threads
                ):
                    yield batch.select(columns)
            else:  # the other files have columns that are asked for
                for start in range(0, count, most):
                    yield _rows_only(min(most, count - start))


def _of_arrow(file: _File, columns: list[str], most: int) -> Batches:
    fields = [file.schema.get_field_index(name) for name in columns]
    for batch in _arrow_of(file.path, fields or [0]):
        found = batch if columns else _rows_only(batch.num_rows)
        for start in range(0, found.num_rows, most):
            yield found.slice(start, most)


def _arrow_of(path: Path, fields: list[int]) -> Batches:
    """The batches of an Arrow file with some of its columns; the others are not even unpacked."""
    options = pa.ipc.IpcReadOptions(included_fields=fields)
    with (
        pa.memory_map(str(path)) as map_,
        pa.ipc.open_file(map_, options=options) as reader,
    ):
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


def _of_csv(
    file: _File, columns: list[str], options: Options, position: _Position
) -> Batches:
    before, size = position.bytes, file.path.stat().st_size
    with _opened(file.path) as (raw, stream):
        packed = raw is not stream
        with pa.csv.open_csv(
            stream,
            read_options=_read_options(options),
            parse_options=pa.csv.ParseOptions(delimiter=file.divider),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(file.schema.names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                include_columns=columns or file.schema.names[:1],
            ),
        ) as reader:
            for number, batch in enumerate(reader, start=1):
                there = raw.tell() if packed else number * _BLOCK
                position.bytes = before + min(there, size)
                yield batch if columns else _rows_only(batch.num_rows)
    position.bytes = before + size


def _rows_only(rows: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(rows)], names=["\0"])


def _under(schema: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with the columns of `schema`; a column that it lacks holds nothing."""
    columns = []
    for one in schema:
        if one.name in batch.schema.names:
            column = batch.column(one.name)
            if column.type != one.type and pa.types.is_dictionary(column.type):
                column = column.dictionary_decode()
            columns.append(column.cast(one.type))
        else:
            columns.append(pa.nulls(batch.num_rows, one.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
