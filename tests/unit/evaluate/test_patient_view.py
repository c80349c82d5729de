"""The verdicts alone are those of the whole answer, and need not be thought through each time."""

from __future__ import annotations

from random import Random

import pytest

from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import (
    PatientView,
    compiled_verdicts,
    known_facts,
    verdict_of,
)
from b12guide.guideline import load
from b12guide.patient.model import Stated
from tests.strategies.graphs import draw_cohort, draw_graph


def slowly(evaluator: Evaluator, stated: Stated) -> dict[str, str]:
    """The verdict of each rule, by everything that follows from what is stated."""
    facts = implied_facts(stated, evaluator.graph, evaluator.program)
    patient = PatientView.of(evaluator, facts)
    rules = evaluator.graph.rules.items()
    return {name: verdict_of(rule, patient).verdict.value for name, rule in rules}


def quickly(evaluator: Evaluator, stated: Stated) -> dict[str, str]:
    facts = known_facts(evaluator, stated, Work())
    found = compiled_verdicts(evaluator, facts)
    return {name: verdict.value for name, verdict in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_verdicts_of_drawn_guidelines(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    asked, found = 0, set[str]()
    for _ in range(60):
        evaluator = Evaluator.of(draw_graph(random))
        for stated in draw_cohort(random, evaluator.graph, 12).stated():
            try:
                expected = slowly(evaluator, stated)
            except PatientError as error:
                with pytest.raises(PatientError) as caught:
                    quickly(evaluator, stated)
                assert caught.value.diagnostics == error.diagnostics  # noqa: PT017
                continue
            asked += 1
            found |= {*expected.values()}
            assert quickly(evaluator, stated) == expected
            assert list(expected) == list(evaluator.graph.rules)
    assert asked > 200
    assert len(found) >= 4


def test_a_contradiction_is_refused_by_verdicts_as_well() -> None:
    guideline = load("mecobalamin_im")
    patient = {"severe_deficiency": True, "b12_deficiency": False}
    for ask in (guideline.verdicts, guideline.recommend):
        with pytest.raises(PatientError) as caught:
            ask(patient)
        assert caught.value.diagnostics[0].code == "GDL790"
