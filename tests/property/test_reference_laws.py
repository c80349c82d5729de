"""Engine and cohort columns answer what the reference evaluator answers.

Guidelines and patients are drawn by number, alike each time. `B12GUIDE_COMPARISONS` asks for more
of them, and `B12GUIDE_FIRST_GUIDELINE` for others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from b12guide.evaluate import reference
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.reference import DECISIONS, ReferenceAnswer, ReferenceDecided
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Stated
from tests.strategies import graphs as make
from tests.strategies.told import asked, differences

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.strategies.cohorts import alone, together

COMPARISONS = int(os.environ.get("B12GUIDE_COMPARISONS", "100000"))
"""Decisions about patients, each of which is asked of all three; a patient has twelve."""

FIRST = int(os.environ.get("B12GUIDE_FIRST_GUIDELINE", "0"))
SHARDS = 40
PATIENTS = 25
FEW = max(10, settings().max_examples // 10)


def compared(graph: RuleGraph, cohort: make.Cohort) -> int:
    """How many decisions about patients were held to the reference.

    Patients who cannot be are refused by the engine; a cohort would be refused as a whole.
    """
    evaluator = Evaluator.of(graph)
    answers: list[tuple[Stated, ReferenceAnswer]] = []
    for stated in cohort.stated():
        wanted = reference.answer(graph, stated)
        found = list(differences(asked(evaluator, stated), wanted))

        assert found == [], dict(stated.values)
        if wanted is not None:
            answers.append((stated, wanted))
    if not answers:
        return 0
    columns = together(
        evaluator, [stated.values for stated, _ in answers], cohort.otherwise.value
    )
    for (stated, wanted), row in zip(answers, columns, strict=True):
        for name, value in alone(evaluator, stated).items():
            assert row[name] == value, dict(stated.values)
        for name, value in by_column(wanted):
            assert row[name] == value, (name, dict(stated.values))
    return len(answers) * len(DECISIONS)


def by_column(wanted: ReferenceAnswer) -> Iterator[tuple[str, Any]]:
    """What the reference says, under the names of a cohort's columns."""
    for name, verdict in wanted.verdicts.items():
        yield f"rule.{name}", verdict
    for decision, decided in wanted.decisions.items():
        certain = any(x.is_certain and not x.is_beside for x in decided.options)
        yield f"{decision.value}.outcome", decided.outcome
        told = certain if decided.outcome == "depends" else not only_excludes(decided)
        yield f"{decision.value}.certain", told


def only_excludes(decided: ReferenceDecided) -> bool:
    """Whether all that is known is that some drug is not to be used, and not which."""
    kinds = {kind for x in decided.options for (_, kind), _ in x.line}
    unsure = all(x.is_beside and not x.is_certain for x in decided.options)
    excludes = not kinds.isdisjoint({"avoid", "contraindicated"})
    return decided.outcome == "determined" and unsure and excludes


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engine_and_columns_answer_as_the_reference(shard: int) -> None:
    share = -(-COMPARISONS // SHARDS)
    number = count = 0
    while count < share:
        random = Random(FIRST + shard + SHARDS * number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random)
        count += compared(graph, make.draw_cohort(random, graph, PATIENTS))
        number += 1

    assert count * SHARDS >= COMPARISONS


@settings(max_examples=FEW)
@given(make.cases())
def test_what_differs_is_made_small(case: tuple[RuleGraph, make.Cohort]) -> None:
    """The same for Hypothesis, which shows the smallest guideline that goes wrong."""
    compared(*case)
