"""Batches are gathered, progress is told from the start, and threads end when nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import b12guide

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from b12guide.cohort import files, source, table_files
from b12guide.cohort.kernel import Kernel
from b12guide.cohort.options import Options
from b12guide.cohort.threads import gathered, go_on, in_order

GUIDELINE = b12guide.load("mecobalamin_im")
TABLE = pa.table({"egfr": [float(number % 100) for number in range(300)]})
PIECES = [TABLE.slice(start, 3) for start in range(0, 300, 3)]
MANY = pa.concat_tables(PIECES)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows of every batch that the kernel is asked about."""
    found: list[int] = []
    advise = Kernel.advise

    def counting(self: Kernel, patients: Any, start: int = 0) -> Any:
        found.append(patients.num_rows)
        return advise(self, patients, start)

    monkeypatch.setattr(Kernel, "advise", counting)
    return found


# -------------------------------------------------------------------------- gathering


def sizes(of: list[int], rows: int) -> list[int]:
    batches = [pa.record_batch({"n": list(range(size))}) for size in of]
    found = list(gathered(batches, rows))
    told = [n for batch in found for n in batch.column("n").to_pylist()]
    assert told == [n for size in of for n in range(size)]
    return [batch.num_rows for batch in found]


def test_batches_are_gathered_and_cut_to_one_size() -> None:
    assert sizes([1, 2, 3, 4], 5) == [5, 5]
    assert sizes([12, 1, 0, 1], 5) == [5, 5, 4]
    assert sizes([5, 5], 5) == [5, 5]
    assert sizes([0, 0], 5) == []


def test_categories_that_no_type_can_number_together_stay_apart() -> None:
    batches = [
        pa.record_batch(
            [pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), [f"c{number}"])],
            names=["category"],
        )
        for number in range(300)
    ]
    found = list(gathered(batches, 1000))

    assert len(found) < 10
    assert pa.Table.from_batches(found)["category"].to_pylist() == [
        f"c{number}" for number in range(300)
    ]


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(lambda: MANY, id="table"),
        pytest.param(MANY.to_reader, id="reader"),
        pytest.param(
            lambda: pl.concat([pl.DataFrame(piece) for piece in PIECES]), id="polars"
        ),
        pytest.param(lambda: pd.concat([p.to_pandas() for p in PIECES]), id="pandas"),
    ],
)
def test_a_frame_in_small_pieces_is_asked_about_at_once(
    frame: Any, asked: list[int]
) -> None:
    advice = GUIDELINE.cohort(frame())
    if isinstance(advice, pa.RecordBatchReader):
        advice.read_all()

    assert asked == [300]


@pytest.mark.parametrize("kind", ["parquet", "csv", "arrow", "row groups"])
def test_files_in_small_pieces_are_asked_about_at_once_and_written_so(
    kind: str, tmp_path: Path, asked: list[int]
) -> None:
    folder, advice = tmp_path / "patients", tmp_path / "advice.parquet"
    folder.mkdir()
    if kind == "row groups":
        pq.write_table(TABLE, folder / "a.parquet", row_group_size=1)
    for number, piece in enumerate(PIECES):
        file = folder / f"{number:03}.{kind}"
        match kind:
            case "parquet":
                pq.write_table(piece, file)
            case "csv":
                pyarrow.csv.write_csv(piece, file)
            case _:
                with pa.ipc.new_file(file, piece.schema) as writer:
                    writer.write_table(piece)
    files.advise_file(GUIDELINE.evaluator, folder, advice, Options())

    assert asked == [300]
    assert pq.ParquetFile(advice).num_row_groups == 1


# --------------------------------------------------------------------------- progress


def test_progress_of_a_frame_begins_at_nothing_and_ends_at_everybody() -> None:
    told: list[tuple[int, int | None]] = []
    GUIDELINE.cohort(MANY, progress=lambda done, of: told.append((done, of)))

    assert (told[0], told[-1]) == ((0, 300), (300, 300))
    assert told == sorted(told)


