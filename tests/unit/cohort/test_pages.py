"""The pages about mistakes in cohorts show what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide import PatientError, load

pa = pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "diagnostics").glob("GDL73[0-3].md"))


def codes_of(page: Path, title: str) -> list[str]:
    """The codes that the example in a section of the page brings about."""
    section = page.read_text("utf-8").partition(f"## {title}\n")[2]
    example = re.search(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert example is not None
    names = {"pa": pa, "guideline": load("mecobalamin_im")}
    try:
        exec(example[1], names)  # noqa: S102 - an example of our own documentation
    except PatientError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def test_every_code_of_this_package_has_a_page() -> None:
    sources = (ROOT / "src" / "b12guide" / "cohort").glob("*.py")
    found = (re.findall(r'"(GDL\d{3})"', s.read_text("utf-8")) for s in sources)
    codes = {code for some in found for code in some}

    assert {c for c in codes if c.startswith("GDL73")} == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_to_avoid_brings_its_code_about(page: Path) -> None:
    assert codes_of(page, "Avoid") == [page.stem]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_prefers_is_taken(page: Path) -> None:
    assert codes_of(page, "Prefer") == []
