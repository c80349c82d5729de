"""What plain records come to is the same, looked up at once or read and thought through.

The slow way is spelled out here: a record is read with its places and words, everything that
follows from what it states is worked out, and each rule is looked at by itself.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import (
    PatientView,
    compiled_verdicts,
    known_facts,
    plainly_known,
    verdict_of,
)
from b12guide.graph.model import RuleGraph
from b12guide.guideline import load
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.model import FactValue, Stated
from b12guide.patient.plain_record import plainly_stated
from b12guide.patient.stated import state
from b12guide.values.term import Kind
from tests.strategies import implications, shipped
from tests.strategies.graphs import draw_cohort, draw_graph
from tests.strategies.plain_records import draw_record, spoilt, written


def slowly(
    evaluator: Evaluator, record: dict[str, Any], limits: Limits
) -> tuple[Facts, int] | str:
    """What is known of a patient and what that cost, or why nothing is."""
    work = Work(limits)
    graph = evaluator.graph
    try:
        stated = state(patient_from(record, limits=limits), graph)
        return implied_facts(stated, graph, evaluator.program, work=work), work.done
    except PatientError as error:
        return str(error)


def assert_same(evaluator: Evaluator, record: dict[str, Any], limits: Limits) -> bool:
    """Whether a glance was enough; what it saw is then what the slow way finds."""
    wanted = slowly(evaluator, record, limits)
    # What was told before is known by now.
    plainly_stated(record, evaluator.graph, evaluator.memory.values, None, None, limits)
    try:
        quick = plainly_known(evaluator, record, limits)
    except PatientError as error:
        assert str(error) == wanted  # noqa: PT017 -- not always refused
        return True
    if quick is None:
        return False
    if isinstance(wanted, str):
        # Where nothing follows no work is counted, so that a limit of it is not reached.
        wanted = slowly(evaluator, record, Limits(bytes=limits.bytes))
        assert not isinstance(wanted, str), wanted
        assert wanted[0].values.keys() <= record.keys()
    facts, _ = wanted
    assert quick == facts
    assert [*map(type, quick.values.values())] == [
        type(facts.values[name]) for name in quick.values
    ]
    patient, rules = PatientView.of(evaluator, facts), evaluator.graph.rules
    verdicts = {n: verdict_of(rule, patient).verdict for n, rule in rules.items()}
    assert list(compiled_verdicts(evaluator, quick).items()) == [*verdicts.items()]
    return True


def limits_of(random: Random) -> Limits:
    """The usual ones as a rule, or some that are soon reached."""
    if random.random() < 0.7:
        return USUAL
    return Limits(bytes=random.randrange(1, 4000), work=random.randrange(1, 60))


def patient_of(random: Random, graph: RuleGraph) -> dict[str, Any]:
    """A patient of whom a few facts are stated, or most of them; measures near thresholds."""
    share, found = random.choice((0.1, 0.5, 0.9)), {}
    for name, fact in graph.vocabulary.facts.items():
        if random.random() < share:
            value: FactValue = random.random() < 0.25
            if fact.kind is Kind.CHOICE:
                value = random.choice(fact.values)
            elif fact.kind is Kind.MEASURE:
                low, high = fact.plausible or (Fraction(0), Fraction(100))
                cuts = (low, high, *shipped.thresholds(graph, name))
                near = {cut + step for cut in cuts for step in (-1, 0, Fraction(5, 2))}
                value = random.choice([n for n in sorted(near) if low <= n <= high])
            found[name] = written(value, random)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_plain_records_for_drawn_guidelines(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    plain = 0
    for _ in range(30):
        evaluator = Evaluator.of(draw_graph(random))
        for stated in draw_cohort(random, evaluator.graph, 12).stated():
            record = {n: written(v, random) for n, v in stated.values.items()}
            for one in (record, spoilt(record, random)):
                plain += assert_same(evaluator, one, limits_of(random))
    assert plain > 200


@pytest.mark.parametrize("seed", range(4))
def test_plain_records_for_the_shipped_guideline(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- nothing secret
    guideline, plain = load("mecobalamin_im"), 0
    graph = guideline.graph
    for _ in range(150):
        record = patient_of(random, graph)
        for one in (record, spoilt(record, random), draw_record(random, graph)):
            plain += assert_same(guideline.evaluator, one, limits_of(random))
    assert plain > 100


@given(st.data(), st.randoms(use_true_random=False))
def test_plain_records_of_facts_that_are_tied_together(
    data: st.DataObject, random: Random
) -> None:
    graph = data.draw(implications.tied_graphs())
    evaluator = Evaluator.of(graph)
    for _ in range(4):
        stated = data.draw(implications.patients_of(graph))
        record = {n: written(v, random) for n, v in stated.values.items()}
        for one in (record, spoilt(record, random)):
            assert_same(evaluator, one, limits_of(random))


@given(st.data())
def test_what_is_looked_up_costs_what_it_cost_to_work_out(data: st.DataObject) -> None:
    """The facts and their work, for one patient after the other and for each by himself."""
    graph = data.draw(implications.tied_graphs())
    evaluator = Evaluator.of(graph)
    patients = [data.draw(implications.patients_of(graph)) for _ in range(4)]
    for stated in (*patients, *patients):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("b12guide.evaluate.implications._FEW", -1)
            wanted = known_by(Evaluator.of(graph), stated)
        assert known_by(evaluator, stated) == wanted


def known_by(evaluator: Evaluator, stated: Stated) -> tuple[Facts, int] | str:
    work = Work()
    try:
        return known_facts(evaluator, stated, work), work.done
    except PatientError as error:
        return str(error)
