"""Runs every benchmark, one after the other: `python benchmarks/run.py [NAME]...`.

Each runs in a process of its own and prints the tables of docs/benchmarks.md. What the peers need
is listed in benchmarks/requirements.txt; a peer that is not installed is named and left out.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    "start_up",
    "loading",
    "verdicts",
    "recommend",
    "peers/one_patient",
    "growth",
    "cases",
    "cohort",
    "peers/many_patients",
    "audit",
    "prove",
    "lsp",
)


def main() -> int:
    """Run those that were named, or all; the exit code is 1 if one of them failed."""
    named = sys.argv[1:] or SCRIPTS
    unknown = [name for name in named if name not in SCRIPTS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
        return 2
    print(f"{platform.python_implementation()} {platform.python_version()},", end=" ")
    print(f"{platform.machine()}, {os.cpu_count()} processors", flush=True)
    failed = 0
    for name in named:
        print(f"\n## {name}\n", flush=True)
        script = HERE / f"{name}.py"
        failed |= subprocess.run([sys.executable, script], check=False).returncode != 0  # noqa: S603 - our own scripts
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
