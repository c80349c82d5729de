"""A cohort of the shipped guideline is told what each of its patients is told alone.

`test_reference_laws` has the same for guidelines that are drawn.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.implications import implied_facts
from b12guide.graph.conclusions import written
from b12guide.patient.model import FactValue, Otherwise, Stated
from tests.strategies import graphs as make
from tests.strategies import shipped

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.strategies.cohorts import one_by_one, together

FEWER = max(15, settings().max_examples // 3)
SEEDS = 40
"""Guidelines that are drawn in each of four parts; some ask in a definition what is recorded."""


SHIPPED = load("mecobalamin_im").evaluator


@settings(max_examples=FEWER)
@given(
    st.lists(
        shipped.patients(SHIPPED.graph, otherwise=Otherwise.UNKNOWN),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["unknown", "absent"]),
)
def test_a_cohort_of_the_shipped_guideline_is_told_what_its_patients_are_told(
    patients: list[Stated], otherwise: str
) -> None:
    names = dict.fromkeys(name for patient in patients for name in patient.values)
    filled = [{name: p.values.get(name) for name in names} for p in patients]
    rows = [row for row in filled if is_consistent(SHIPPED, row, otherwise)]
    if rows:
        alone = one_by_one(SHIPPED, rows, otherwise)

        assert together(SHIPPED, rows, otherwise) == alone


@pytest.mark.parametrize("shard", range(4))
def test_so_is_a_cohort_of_which_columns_state_what_is_on_record(shard: int) -> None:
    count = 0
    for number in range(SEEDS):
        random = Random(shard + 4 * number)  # noqa: S311 -- alike each time
        graph = make.draw_graph(random, most=4)
        stated = [
            name
            for name, one in written(graph.definitions).items()
            if make.speaks_of_record(one.condition, graph)
        ]
        cohort, evaluator = make.draw_cohort(random, graph, 10), Evaluator.of(graph)
        said = (True, False, None)
        filled = [
            {**r, **{n: random.choice(said) for n in stated}} for r in cohort.rows
        ]
        otherwise = cohort.otherwise.value
        rows = [row for row in filled if is_consistent(evaluator, row, otherwise)]
        if rows and stated:
            count += 1
            alone = one_by_one(evaluator, rows, otherwise)

            assert together(evaluator, rows, otherwise) == alone
    assert count


def is_consistent(
    evaluator: Evaluator, row: dict[str, FactValue | None], otherwise: str
) -> bool:
    """Whether the patient contradicts no implication, and no definition that is stated."""
    stated = Stated(values=row, otherwise=Otherwise(otherwise))
    try:
        implied_facts(stated, evaluator.graph, evaluator.program)
    except PatientError:
        return False
    return True
