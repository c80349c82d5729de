"""Columns of every type, frames of every shape: read exactly, or refused with a remedy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from time import sleep
from typing import Any

import pytest

import b12guide
from b12guide.errors import B12GuideError

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from b12guide.cohort import files, source, table_files
from b12guide.cohort.options import Options

GUIDELINE = b12guide.load("mecobalamin_im")
BELOW, ABOVE, OPEN = "applies", "does not apply", "unknown"


def renal(frame: Any) -> list[str]:
    return list(map(str, GUIDELINE.cohort(frame)["rule.renal_form"].to_pylist()))


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([Decimal("49.9"), Decimal("50.0"), None]), [BELOW, ABOVE, OPEN]),
        (pa.array([49, 50, None], pa.int8()), [BELOW, ABOVE, OPEN]),
        (pa.array([49, 50], pa.uint16()), [BELOW, ABOVE]),
        (pa.array([49.9, 50.1, float("nan")], pa.float32()), [BELOW, ABOVE, OPEN]),
        (pa.array(["35 mL/min", "0.9 mL/s", None]), [BELOW, ABOVE, OPEN]),
        (pa.array(["35", "90"], pa.large_string()), [BELOW, ABOVE]),
        (pa.array(["35", "90"], pa.string_view()), [BELOW, ABOVE]),
        (pa.array(["35", "90"]).dictionary_encode(), [BELOW, ABOVE]),
        (pa.chunked_array([[35.0], [], [90.0]]), [BELOW, ABOVE]),
        (pa.nulls(2), [OPEN, OPEN]),
        (pa.array([], pa.float64()), []),
    ],
    ids=[
        *("decimal", "int8", "uint16", "float32", "text", "large text", "text view"),
        *("categories", "chunks", "nulls", "nobody"),
    ],
)
def test_a_measure_may_come_in_any_type_that_holds_numbers(
    column: Any, said: list[str]
) -> None:
    assert renal(pa.table({"egfr": column})) == said


@pytest.mark.parametrize(
    "cell", [True, dt.date(2020, 1, 1), [1.0], {"a": 1}, b"35"], ids=repr
)
def test_a_measure_is_refused_in_a_type_that_holds_none(cell: object) -> None:
    with pytest.raises(B12GuideError, match="`egfr` is a number, and column `egfr`"):
        GUIDELINE.cohort(pa.table({"egfr": [cell]}))


@pytest.mark.parametrize(
    "procedures",
    [
        pl.Series(["roux_en_y", None], dtype=pl.Enum(["none", "roux_en_y"])),
        pl.Series(["roux_en_y", None], dtype=pl.Categorical),
        pl.Series(["roux_en_y", None]),
    ],
    ids=lambda series: str(series.dtype),
)
def test_a_choice_may_be_a_category_or_a_text_of_polars(procedures: Any) -> None:
    advice = GUIDELINE.cohort(pl.DataFrame({"bariatric_procedure": procedures}))

    assert advice["rule.bypass"].to_list() == ["applies", "unknown"]


def test_rows_of_pandas_keep_their_index_and_their_order() -> None:
    frame = pd.DataFrame(
        {
            "egfr": pd.array([60, 35, None], dtype="Int64"),
            "b12_deficiency": pd.array([True, None, True], dtype="boolean"),
        },
        index=["c", "a", "b"],
    )
    advice = GUIDELINE.cohort(frame)

    assert list(advice.index) == ["c", "a", "b"]
    assert list(advice["rule.renal_form"]) == [ABOVE, BELOW, OPEN]


def test_rows_without_columns_are_refused_and_a_frame_without_rows_is_not() -> None:
    with pytest.raises(B12GuideError, match="rows and no columns"):
        GUIDELINE.cohort(pd.DataFrame(index=[1, 2]))
    assert GUIDELINE.cohort(pa.table({})).num_rows == 0


def test_rows_that_cannot_be_believed_are_counted_from_one() -> None:
    with pytest.raises(B12GuideError, match="row 2: `9999 mL/min`"):
        GUIDELINE.cohort(pa.table({"egfr": [35.0, 9999.0]}))


def test_a_file_in_many_pieces_is_answered_as_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"egfr": [float(number) for number in range(200)]})
    patients, advice = tmp_path / "patients.parquet", tmp_path / "advice.parquet"
    pq.write_table(table, patients, row_group_size=7)
    monkeypatch.setattr(source, "ROWS", 10)
    files.advise_file(GUIDELINE.evaluator, patients, advice, Options())

    assert pq.read_table(advice).to_pydict() == GUIDELINE.cohort(table).to_pydict()


def test_whoever_interrupts_finds_the_old_file_and_no_half_of_a_new_one(
    tmp_path: Path,
) -> None:
    patients, advice = tmp_path / "patients.csv", tmp_path / "advice.csv"
    patients.write_text("egfr\n35\n", encoding="utf-8")
    advice.write_text("old", encoding="utf-8")

    def interrupt(_done: int, _of: object, _unit: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.advise_file(
            GUIDELINE.evaluator, patients, advice, Options(), progress=interrupt
        )

    assert advice.read_text(encoding="utf-8") == "old"
    assert {file.name for file in tmp_path.iterdir()} == {"patients.csv", "advice.csv"}


def test_a_value_that_the_source_leaves_open_is_not_asked_for_again() -> None:
    patients = pa.table(
        {"crohns_disease": [True, True], "ileal_involvement": [None, 45.0]}
    )
    asked = GUIDELINE.cohort(patients)["questions"].to_pylist()
    alone = [GUIDELINE.recommend(row).questions for row in patients.to_pylist()]

    assert asked == [[question.fact for question in one] for one in alone]
    assert ["ileal_involvement" in one for one in asked] == [True, False]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "arrow"])
def test_a_file_is_not_read_far_ahead_of_its_answers(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        table_files, "_BLOCK", 1 << 14
    )  # of CSV, some blocks are read ahead
    table = pa.table({"egfr": [float(number % 200) for number in range(1_000_000)]})
    path = tmp_path / f"patients.{suffix}"
    match suffix:
        case "parquet":
            pq.write_table(table, path, row_group_size=10_000)
        case "csv":
            csv.write_csv(table, path)
        case _:
            with pa.ipc.new_file(path, table.schema) as writer:
                writer.write_table(table, max_chunksize=10_000)
    whole = table.nbytes
    del table
    before = pa.total_allocated_bytes()
    batches = source.opened(path).batches(["egfr"])
    next(batches)
    sleep(0.3)  # time enough to read everything

    assert pa.total_allocated_bytes() - before < whole / 2
