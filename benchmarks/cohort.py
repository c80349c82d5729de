"""Cohorts in pieces, and the memory that they take; the cohorts of other benchmarks.

Everything runs on one thread and is measured in processor time, contestants taking turns.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from people import relevant, values_of
from pyarrow import csv
from timing import Aim, aims, asked_alone, peak, sized, table

import b12guide
from b12guide.cohort.batch import Batch, verdict_column, verdicts
from b12guide.cohort.files import advise_file
from b12guide.cohort.kernel import kernel
from b12guide.cohort.options import Options
from b12guide.cohort.source import ROWS
from b12guide.values.term import Kind

GUIDELINE = b12guide.load("mecobalamin_im")
FINDINGS = (
    *("b12_deficiency", "paresthesia", "numbness", "gait_disturbance"),
    *("glossitis", "diabetes", "nephropathy", "renal_dysfunction"),
    *("crohns_disease", "folate_deficiency", "planning_pregnancy"),
    *("loading_complete", "neurological_plateau", "persistent_symptoms"),
)
MEASURES = {"age": (18, 95), "egfr": (5, 120), "platelets": (10, 400)}
UNKNOWN = 0.1
OPTIONS = Options(on_bad="unknown")
"""Patients at random contradict themselves; what they contradict counts as unknown."""

pa.set_cpu_count(1)
pa.set_io_thread_count(1)


def cohort(rows: int) -> pa.Table:
    """Patients at random, a tenth of each of 17 columns unknown."""
    random = np.random.default_rng(20)
    columns = {
        name: pa.array(random.random(rows) < 0.3, mask=random.random(rows) < UNKNOWN)
        for name in FINDINGS
    }
    for name, (low, high) in MEASURES.items():
        numbers = np.round(random.uniform(low, high, rows), 1)
        columns[name] = pa.array(numbers, mask=random.random(rows) < UNKNOWN)
    return pa.table(columns)


def whole_cohort(rows: int, unknown: float = UNKNOWN) -> pa.Table:
    """Patients at random with a column for each fact that the guideline reads.

    Measures lie near the thresholds, so that every rule holds for some.
    """
    random = np.random.default_rng(21)
    evaluator = GUIDELINE.evaluator
    columns = {}
    for fact in relevant(evaluator.graph, evaluator.program):
        missing = random.random(rows) < unknown
        values = values_of(fact, evaluator.program) or (100, 300)
        if fact.kind is Kind.CHOICE:
            codes = pa.array(random.integers(0, len(values), rows), pa.int32())
            words = pa.DictionaryArray.from_arrays(codes, pa.array(values)).cast(
                pa.string()
            )
            columns[fact.name] = pa.array(words.to_numpy(False), mask=missing)
        elif fact.kind is Kind.MEASURE:
            numbers = np.array([float(Fraction(value)) for value in values])
            columns[fact.name] = pa.array(random.choice(numbers, rows), mask=missing)
        else:
            columns[fact.name] = pa.array(random.random(rows) < 0.25, mask=missing)
    return pa.table(columns)


def sets_of_verdicts(frame: pa.Table) -> int:
    """Every verdict of every patient as sets of patients, on one thread."""
    asked = kernel(GUIDELINE.evaluator, frame.schema, OPTIONS, "cohort")
    size = 0
    for part in frame.to_batches(max_chunksize=ROWS):
        size += len(verdicts(Batch.of(asked.answers.question, part)))
    return size


def words_of_verdicts(frame: pa.Table) -> int:
    """Every verdict of every patient as columns of words, on one thread."""
    asked = kernel(GUIDELINE.evaluator, frame.schema, OPTIONS, "cohort")
    size = 0
    for part in frame.to_batches(max_chunksize=ROWS):
        batch = Batch.of(asked.answers.question, part)
        for found in verdicts(batch).values():
            size += verdict_column(found, batch.rows).nbytes
    return size


FORMS = {"sets of patients": sets_of_verdicts, "columns of words": words_of_verdicts}


def memory_table(rows: int) -> str:
    """The most memory of a process that makes the cohort and does one thing with it."""
    names = ("nothing", *(f"{form}, all columns" for form in FORMS), "whole advice")
    least = peak(names[0])
    lines = [
        (name, f"{most:,.0f}", f"{max(most - least, 0):,.0f}")
        for name, most in ((name, peak(name)) for name in names)
    ]
    return table((f"peak memory, {rows:,} rows", "MB", "beyond the cohort"), lines)


def alone(name: str, rows: int) -> None:
    """Do what is measured in a process of its own."""
    frame = whole_cohort(rows)
    for form, work in FORMS.items():
        if name.startswith(form):
            work(frame)
    if name == "whole advice":
        GUIDELINE.cohort(cohort(rows), on_bad="unknown")


PIECE = 10
IN_PIECES = sized(20_000, 200)


def pieces_table(_rows: int) -> tuple[str, list[Aim]]:
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
        by_pandas = pd.concat([piece.to_pandas() for piece in pieces])
        single, file = "one table", "one Parquet file"
        works = {
            single: lambda: ask(whole),
            "PyArrow, chunks": lambda: ask(table_),
            "PyArrow, reader": lambda: ask(table_.to_reader()).read_all(),
            "Polars, concat": lambda: ask(by_polars),
            "pandas, concat": lambda: ask(by_pandas),
            file: lambda: advise(one),
            "Parquet, row groups": lambda: advise(groups),
            **{
                f"a folder of {kind}": lambda kind=kind: advise(folder / kind)
                for kind in _WRITERS
            },
        }
        times: dict[str, list[float]] = {name: [] for name in works}
        # In turns, so that a busy machine is busy for all of them.
        for _ in range(sized(3, 1)):
            for kind, work in works.items():
                start = time.process_time()
                work()
                times[kind].append(time.process_time() - start)
    middle = {name: median(found) for name, found in times.items()}
    files = ("Parquet", "a folder")
    lines = [
        (
            name,
            f"{took:.2f}",
            f"{took / middle[file if name.startswith(files) else single]:.2f}",
        )
        for name, took in middle.items()
    ]
    head = (f"{IN_PIECES:,} rows, {PIECE} to a piece", "processor s", "of one piece")
    found = []
    for pieces_are, is_file in (("chunks or row groups", False), ("files", True)):
        some = [float(of) for n, _, of in lines if n.startswith("a folder") is is_file]
        what = f"rows in 2,000 {pieces_are}, of one piece, the slowest kind"
        found.append(Aim(what, 3, max(some), "x"))
    return table(head, lines), found


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
    name = asked_alone()
    if name is not None:
        alone(name, rows)
        return
    text, found = pieces_table(rows)
    print(f"{text}\n", flush=True)
    print(memory_table(rows))
    print()
    print(aims(found))


if __name__ == "__main__":
    main(sized(1_000_000, 2_000))
