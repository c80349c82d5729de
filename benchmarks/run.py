"""Runs the benchmarks one by one: `python benchmarks/run.py [--quick] [--write] [NAME]...`.

Each runs in a process of its own and prints its tables. `--write` puts them into
docs/benchmarks.md, each between the two lines that name its script, and gathers what was aimed at
in the first table; `--quick` runs everything with a few rows, to see that it runs. What the peers
need is listed in benchmarks/requirements.txt; a peer that is not installed is named and left out.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from timing import AIMS

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
SCRIPTS = (
    "start_up",
    "loading",
    "parsing",
    "verdicts",
    "peers/one_patient",
    "recommend",
    "explain",
    "growth",
    "course",
    "panels",
    "cases",
    "cohort_verdicts",
    "cohort",
    "peers/many_patients",
    "advice",
    "workers",
    "spark",
    "audit",
    "prove",
    "lsp",
    "serve",
)
PEERS = (
    *("attrs", "lark", "numpy", "pyarrow", "polars", "duckdb", "pandas", "pyspark"),
    *("datalogic-py", "zen-engine", "common-expression-language", "cedarpy"),
    "openfisca-core",
)
_HEAD = f"| {' | '.join(AIMS)} |"


def main() -> int:
    """Run those that were named, or all; the exit code is 1 if one of them failed."""
    options = {"--quick", "--write"}
    named = [one for one in sys.argv[1:] if one not in options] or list(SCRIPTS)
    unknown = [name for name in named if name not in SCRIPTS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
        return 2
    if options <= set(sys.argv):
        print("what a quick run prints is not worth writing into the page")
        return 2
    quick = ["--quick"] if "--quick" in sys.argv else []
    print(machine(), flush=True)
    failed = 0
    for name in named:
        print(f"\n## {name}\n", flush=True)
        command = [sys.executable, HERE / f"{name}.py", *quick]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own scripts
        print(done.stdout, flush=True)
        failed |= done.returncode != 0
        if "--write" in sys.argv and done.returncode == 0:
            page = PAGE.read_text(encoding="utf-8")
            PAGE.write_text(written(page, name, done.stdout, machine()), "utf-8")
    return int(failed)


def machine() -> str:
    """Where the figures come from: interpreter, processor, and the versions of the engines."""
    found = []
    for name in PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return (
        f"{python} on {os.cpu_count()} processors ({processor()}, {platform.system()}); "
        f"{', '.join(found)}."
    )


def processor() -> str:
    """What the machine calls its processor."""
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    name = re.search(r"^model name\s*:\s*(.+)$", said, re.MULTILINE)
    return name[1] if name else platform.machine()


def written(page: str, name: str, printed: str, told: str) -> str:
    """The page with what a script printed between its marks, and with its aims."""
    tables, aims = apart(printed)
    rows = rows_of_aims(block(page, "aims")) | rows_of_aims(aims)
    lines = [_HEAD, "|" + " --- |" * len(AIMS), *rows.values()]
    page = replaced(page, name, tables)
    page = replaced(page, "machine", told)
    return replaced(page, "aims", "\n".join(lines))


def apart(text: str) -> tuple[str, str]:
    """What a script printed without its aims, and these."""
    before, found, after = text.partition(_HEAD)
    if not found:
        return text, ""
    return before, found + after


def rows_of_aims(text: str) -> dict[str, str]:
    """The lines of a table of aims, each by what it is about."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return {
        line.split(" | ")[0]: line
        for line in lines
        if line != _HEAD and not line.startswith("| ---")
    }


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- from {name} -->", f"<!-- end of {name} -->"


def block(page: str, name: str) -> str:
    """What stands on the page between the marks of a script."""
    start, end = _marks(name)
    return page.partition(start)[2].partition(end)[0]


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text between the marks of a script."""
    start, end = _marks(name)
    before, is_there, rest = page.partition(start)
    if not is_there:
        message = f"docs/benchmarks.md has no place for {name}"
        raise SystemExit(message)
    after = rest.partition(end)[2]
    return f"{before}{start}\n\n{text.strip()}\n\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main())
