"""How the benchmarks measure, and what they print.

Contestants take turns in every round, so that a busy machine slows all alike, and medians are
shown. Peak memory is that of a process of its own for each contestant.
"""

from __future__ import annotations

import atexit
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from attrs import frozen

__all__ = [
    "PROCESSOR",
    "QUICK",
    "Aim",
    "aims",
    "asked_alone",
    "medians",
    "peak",
    "rounds_of",
    "sized",
    "table",
]

QUICK = "--quick" in sys.argv
"""Whether this run only shows that everything runs: few rows, few rounds."""

PROCESSOR = process_time
"""The clock of one process, for what runs on one thread beside other programs."""

_ALONE = "--alone"


def sized(usual: int, quick: int) -> int:
    """How many rows, patients or rounds."""
    return quick if QUICK else usual


def rounds_of(
    contestants: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, list[float]]:
    """The seconds that each contestant took in each round, one round not counted."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(sized(rounds, 1) + 1):
        for name, run in contestants.items():
            start = clock()
            run()
            times[name].append(clock() - start)
    return {name: found[1:] for name, found in times.items()}


def medians(
    contestants: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int = 1,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, float]:
    """The median time of each contestant in microseconds, for one of its `calls`."""
    times = rounds_of(contestants, rounds=rounds, clock=clock)
    return {name: median(found) / calls * 1e6 for name, found in times.items()}


# ------------------------------------------------------------------------------ memory


def asked_alone() -> str | None:
    """The contestant that this process is to run alone, once; None where it runs all."""
    if _ALONE not in sys.argv:
        return None
    atexit.register(lambda: print(_most_memory()))
    return sys.argv[sys.argv.index(_ALONE) + 1]


def peak(name: str) -> float:
    """The most memory, in MB, of a process that runs one contestant of this script, once.

    A quick run starts such a process for none but the one that does nothing.
    """
    if QUICK and not name.startswith("nothing"):
        return 0.0
    command = [
        sys.executable,
        sys.argv[0],
        _ALONE,
        name,
        *(["--quick"] if QUICK else []),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    return int(done.stdout.split()[-1]) / 1024


def _most_memory() -> int:
    """The most memory that this process has had, in KiB.

    What `resource` tells begins with that of the process that started this one.
    """
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    most = re.search(r"^VmHWM:\s*([0-9]+) kB$", told, re.MULTILINE)
    return 0 if most is None else int(most[1])


# ------------------------------------------------------------------------------ tables


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """The rows as a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@frozen
class Aim:
    """What a row of the first table of docs/benchmarks.md says.

    Attributes:
        what: What was measured, in words without a number that another run would change.
        wanted: The figure that was wanted, and `reached` the one that was measured.
        unit: Its unit, such as `µs` or `x`.
        is_most: Whether the wanted figure is the most that is allowed; else it is the least.
    """

    what: str
    wanted: float
    reached: float
    unit: str
    is_most: bool = True

    @property
    def is_met(self) -> bool:
        """Whether it was reached."""
        if self.is_most:
            return self.reached <= self.wanted
        return self.reached >= self.wanted

    @property
    def row(self) -> tuple[str, ...]:
        """The row."""
        sign = "at most" if self.is_most else "at least"
        return (
            self.what,
            f"{sign} {figure(self.wanted)} {self.unit}",
            f"{figure(self.reached)} {self.unit}",
            "reached" if self.is_met else "missed",
        )


def figure(number: float) -> str:
    """A number with as many digits as say something."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


AIMS = ("aim", "wanted", "measured", "")


def aims(found: Iterable[Aim]) -> str:
    """The aims as a table, which `run.py` gathers from all scripts."""
    return table(AIMS, [one.row for one in found])
