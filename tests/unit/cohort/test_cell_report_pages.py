"""The pages about mistakes in cohorts show what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from b12guide import PatientError, load

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
from pyarrow import parquet

from b12guide.cohort.files import advise_file
from b12guide.cohort.options import Options

ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "src" / "b12guide" / "cohort").glob("*.py")
CODES = {c for s in SOURCES for c in re.findall(r'"(GDL73\d)"', s.read_text("utf-8"))}
PAGES = [ROOT / "docs" / "diagnostics" / f"{code}.md" for code in sorted(CODES)]


def files_in(folder: Path) -> Callable[[dict[str, Any]], Path]:
    """A function that writes the files of an example, text or tables, and gives their folder."""

    def files(contents: dict[str, Any]) -> Path:
        for name, content in contents.items():
            if isinstance(content, str):
                (folder / name).write_text(content, encoding="utf-8")
            else:
                parquet.write_table(content, folder / name)
        return folder

    return files


def codes_of(page: Path, title: str, folder: Path) -> list[str]:
    """The codes that the example in a section of the page brings about."""
    section = page.read_text("utf-8").partition(f"## {title}\n")[2]
    example = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert example is not None
    names = {
        "pa": pa,
        "guideline": load("mecobalamin_im"),
        "files": files_in(folder),
        "advise_file": advise_file,
        "Options": Options,
    }
    try:
        exec(example[1], names)  # noqa: S102 - an example of our own documentation
    except PatientError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def test_every_code_of_this_package_has_a_page() -> None:
    assert len(PAGES) > 6
    assert [page.name for page in PAGES if not page.is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_to_avoid_brings_its_code_about(
    page: Path, tmp_path: Path
) -> None:
    assert codes_of(page, "Avoid", tmp_path) == [page.stem]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_prefers_is_taken(page: Path, tmp_path: Path) -> None:
    assert codes_of(page, "Prefer", tmp_path) == []