def test_progress_of_a_reader_does_not_know_the_end() -> None:
    told: list[tuple[int, int | None]] = []
    reader = GUIDELINE.cohort(
        MANY.to_reader(), progress=lambda done, of: told.append((done, of))
    )
    reader.read_all()

    assert told[-1] == (300, None)


@pytest.mark.parametrize("kind", ["parquet", "arrow", "csv"])
def test_progress_of_a_file_knows_the_end_from_the_file(
    kind: str, tmp_path: Path
) -> None:
    file = tmp_path / f"patients.{kind}"
    match kind:
        case "parquet":
            pq.write_table(TABLE, file)
        case "csv":
            pyarrow.csv.write_csv(TABLE, file)
        case _:
            with pa.ipc.new_file(file, TABLE.schema) as writer:
                writer.write_table(TABLE)
    told: list[tuple[int, int | None, str]] = []
    files.advise_file(
        GUIDELINE.evaluator,
        file,
        None,
        Options(),
        progress=lambda done, of, unit: told.append((done, of, unit)),
    )
    whole = (file.stat().st_size, "bytes") if kind == "csv" else (300, "patients")

    assert (told[0], told[-1]) == ((0, *whole), (whole[0], *whole))


def test_progress_of_text_files_moves_on_with_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "_BLOCK", 1 << 8)
    monkeypatch.setattr(source, "ROWS", 50)
    for name in ("a.csv", "b.csv"):
        pyarrow.csv.write_csv(TABLE, tmp_path / name)
    told: list[int] = []
    files.advise_file(
        GUIDELINE.evaluator,
        tmp_path,
        None,
        Options(),
        progress=lambda done, _of, _unit: told.append(done),
    )

    assert told == sorted(told)
    assert len(set(told)) > 4
    assert told[-1] == sum(file.stat().st_size for file in tmp_path.iterdir())


def test_progress_moves_while_the_first_batch_is_worked_on() -> None:
    seen, half = Event(), pa.record_batch({"n": range(10)})

    def work(_batch: Any, _start: int) -> int:
        go_on(0.5)
        assert seen.wait(60)
        return 1

    def tell(done: int) -> None:
        if done == 5:
            seen.set()

    assert list(in_order(work, [half], tell)) == [1]


# -------------------------------------------------------------------- nobody waits


def test_threads_end_when_nobody_waits_for_them() -> None:
    begun, ended = Event(), Event()

    def work(batch: Any, _start: int) -> int:
        if batch.num_rows == 1:
            return 1
        begun.set()
        try:
            while True:
                go_on()
        finally:
            ended.set()

    batches = (pa.record_batch({"n": range(rows)}) for rows in (1, 2, 3, 4, 5, 6, 7))
    answers = in_order(work, batches)
    assert next(answers) == 1
    assert begun.wait(60)
    answers.close()

    assert ended.wait(60)


def test_whoever_leaves_in_the_middle_ends_the_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, ended = Event(), Event()

    def working(_self: Kernel, _patients: Any, _start: int = 0) -> Any:
        begun.set()
        try:
            while True:
                go_on()
        finally:
            ended.set()

    def interrupt(_done: int, _of: int | None) -> None:
        if begun.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(Kernel, "advise", working)
    with pytest.raises(KeyboardInterrupt) as caught:
        GUIDELINE.cohort(MANY, progress=interrupt)

    assert caught.value is not None  # its traceback keeps every frame alive
    assert ended.wait(60)


def test_batches_are_not_read_further_once_nobody_waits() -> None:
    read: list[int] = []

    def batches() -> Iterator[Any]:
        for rows in range(1, 100):
            read.append(rows)
            yield pa.record_batch({"n": range(rows)})

    answers = in_order(lambda batch, _start: batch.num_rows, batches())
    assert next(answers) == 1
    answers.close()

    assert len(read) < 10
