"""Every case of the conformance kit is answered as it says, by the engine and the reference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.reference import DECISIONS
from tests.conformance.generate import (
    HERE,
    MOST_CASES,
    decision_in_words,
    expected,
    graph_of,
    names,
    stated_of,
    whole_text,
)
from tests.strategies.told import asked, decided_by

KITS = sorted((HERE / "cases").glob("*.jsonl"))
MOST_LINES = 1500
"""More than that nobody would read."""


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def told(found: Recommendation | None, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the engine answers, in the words of the kit."""
    if found is None:
        return {"refused": True}
    verdicts = {v.rule.name: v.verdict.value for v in found.rules}
    answer: dict[str, Any] = {
        "scope": found.scope.value,
        "rules": {n: v for n, v in verdicts.items() if v != "does not apply"},
    }
    for decision in DECISIONS:
        said = decision_in_words(decided_by(found, decision))
        asks = sorted(found.decisions[decision].depends_on)
        if asks:  # one of the smallest sets will do
            smallest = wanted.get(decision.value, {}).get("asks", [])
            said["asks"] = smallest if asks in smallest else [asks]
        if said != {"outcome": "silent"}:
            answer[decision.value] = said
    if found.silences:
        answer["silent on"] = sorted(sorted(one.topics) for one in found.silences)
    return answer


@pytest.mark.parametrize("path", KITS, ids=lambda path: path.stem)
def test_every_patient_is_answered_as_expected(path: Path) -> None:
    graph = graph_of(whole_text(path.stem))
    evaluator = Evaluator.of(graph)
    for case in read(path):
        wanted = case.pop("expect")

        assert told(asked(evaluator, stated_of(graph, case)), wanted) == wanted, case


@pytest.mark.parametrize("path", KITS, ids=lambda path: path.stem)
def test_what_is_expected_is_what_the_reference_answers(path: Path) -> None:
    graph = graph_of(whole_text(path.stem))
    for case in read(path)[::4]:
        wanted = case.pop("expect")

        assert expected(graph, case) == wanted, case


def test_the_kit_is_large_and_can_still_be_read() -> None:
    lines = [path.read_text("utf-8").splitlines() for path in KITS]
    answers = [[json.dumps(case["expect"]) for case in read(path)] for path in KITS]

    assert 500 <= sum(map(len, lines)) <= MOST_LINES
    assert max(len(line) for some in lines for line in some) < MOST_LINES
    assert all(len(set(some)) == len(some) <= MOST_CASES for some in answers)
    assert tuple(path.stem for path in KITS) == names()
