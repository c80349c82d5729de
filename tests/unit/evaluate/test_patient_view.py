"""The verdicts alone are those of the whole answer, and need not be thought through each time."""

from __future__ import annotations

from itertools import islice
from random import Random

import pytest
from attrs import evolve

from b12guide.errors import PatientError
from b12guide.evaluate import evaluator as evaluator_module
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import (
    PatientView,
    compiled_verdicts,
    known_facts,
    verdict_of,
    verdicts_of,
)
from b12guide.graph.condition import Compare, Established, Not, atoms
from b12guide.guideline import load
from b12guide.patient.model import Otherwise, Stated
from tests.strategies.graphs import draw_cohort, draw_graph
from tests.strategies.large import draw_facts, draw_large


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


@pytest.mark.parametrize("nodes_of_a_fact", [0, 1 << 30])
@pytest.mark.parametrize("seed", range(30))
def test_rules_that_read_nothing_else_are_as_they_were(
    seed: int, nodes_of_a_fact: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where nothing is known, or as for the patient before, which comes to the same."""
    random = Random(seed)  # noqa: S311 -- nothing secret
    graph = draw_large(random, topics=random.randint(2, 9))
    evaluator = Evaluator.of(graph)
    monkeypatch.setattr(evaluator_module, "NODES_OF_A_FACT", nodes_of_a_fact)
    monkeypatch.setattr(evaluator_module, "FEW_OF_MANY", 0)
    for facts in islice(draw_facts(random, graph), 10):
        monkeypatch.setattr(evaluator_module, "MANY", 1 << 30)
        wanted = PatientView.of(Evaluator.of(graph), facts)
        in_full = verdicts_of(wanted)
        monkeypatch.setattr(evaluator_module, "MANY", 0)
        patient = PatientView.of(evaluator, facts)
        found = verdicts_of(patient)

        assert patient.rails == wanted.rails
        assert list(found.by_name.items()) == list(in_full.by_name.items())
        assert (found.applying, found.open) == (in_full.applying, in_full.open)
        assert found.indeterminate == in_full.indeterminate


def test_a_scope_that_is_read_in_two_ways_leaves_rules_unknown() -> None:
    random = Random(1)  # noqa: S311 -- nothing secret
    asked = 0
    while asked < 40:
        graph = draw_graph(random)
        conditions = [rule.condition for rule in graph.rules.values()]
        ranges = [
            atom
            for condition in conditions
            for atom in atoms(condition)
            if isinstance(atom, Compare) and atom.low != atom.high
        ]
        if not ranges:
            continue
        scope = Not(Established(ranges[0]))
        evaluator = Evaluator.of(evolve(graph, scope=scope))
        middle = (ranges[0].low + ranges[0].high) / 2
        stated = Stated(values={ranges[0].fact: middle}, otherwise=Otherwise.UNKNOWN)
        asked += 1
        assert quickly(evaluator, stated) == slowly(evaluator, stated)


def test_a_contradiction_is_refused_by_verdicts_as_well() -> None:
    guideline = load("mecobalamin_im")
    patient = {"severe_deficiency": True, "b12_deficiency": False}
    for ask in (guideline.verdicts, guideline.recommend):
        with pytest.raises(PatientError) as caught:
            ask(patient)
        assert caught.value.diagnostics[0].code == "GDL790"
