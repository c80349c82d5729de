"""The pages on histories show what they say: the code in one example, nothing in the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.audit.history import history_from_text
from b12guide.errors import PatientError
from b12guide.pipeline import load
from b12guide.text import Text

PAGES = sorted((Path(__file__).parents[3] / "docs" / "diagnostics").glob("GDL72*.md"))


def codes(example: str) -> list[str]:
    graph = load("mecobalamin_im").graph
    try:
        history = history_from_text(Text("example.json", example), ".json", graph)
    except PatientError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return [diagnostic.code for diagnostic in history.warnings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_its_code_and_how_it_goes_away(page: Path) -> None:
    avoid, prefer = re.findall(
        r"^```json\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )

    assert codes(avoid) == [page.stem]
    assert codes(prefer) == []


def test_every_code_of_a_history_has_a_page() -> None:
    assert [page.stem for page in PAGES] == [f"GDL72{n}" for n in range(8)]
