"""Whole advice and verdicts of a cohort by one process and by two, file to file and in memory.

Run on a machine with two free cores: `python benchmarks/workers.py [ROWS]`. Each row tells the time
on the clock and the processor time of all processes together. Twice the processor time of one
process by that of two is what two cores can gain at most; it is the better figure on a busy
machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
from cohort import cohort
from timing import table

import b12guide
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options

GUIDELINE = b12guide.load("mecobalamin_im")
ROUNDS = 3


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The time on the clock, and the processor time of this process and its children."""
    before, start = sum(os.times()[:4]), time.perf_counter()
    work()
    return time.perf_counter() - start, sum(os.times()[:4]) - before


def main(rows: int) -> None:
    """Print the table."""
    frame = cohort(rows)
    with tempfile.TemporaryDirectory() as name:
        patients, advice = (
            Path(name) / "patients.parquet",
            Path(name) / "advice.parquet",
        )
        pq.write_table(frame, patients)
        works: dict[str, Callable[[int], object]] = {
            "whole advice, in memory": lambda n: GUIDELINE.cohort(frame, workers=n),
            "verdicts, in memory": lambda n: GUIDELINE.cohort(
                frame, verdicts_only=True, workers=n
            ),
            "whole advice, Parquet to Parquet": lambda n: advise_file(
                GUIDELINE.evaluator, patients, advice, Options(), workers=n
            ),
            "whole advice, Parquet, counted only": lambda n: advise_file(
                GUIDELINE.evaluator, patients, None, Options(), workers=n
            ),
        }
        lines = []
        for what, work in works.items():
            found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
            for _ in range(ROUNDS):
                for workers, times in found.items():
                    times.append(seconds(partial(work, workers)))
            one, two = (
                tuple(map(min, zip(*each, strict=True))) for each in found.values()
            )
            ratios = f"{one[0] / two[0]:.2f}", f"{2 * one[1] / two[1]:.2f}"
            cells = (f"{cell:.2f}" for cell in (*one, *two))
            lines.append((what, *cells, *ratios))
    head = (
        "",
        "one: clock",
        "processor",
        "two: clock",
        "processor",
        "clock",
        "at most",
    )
    print(table((f"{rows:,} rows", *head[1:]), lines))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
