"""Whatever asks for an age is answered alike by engine, columns and the reference."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from attrs import evolve

from b12guide.errors import PatientError
from b12guide.evaluate import reference
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.ages import age, name_of, ties
from b12guide.graph.condition import Condition, Has, rebuilt
from b12guide.graph.model import Age, Implication, RuleGraph
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.term import Operator
from tests.strategies import graphs as make
from tests.strategies.told import asked, differences

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.property.test_reference_laws import compared

GUIDELINES = range(60)
AGES: dict[str, Age] = {
    "f2": age("f0", Operator.MORE, Duration(Fraction(4), TimeUnit.WEEK)),
    "f3": age("f0", Operator.AT_MOST, Duration(Fraction(2), TimeUnit.MONTH)),
    "e1": age(
        "e0", Operator.AT_LEAST, Duration(Fraction(30), TimeUnit.DAY), is_ago=True
    ),
}
"""Facts of the drawn vocabulary, and the ages that they stand for."""


def aged(graph: RuleGraph) -> RuleGraph:
    """The guideline, some facts of which are the ages of others."""
    names = {name_of(one): name for name, one in AGES.items()}

    def renamed(condition: Condition) -> Condition:
        if isinstance(condition, Has):
            return Has(names.get(condition.fact, condition.fact))
        return rebuilt(condition, renamed)

    tied = [
        Implication(
            name=tie.name,
            premise=renamed(tie.premise),
            conclusion=renamed(tie.conclusion),
        )
        for tie in ties(AGES.values())
    ]
    return evolve(graph, implications=(*graph.implications, *tied), ages=AGES)


@pytest.mark.parametrize("number", GUIDELINES)
def test_engine_and_columns_answer_as_the_reference(number: int) -> None:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = aged(make.draw_graph(random))

    compared(graph, make.draw_cohort(random, graph, 6))


@pytest.mark.parametrize("number", GUIDELINES)
def test_dated_records_are_answered_as_by_the_reference(number: int) -> None:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = aged(make.draw_graph(random))
    evaluator = Evaluator.of(graph)
    day = dt.date(2026, 3, 1)

    def dated(*, may_be_unknown: bool) -> Any:
        values: tuple[bool | None, ...] = (True, True, False)
        if may_be_unknown:
            values += (None,)
        days = sorted(random.sample(range(100), random.randint(1, 3)))
        return [
            {
                "value": random.choice(values),
                "on": (day - dt.timedelta(days=by)).isoformat(),
            }
            for by in days
        ]

    for _ in range(4):
        facts = {"f0": dated(may_be_unknown=True), "e0": dated(may_be_unknown=False)}
        patient = Patient(facts=facts, otherwise=random.choice(list(Otherwise)))
        try:
            stated = state(patient, graph, day)
        except PatientError:  # such as a date that says otherwise
            continue
        wanted = reference.answer(graph, stated)
        assert list(differences(asked(evaluator, stated), wanted)) == []
