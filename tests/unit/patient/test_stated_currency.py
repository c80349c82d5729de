"""How long a value counts, and what becomes of one that is too old (M71)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from b12guide.graph.model import Currency, RuleGraph
from b12guide.patient.model import Patient, Standing, Stated
from b12guide.patient.stated import state
from b12guide.values.duration import Duration, TimeUnit

YEAR = Currency(length=Duration(Fraction(12), TimeUnit.MONTH))


def on(
    graph: RuleGraph, raw: Any, day: str | None, otherwise: str = "unknown"
) -> Stated:
    aged = evolve(graph, currencies={"egfr": YEAR, "numbness": YEAR})
    patient = Patient(facts=raw, otherwise=otherwise)
    return state(patient, aged, None if day is None else dt.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "value"),
    [
        ("2024-02-29", 35),
        ("2025-02-27", 35),
        ("2025-02-28", 35),  # 12 months after 29 February
        ("2025-03-01", None),
        ("2026-11-29", None),
        (None, 35),
    ],
)
def test_a_value_counts_to_the_end_of_its_last_day(
    graph: RuleGraph, day: str | None, value: int | None
) -> None:
    found = on(graph, {"egfr": {"value": 35, "on": "2024-02-29"}}, day)

    assert found.values == {"egfr": value}
    (datum,) = found.data
    assert datum.until == dt.date(2025, 2, 28)
    outdated = datum.standing is Standing.OUTDATED
    assert outdated is (value is None)
    assert found.outdated == ((datum,) if outdated else ())
    assert found.holds_until == (datum.until if value and day else None)


def test_an_older_value_never_takes_the_place_of_one_that_is_too_old(
    graph: RuleGraph,
) -> None:
    values = [{"value": 90, "on": "2023-06-01"}, {"value": 35, "on": "2024-01-01"}]

    found = on(graph, {"egfr": values}, "2025-06-01")

    assert found.values == {"egfr": None}
    assert [d.standing for d in found.data] == [Standing.SUPERSEDED, Standing.OUTDATED]


def test_what_is_too_old_is_unknown_and_not_absent(graph: RuleGraph) -> None:
    raw = {"numbness": {"value": True, "on": "2020-01-01"}}

    found = on(graph, raw, "2025-06-01", "absent")

    assert found.values == {"numbness": None}


def test_the_first_end_is_the_end_of_the_answer(graph: RuleGraph) -> None:
    raw = {
        "egfr": {"value": 35, "on": "2025-03-01"},
        "numbness": {"value": False, "on": "2025-01-15"},
        "paresthesia": {"value": True, "on": "2020-01-01"},
    }

    assert on(graph, raw, "2025-06-01").holds_until == dt.date(2026, 1, 15)


def test_what_has_no_date_or_no_end_does_not_become_too_old(graph: RuleGraph) -> None:
    raw = {"egfr": 35, "paresthesia": {"value": True, "on": "1999-01-01"}}

    found = on(graph, raw, "2026-11-29")

    assert found.values == {"egfr": 35, "paresthesia": True}
    assert found.holds_until is None


def test_a_value_at_the_end_of_the_calendar_has_no_end(graph: RuleGraph) -> None:
    found = on(graph, {"egfr": {"value": 35, "on": "9999-06-01"}}, "9999-12-31")

    assert found.values == {"egfr": 35}
    assert found.holds_until is None
