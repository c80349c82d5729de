"""The example of another disease: its words are its own, and its rules do what they say."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.prove.mutation import Fate, mutate
from b12guide.timeline.plan import Pick, as_history

TODAY = dt.date(2026, 3, 9)
BORROWED = ("b12", "cobalamin", "injection of vitamin")


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "examples" / "iron"


@pytest.fixture(scope="module")
def guideline(folder: Path) -> b12guide.Guideline:
    return b12guide.load(folder / "iron_uk.gdl", cache=False)


@pytest.fixture(scope="module")
def patient(folder: Path) -> b12guide.Patient:
    return b12guide.read_patient(folder / "patient.json")


@pytest.fixture
def normal_again(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "patient.json").read_text("utf-8"))
    found["facts"]["haemoglobin_normal"] = {"value": True, "on": "2026-06-15"}
    return found


def test_nothing_is_reported_and_every_example_passes(
    guideline: b12guide.Guideline,
) -> None:
    report = guideline.test()

    assert not guideline.diagnostics
    assert report.is_fine
    assert len(report.results) > 30


def test_every_claim_is_proved(guideline: b12guide.Guideline) -> None:
    assert guideline.prove().is_fine


def test_the_words_are_its_own(
    guideline: b12guide.Guideline, patient: b12guide.Patient, folder: Path
) -> None:
    answer = guideline.recommend(patient, on=TODAY)
    pages = [
        answer.to_text(),
        answer.to_text(audience="patient"),
        guideline.timeline(patient, start=TODAY).to_text(),
        guideline.document().to_text(),
        (folder / "iron.gdl").read_text("utf-8").split("vocabulary", 1)[1],
    ]

    for page in pages:
        said = page.lower().replace("b12guide", "")
        assert not [word for word in BORROWED if word in said]


def test_a_patient_is_told_in_plain_words(
    guideline: b12guide.Guideline, patient: b12guide.Patient
) -> None:
    sheet = guideline.recommend(patient, on=TODAY).to_text(audience="patient")

    assert "You take one iron tablet a day until your haemoglobin is normal." in sheet
    assert "After two to four weeks a blood test shows whether iron helps." in sheet


def test_follow_up_has_two_intervals_and_an_end(
    guideline: b12guide.Guideline, normal_again: dict[str, Any]
) -> None:
    start = dt.date(2026, 6, 16)
    plan = guideline.timeline(normal_again, start=start, until=dt.date(2031, 1, 1))
    days = [
        str(entry.window.earliest)
        for entry in plan.entries
        if "red_cell_indices" in entry.tests and entry.window is not None
    ]

    assert days[:1] == ["2026-09-16"]
    assert len(days) == 5
    assert days[-1] == "2028-06-16"


def test_who_keeps_to_the_follow_up_departs_from_nothing(
    guideline: b12guide.Guideline, normal_again: dict[str, Any]
) -> None:
    plan = guideline.timeline(normal_again, start=dt.date(2026, 6, 16))
    rows = as_history(plan, Pick.LATEST)
    audit = guideline.audit(
        normal_again, rows, on=dt.date(2027, 6, 20), families=["monitoring"]
    )

    assert [f.text for f in audit.findings if "haemoglobin" in f.text] == []


def test_the_examples_notice_small_mistakes(guideline: b12guide.Guideline) -> None:
    judged = mutate(guideline.graph, guideline.written.draft)
    fates = Counter(one.fate for one in judged)

    assert fates[Fate.SURVIVED] <= 0.05 * sum(fates.values())
