"""The benchmarks run, and the page of tables has the rows that they print."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import pytest

import b12guide

FOLDER = Path(__file__).parents[2] / "benchmarks"
PAGE = (FOLDER.parent / "docs" / "benchmarks.md").read_text(encoding="utf-8")
SCRIPTS = sorted(FOLDER.rglob("*.py"))
MODULES = {module.name for module in walk_packages(b12guide.__path__, "b12guide.")}


def _run() -> ModuleType:
    """`benchmarks/run.py`, which is no module of a package."""
    sys.path.insert(0, str(FOLDER))
    spec = spec_from_file_location("benchmarks_run", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    sys.path.remove(str(FOLDER))
    return found


RUN = _run()


def imported(script: Path) -> Iterator[tuple[str, str]]:
    """The names that `script` imports from the package, each with its module."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("b12guide"):
            yield from ((str(node.module), name.name) for name in node.names)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_a_benchmark_imports_exists(script: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in imported(script)
        if not hasattr(import_module(module), name)
        and f"{module}.{name}" not in MODULES
    ]

    assert missing == []


def test_what_is_written_by_hand_is_what_the_guideline_says_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the yardstick of speed, and nothing else would notice that it measures less."""
    monkeypatch.syspath_prepend(FOLDER)
    by_hand, drawn = import_module("by_hand"), import_module("people")
    evaluator = b12guide.load("mecobalamin_im").evaluator
    for facts in drawn.people(evaluator.graph, evaluator.program, 300):
        written = by_hand.verdicts(facts.values, facts.definitions)

        assert bytes(written) == evaluator.function(facts)


# ------------------------------------------------------------------------ the page of tables


def tables_in(text: str) -> list[list[str]]:
    """The first cells of each table, its head first, every number in them taken for any other."""
    found: list[list[str]] = []
    before = ""
    for line in text.splitlines():
        if line.startswith("|"):
            if not before.startswith("|"):
                found.append([])
            cell = line.strip("| ").split(" | ")[0]
            found[-1].append(re.sub(r"[0-9][0-9,.]*", "#", cell))
        before = line
    return [[table[0], *table[2:]] for table in found]


def is_missing(name: str) -> bool:
    """Whether a script, or what it imports beside itself, needs a package that is not there."""
    waiting, seen = [FOLDER / f"{name}.py"], set[Path]()
    while waiting:
        script = waiting.pop()
        seen.add(script)
        tree = ast.parse(script.read_text(encoding="utf-8"))
        for node in tree.body:
            match node:
                case ast.Import(names=names):
                    modules = [one.name for one in names]
                case ast.ImportFrom(module=str(module)):
                    modules = [module]
                case _:
                    modules = []
            for module in modules:
                local = [FOLDER / f"{module}.py", FOLDER / "peers" / f"{module}.py"]
                here = [one for one in local if one.exists()]
                waiting += [one for one in here if one not in seen]
                if not here and find_spec(module.partition(".")[0]) is None:
                    return True
    return False


def test_each_script_has_its_place_on_the_page() -> None:
    told = re.findall(r"^<!-- from (\S+) -->$", PAGE, re.MULTILINE)
    ended = re.findall(r"^<!-- end of (\S+) -->$", PAGE, re.MULTILINE)

    assert told == ended == ["machine", "aims", *RUN.SCRIPTS]


def test_each_table_on_the_page_is_what_a_script_printed() -> None:
    rest = PAGE
    for name in ("machine", "aims", *RUN.SCRIPTS):
        rest = rest.replace(RUN.block(PAGE, name), "")

    assert tables_in(rest) == []


SLOW = {"spark"}
"""It starts Java each time."""


@pytest.mark.parametrize("name", [one for one in RUN.SCRIPTS if one not in SLOW])
def test_the_page_has_the_rows_that_a_script_prints(name: str) -> None:
    if is_missing(name):
        pytest.skip("its peers are not installed")
    done = subprocess.run(
        [sys.executable, FOLDER / f"{name}.py", "--quick"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    printed, aims = RUN.apart(done.stdout)
    shown = tables_in(RUN.block(PAGE, name))
    found = tables_in(printed)
    assert [table[0] for table in found] == [table[0] for table in shown]
    for ours, theirs in zip(found, shown, strict=True):
        assert set(ours) <= set(theirs)
        if "left out" not in done.stdout:
            assert set(ours) == set(theirs)
    wanted = RUN.rows_of_aims(RUN.block(PAGE, "aims"))
    assert set(RUN.rows_of_aims(aims)) <= set(wanted)


def test_what_was_printed_comes_between_its_marks() -> None:
    page = (
        "<!-- from machine -->\n<!-- end of machine -->\n"
        "<!-- from aims -->\n<!-- end of aims -->\n"
        "<!-- from audit -->\nold\n<!-- end of audit -->\nafter\n"
    )
    printed = (
        "| events | ms |\n| --- | --- |\n| 20 | 1 |\n\n"
        "| aim | wanted | measured |  |\n| --- | --- | --- | --- |\n"
        "| audit | at most 1 ms | 2 ms | missed |\n"
    )
    found = RUN.written(page, "audit", printed, "a machine")
    later = printed.replace("2 ms", "3 ms")
    again = RUN.written(found, "audit", later, "another")

    assert tables_in(RUN.block(found, "audit")) == [["events", "#"]]
    assert "old" not in found
    assert RUN.block(found, "machine").strip() == "a machine"
    assert RUN.rows_of_aims(RUN.block(again, "aims")) == {
        "| audit": "| audit | at most 1 ms | 3 ms | missed |"
    }
    assert again.endswith("after\n")
