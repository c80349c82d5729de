"""The guideline text in the documentation is guideline text."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from b12guide.syntax.parse import parse_partial
from b12guide.text import Text

PAGES = ("../README.md", "language.md", "playground.md", "tutorial/author.md")
DOCS = Path(__file__).parents[2] / "docs"


def blocks_of(page: str) -> list[str]:
    markdown = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(r"^```gdl\n(.*?)^```$", markdown, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in PAGES for number in range(len(blocks_of(page)))],
)
def test_every_example_of_the_language_parses(page: str, number: int) -> None:
    block = blocks_of(page)[number]
    has_head = re.search(r"^language", block, re.MULTILINE)
    head = "" if has_head else "language 1\nguideline whole\n"

    _, diagnostics = parse_partial(Text(page, head + block))

    assert diagnostics == ()


def test_the_architecture_names_the_floors_that_are_enforced(root: Path) -> None:
    tools = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]
    floors, *_ = tools["importlinter"]["contracts"]
    modules = {path.stem for path in (root / "src" / "b12guide").iterdir()}
    enforced = [set(re.findall(r"\w+", layer)) & modules for layer in floors["layers"]]
    page = (DOCS / "ARCHITECTURE.md").read_text("utf-8")
    table = page.partition("| floor | subject |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?`) \|", table, flags=re.MULTILINE)

    assert [set(re.findall(r"\w+", row)) for row in rows] == [e for e in enforced if e]


def test_the_architecture_names_files_that_there_are(root: Path) -> None:
    page = (DOCS / "ARCHITECTURE.md").read_text("utf-8")
    package = root / "src" / "b12guide"
    missing = []
    folder = package
    for named in re.findall(r"`([\w/]+(?:\.py|/))`", page):
        if "/" in named:
            top = named.split("/")[0]
            place = (
                root / named
                if top in {"tests", "src", "docs", "lint"}
                else package / named
            )
            folder = (package / named).parent if named.endswith(".py") else folder
        else:
            place = folder / named
        if not any(
            p.exists() for p in (place, package / named, folder / named, root / named)
        ):
            missing.append(named)

    assert missing == []
