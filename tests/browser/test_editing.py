"""A guideline is edited in the browser: a slip is seen and mended, examples and proofs run, and the
page answers from the draft and says that it is one.

Like the other pages these need Chromium and the extra `browser`; where either is missing they are
skipped. The service runs on this machine, and nothing else is asked.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("polars", reason="the extra `test` is not installed")
pytest.importorskip("uvicorn", reason="the extra `serve` is not installed")
pytest.importorskip("playwright", reason="the extra `browser` is not installed")
pytest.importorskip(
    "axe_playwright_python", reason="the extra `browser` is not installed"
)

from playwright.sync_api import expect, sync_playwright

import b12guide.page
from tests.browser.test_pages import CHROMIUM, DESK, defects
from tests.unit.serve.test_running import running

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"
)

SLOW = 90_000  # milliseconds; a machine that does much else at once is slow
PAGE = Path(__file__).parents[2] / "docs" / "playground.md"
TEXT = re.findall(
    r"^```gdl\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
)[0]
LINK = re.findall(r"#edit=[\w-]+", PAGE.read_text("utf-8"))[0]


def link_to(text: str) -> str:
    """The part of an address that opens a text."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(text.encode()) + packer.flush()
    return "#edit=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running("-g", "nice_ng239", "-g", "mecobalamin_im") as service:
        yield service.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as player:
        started = player.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Any]:
    """A tab that says nothing to the console and asks nobody but the service."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    expect.set_options(timeout=SLOW)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    elsewhere = [url for url in asked if not url.startswith((address, "data:"))]
    assert [url for url in elsewhere if not url.startswith("blob:")] == []
    assert said == []


def opened(tab: Any, address: str, text: str) -> Any:
    """The editor with a text, which is checked."""
    tab.goto(f"{address}/{link_to(text)}")
    expect(tab.locator(".cm-content")).to_contain_text(text.splitlines()[0])
    return checked(tab)


def line_of(tab: Any, words: str) -> Any:
    """The line of the text with these words."""
    return tab.locator(".cm-line").filter(has_text=re.compile(words))


def checked(tab: Any) -> Any:
    """What is to be mended, once that is known."""
    status = tab.locator(".edit-problems [role=status]")
    expect(status).not_to_contain_text("Checking")
    return status


def test_a_slip_is_mended_and_the_page_answers_from_the_draft(
    tab: Any, address: str
) -> None:
    expect(opened(tab, address, TEXT)).to_have_text("Nothing to mend.")

    tab.get_by_text("What is in this file").click()
    tab.get_by_role("button", name="rule nephropathy_form").click()
    line_of(tab, r"^\s*form\s+hydroxocobalamin").click()
    tab.keyboard.press("End")
    tab.keyboard.press("Backspace")
    tab.keyboard.type("m", delay=30)
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Escape")
    problems = tab.locator(".edit-problems")
    expect(problems).to_contain_text("GDL203")
    expect(problems).to_contain_text("there is no drug hydroxocobalam")
    expect(problems).to_contain_text("did you mean hydroxocobalamin")
    tab.get_by_role("button", name="Do it").first.click()
    expect(tab.locator(".cm-content")).to_contain_text("form     hydroxocobalamin")
    expect(checked(tab)).to_have_text("Nothing to mend.")

    tab.get_by_role("button", name="Try the examples").click()
    expect(tab.locator(".edit")).to_contain_text("2 of 2 examples passed.")
    tab.get_by_role("button", name="Prove what is claimed").click()
    expect(tab.locator(".edit")).to_contain_text("claims hold for every patient.")

    tab.get_by_role("button", name="Answer from this draft").click()
    tab.get_by_role("button", name="See the answer").click()
    expect(tab.locator("h1")).to_have_text("A guideline to try")
    expect(tab.locator("body")).to_contain_text("not reviewed by anybody")
    expect(tab.locator("body")).to_contain_text("draft, not reviewed")
    known = tab.get_by_role("group", name="Documented vitamin B12 deficiency")
    known.get_by_text("yes", exact=True).click()
    expect(tab.locator("#answer")).to_contain_text("hydroxocobalamin")

    tab.get_by_role("tab", name="Edit the guideline").click()
    expect(tab.locator(".cm-content")).to_contain_text("A guideline to try")
    tab.get_by_role("button", name="Back to the guideline that is served").click()
    expect(tab.locator("body")).not_to_contain_text("draft, not reviewed")


def test_places_are_right_behind_characters_that_are_two_in_javascript(
    tab: Any, address: str
) -> None:
    slip = TEXT.replace("to try", "to try \N{PILL}\N{PILL}")
    slip = slip.replace("# A text", "# \N{PILL} A text").replace(
        "cites    page", "cites  pge", 1
    )
    opened(tab, address, slip)
    tab.get_by_role("button", name="Do it").first.click()
    expect(tab.locator(".cm-content")).to_contain_text("cites  page")

    expect(checked(tab)).to_have_text("Nothing to mend.")


def test_an_example_that_fails_says_what_was_answered(tab: Any, address: str) -> None:
    wrong = TEXT.replace("expect form hydroxo", "expect form cyano")
    opened(tab, address, wrong)
    tab.get_by_role("button", name="Try the examples").click()

    expect(tab.locator(".edit-result")).to_contain_text("1 of 2 examples passed.")
    expect(tab.locator(".edit-result")).to_contain_text("deficiency in diabetic")
    expect(tab.locator(".edit-result")).to_contain_text("answered:")


def test_a_claim_that_does_not_hold_brings_the_smallest_patient(
    tab: Any, address: str
) -> None:
    claim = '\ninvariant no_deficiency "none"\n    never    cyanocobalamin unless pregnancy\n'
    opened(tab, address, TEXT + claim)
    tab.get_by_role("button", name="Prove what is claimed").click()
    result = tab.locator(".edit-result")
    expect(result).to_contain_text("never cyanocobalamin unless pregnancy")
    expect(result).to_contain_text("given  b12_deficiency")
    tab.get_by_role("button", name="Add this example at the end").click()
    checked(tab)

    expect(tab.locator(".edit")).to_contain_text("counterexample to no_deficiency")


def test_the_link_of_the_documentation_opens_the_text_below_it(
    tab: Any, address: str
) -> None:
    assert (
        link_to(TEXT) == LINK
        or zlib.decompress(
            base64.urlsafe_b64decode(LINK.removeprefix("#edit=") + "==="), -15
        )
        == TEXT.encode()
    )
    tab.goto(f"{address}/{LINK}")
    expect(tab.locator(".cm-content")).to_contain_text("A guideline to try")
    expect(checked(tab)).to_have_text("Nothing to mend.")


def test_a_link_that_is_cut_off_is_told(tab: Any, address: str) -> None:
    tab.goto(f"{address}/{LINK[:60]}")

    expect(tab.locator("#tab-panel")).to_contain_text("cannot be read")
    expect(tab.locator(".cm-content")).to_contain_text("nice_ng239")


def test_the_text_is_reached_and_left_by_keys_alone(tab: Any, address: str) -> None:
    opened(tab, address, TEXT)
    tab.get_by_text("Begin with another text").focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Control+Home")
    tab.keyboard.press("Tab")
    assert tab.locator(".cm-line").first.inner_text().startswith("    #")
    tab.keyboard.press("Control+z")
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")

    assert not tab.evaluate(
        "document.querySelector('.cm-editor').contains(document.activeElement)"
    )
    assert tab.locator(".cm-line").first.inner_text().startswith("#")


def test_names_are_suggested_and_words_explained(tab: Any, address: str) -> None:
    opened(tab, address, TEXT)
    line_of(tab, r"^\s*when\s+b12_deficiency$").click()
    tab.keyboard.press("End")
    tab.keyboard.type(" and preg")
    expect(tab.locator(".cm-tooltip-autocomplete")).to_contain_text("pregnancy")
    tab.wait_for_timeout(300)
    tab.keyboard.press("Enter")
    expect(tab.locator(".cm-content")).to_contain_text("b12_deficiency and pregnancy")
    tab.get_by_role("button", name="What is the word at the cursor?").click()
    expect(tab.locator(".edit-meaning")).to_contain_text("finding pregnancy")


def test_every_reader_can_edit(tab: Any, address: str) -> None:
    slip = TEXT.replace("form     hydroxocobalamin", "form     hydroxocobalamn")
    opened(tab, address, slip)
    expect(tab.locator(".edit-problems")).to_contain_text("GDL203")
    tab.get_by_role("button", name="Try the examples").click()
    expect(tab.locator(".edit-result")).to_contain_text("nothing to try")

    assert list(defects(tab)) == []


def test_what_was_changed_is_not_left_in_silence(tab: Any, address: str) -> None:
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    tab.on("dialog", stay)
    opened(tab, address, TEXT)
    tab.locator(".cm-content").click()
    tab.keyboard.type("# mine ")
    tab.close(run_before_unload=True)
    tab.context.pages[0].wait_for_timeout(500)

    assert asked == ["beforeunload"]


def test_a_text_runs_nothing(tab: Any, address: str) -> None:
    text = TEXT.replace(
        "A guideline to try", "<img src=x onerror=alert(1)></script><script>alert(2)"
    )
    opened(tab, address, text)
    tab.get_by_role("button", name="Answer from this draft").click()
    tab.get_by_role("button", name="See the answer").click()

    expect(tab.locator("h1")).to_contain_text("onerror")
    assert tab.locator("img").count() == 0


def test_a_file_says_that_it_cannot_check_a_text(tab: Any, tmp_path: Path) -> None:
    path = tmp_path / "b12.html"
    path.write_text(b12guide.page.page("nice_ng239"), encoding="utf-8")
    html = path.read_text("utf-8")
    tab.set_content(html)
    tab.get_by_role("tab", name="Edit the guideline").click()

    expect(tab.locator("#tab-panel")).to_contain_text("b12guide serve")
    assert tab.locator(".cm-editor").count() == 0
