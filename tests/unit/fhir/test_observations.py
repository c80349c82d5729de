"""Observations that contradict themselves."""

from __future__ import annotations

import b12guide
from b12guide.fhir import read
from tests.strategies.resources import concept, observation, quantity

GUIDELINE = b12guide.load("mecobalamin_im")


def test_a_value_beside_the_reason_why_there_is_none_is_not_taken() -> None:
    absent = concept(("x", "error"))
    both = observation("33914-3", quantity(35, "mL/min"), dataAbsentReason=absent)
    found = read([both], GUIDELINE, on="2026-03-05")

    assert found.patient.facts == {"egfr": None}
    assert found.unread[0].reason == (
        "it has a value, and a reason why it has none (x error)"
    )
