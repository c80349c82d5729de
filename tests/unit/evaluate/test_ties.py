"""Definitions that are stated and ask what is on record: what that ties, and leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.evaluate import recommend as recommendation
from b12guide.evaluate.answer import Outcome, Recommendation
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import Decision
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.unit.evaluate.test_implications import guideline

FORMS = "rule one\n    when {}\n    form d1\n"


@pytest.fixture(params=["counted", "drawn"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Completions that are counted out, and those that are drawn as diagrams."""
    if request.param == "drawn":
        monkeypatch.setattr(recommendation, "FEW", 0)
    return str(request.param)


def told(definition: str, condition: str, **facts: Any) -> Recommendation:
    """What a guideline with one rule says where the definition `told` may be stated."""
    text = f"define told as {definition}\n" + FORMS.format(condition)
    evaluator = guideline(text)
    return recommend(evaluator, state(Patient(facts=facts), evaluator.graph))


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize(
    ("definition", "condition", "facts"),
    [
        ("a is established or b", "b", {"told": True}),
        ("a is recorded or b", "b", {"told": True}),
        ("c is not recorded or b", "b", {"told": True, "c": None}),
        ("(a is established and c) or b", "b", {"told": True, "c": True}),
        ("(a is recorded and b) or c", "b", {"told": False}),
        ("(a is established and b) or c or d", "c or d", {"told": True}),
    ],
)
def test_what_the_record_may_hold_settles_nothing(
    definition: str, condition: str, facts: dict[str, bool]
) -> None:
    found = told(definition, condition, **facts)

    assert found.decisions[Decision.FORM].outcome is Outcome.DEPENDS
    assert found.questions


@pytest.mark.usefixtures("how")
@pytest.mark.parametrize(
    ("definition", "condition", "facts"),
    [
        ("(a is established and b) or c or d", "c or d", {"told": True, "a": False}),
        ("(a is recorded and b) or c or d", "b or c or d", {"told": True, "a": True}),
        ("(a is established and b) or c", "(a and b) or c", {"told": True}),
        ("a is recorded and b and c", "not b or not c", {"told": False, "a": True}),
        ("(a is recorded and b) or (a is recorded and c)", "b or c", {"told": True}),
        ("(a is recorded or b) and (a is not recorded or c)", "b or c", {"told": True}),
    ],
)
def test_what_it_comes_to_either_way_is_certain(
    definition: str, condition: str, facts: dict[str, bool]
) -> None:
    found = told(definition, condition, **facts)

    assert found.decisions[Decision.FORM].outcome is Outcome.DETERMINED
    assert not found.questions


def test_two_definitions_ask_one_record() -> None:
    """Whatever is on record is so for both: one of them holds for `b`, or the other for `c`."""
    evaluator = guideline(
        "define first as a is recorded or b\ndefine second as a is not recorded or c\n"
        + FORMS.format("b or c")
    )
    both = Patient(facts={"first": True, "second": True})
    answer = recommend(evaluator, state(both, evaluator.graph))

    assert answer.decisions[Decision.FORM].outcome is Outcome.DETERMINED
