"""Whole advice for a cohort: all verdicts, decisions and questions, every column worked out.

Each row is a process of its own, on one thread, in processor time: what is remembered of one
cohort would make the next one quicker. `again` is the same call once more in that process.
"""

from __future__ import annotations

import subprocess
import sys
from time import process_time

from cohort import cohort, whole_cohort
from timing import QUICK, Aim, aims, asked_alone, peak, sized, table

import b12guide

ALL, SOME = "all columns", "17 columns"
MILLION, BATCH = sized(1 << 20, 256), sized(1 << 17, 128)
COHORTS = {
    f"{SOME}, 1,048,576 rows": (SOME, MILLION, 0.1),
    f"{ALL}, 131,072 rows": (ALL, BATCH, 0.1),
    f"{ALL}, 1,048,576 rows": (ALL, MILLION, 0.1),
    f"{ALL}, 35 % missing, 131,072 rows": (ALL, BATCH, 0.35),
}
WANTED = dict(zip(COHORTS, (1.5, 0.3, 0.8, 0.1), strict=True))
TWICE = "--twice"


def main() -> None:
    """Print the table."""
    alone = asked_alone()
    if alone is not None:
        once_and_again(alone, again=False)
        return
    if TWICE in sys.argv:
        once_and_again(sys.argv[sys.argv.index(TWICE) + 1], again=True)
        return
    lines, found = [], []
    for name, (_, rows, _) in COHORTS.items():
        first, again = (rows / seconds / 1e6 for seconds in measured(name))
        memory = f"{peak(name):,.0f}"
        lines.append((name, f"{first:.3f}", f"{again:.3f}", memory))
        what = f"whole advice, first time, {name}"
        found.append(Aim(what, WANTED[name], first, "M/s", is_most=False))
    head = ("whole advice, one thread", "million/s", "again", "peak memory, MB")
    print(table(head, lines))
    print()
    print(aims(found))


def measured(name: str) -> tuple[float, ...]:
    """Seconds of the first call and of the second, in a process of their own."""
    command = [sys.executable, sys.argv[0], TWICE, name]
    command += ["--quick"] if QUICK else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    return tuple(map(float, done.stdout.split()))


def once_and_again(name: str, *, again: bool) -> None:
    """Ask about one cohort, and print what `measured` reads."""
    columns, rows, unknown = COHORTS[name]
    frame = cohort(rows) if columns == SOME else whole_cohort(rows, unknown)
    guideline = b12guide.load("mecobalamin_im")
    for _ in range(1 + again):
        start = process_time()
        guideline.cohort(frame, on_bad="unknown")
        print(process_time() - start)


if __name__ == "__main__":
    main()
