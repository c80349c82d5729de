"""The pages of GDL2xx to GDL4xx say what the checks say."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from b12guide.diagnostics import Severity
from tests.unit.semantics.writing import checked, codes, told

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "diagnostics").glob("GDL[234]*.md"))
NOT_A_TEXT = {
    "GDL223",
    "GDL224",
    "GDL226",
    "GDL229",
    "GDL230",
    "GDL401",
    "GDL425",
    "GDL426",
    *("GDL428", "GDL429", "GDL430", "GDL431", "GDL432"),
}
"""Their cause is not one text, or a whole patient; other tests bring them about."""

_BLOCK = r"^## {title}\n.*?^```gdl\n(.*?)^```$"


def example(page: Path, title: str) -> str:
    markdown = page.read_text(encoding="utf-8")
    found = re.search(
        _BLOCK.format(title=title), markdown, flags=re.DOTALL | re.MULTILINE
    )
    assert found is not None, f"{page.name} has no example under {title}"
    return found[1]


SHOWN = [page for page in PAGES if page.stem not in NOT_A_TEXT]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_has_its_four_sections(page: Path) -> None:
    titles = re.findall(r"^## (.*)$", page.read_text("utf-8"), re.MULTILINE)

    assert titles == ["What", "Why", "Avoid", "Prefer"]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_what_is_to_be_avoided_is_told_in_these_words(page: Path) -> None:
    found = [
        d for d in checked(example(page, "Avoid")).diagnostics if d.code == page.stem
    ]
    golden = ROOT / "tests" / "golden" / "bad" / "semantics" / f"{page.stem}.out"
    said = "".join(f"{told(diagnostic)}\n" for diagnostic in found)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(said, encoding="utf-8")

    assert found
    assert said == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.stem)
def test_what_is_to_be_preferred_has_no_errors(page: Path) -> None:
    block = example(page, "Prefer")
    errors = [
        told(d) for d in checked(block).diagnostics if d.severity is Severity.ERROR
    ]

    assert errors == []
    assert page.stem not in codes(block)


def test_every_code_of_the_checks_has_a_page() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "b12guide").rglob("*.py")
    )
    used = set(re.findall(r'"(GDL[234][0-9]{2})"', source))

    assert used - {page.stem for page in PAGES} == set()
