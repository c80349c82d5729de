"""Prints the tables of docs/benchmarks.md: `python benchmarks/run.py`."""

from __future__ import annotations

import os
import platform

import recommend
import start_up
import verdicts


def main() -> None:
    """Run one benchmark after the other."""
    print(f"{platform.python_implementation()} {platform.python_version()},", end=" ")
    print(f"{platform.machine()}, {os.cpu_count()} processors\n", flush=True)
    for benchmark in (start_up, verdicts, recommend):
        benchmark.main()
        print(flush=True)


if __name__ == "__main__":
    main()
