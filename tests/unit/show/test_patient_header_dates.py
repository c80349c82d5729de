"""The days of what was found, and until when an answer holds, on every surface (M71)."""

from __future__ import annotations

import datetime as dt

import b12guide
from b12guide.show.first_screen import first_screen_text

GUIDELINE = b12guide.load("mecobalamin_im")
DAY = dt.date(2026, 11, 29)


def answered(value: object, day: dt.date | None = DAY) -> b12guide.Recommendation:
    return GUIDELINE.recommend({"b12_deficiency": True, "egfr": value}, on=day)


def test_a_value_of_long_ago_decides_nothing_and_is_asked_for_again() -> None:
    answer = answered({"value": 35, "on": "1999-01-01"})

    rule = next(v for v in answer.rules if v.rule.name == "renal_form")
    assert rule.verdict.value == "unknown"
    assert "egfr" in {q.fact for q in answer.questions}
    assert {a.name for a in answer.assumptions} >= {"A20"}
    told = (
        "eGFR 35 mL/min was last recorded on 1999-01-01 and counts for 12 months (A20)"
    )
    for text in (answer.to_text(), first_screen_text(answer)):
        assert told in " ".join(text.split())
    assert told in str(answer.to_dict()["notices"])


def test_every_value_shows_its_day_and_the_answer_its_end() -> None:
    answer = answered({"value": 35, "on": "2026-03-05"})

    text = " ".join(answer.to_text().split())
    assert "eGFR 35 mL/min (2026-03-05)" in text
    assert "2027-03-05, unless more is recorded: eGFR of 2026-03-05 counts for" in text
    assert "2027-03-05" in first_screen_text(answer)
    data = answer.to_dict()
    assert data["holds_until"] == "2027-03-05"
    assert data["patient"]["facts"][1]["until"] == "2027-03-05"


def test_without_a_day_the_answer_says_that_nobody_looked() -> None:
    answer = answered({"value": 35, "on": "1999-01-01"}, None)

    assert answer.holds_until is None
    assert any("no day was asked for" in note.text for note in answer.notices)


def test_an_undated_value_says_nothing_of_days() -> None:
    answer = answered("35 mL/min")

    assert answer.holds_until is None
    assert answer.to_dict()["holds_until"] is None
    assert not any("counts for" in note.text for note in answer.notices)
