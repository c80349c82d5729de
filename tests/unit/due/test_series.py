"""Doses that count from events, and the events that doses bring about; words of its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide import ArgumentError, Due, Truth, UnknownNameError
from b12guide.due.model import Counting
from b12guide.due.series import marks_of

WORDS = """\
language 1
vocabulary visits "Visits"

event start "the start"
event any_visit "a visit"
event first_visit "a first visit that counts"
event other_visit "a visit of the other kind"

drug paint "paint"
    plausible dose 1 to 2 mg
drug varnish "varnish"
    plausible dose 1 to 2 mg

route skin "on the skin"
"""
RULES = """\
language 1.1
guideline painting "Two coats"
    version 1.0.0
    revised 2026-01-01
    uses    visits

source page "A page"
    by      "Nobody", 2026
    printed as 1

rule coat "Paint"
    form     paint
    strength required
    cites    page

rule first_coat "The first coat"
    when     not first_visit is known
    load     paint 1 mg every 10 to 20 days for 1 doses after start
    strength required
    cites    page

rule second_coat "The second coat"
    when     first_visit is known
    maintain paint 1 mg every 30 to 60 days at least 20 days apart for 1 doses after any_visit
    strength required
    cites    page
"""
MARKS = {"any_visit": "dose", "first_visit": 1, "other_visit": "varnish"}


@pytest.fixture(scope="module")
def painting(tmp_path_factory: pytest.TempPathFactory) -> b12guide.Guideline:
    folder = tmp_path_factory.mktemp("painting")
    (folder / "visits.gdl").write_text(WORDS, encoding="utf-8")
    file = folder / "painting.gdl"
    file.write_text(RULES, encoding="utf-8")
    return b12guide.load(file)


def due(
    asked: b12guide.Guideline, history: list[dict[str, Any]], on: str, **how: Any
) -> Due:
    started = {"value": True, "on": "2026-01-01"}
    return asked.due(
        {"facts": {"start": started}, "otherwise": "absent"},
        history,
        on=on,
        **{"tolerance": "doses=5,early=2", "marks": MARKS, **how},
    )


def doses(*days: str, drug: str = "paint") -> list[dict[str, Any]]:
    return [{"on": day, "dose": drug, "amount": "1 mg"} for day in days]


def days(answer: Due) -> list[str]:
    (dose,) = answer.doses
    found = dose.days
    return [
        str(day)
        for day in (
            found.earliest,
            found.recommended,
            found.latest,
            found.accepted_from,
            found.accepted_until,
        )
    ]


def test_the_first_dose_is_counted_from_its_event(painting: b12guide.Guideline) -> None:
    assert days(due(painting, [], "2026-01-02")) == [
        *("2026-01-11", "2026-01-11", "2026-01-21"),
        *("2026-01-09", "2026-01-26"),
    ]


def test_at_least_so_far_apart_is_the_earliest_of_one_dose(
    painting: b12guide.Guideline,
) -> None:
    answer = due(painting, doses("2026-01-11"), "2026-01-12")

    assert answer.doses[0].number == 2
    assert days(answer) == [
        *("2026-01-31", "2026-02-10", "2026-03-12"),
        *("2026-01-29", "2026-03-17"),
    ]


@pytest.mark.parametrize(
    ("second", "counting"),
    [("2026-01-28", Counting.DOES_NOT_COUNT), ("2026-01-29", Counting.COUNTS)],
)
def test_a_dose_before_that_and_the_grace_does_not_count(
    painting: b12guide.Guideline, second: str, counting: Counting
) -> None:
    answer = due(painting, doses("2026-01-11", second), "2026-02-15")

    assert [dose.counting for dose in answer.given] == [Counting.COUNTS, counting]


def test_a_dose_that_does_not_count_starts_the_interval_again(
    painting: b12guide.Guideline,
) -> None:
    answer = due(painting, doses("2026-01-11", "2026-01-20"), "2026-01-21")

    assert days(answer)[:2] == ["2026-02-09", "2026-02-19"]
    assert "too soon" in answer.given[1].remarks[0].text


def test_it_is_overdue_from_the_day_after_the_grace_on(
    painting: b12guide.Guideline,
) -> None:
    assert due(painting, [], "2026-01-26").overdue is Truth.FALSE
    assert due(painting, [], "2026-01-27").overdue is Truth.TRUE


def test_a_drug_beside_the_series_only_brings_its_event_about(
    painting: b12guide.Guideline,
) -> None:
    answer = due(painting, doses("2026-01-11", drug="varnish"), "2026-01-12")

    assert answer.given == ()
    assert days(answer)[0] == "2026-01-11"
    assert any("other drugs" in notice for notice in answer.notices)


def test_without_a_day_of_the_event_the_dose_has_none(
    painting: b12guide.Guideline,
) -> None:
    answer = painting.due({"start": True}, [], on="2026-01-12")

    (dose,) = answer.doses
    assert dose.waits_for == ("start",)
    assert dose.days.is_open
    assert answer.overdue is Truth.UNKNOWN


@pytest.mark.parametrize(
    "what", [0, -1, True, 1.5, "nothing", "paint 0", "paint x", "dose 1", "1", None, []]
)
def test_a_mark_is_one_of_four_things(
    painting: b12guide.Guideline, what: object
) -> None:
    with pytest.raises(ArgumentError, match="what brings it about"):
        marks_of({"any_visit": what}, painting.graph)


@pytest.mark.parametrize("what", [1, 1000, "dose", "paint", "paint 12"])
def test_each_of_them_is_taken(painting: b12guide.Guideline, what: object) -> None:
    assert marks_of({"any_visit": what}, painting.graph) == {"any_visit": what}


def test_a_mark_is_an_event(painting: b12guide.Guideline) -> None:
    with pytest.raises(UnknownNameError):
        marks_of({"paint": 1}, painting.graph)


def test_it_is_read_back_with_its_marks(painting: b12guide.Guideline) -> None:
    answer = due(painting, doses("2026-01-11"), "2026-01-12")

    assert Due.from_json(answer.to_json(), painting) == answer
    assert answer.next_dose is not None
    assert answer.next_dose.days.recommended == dt.date(2026, 2, 10)


def test_the_page_names_each_way_to_write_a_mark() -> None:
    page = (Path(__file__).parents[3] / "docs" / "due.md").read_text("utf-8")

    for written in ('"any_dose": "dose"', '"second_dose": 2', '"zoster_recombinant 1"'):
        assert written in page
