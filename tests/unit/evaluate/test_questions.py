"""Which facts are asked for where the source leaves some values of a measure open."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.evaluate import questions as asking
from b12guide.evaluate.answer import Outcome, Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.questions import Distinction
from b12guide.evaluate.recommend import recommend
from b12guide.evaluate.worlds import from_bits
from b12guide.graph.model import Decision
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.unit.semantics.writing import HEAD, checked

WORDS = """
# file: words.gdl
language 1
vocabulary words
measure size "size"
    unit      cm
    plausible {low} to {high} cm
finding x "x"
finding y "y"
"""
RULE = (
    HEAD.replace("b12\n", "b12, words\n")
    + """
rule large
    when     {condition}
    form     hydroxocobalamin
"""
)


def asked(
    condition: str, low: int, high: int, more: str = "", **facts: Any
) -> tuple[Recommendation, Evaluator]:
    found = checked(
        RULE.format(condition=condition) + more + WORDS.format(low=low, high=high)
    )
    assert found.graph is not None, found.diagnostics
    evaluator = Evaluator.of(found.graph)
    return recommend(evaluator, state(Patient(facts=facts), found.graph)), evaluator


@pytest.mark.parametrize(
    ("condition", "low", "high"),
    [
        ("size > 30 to 60 cm", 40, 300),  # no value lies below the range
        ("size > 30 to 60 cm", 0, 50),  # none above it
        ("size > 30 to 60 cm", 0, 300),
        ("size >= 30 to 60 cm and x", 40, 300),
        ("not size < 30 to 60 cm", 40, 300),
        ("size > 30 to 60 cm or (size > 70 cm and x)", 40, 300),
    ],
)
def test_a_threshold_of_which_one_end_is_out_of_reach_is_asked_for(
    condition: str, low: int, high: int
) -> None:
    answer, _ = asked(condition, low, high)
    form = answer.decisions[Decision.FORM]

    assert form.outcome is Outcome.DEPENDS
    assert "size" in form.depends_on
    assert "size" in [question.fact for question in answer.questions]


def test_what_the_source_leaves_open_for_every_value_is_not_asked_for() -> None:
    answer, _ = asked("size > 30 to 60 cm and x", 31, 60)

    assert answer.decisions[Decision.FORM].depends_on == ("x",)


def test_a_value_that_the_source_leaves_open_is_not_asked_for_again() -> None:
    answer, _ = asked("size > 30 to 60 cm", 40, 300, size="50 cm")
    form = answer.decisions[Decision.FORM]

    assert form.outcome is Outcome.DEPENDS
    assert form.depends_on == ()


def test_a_set_of_places_is_written_as_bits() -> None:
    assert from_bits([]) == 0
    assert from_bits([True, False, True, True]) == 0b1101


@pytest.mark.parametrize("few", [0, 32])
def test_an_answer_tells_those_classes_apart_that_have_no_answer_in_common(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_FEW", few)
    one = Distinction(
        decision=Decision.FORM,
        alike=(0, 1, 1),
        answers={"x": (0b01, 0b10, 0b11), "y": (0b01, 0b01, 0b01)},
    )

    assert one.names == {"x"}
    assert one.is_settled_by(["x"])
    assert not one.is_settled_by(["y"])


@pytest.mark.parametrize("few", [0, 32])
def test_classes_that_are_answered_alike_need_not_be_told_apart(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_FEW", few)
    one = Distinction(
        decision=Decision.FORM,
        alike=(0, 0, 1),
        answers={"x": (0b01, 0b10, 0b01), "y": (0b01, 0b01, 0b10)},
    )

    assert one.is_settled_by(["y"])
    assert not one.is_settled_by(["x"])


def test_a_definition_costs_no_more_for_being_named_often() -> None:
    """Each names the one before twice: written out, the last would have 2^30 parts."""
    definitions = "".join(
        f"define d{n} as (d{n - 1} and x) or (d{n - 1} and y)\n" for n in range(1, 31)
    )
    answer, evaluator = asked("d30", 0, 300, f"define d0 as x\n{definitions}")

    assert len(evaluator.program.nodes) < 150
    assert answer.decisions[Decision.FORM].depends_on == ("x",)


def test_a_rule_waits_for_a_measure_only_while_it_is_unknown() -> None:
    """Also where somebody else, with a value inside the printed range, was asked about before."""
    _, evaluator = asked("size > 30 to 60 cm and x", 0, 300)
    graph = evaluator.graph
    cases: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
        ({}, ("size", "x")),
        ({"size": "45 cm"}, ("x",)),
    )
    for facts, needs in cases:
        for one in (evaluator, Evaluator.of(graph)):
            (large,) = recommend(one, state(Patient(facts=facts), graph)).rules

            assert large.needs == needs
