"""A cohort says of each row what the patient alone would be told, worked-out measures included."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.patient.test_worked_out import GUIDELINE

COLUMNS = [
    ("creatinine", "age", "sex", "egfr"),
    ("creatinine", "age", "sex"),
    ("creatinine", "age"),
    ("sex", "egfr"),
    ("weight", "height", "creatinine", "age", "sex"),
]


def rows(count: int) -> list[dict[str, Any]]:
    drawn = random.Random(7)  # noqa: S311 - patients, not secrets
    return [
        {
            "creatinine": drawn.choice([None, drawn.randint(30, 400), 88.4, 0.5]),
            "age": drawn.choice([None, 17, 18, drawn.randint(19, 99)]),
            "sex": drawn.choice([None, "male", "female", "other"]),
            "egfr": drawn.choice([None, None, 40, 55.5]),
            "weight": drawn.choice([None, 60, 70.5]),
            "height": drawn.choice([None, "1.75 m", "180 cm", "200"]),
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize("names", COLUMNS)
def test_each_row_is_told_what_the_patient_alone_is_told(
    names: tuple[str, ...],
) -> None:
    patients = [{name: row[name] for name in names} for row in rows(400)]
    advice = pa.table(GUIDELINE.cohort(pa.Table.from_pylist(patients)))
    for rule in ("kidneys", "light"):
        found = advice.column(f"rule.{rule}").to_pylist()
        alone = [
            next(r.verdict.value for r in answer.rules if r.rule.name == rule)
            for answer in map(GUIDELINE.recommend, patients)
        ]

        assert found == alone


def test_what_is_worked_out_is_not_assumed() -> None:
    patients = pa.table(
        {"creatinine": [150, None], "age": [70, 70], "sex": ["female"] * 2}
    )
    advice = pa.table(GUIDELINE.cohort(patients, assume={"egfr": "90 mL/min"}))

    assert advice.column("rule.kidneys").to_pylist() == ["applies", "does not apply"]


def test_what_is_assumed_serves_to_work_out_the_rest() -> None:
    patients = pa.table({"creatinine": [150, 60], "age": [70, 70]})
    advice = pa.table(GUIDELINE.cohort(patients, assume={"sex": "female"}))

    assert advice.column("rule.kidneys").to_pylist() == ["applies", "does not apply"]
