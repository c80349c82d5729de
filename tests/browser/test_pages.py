"""Every kind of page in a browser: on a phone and a desk, on light and dark paper, and in print.

They need Chromium (`apt-get install chromium`) and `pip install "b12guide[browser]"`; where either
is missing they are skipped. Nothing is fetched: what a page asks of the network is refused, and
told as a defect.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="the extra `test` is not installed")
pytest.importorskip("playwright", reason="the extra `browser` is not installed")
pytest.importorskip(
    "axe_playwright_python", reason="the extra `browser` is not installed"
)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser.kinds import KINDS, ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"
)

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
NOTICES = ("does not replace clinical judgement", "it is not advice for you")
STATUS = "under review, not approved"
DOCS = ROOT / "docs" / "_build" / "html"
WRITTEN = ("index", "timeline", "notebooks", "guideline/rules", "guideline/pictures")

FIRST_DOSE = """() => {
    const dose = /\\d[\\d,]* ?(µg|mg|micrograms?)\\b/;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        const apart = node.parentElement.closest('style, title, desc, svg, h1, dl');
        if (apart || !dose.test(node.data)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.height) return box.bottom;
    }
    return null;
}"""
"""How far down the first words with a dose end, in pixels; none where there is no such thing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as player:
        started = player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab that reaches files of this machine only."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def defects(
    tab: Any, *, impacts: Sequence[str] = ("minor", "moderate", "serious", "critical")
) -> Iterator[str]:
    """What a reader of the page in the tab would stumble over, at each size and on each paper."""
    for size in (PHONE, DESK):
        for paper in ("light", "dark"):
            tab.set_viewport_size(size)
            tab.emulate_media(color_scheme=paper)
            where = f"{size['width']} px, {paper}"
            width = tab.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                yield f"{where}: the page is {width} px wide"
            for found in Axe().run(tab).response["violations"]:
                places = [node["target"][0] for node in found["nodes"]]
                if found["impact"] in impacts:
                    yield f"{where}: {found['id']} at {len(places)}, such as {places[:2]}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_serves_every_reader(kind: str, tab: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(KINDS[kind](), encoding="utf-8")
    tab.goto(path.as_uri())

    assert list(defects(tab)) == []
    said = " ".join(tab.inner_text("body").split()).lower()
    assert STATUS in said
    assert any(notice in said for notice in NOTICES)
    assert [url for url in tab.asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("kind", [k for k in KINDS if k.startswith("recommend: ")])
def test_the_first_dose_stands_above_the_fold_of_a_phone(
    kind: str, tab: Any, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(KINDS[kind](), encoding="utf-8")
    tab.set_viewport_size(PHONE)
    tab.goto(path.as_uri())
    bottom = tab.evaluate(FIRST_DOSE)

    assert bottom is None or bottom <= PHONE["height"]


@pytest.mark.parametrize(
    "kind",
    [k for k in KINDS if k.startswith("patient sheet: ") and not k.endswith("known")],
)
def test_the_sheet_of_a_known_patient_is_one_sheet(
    kind: str, tab: Any, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text(KINDS[kind](), encoding="utf-8")
    tab.goto(path.as_uri())
    printed = tab.pdf(format="A4", prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not built")
@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_of_the_documentation_serves_every_reader(name: str, tab: Any) -> None:
    tab.goto((DOCS / f"{name}.html").as_uri())

    # Of the theme's own frame only what keeps somebody out counts.
    assert list(defects(tab, impacts=("serious", "critical"))) == []
