"""How long b12guide takes to start, against the packages that it needs anyway.

The measure is the processor time of a fresh interpreter, which a busy machine changes less than
the time on the clock. It is made where b12guide is installed (`pip install .`), so that the
modules are byte-compiled; in a checkout the first round does that.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from timing import Aim, aims, sized, table

ROUNDS = 21
PATIENT = Path(__file__).parent.parent / "examples" / "neuropathy.json"
COMMANDS = {
    "`import attrs, lark`": ("-c", "import attrs, lark"),
    "`import b12guide`": ("-c", "import b12guide"),
    "`b12guide recommend`": ("-m", "b12guide.cli", "recommend", str(PATIENT)),
}


def measured(
    command: tuple[str, ...], environment: dict[str, str]
) -> tuple[float, float]:
    """Milliseconds of processor time and on the clock."""
    start = perf_counter()
    with subprocess.Popen(  # noqa: S603 -- this interpreter
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return (used.ru_utime + used.ru_stime) * 1000, (perf_counter() - start) * 1000


def main() -> None:
    """Print the table."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    with TemporaryDirectory() as cache:
        environment = {**os.environ, "B12GUIDE_CACHE": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for round_ in range(sized(ROUNDS, 1) + 1):
            for name, command in COMMANDS.items():
                found = measured(command, environment)
                if round_:  # the first only fills caches
                    times[name].append(found)
    middle = {n: tuple(map(median, zip(*t, strict=True))) for n, t in times.items()}
    least = middle["`import attrs, lark`"][0]
    rows = [
        (name, f"{used:.0f}", f"{clock:.0f}", f"{used / least:.2f}")
        for name, (used, clock) in middle.items()
    ]
    print(table(("fresh interpreter", "processor ms", "clock ms", "ratio"), rows))
    print()
    warm = middle["`b12guide recommend`"][0] / least
    whole = middle["`import b12guide`"][0] / least
    print(
        aims(
            [
                Aim("`import b12guide`, of `import attrs, lark`", 1.5, whole, "x"),
                Aim("`b12guide recommend`, of `import attrs, lark`", 1.5, warm, "x"),
            ]
        )
    )


if __name__ == "__main__":
    main()
