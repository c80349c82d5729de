"""The whole text of every page, beside the patient or the history that it is about.

Each folder is a case; `pages.toml` names the command that prints each page, and `case.toml` what
is particular about the case. To accept a change, renew the pages and read the difference:

    pytest tests/pages --renew && git diff tests/pages
"""

from __future__ import annotations

import difflib
import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from b12guide.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = Path(__file__).parent
KINDS = tomllib.loads((PAGES / "pages.toml").read_text(encoding="utf-8"))
CASES = sorted(path.parent for path in PAGES.glob("*/case.toml"))
WIDTH = 80


def pages_of(case: Path) -> dict[str, str]:
    """The command behind each page of a case."""
    about = tomllib.loads((case / "case.toml").read_text(encoding="utf-8"))
    guideline = about.pop("guideline", "")
    del about["about"]
    kinds = {
        kind: pages for kind, pages in KINDS.items() if (case / f"{kind}.json").exists()
    }
    pages = kinds.get("history") or kinds.get("patient") or {}
    chosen = f" --guideline {guideline}" if guideline else ""
    return {
        page: command + chosen for page, command in (pages | about).items() if command
    }


EVERY = [
    pytest.param(case, page, command, id=f"{case.name}-{page}")
    for case in CASES
    for page, command in pages_of(case).items()
]


def test_there_are_ten_patients_and_six_histories() -> None:
    histories = [case for case in CASES if (case / "history.json").exists()]

    assert len(histories) >= 6
    assert len(CASES) - len(histories) >= 10


@pytest.fixture
def printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Path, str], str]:
    """What a command prints in a folder, whatever the machine, the terminal and the day."""

    def run(folder: Path, command: str) -> str:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", str(WIDTH))
        monkeypatch.setenv("NO_COLOR", "1")
        main(shlex.split(command))
        said = capsys.readouterr()
        return f"$ b12guide {command}\n\n{said.out}{said.err}"

    return run


@pytest.mark.parametrize(("case", "page", "command"), EVERY)
def test_a_page_reads_as_it_was_reviewed(
    case: Path,
    page: str,
    command: str,
    printed: Callable[[Path, str], str],
    renew: bool,
) -> None:
    text = printed(case, command)
    path = case / f"{page}.txt"
    if renew:
        path.write_text(text, encoding="utf-8")
    reviewed = path.read_text(encoding="utf-8") if path.exists() else ""
    changes = "\n".join(
        difflib.unified_diff(
            reviewed.splitlines(), text.splitlines(), str(path), "now", lineterm=""
        )
    )
    assert text == reviewed, (
        f"the page reads otherwise (`pytest tests/pages --renew` accepts it)\n{changes}"
    )


def test_no_page_is_left_over() -> None:
    files = {path for case in CASES for path in case.glob("*.txt")}
    pages = {case / f"{page}.txt" for case in CASES for page in pages_of(case)}

    assert sorted(files - pages) == []
