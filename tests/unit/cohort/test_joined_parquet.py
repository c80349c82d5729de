"""Parquet files that were written apart are joined into the very file that is written at once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
import pyarrow.parquet as pq

from b12guide.cohort.joined_parquet import joined

ROWS = 60
TABLE = pa.table(
    {
        "id": [f"p{number}" for number in range(ROWS)],
        "rule.a": pa.array(["applies", "unknown", None] * 20).dictionary_encode(),
        "certain": [None, True, False] * 20,
        "days": [None if number % 7 else number * 1000 for number in range(ROWS)],
        "questions": [["age", "egfr"][: number % 3] for number in range(ROWS)],
    }
).replace_schema_metadata({"b12guide": "of these tests"})


def written(*batches: Any, **options: Any) -> bytes:
    """The bytes of one file."""
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, batches[0].schema, **options) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def together(parts: Sequence[bytes]) -> bytes:
    """The bytes of the parts as one file."""
    sink = io.BytesIO()
    with joined(sink) as add:
        for part in parts:
            add(part)
    return sink.getvalue()


@pytest.mark.parametrize("rows", [1, 4, 59])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False, "compression": "none", "write_statistics": False},
        {"write_page_index": True, "write_page_checksum": True},
        {"version": "1.0", "data_page_version": "2.0", "compression": "gzip"},
        {"bloom_filter_options": {"id": {"ndv": 9}, "days": {"ndv": 9}}},
    ],
)
def test_parts_are_joined_into_the_file_that_is_written_at_once(
    rows: int, options: dict[str, Any]
) -> None:
    if "bloom_filter_options" in options:
        pytest.importorskip("pyarrow", minversion="24")
    batches = TABLE.to_batches(max_chunksize=rows)
    whole = written(*batches, **options)
    found = together([written(batch, **options) for batch in batches])
    back = pq.ParquetFile(io.BytesIO(found))
    same = pq.ParquetFile(io.BytesIO(whole)).read()

    assert back.read().equals(same, check_metadata=True)
    assert back.metadata.num_row_groups == len(batches)
    if not {"write_page_index", "bloom_filter_options"} & {*options}:
        assert found == whole


def test_a_part_may_have_no_row_and_many_row_groups() -> None:
    nothing, *many = TABLE.slice(0, 0).to_batches() or [
        pa.RecordBatch.from_pylist([], schema=TABLE.schema)
    ]
    assert not many
    parts = [written(nothing), written(*TABLE.to_batches(max_chunksize=7))]
    found = pq.read_table(io.BytesIO(together(parts)))

    assert found.equals(TABLE)
    assert together([written(nothing)]) == written(nothing)


def test_row_groups_that_have_numbers_are_numbered_through_all_parts() -> None:
    # Arrow writes no numbers. Field 3 holds the rows, 4 the row groups, and 7 of these a number.
    footer = bytes.fromhex("36 02  19 1c 74 00 00  00")
    part = b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    both = bytes.fromhex("36 04  19 2c 74 00 00 74 02 00  00")

    assert together([part, part])[4:-8] == both
    both = b"PAR1" + both + len(both).to_bytes(4, "little") + b"PAR1"
    assert together([both, part])[4:-8] == bytes.fromhex(
        "36 06  19 3c 74 00 00 74 02 00 74 04 00  00"
    )


@pytest.mark.parametrize("other", [["id", "days"], ["id"]])
def test_parts_with_other_columns_are_refused(other: list[str]) -> None:
    parts = [written(*TABLE.select(names).to_batches()) for names in (["days"], other)]
    with pytest.raises(ValueError, match="other columns than the first"):
        together(parts)


def test_a_footer_of_no_known_kind_is_refused() -> None:
    footer = b"\x1e"
    with pytest.raises(ValueError, match="unknown kind 14"):
        together([b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"])
