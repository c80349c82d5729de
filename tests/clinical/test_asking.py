"""Questions in plain words, to every shipped guideline: the statement wanted, or silence."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.clinical.asking_questions import (
    Asked,
    given_questions,
    judged,
    own_questions,
)

OWN = tuple(own_questions())
GIVEN = tuple(given_questions())

# What is known to be missed, so that a change for the worse is seen, and one for the better too.
MISSED = {
    "How often are the injections after the loading doses?",
    "Where should the needle not go?",
}


@pytest.mark.parametrize("asked", OWN, ids=lambda one: f"{one.guideline}: {one.asks}")
def test_a_question_is_answered_by_what_it_wants(asked: Asked) -> None:
    found = judged(asked)

    assert found == ("missed" if asked.asks in MISSED else "right")


@pytest.mark.skipif(
    not GIVEN, reason="B12GUIDE_TEST_DATA names no folder with questions.json"
)
def test_the_questions_that_were_given_are_answered_within_the_bar() -> None:
    found = Counter((bool(asked.wants), judged(asked)) for asked in GIVEN)

    assert found[False, "right"] == sum(not asked.wants for asked in GIVEN)
    assert found[True, "right"] >= sum(bool(asked.wants) for asked in GIVEN) - 1
    assert found[True, "silent"] <= 1
    assert not found[True, "another first"]
