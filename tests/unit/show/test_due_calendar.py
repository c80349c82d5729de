"""What is due in a calendar: days, certainty, the notice; the same entry on another day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar as ical

import b12guide
from b12guide import Due
from b12guide.show.due_calendar import due_to_ics

GUIDELINE = b12guide.load("mecobalamin_im")
NERVES = {"b12_deficiency": True, "paresthesia": True, "age": "50 years"}
LOADING = [
    {"on": day, "dose": "mecobalamin", "amount": "1000 µg", "route": "IM"}
    for day in ("2026-01-05", "2026-01-07")
]


def due(on: str) -> Due:
    return GUIDELINE.due(NERVES, LOADING, on=on)


def entries(answer: Due) -> list[Any]:
    return list(ical.Calendar.from_ical(due_to_ics(answer)).walk("VEVENT"))


def test_the_next_dose_stands_on_its_day_with_the_notice() -> None:
    first = next(e for e in entries(due("2026-01-08")) if "dose" in e["summary"])

    assert first["dtstart"].dt == dt.date(2026, 1, 9)
    assert first["dtend"].dt == dt.date(2026, 1, 10)
    assert first["status"] == "CONFIRMED"
    assert "S09" in first["description"]
    assert "For education and research." in first["description"]
    assert "under review" in first["description"]


def test_what_is_not_certain_is_tentative_and_what_is_late_says_so() -> None:
    answer = due("2026-01-12")
    first = next(e for e in entries(answer) if "Loading" in e["summary"])

    assert "perhaps overdue" in first["summary"]
    assert first["status"] == "TENTATIVE"
    assert "Not certain" in first["description"]


def test_an_entry_keeps_its_identity_on_another_day() -> None:
    def names(on: str) -> list[str]:
        return sorted(str(entry["uid"]) for entry in entries(due(on)))

    assert names("2026-01-08") == names("2026-01-09")
    assert due_to_ics(due("2026-01-08")) == due_to_ics(due("2026-01-08"))


def test_what_has_no_day_and_what_is_not_addressed_is_said_at_the_top() -> None:
    calendar = ical.Calendar.from_ical(due_to_ics(due("2026-01-08")))
    said = str(calendar["x-wr-caldesc"])

    assert "Not addressed" in said
    assert "Without a day" in said
    assert "For education and research." in said
