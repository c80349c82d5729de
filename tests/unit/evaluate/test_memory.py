"""What is remembered between two answers changes none of them."""

from __future__ import annotations

from copy import deepcopy
from itertools import product
from typing import Any

import pytest

import b12guide
from b12guide.evaluate import memory

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
