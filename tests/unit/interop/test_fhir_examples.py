"""The official FHIR examples: every schedule survives English, and texts that say otherwise.

The page `docs/dosing-english.md` lists what is found; it is held to the data here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from b12guide.interop.dosage_from_english import dosage_from_english
from b12guide.interop.dosage_to_english import Legend, dosage_to_english
from b12guide.interop.fhir import dosage_to_fhir
from b12guide.interop.gist import (
    Disagreement,
    GistComparison,
    Topic,
    compare,
    gist_of_dosage,
    gist_of_text,
)
from tests.unit.interop.examples import Example, examples

ALL, WITH_STRUCTURE = 103, 89
NOT_IN_ROWS = {Topic.ROUTE, Topic.RATE, Topic.LENGTH, Topic.MOST}
"""What the data holds of examples only that were published whole."""


@pytest.fixture(scope="module")
def published(third_party_data: Path) -> tuple[Example, ...]:
    if not (third_party_data / "fhir_r4_medication").is_dir():
        pytest.skip("there are no FHIR examples in the third-party data")
    return examples(third_party_data)


@pytest.fixture(scope="module")
def comparisons(published: tuple[Example, ...]) -> dict[str, GistComparison]:
    return {
        each.name: compare(gist_of_text(each.text), gist_of_dosage(each.dosage))
        for each in published
        if each.has_structure and each.text
    }


def printed_units(value: Any) -> Any:
    """The JSON, with each unit printed by its code where it has no other form."""
    match value:
        case {"value": _, "code": code} if "unit" not in value:
            return {**value, "unit": code}
        case dict():
            return {key: printed_units(each) for key, each in value.items()}
        case list():
            return [printed_units(each) for each in value]
        case _:
            return value


def test_every_schedule_with_structure_survives_english(
    published: tuple[Example, ...],
) -> None:
    structured = [each for each in published if each.has_structure]
    legend = Legend.of(each.dosage for each in structured)

    assert (len(published), len(structured)) == (ALL, WITH_STRUCTURE)
    for each in structured:
        english = dosage_to_english(each.dosage, legend)
        read = dosage_from_english(english, legend)
        assert read == each.dosage, english
        assert dosage_to_fhir(read) == printed_units(each.element), english


def test_no_two_of_them_read_alike_that_differ(published: tuple[Example, ...]) -> None:
    legend = Legend.of(each.dosage for each in published)
    dosages = {dosage_to_english(each.dosage, legend): each for each in published}

    for each in published:
        other = dosages[dosage_to_english(each.dosage, legend)]
        assert other.dosage == each.dosage


def rows_of(root: Path, heading: str) -> set[tuple[str, ...]]:
    """The rows of the table under a heading of the page."""
    page = (root / "docs" / "dosing-english.md").read_text("utf-8")
    section = page.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (.*) \|$", section, flags=re.MULTILINE)[1:]
    return {tuple(cell.strip() for cell in row.split(" | ")) for row in rows}


def told(found: Mapping[str, Iterable[Disagreement]]) -> set[tuple[str, ...]]:
    return {
        (name, each.topic.value, each.text, each.structure)
        for name, disagreements in found.items()
        for each in disagreements
    }


def test_the_page_lists_every_contradiction(
    comparisons: dict[str, GistComparison], root: Path
) -> None:
    found = {name: c.contradictions for name, c in comparisons.items()}

    assert rows_of(root, "The text contradicts the structure") == told(found)


def test_the_page_lists_what_cannot_be_compared(
    comparisons: dict[str, GistComparison], root: Path
) -> None:
    found = {name: c.incomparable for name, c in comparisons.items()}

    assert rows_of(root, "The two cannot be compared") == told(found)


def test_the_page_lists_what_the_structure_leaves_out(
    published: tuple[Example, ...], comparisons: dict[str, GistComparison], root: Path
) -> None:
    whole = {each.name for each in published if each.is_whole}
    found = {
        (name, saying.topic.value, saying.words)
        for name, comparison in comparisons.items()
        for saying in comparison.only_text
        if name in whole or saying.topic not in NOT_IN_ROWS
    }

    assert rows_of(root, "Only the text says it") == found


def test_the_page_lists_frequencies_that_the_structure_adds(
    comparisons: dict[str, GistComparison], root: Path
) -> None:
    found = {
        (name, saying.words)
        for name, comparison in comparisons.items()
        for saying in comparison.only_structure
        if saying.topic.value == "frequency"
    }

    assert rows_of(root, "Only the structure gives a frequency") == found


def test_the_page_lists_the_words_that_were_not_read(
    comparisons: dict[str, GistComparison], root: Path
) -> None:
    found = {
        (name, "; ".join(comparison.unread).replace("|", "/"))
        for name, comparison in comparisons.items()
        if comparison.unread
    }

    assert rows_of(root, "Words that were not read") == found
