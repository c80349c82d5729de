"""What is remembered between two answers changes none of them."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from attrs import evolve

import b12guide
from b12guide.evaluate import memory
from b12guide.graph.model import RuleGraph

PATIENTS: tuple[dict[str, Any], ...] = tuple(
    {
        name: value
        for name, value in (("b12_deficiency", one), ("numbness", two), ("egfr", three))
        if value is not None
    }
    for one, two, three in product((True, None), (False, None), ("40 mL/min", None))
)


def answers(guideline: b12guide.Guideline) -> list[dict[str, Any]]:
    return [guideline.recommend(patient).to_dict() for patient in PATIENTS]


def test_a_memory_that_starts_anew_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = answers(b12guide.load("mecobalamin_im"))
    monkeypatch.setattr(memory, "MOST", 1)

    assert answers(b12guide.load("mecobalamin_im")) == wanted


def test_no_answer_depends_on_those_before_it() -> None:
    shared = b12guide.load("mecobalamin_im")
    alone = [
        b12guide.load("mecobalamin_im").recommend(patient) for patient in PATIENTS[::-1]
    ]

    assert [shared.recommend(patient) for patient in PATIENTS[::-1]] == alone


def test_a_copy_begins_with_an_empty_memory() -> None:
    evaluator = b12guide.load("mecobalamin_im").evaluator
    evaluator.memory.met = 3

    assert deepcopy(evaluator).memory.met == 0
    assert evaluator.memory.met == 3


def test_what_is_known_of_a_guideline_is_worked_out_once() -> None:
    asked: list[str] = []

    @memory.once
    def title(graph: RuleGraph) -> str:
        asked.append(graph.title)
        return graph.title

    graph = b12guide.load("mecobalamin_im").graph
    assert [title(graph), title(graph), title(graph)] == [graph.title] * 3
    assert asked == [graph.title]


def test_a_guideline_in_the_place_of_one_that_is_gone_is_another_one() -> None:
    graph = b12guide.load("mecobalamin_im").graph
    title = memory.once(lambda one: one.title)

    for number in range(3 * memory.MOST_PROGRAMS):
        # Each takes the place in memory of the one before, which nobody uses any more.
        assert title(evolve(graph, title=f"{number}")) == f"{number}"
