"""Whatever asks for several values is answered alike by engine, columns and the reference."""

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
from b12guide.graph.condition import Condition, Has, rebuilt
from b12guide.graph.model import Implication, Repeated, RoseOrFell, RuleGraph, Series
from b12guide.graph.series import name_of, ties
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.term import Operator
from tests.strategies import graphs as make
from tests.strategies.told import asked, differences

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.property.test_reference_laws import compared

GUIDELINES = range(30)
LAST = ("f2", "f3")
WEEKS = DurationRange(Fraction(4), Fraction(4), TimeUnit.WEEK)


def several(graph: RuleGraph) -> RuleGraph:
    """The guideline, some facts of which ask for several values of a measure."""
    measure = next(
        n for n, f in graph.vocabulary.facts.items() if f.plausible is not None
    )
    low, high = graph.vocabulary.facts[measure].plausible or (Fraction(0), Fraction(9))
    middle = (low + high) / 2
    series: dict[str, Series] = {
        "f2": Repeated(fact=measure, count=2, operator=Operator.MORE, bound=middle),
        "f3": Repeated(
            fact=measure, count=3, operator=Operator.AT_MOST, bound=middle + 1
        ),
        "f0": RoseOrFell(
            fact=measure,
            fell=False,
            operator=Operator.LESS,
            by=Fraction(1),
            length=WEEKS,
        ),
    }
    names = {name_of(one): name for name, one in series.items()}

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
        for tie in ties(series.values())
    ]
    return evolve(graph, implications=(*graph.implications, *tied), series=series)


@pytest.mark.parametrize("number", GUIDELINES)
def test_engine_and_columns_answer_as_the_reference(number: int) -> None:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = several(make.draw_graph(random))
    cohort = make.draw_cohort(random, graph, 6)
    (measure,) = {one.fact for one in graph.series.values()}

    # Of an unmeasured value a bound would follow, see docs/reference-evaluator.md.
    rows = tuple(
        {
            n: None if n in LAST and row.get(measure) is None else v
            for n, v in row.items()
        }
        for row in cohort.rows
    )
    compared(graph, evolve(cohort, rows=rows))


@pytest.mark.parametrize("number", GUIDELINES)
def test_dated_records_are_answered_as_by_the_reference(number: int) -> None:
    random = Random(number)  # noqa: S311 -- alike each time
    graph = several(make.draw_graph(random))
    evaluator = Evaluator.of(graph)
    day = dt.date(2026, 3, 1)
    (measure,) = {one.fact for one in graph.series.values()}
    low, high = graph.vocabulary.facts[measure].plausible or (Fraction(0), Fraction(9))

    def dated() -> Any:
        days = sorted(random.sample(range(60), random.randint(1, 4)))
        return [
            {
                "value": random.choice([low, (low + high) / 2 + 1, high, None]),
                "on": (day - dt.timedelta(days=by)).isoformat(),
            }
            for by in days
        ]

    for _ in range(4):
        patient = Patient(
            facts={measure: dated()}, otherwise=random.choice(list(Otherwise))
        )
        try:
            stated = state(patient, graph, day)
        except PatientError:
            continue
        wanted = reference.answer(graph, stated)
        assert list(differences(asked(evaluator, stated), wanted)) == []
