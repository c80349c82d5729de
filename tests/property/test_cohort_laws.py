"""A cohort of the shipped guideline is told what each of its patients is told alone.

`test_reference_laws` has the same for guidelines that are drawn.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.errors import PatientError
from b12guide.evaluate.implications import implied_facts
from b12guide.patient.model import FactValue, Otherwise, Stated
from tests.strategies import shipped

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from tests.strategies.cohorts import one_by_one, together

FEWER = max(15, settings().max_examples // 3)


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
    rows = [row for row in filled if is_consistent(row, otherwise)]
    if rows:
        alone = one_by_one(SHIPPED, rows, otherwise)

        assert together(SHIPPED, rows, otherwise) == alone


def is_consistent(row: dict[str, FactValue | None], otherwise: str) -> bool:
    """Whether the patient contradicts no implication."""
    stated = Stated(values=row, otherwise=Otherwise(otherwise))
    try:
        implied_facts(stated, SHIPPED.graph, SHIPPED.program)
    except PatientError:
        return False
    return True
