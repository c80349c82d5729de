from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from b12guide import load
from b12guide.course.model import Course
from b12guide.errors import ArgumentError, DosageError

GUIDELINE = load("mecobalamin_im")
START, UNTIL = dt.date(2026, 1, 5), dt.date(2026, 12, 31)
PLATEAU = dt.date(2026, 3, 1)


def simulate(
    facts: dict[str, bool], events: dict[str, dt.date] | None = None, **known: Any
) -> Course:
    patient = {"facts": {"b12_deficiency": True, **facts}, "otherwise": "absent"}
    dated = GUIDELINE.timeline(patient, START, until=UNTIL, events=events)
    found: Course = dated.simulate(**({"people": 40} | known))
    return found


def test_the_doses_of_the_timeline_are_those_of_the_course() -> None:
    found = simulate(
        {"severe_neurological_symptoms": True}, {"neurological_plateau": PLATEAU}
    )
    days = [one.day for one in found.doses]

    assert found.start == START
    assert days[:3] == [0, 2, 4]
    assert [day for day in days if 54 < day < 130][:1] == [113]
    assert found.days[-1] == (UNTIL - START).days
    assert found.at(START).day == 0
    assert found.graph is GUIDELINE.graph


def test_each_person_keeps_to_one_part_of_each_window() -> None:
    found = simulate({})
    shares = {one.day: one.share for one in found.doses}
    later = [share for day, share in shares.items() if day > 60]

    assert found.drugs == ("hydroxocobalamin",)
    assert "preferred one is given" in " ".join(found.notes)
    assert max(later) < 0.5


def test_doses_that_an_event_may_move_are_left_out_and_counted() -> None:
    with pytest.raises(DosageError, match=r"no dose .* say when to expect .*plateau"):
        simulate({"severe_neurological_symptoms": True})


def test_another_form_may_be_given() -> None:
    found = simulate({}, drug="methylcobalamin")

    assert found.drugs == ("mecobalamin",)
    with pytest.raises(DosageError, match="and `drug` is cyanocobalamin"):
        simulate({}, drug="cyanocobalamin")


def test_what_is_known_of_the_start_is_taken() -> None:
    found = simulate({}, serum="120 pg/mL", store="0.5 mg", seed=3)

    assert found.at(0).serum.highest == 120
    assert found.at(0).store.median == pytest.approx(0.5)
    with pytest.raises(ArgumentError):
        simulate({}, people=0)


def test_the_page_names_the_guideline_and_its_status() -> None:
    text = " ".join(simulate({}).to_text().split())

    assert "mecobalamin_im" in text
    assert "under review" in text
    assert "2026-01-05" in text
