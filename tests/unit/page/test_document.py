"""The page as one file: what it may do, what it holds, and that no text of a guideline runs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import b12guide
from b12guide.errors import ArgumentError, GuidelineError
from b12guide.page import page, program
from b12guide.page.document import document

GUIDELINE = b12guide.load("mecobalamin_im")
NICE = b12guide.load("nice_ng239")


OTHER = """\
language 1

guideline mecobalamin_im "Another of this name"
  version 1.0.0
"""


def policy_of(text: str) -> dict[str, str]:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found
    parts = (part.strip().partition(" ") for part in unescape(found[1]).split(";"))
    return {name: allowed for name, _, allowed in parts}


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def programs_of(text: str) -> list[Any]:
    return [
        json.loads(data)
        for data in re.findall(r'class="program">(.*?)</script>', text, re.DOTALL)
    ]


def test_a_file_connects_to_nothing_and_runs_nothing_but_its_own_script() -> None:
    text = page(GUIDELINE)
    policy = policy_of(text)
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    style = text.partition("<style>")[2].partition("</style>")[0]

    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["script-src"] == f"'sha256-{digest(script)}'"
    assert policy["style-src"] == f"'sha256-{digest(style)}'"
    assert len(script) > 10_000
    assert not re.search(
        r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?!data:,")', text
    )


def test_a_served_page_asks_its_own_service_and_nobody_else() -> None:
    text = document([GUIDELINE.graph], is_served=True)
    policy = policy_of(text)

    assert policy["connect-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert '<html lang="en" data-served>' in text
    assert "data-served" not in page(GUIDELINE).partition("<head>")[0]


def test_it_holds_the_guidelines_in_the_order_given() -> None:
    held = programs_of(page(NICE, "mecobalamin_im"))

    assert [one["guideline"]["name"] for one in held] == [
        "nice_ng239",
        "mecobalamin_im",
    ]
    assert held[1] == json.loads(json.dumps(program(GUIDELINE)))


def test_the_notice_stands_in_it_even_where_no_script_runs() -> None:
    text = page(GUIDELINE)
    before, _, _ = text.partition('<script type="application/json"')

    assert "For education and research" in before
    assert "<noscript>" in before


def test_no_text_of_a_guideline_ends_the_element_that_holds_it() -> None:
    title = "</script><script>alert(1)</script><!--"
    hostile = evolve(GUIDELINE.graph, title=title)
    text = document([hostile])

    assert "<script>alert" not in text
    assert "<!--" not in text.partition('class="program">')[2].partition("</script>")[0]
    assert programs_of(text)[0]["guideline"]["title"] == title


def test_it_is_the_same_each_time() -> None:
    assert page(GUIDELINE, NICE) == page(GUIDELINE, NICE)


def test_what_is_no_guideline_is_refused(tmp_path: Path) -> None:
    another = tmp_path / "mecobalamin_im.gdl"
    another.write_text(OTHER, encoding="utf-8")

    with pytest.raises(ArgumentError, match="at least one guideline"):
        page()
    with pytest.raises(ArgumentError, match="guideline"):
        page(7)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="no two have the same name"):
        page(GUIDELINE, another)
    with pytest.raises(GuidelineError):
        page("no_such_guideline")


def test_one_guideline_given_twice_stands_in_it_once() -> None:
    again = b12guide.load("mecobalamin_im")

    assert len(programs_of(page(GUIDELINE, GUIDELINE, again))) == 1
