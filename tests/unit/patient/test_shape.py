"""Places of facts that were never written down."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from b12guide.patient.model import Patient
from b12guide.patient.shape import places_of


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (True, "true"),
        (None, "null"),
        (35, "35"),
        (35.5, "35.5"),
        (float("nan"), '"nan"'),
        (Decimal("0.50"), '"0.50"'),
        (10**40, f'"{10**40}"'),
        (dt.date(2025, 3, 5), '"2025-03-05"'),
        ("\ud800", '"?"'),
        ({1: 2}, '{\n    "1": 2\n  }'),
        ((1,), "[\n    1\n  ]"),
    ],
)
def test_any_value_has_a_place(raw: Any, shown: str) -> None:
    places = places_of(Patient(facts={"egfr": raw}))

    assert places["egfr"].text.slice(places["egfr"].span) == shown
    assert places["egfr"].text.name == "patient"
    assert "egfr" in set(places)
    assert len(places) >= 2


def test_a_value_that_is_nested_deeply_has_a_place() -> None:
    deep: list[Any] = []
    for _ in range(40):
        deep = [deep]

    assert "egfr" in places_of(Patient(facts={"egfr": deep}))


def test_an_unknown_path_is_the_start_of_the_record() -> None:
    label = places_of(Patient(name="Ann")).at("egfr.on", "egfr")

    assert label.text.name == "Ann"
    assert label.span.start == label.span.end == 0
