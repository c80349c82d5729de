"""An audit works a measure out anew on each day on which a part of it changes (M94)."""

from __future__ import annotations

import datetime as dt

import pytest

from b12guide.audit.history import history_from
from b12guide.audit.knowledge import Knowledge
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.unit.patient.test_worked_out import GRAPH

FACTS: list[dict[str, object]] = [
    {"creatinine": 150, "age": 70, "sex": "female"},
    {
        "creatinine": [
            {"value": 150, "on": "2025-03-05"},
            {"value": 60, "on": "2025-06-01"},
            {"value": None, "on": "2025-08-01"},
            {"value": 160, "on": "2025-09-01"},
        ],
        "age": 70,
        "sex": "female",
    },
    {
        "creatinine": {"value": 150, "on": "2025-03-05"},
        "age": {"value": 70, "on": "2024-12-01"},
        "sex": {"value": "female", "on": "2025-04-01"},
        "egfr": [
            {"value": 90, "on": "2025-04-05"},
            {"value": None, "on": "2025-05-05"},
        ],
    },
    {
        "creatinine": {"value": 60, "on": "2025-03-05"},
        "age": 70,
        "sex": "female",
        "egfr": 30,
    },
]


@pytest.mark.parametrize("facts", FACTS)
def test_each_day_is_the_day_asked_for(facts: dict[str, object]) -> None:
    patient = Patient(facts=facts)
    knowledge = Knowledge.of(Evaluator.of(GRAPH), patient, ())
    for number in range(0, 1200, 7):
        day = dt.date(2024, 11, 28) + dt.timedelta(days=number)
        known = knowledge.on(day).stated.values

        asked = state(patient, GRAPH, day).values
        assert known.get("egfr") == asked.get("egfr"), day


def test_what_the_history_records_is_a_part() -> None:
    graph = GRAPH
    events = history_from([], graph).events
    knowledge = Knowledge.of(Evaluator.of(graph), Patient(facts=FACTS[0]), events)

    assert knowledge.on(None).stated.values["egfr"] == 32
