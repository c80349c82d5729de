"""Bugs planted in a guideline turn the gate red that is there for them."""

from __future__ import annotations

import pytest

from b12guide.evaluate.evaluator import Evaluator
from b12guide.prove.claim import Proof, ProofOutcome
from b12guide.prove.everything import prove
from b12guide.prove.mutation import Fate, mutate
from b12guide.prove.search import facts_of
from b12guide.trial.result import Trial
from b12guide.trial.run import run_examples
from tests.defects.drawer import FAILING, REFUSED, SOUND, UNPROVED, Planted
from tests.unit.prove.writing import checked, read


def broken(text: str) -> list[Proof]:
    found = read(text)
    return [p for p in prove(found.graph, found.draft) if p.is_open]


def failing(text: str) -> list[str]:
    found = read(text)
    results = run_examples(Evaluator.of(found.graph), found.draft)
    return [result.title for result in results if result.trial is not Trial.PASSED]


def name(planted: Planted) -> str:
    return planted.name


def test_the_sound_guideline_passes_every_gate() -> None:
    assert [d.code for d in checked(SOUND).diagnostics] == []
    assert failing(SOUND) == []
    assert broken(SOUND) == []


@pytest.mark.parametrize("planted", UNPROVED, ids=name)
def test_a_claim_breaks(planted: Planted) -> None:
    found = broken(planted.text)

    assert planted.gate in {proof.claim.kind for proof in found}
    assert {proof.settled for proof in found} == {ProofOutcome.BROKEN}


@pytest.mark.parametrize("planted", UNPROVED, ids=name)
def test_a_patient_who_breaks_a_claim_can_be_asked_about(planted: Planted) -> None:
    graph = read(planted.text).graph
    evaluator = Evaluator.of(graph)
    for proof in broken(planted.text):
        if proof.witness is not None:
            stated, reading = proof.witness.stated, proof.witness.reading

            assert facts_of(stated, reading, evaluator).values.keys() >= {
                *stated.values
            }


@pytest.mark.parametrize("planted", FAILING, ids=name)
def test_an_example_fails(planted: Planted) -> None:
    assert failing(planted.text) != []


@pytest.mark.parametrize("planted", REFUSED, ids=name)
def test_the_checks_tell_of_it(planted: Planted) -> None:
    assert planted.gate in {d.code for d in checked(planted.text).diagnostics}


def test_mutants_survive_where_an_example_was_left_out() -> None:
    start = SOUND.index('example "kidneys at the bound"')
    end = SOUND.index('example "kidneys just below the next bound"')
    fewer = read(SOUND[:start] + SOUND[end:])
    judged = mutate(fewer.graph, fewer.draft)
    survivors = {
        (one.mutant.of, one.mutant.text) for one in judged if one.fate is Fate.SURVIVED
    }

    assert ("renal_form", "egfr <= for <") in survivors


def test_the_examples_of_the_sound_guideline_kill_its_mutants() -> None:
    sound = read(SOUND)
    judged = mutate(sound.graph, sound.draft)

    assert [
        (one.mutant.of, one.mutant.text) for one in judged if one.fate is Fate.SURVIVED
    ] == []
