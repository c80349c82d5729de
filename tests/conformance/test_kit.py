"""Every case of the conformance kit is answered as it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.generate import HERE, asked, names, whole_text

KITS = sorted((HERE / "cases").glob("*.json"))


def read(path: Path) -> dict[str, Any]:
    kit: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kit


@pytest.mark.parametrize("path", KITS, ids=lambda path: path.stem)
def test_every_patient_is_answered_as_expected(path: Path) -> None:
    kit = read(path)
    wrong = [
        case["patient"]
        for case in kit["cases"]
        if asked(kit["guideline"], case["patient"]) != case["expected"]
    ]

    assert wrong == []


def test_the_kit_is_large_and_no_two_cases_of_a_guideline_are_answered_alike() -> None:
    expected = [
        [json.dumps(case["expected"], sort_keys=True) for case in read(path)["cases"]]
        for path in KITS
    ]

    assert sum(map(len, expected)) >= 500
    assert all(len(set(some)) == len(some) for some in expected)


def test_the_kit_holds_the_guidelines_as_they_are_written() -> None:
    assert tuple(path.stem for path in KITS) == names()
    for path in KITS:
        assert read(path)["guideline"] == whole_text(path.stem)
