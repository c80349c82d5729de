"""Drafts of drawn and shipped answers are valid, for all validators together."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings

from b12guide.evaluate.answer import Recommendation
from tests.fhir.validators import Node, complaints
from tests.strategies.answers import drawn_answers, shipped_answers

FEW = max(20, settings().max_examples // 4)
DAY = dt.date(2026, 11, 29)


@settings(max_examples=FEW)
@given(drawn_answers() | shipped_answers())
def test_drafts_are_valid(node: Node | None, answer: Recommendation) -> None:
    bundle = answer.to_fhir(subject="Patient/1", on=DAY)

    assert complaints(bundle, node) == {}
