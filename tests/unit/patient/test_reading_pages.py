"""The pages about mistakes in patients show what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_file import read_patient
from b12guide.patient.model import Units
from b12guide.patient.stated import state

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page
    for pattern in ("GDL7[01]?.md", "GDL734.md")
    for page in (ROOT / "docs" / "diagnostics").glob(pattern)
)
SECTIONS = ["What", "Why", "Avoid", "Prefer"]


def sections(page: Path) -> dict[str, str]:
    pieces = re.split(r"^## (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def codes_of(section: str, folder: Path, graph: RuleGraph) -> list[str]:
    """The codes that the JSON of a page's section brings about."""
    block = re.search(r"^```json\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    name = re.search(r"file named `([\w.]+)`", section)
    assert block is not None
    file = folder / (name[1] if name else "patient.json")
    file.write_text(block[1], encoding="utf-8")
    units = Units.REQUIRED if "--units required" in section else None
    try:
        state(read_patient(file), graph, units=units)
    except PatientError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


def test_every_code_of_this_package_has_a_page() -> None:
    sources = (ROOT / "src" / "b12guide" / "patient").glob("*.py")
    codes = {
        code
        for source in sources
        for code in re.findall(r'"(GDL\d{3})"', source.read_text("utf-8"))
    }

    assert codes == {page.stem for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_sections_in_order(page: Path) -> None:
    assert page.read_text("utf-8").startswith(f"# {page.stem}: ")
    assert list(sections(page)) == SECTIONS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_to_avoid_brings_its_code_about(
    page: Path, tmp_path: Path, graph: RuleGraph
) -> None:
    codes = codes_of(sections(page)["Avoid"], tmp_path, graph)

    assert codes
    assert set(codes) == {page.stem}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_prefers_is_accepted(
    page: Path, tmp_path: Path, graph: RuleGraph
) -> None:
    assert codes_of(sections(page)["Prefer"], tmp_path, graph) == []
