"""Whole advice for a cohort: decisions, questions and verdicts, all columns, on one thread.

Each run is measured in processor time. The first time counts everything that is made for a
guideline and its columns; the second is the same patients again.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import time

import pyarrow as pa
from cohort import GUIDELINE, OPTIONS, cohort, whole_cohort
from timing import Aim, aims, sized, table

from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.source import ROWS
from b12guide.evaluate.evaluator import Evaluator

pa.set_cpu_count(1)
pa.set_io_thread_count(1)

MILLION = sized(1 << 20, 2_000)
BATCH = sized(ROWS, 1_000)
MUCH = 0.35


def asked(frame: pa.Table) -> Kernel:
    """The guideline made ready for a frame, with nothing remembered."""
    evaluator = Evaluator.of(GUIDELINE.graph)
    return kernel(evaluator, frame.schema, OPTIONS, "cohort")


def millions(frame: pa.Table) -> tuple[float, float]:
    """Million patients a second of processor time, the first and the second time."""
    found, kernel_ = [], None
    for _ in range(2):
        start = time.process_time()
        kernel_ = kernel_ or asked(frame)
        for part in frame.to_batches(max_chunksize=ROWS):
            kernel_.advise(part)
        found.append(frame.num_rows / (time.process_time() - start) / 1e6)
    return found[0], found[1]


def main() -> None:
    """Print the tables."""
    contestants = {
        "17 columns, a tenth unknown": (cohort, MILLION, 1.5),
        "a column for every fact, a tenth unknown": (whole_cohort, BATCH, 0.3),
        "a column for every fact, a tenth unknown, many": (whole_cohort, MILLION, 0.8),
        "a column for every fact, 35 % unknown": (
            lambda rows: whole_cohort(rows, MUCH),
            BATCH,
            0.1,
        ),
    }
    lines, wanted = [], []
    for name, (made, rows, least) in contestants.items():
        first, again = millions(made(rows).combine_chunks())
        lines.append((name, f"{rows:,}", f"{first:.3f}", f"{again:.3f}"))
        wanted.append(
            Aim(
                f"whole advice, {name}, first time",
                least,
                first,
                "million/s",
                is_most=False,
            )
        )
    head = ("whole advice", "rows", "million/s, first time", "second time")
    print(table(head, lines), flush=True)
    print()
    print(aims(wanted))


if __name__ == "__main__":
    main()
