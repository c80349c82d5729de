"""Cohorts: verdicts and decisions in memory, from Parquet, and as the rows grow.

Run one at a time on a quiet machine: `python benchmarks/cohort.py [ROWS]`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv
from timing import table

import b12guide
from b12guide.cohort.batch import Batch, Prepared, verdict_column, verdicts
from b12guide.cohort.columns import match_columns
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.cohort.source import ROWS
from b12guide.patient.model import Otherwise

GUIDELINE = b12guide.load("mecobalamin_im")
FINDINGS = (
    *("b12_deficiency", "paresthesia", "numbness", "gait_disturbance"),
    *("glossitis", "diabetes", "nephropathy", "renal_dysfunction"),
    *("crohns_disease", "folate_deficiency", "planning_pregnancy"),
    *("loading_complete", "neurological_plateau", "persistent_symptoms"),
)
MEASURES = {"age": (18, 95), "egfr": (5, 120), "platelets": (10, 400)}
UNKNOWN = 0.1
ROWS_IN_MEMORY = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def cohort(rows: int) -> pa.Table:
    """Patients at random, a tenth of each column unknown."""
    random = np.random.default_rng(20)
    columns = {
        name: pa.array(random.random(rows) < 0.3, mask=random.random(rows) < UNKNOWN)
        for name in FINDINGS
    }
    for name, (low, high) in MEASURES.items():
        numbers = np.round(random.uniform(low, high, rows), 1)
        columns[name] = pa.array(numbers, mask=random.random(rows) < UNKNOWN)
    return pa.table(columns)


def seconds(work: Callable[[], object], times: int = 5) -> float:
    """The best of some runs after one that does not count."""
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def all_verdicts(frame: pa.Table) -> int:
    """Every verdict of every patient as columns of words, on one thread."""
    matched = match_columns(frame.schema, GUIDELINE.graph, Options())
    question = Prepared(
        evaluator=GUIDELINE.evaluator,
        columns=matched.columns,
        otherwise=Otherwise.UNKNOWN,
    )
    size = 0
    for part in frame.to_batches(max_chunksize=ROWS):
        batch = Batch.of(question, part)
        for found in verdicts(batch).values():
            size += verdict_column(found, batch.rows).nbytes
    return size


def verdicts_table() -> str:
    """Verdicts on one thread, as the rows grow."""
    rules = len(GUIDELINE.graph.rules)
    lines = []
    for rows in ROWS_IN_MEMORY:
        frame = cohort(rows)
        took = seconds(lambda frame=frame: all_verdicts(frame))
        each = took / rows / rules * 1e9
        lines.append((f"{rows:,}", f"{rows / took / 1e6:.2f}", f"{each:.2f}"))
    head = ("rows, one thread, all verdicts", "million/s", "ns per rule and patient")
    return table(head, lines)


def files_table(rows: int) -> str:
    """Whole advice beside a bare scan of the same file."""
    frame = cohort(rows)
    with tempfile.TemporaryDirectory() as folder:
        patients = Path(folder) / "patients.parquet"
        pq.write_table(frame, patients, row_group_size=ROWS)
        del frame
        scans = {
            "PyArrow, bare scan": lambda: pq.read_table(patients),
            "Polars, bare scan": lambda: pl.read_parquet(patients),
            "PyArrow's scan and all verdicts": lambda: all_verdicts(
                pq.read_table(patients)
            ),
        }
        times = {name: seconds(work, 3) for name, work in scans.items()}
        parts = {
            "verdicts only": Options(verdicts_only=True),
            "one decision (`form`), without questions": Options(
                decisions=["form"], questions=False
            ),
            "whole advice": Options(),
        }
        for name, options in parts.items():
            start = time.perf_counter()
            advice = Path(folder) / "advice.parquet"
            advise_file(GUIDELINE.evaluator, patients, advice, options)
            times[f"{name}, file to file"] = time.perf_counter() - start
    lines = [(name, f"{rows / took / 1e6:.2f}") for name, took in times.items()]
    return table((f"{rows:,} rows of Parquet", "million/s"), lines)


PIECE = 10
IN_PIECES = 20_000


def pieces_table() -> str:
    """The same patients in 2,000 pieces of 10 rows, beside one piece: processor time."""
    whole = cohort(IN_PIECES)
    pieces = [whole.slice(start, PIECE) for start in range(0, IN_PIECES, PIECE)]
    ask = GUIDELINE.cohort
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one = folder / "one.parquet"
        pq.write_table(whole, one)
        groups = folder / "groups.parquet"
        pq.write_table(whole, groups, row_group_size=PIECE)
        for kind, write in _WRITERS.items():
            (folder / kind).mkdir()
            for number, piece in enumerate(pieces):
                write(piece, folder / kind / f"{number:04}.{kind}")

        def advise(patients: Path) -> None:
            advise_file(
                GUIDELINE.evaluator, patients, folder / "advice.parquet", Options()
            )

        table_ = pa.concat_tables(pieces)
        by_polars = pl.concat([pl.DataFrame(piece) for piece in pieces], rechunk=False)
        by_pandas = [piece.to_pandas() for piece in pieces]
        single, file = "one table", "one Parquet file"
        works = {
            single: lambda: ask(whole),
            "PyArrow, chunks": lambda: ask(table_),
            "PyArrow, reader": lambda: ask(table_.to_reader()).read_all(),
            "Polars, concat": lambda: ask(by_polars),
            "pandas, concat": lambda: ask(pd.concat(by_pandas)),
            file: lambda: advise(one),
            "Parquet, row groups": lambda: advise(groups),
            **{
                f"a folder of {kind}": lambda kind=kind: advise(folder / kind)
                for kind in _WRITERS
            },
        }
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(3):  # in turns, so that a busy machine is busy for all of them
            for kind, work in works.items():
                start = time.process_time()
                work()
                times[kind].append(time.process_time() - start)
    least = {name: min(found) for name, found in times.items()}
    files = ("Parquet", "a folder")
    lines = [
        (
            name,
            f"{took:.2f}",
            f"{took / least[file if name.startswith(files) else single]:.2f}",
        )
        for name, took in least.items()
    ]
    head = (f"{IN_PIECES:,} rows, {PIECE} to a piece", "processor s", "of one piece")
    return table(head, lines)


def _write_arrow(piece: pa.Table, file: Path) -> None:
    with pa.ipc.new_file(file, piece.schema) as writer:
        writer.write_table(piece)


_WRITERS: dict[str, Callable[[pa.Table, Path], object]] = {
    "parquet": pq.write_table,
    "arrow": _write_arrow,
    "csv": csv.write_csv,
}


def main(rows: int) -> None:
    """Print the tables."""
    print(verdicts_table(), flush=True)
    print()
    print(files_table(rows), flush=True)
    print()
    print(pieces_table())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
