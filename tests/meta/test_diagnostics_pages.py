"""Every diagnostic has a page, and its examples do what the page says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from b12guide.errors import GuidelineError
from b12guide.semantics.checks.versions import words_are_of_the_version
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax import parse_bytes

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "diagnostics").glob("GDL*.md"))
LINE = b"    load      1000 \xc2\xb5g IM\n"

# What cannot be shown on a page, because it cannot be seen or is too long.
UNSEEN = {
    "GDL101": b"language 1\nguideline g\nrule r\n    load 1000 \xb5g IM\n",
    "GDL102": b"language 1\nguideline g\n" + b"#" * (1 << 20),
    "GDL104": b"language 1\nguideline g\n"
    + b"".join(b"rule r%d form x\n" % number for number in range(10_001)),
    "GDL106": "language 1\nguideline g\nrule r # \u202e\n".encode() + LINE,
    "GDL108": b"language 1\nguideline g\nrule r\x00\n" + LINE,
}


def diagnose_syntax(data: bytes) -> set[str]:
    """The codes that reading `data` gives."""
    try:
        draft = Draft((parse_bytes(data, "example.gdl"),))
    except GuidelineError as error:
        return {diagnostic.code for diagnostic in error.diagnostics}
    return {one.code for one in words_are_of_the_version(draft, scope_of(draft))}


DIAGNOSE: dict[str, Callable[[bytes], set[str]]] = {"GDL1": diagnose_syntax}
"""By the first characters of a code, what finds the codes of an example.

A family that is not named here has its examples run by the tests of its own floor."""


def diagnose(code: str, data: bytes) -> set[str]:
    """The codes that an example of the page of `code` gives."""
    return DIAGNOSE[code[:4]](data)


def sections(page: Path) -> dict[str, str]:
    parts = re.split(
        r"^## (.+)\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def example(page: Path, title: str) -> bytes | None:
    block = re.search(
        r"^```gdl\n(.*?)^```$", sections(page)[title], re.DOTALL | re.MULTILINE
    )
    if block is None:
        return UNSEEN.get(page.stem) if title == "Avoid" else None
    written = block[1]
    has_head = re.match(
        r"(language|guideline|part|vocabulary|examples|\()\b|\(", written
    )
    return (written if has_head else f"language 1\nguideline g\n{written}").encode()


RUN = [page for page in PAGES if page.stem[:4] in DIAGNOSE]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_says_what_why_and_how(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()

    assert re.fullmatch(rf"# {page.stem}: [^.]+", lines[0])
    assert list(sections(page)) == ["What", "Why", "Avoid", "Prefer"]
    assert all(text.strip() for text in sections(page).values())


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_what_is_to_be_avoided_gives_this_code_only(page: Path) -> None:
    data = example(page, "Avoid")

    assert data is not None
    assert diagnose(page.stem, data) == {page.stem}


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_what_is_to_be_preferred_gives_no_code(page: Path) -> None:
    data = example(page, "Prefer")

    assert data is not None
    assert diagnose(page.stem, data) == set()


def test_every_code_of_the_syntax_has_a_page_and_every_page_a_code() -> None:
    package = ROOT / "src" / "b12guide"
    versions = package / "semantics" / "checks" / "versions.py"
    modules = (*(package / "syntax").rglob("*.py"), versions)
    codes = {
        code
        for module in modules
        for code in re.findall(r"\"(GDL1\d\d)\"", module.read_text(encoding="utf-8"))
    }

    assert codes == {page.stem for page in PAGES if page.stem.startswith("GDL1")}
