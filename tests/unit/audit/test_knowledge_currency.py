"""An audit knows of each day only what still counted on it (M71)."""

from __future__ import annotations

import datetime as dt

import b12guide
from b12guide.audit.history import history_from
from b12guide.audit.knowledge import Knowledge
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.model import Patient

GRAPH = b12guide.load("mecobalamin_im").graph


def known(facts: dict[str, object], rows: list[dict[str, object]]) -> Knowledge:
    events = history_from(rows, GRAPH).events
    return Knowledge.of(Evaluator.of(GRAPH), Patient(facts=facts), events)


def on(knowledge: Knowledge, day: str) -> object:
    stated = knowledge.on(dt.date.fromisoformat(day)).stated
    return stated.values.get("egfr", "not stated")


def test_a_value_is_known_to_its_last_day_and_then_no_more() -> None:
    found = known({"egfr": {"value": 35, "on": "2024-01-10"}}, [])

    assert on(found, "2025-01-10") == 35
    assert on(found, "2025-01-11") is None


def test_a_later_value_comes_in_time_or_after_a_gap() -> None:
    raw = [
        {"value": 35, "on": "2024-01-10"},
        {"value": 55, "on": "2024-06-01"},
        {"value": 70, "on": "2026-01-01"},
    ]

    found = known({"egfr": raw}, [])

    days = ("2024-03-01", "2025-02-01", "2025-06-02", "2026-01-01", "2027-02-01")
    assert [on(found, day) for day in days] == [35, 55, None, 70, None]
