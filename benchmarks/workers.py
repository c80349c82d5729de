"""Whole advice and verdicts of a cohort by one process and by two, file to file and in memory.

Run on a machine with two free cores: `python benchmarks/workers.py`. Each row tells the time
on the clock and the processor time of all processes together. Twice the processor time of one
process by that of two is what two cores can gain at most; it is the better figure on a busy
machine.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import pyarrow.parquet as pq
from cohort import cohort
from timing import Aim, aims, sized, table

import b12guide
from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options

GUIDELINE = b12guide.load("mecobalamin_im")
ROUNDS = sized(3, 1)


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
        lines, reached = [], []
        for what, work in works.items():
            found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
            for _ in range(ROUNDS):
                for workers, times in found.items():
                    times.append(seconds(partial(work, workers)))
            one, two = (
                tuple(map(median, zip(*each, strict=True))) for each in found.values()
            )
            ratios = f"{one[0] / two[0]:.2f}", f"{2 * one[1] / two[1]:.2f}"
            cells = (f"{cell:.2f}" for cell in (*one, *two))
            lines.append((what, *cells, *ratios))
            aim = f"two processes against one: {what}"
            reached.append(Aim(aim, 1.8, one[0] / two[0], "x", is_most=False))
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
    print()
    print(aims(reached))


if __name__ == "__main__":
    main(sized(4_000_000, 2_000))
