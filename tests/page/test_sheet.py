"""The sheet for the patient says in the page what it says in the library, line by line."""

from __future__ import annotations

import contextlib
from random import Random
from typing import Any, TypeAlias, TypeVar

import pytest
from attrs import evolve

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.library import shipped
from b12guide.page.advice import advice_data
from b12guide.page.sheet import sheet_json
from b12guide.show.for_patient import page_of
from b12guide.show.page import Item
from tests.page.drawing import drawn
from tests.page.in_node import in_node
from tests.strategies.graphs import draw_cohort, draw_graph
from tests.strategies.shipped import patients

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")

GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)
SAID = "data => data.answers.map(answer => b12guide.sheetOf(data, answer))"


def item_json(item: Item) -> Json:
    assert not item.label
    return {
        "text": item.text,
        "details": list(item.details),
        "tone": item.tone.value,
        "items": [item_json(one) for one in item.items],
    }


def sheet_of(answer: Recommendation) -> list[Json]:
    return [
        {"title": section.title, "items": [item_json(one) for one in section.items]}
        for section in page_of(answer).sections
    ]


def given_to_node(graph: RuleGraph, answers: list[Recommendation]) -> Json:
    return {
        "advice": advice_data(graph),
        "sheet": sheet_json(graph),
        "answers": [answer.to_dict() for answer in answers],
    }


@pytest.mark.parametrize("name", GUIDELINES)
def test_each_line_is_that_of_the_library(name: str) -> None:
    guideline = b12guide.load(name)
    answers = []
    for stated in drawn(patients(guideline.graph), 40):
        with contextlib.suppress(PatientError):  # those who contradict themselves
            answers.append(recommend(guideline.evaluator, stated))

    found = in_node(SAID, given_to_node(guideline.graph, answers))

    assert len(answers) > 15
    for mine, answer in zip(found, answers, strict=True):
        expected = sheet_of(answer)
        assert [one["title"] for one in mine] == [one["title"] for one in expected]
        assert mine == expected


def spoken(graph: RuleGraph, luck: Random) -> RuleGraph:
    """The guideline with words for the patient at some of its rules and silences."""
    rules = {
        name: evolve(rule, grounds=evolve(rule.grounds, patient=f"words of {name}."))
        if luck.random() < 0.6
        else rule
        for name, rule in graph.rules.items()
    }
    # An answer as JSON has a line for each topic; silences with other words are told apart.
    silences = tuple(
        evolve(one, text=f"{one.text} Number {number}.")
        for number, one in enumerate(graph.silences)
    )
    return evolve(graph, rules=rules, silences=silences, digest="")


def test_so_is_each_line_of_guidelines_that_say_all_that_can_be_said() -> None:
    data, expected = [], []
    for number in range(120):
        luck = Random(number)  # noqa: S311 -- the same every time
        graph = spoken(draw_graph(luck), luck)
        answers = []
        for stated in draw_cohort(luck, graph, 6).stated():
            with contextlib.suppress(PatientError):
                answers.append(recommend(Evaluator.of(graph), stated))
        data.append(given_to_node(graph, answers))
        expected.append([sheet_of(answer) for answer in answers])

    found = in_node(f"data => data.map({SAID})", data)

    for number, (mine, theirs) in enumerate(zip(found, expected, strict=True)):
        assert mine == theirs, number
