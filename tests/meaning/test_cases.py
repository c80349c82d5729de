"""The cases of `docs/meaning.md`: each rule of the meaning, as a few lines that are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.meaning.case import Case, cases_of, run

PAGE = Path(__file__).parents[2] / "docs" / "meaning.md"
CASES = cases_of(PAGE.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_what_the_page_says(case: Case) -> None:
    assert run(case) == []


def test_the_rules_are_numbered_in_order() -> None:
    found = re.findall(r"^### M(\d+)\. ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    numbers = [int(number) for number in found]

    assert numbers == sorted(set(numbers))
    assert numbers[:71] == list(range(1, 72))


def test_most_rules_have_a_case() -> None:
    numbers = {case.name.partition(" ")[0] for case in CASES}

    assert len(numbers) >= 45


def test_other_pages_refer_to_rules_that_there_are() -> None:
    known = set(
        re.findall(r"^### (M\d+)\. ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    )
    pages = [*PAGE.parent.rglob("*.md"), *PAGE.parents[1].glob("src/**/*.py")]
    named = {
        (page.name, rule)
        for page in pages
        for rule in re.findall(r"\bM\d{1,2}\b", page.read_text("utf-8"))
    }

    assert {(page, rule) for page, rule in named if rule not in known} == set()
