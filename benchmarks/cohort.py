"""Cohorts: verdicts and decisions in memory, from Parquet, and as the rows grow.

Run one at a time on a quiet machine: `python benchmarks/cohort.py [ROWS]`.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import b12guide
from b12guide.cohort.batch import Batch, Question
from b12guide.cohort.carriers import ROWS, batches
from b12guide.cohort.columns import match_columns
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options
from b12guide.cohort.verdicts import verdict_column, verdicts
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


def all_verdicts(table: pa.Table) -> int:
    """Every verdict of every patient as columns of words, on one thread."""
    matched = match_columns(table.schema, GUIDELINE.graph, Options())
    question = Question(
        evaluator=GUIDELINE.evaluator,
        columns=matched.columns,
        otherwise=Otherwise.UNKNOWN,
    )
    size = 0
    for part in batches(table):
        batch = Batch.of(question, part)
        for found in verdicts(batch).values():
            size += verdict_column(found, batch.rows).nbytes
    return size


def peak() -> float:
    """The most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(rows: int) -> None:
    """Print the table."""
    table = cohort(rows)
    rules = len(GUIDELINE.graph.rules)
    print(f"{rows:,} patients, {rules} rules, batches of {ROWS:,}")
    took = seconds(lambda: all_verdicts(table))
    print(
        f"verdicts, one thread     {rows / took / 1e6:8.2f} M patients/s"
        f"   {took / rows / rules * 1e9:.2f} ns per rule and patient"
    )
    some = table.slice(0, min(rows, 100_000))
    first = time.perf_counter()
    GUIDELINE.cohort(some)
    took = time.perf_counter() - first
    print(f"whole advice             {len(some) / took / 1e6:8.3f} M patients/s")
    for fewer in (1_000, 10_000, 100_000):
        took = seconds(lambda few=fewer: all_verdicts(table.slice(0, few)))
        print(f"verdicts of {fewer:>10,}   {fewer / took / 1e6:8.2f} M patients/s")
    with tempfile.TemporaryDirectory() as folder:
        patients = Path(folder) / "patients.parquet"
        pq.write_table(table, patients, row_group_size=ROWS)
        bare = seconds(lambda: pq.read_table(patients, use_threads=False), 3)
        scan = seconds(lambda: pl.read_parquet(patients), 3)
        print(f"bare scan (pyarrow)      {rows / bare / 1e6:8.2f} M patients/s")
        print(f"bare scan (polars)       {rows / scan / 1e6:8.2f} M patients/s")
        before = peak()
        start = time.perf_counter()
        advice = Path(folder) / "advice.parquet"
        advise_file(GUIDELINE.evaluator, patients, advice, Options())
        took = time.perf_counter() - start
        print(f"file to file             {rows / took / 1e6:8.3f} M patients/s")
        print(f"memory beside the frame  {peak() - before:8.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
