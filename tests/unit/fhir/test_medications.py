"""Until when an order says that a drug is taken."""

from __future__ import annotations

import pytest

import b12guide
from b12guide.evaluate.answer import Verdict
from b12guide.fhir import read
from tests.strategies.resources import ATC, concept, resource

GUIDELINE = b12guide.load("mecobalamin_im")


def treated(*ends: str | None) -> Verdict:
    """The verdict of a rule for everybody who is treated, on an order that ends on these days."""
    periods = [{} if end is None else {"boundsPeriod": {"end": end}} for end in ends]
    order = resource(
        "MedicationRequest",
        "m",
        status="active",
        intent="order",
        authoredOn="2015-01-01",
        medicationCodeableConcept=concept((ATC, "B03BA03")),
        dosageInstruction=[{"timing": {"repeat": repeat}} for repeat in periods],
    )
    found = read([order], GUIDELINE, on="2026-03-05")
    answer = GUIDELINE.recommend(found.patient, on="2026-03-05")
    return next(v.verdict for v in answer.rules if v.rule.name == "forms_differ")


@pytest.mark.parametrize("ends", [("2016-01-01",), ("2015-06-01", "2016-01-01")])
def test_an_order_of_which_all_doses_are_over_does_not_say_it(
    ends: tuple[str, ...],
) -> None:
    assert treated(*ends) is Verdict.UNKNOWN


@pytest.mark.parametrize("ends", [(), (None,), ("2030-01-01",), ("2016-01-01", None)])
def test_an_order_with_doses_that_go_on_says_it(ends: tuple[str | None, ...]) -> None:
    assert treated(*ends) is Verdict.APPLIES
