"""What is due for a cohort: the row of each patient says what the answer about them says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

import b12guide
from b12guide import PatientError

GUIDELINE = b12guide.load("mecobalamin_im")
DAY = dt.date(2026, 1, 20)
PATIENTS: dict[str, list[Any]] = {
    "patient": ["a", "b", "c"],
    "b12_deficiency": [True, True, None],
    "paresthesia": [True, None, True],
    "age": [50.0, 60.0, 70.0],
}
EVENTS: dict[str, list[Any]] = {
    "patient": ["a", "a", "b"],
    "on": ["2026-01-05", "2026-01-07", "2026-01-06"],
    "dose": ["mecobalamin", "mecobalamin", "hydroxocobalamin"],
    "amount": ["1000 µg", "1000 µg", "1 mg"],
}


def rows(**how: Any) -> list[dict[str, Any]]:
    table = GUIDELINE.due_cohort(pa.table(PATIENTS), pa.table(EVENTS), on=DAY, **how)
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def test_each_patient_has_a_row_that_says_what_is_due() -> None:
    for row, number in zip(rows(), range(3), strict=True):
        who = row["patient"]
        facts = {
            name: values[number]
            for name, values in PATIENTS.items()
            if name != "patient" and values[number] is not None
        }
        history = [
            {
                name: values[place]
                for name, values in EVENTS.items()
                if name != "patient"
            }
            for place, owner in enumerate(EVENTS["patient"])
            if owner == who
        ]
        answer = GUIDELINE.due(facts, history, on=DAY)
        dose = answer.next_dose

        assert dose is not None
        assert row["dose_recommended"] == dose.days.recommended
        assert row["dose_timing"] == dose.timing(DAY).value
        assert row["dose_rules"] == list(dose.rules)
        assert row["doses"] == answer.counted
        assert row["problem"] is None
        assert row["overdue"] == {"true": "yes", "false": "no"}.get(
            answer.overdue.value, "unknown"
        )


def test_the_frame_is_of_the_kind_that_came_in() -> None:
    found = GUIDELINE.due_cohort(pl.DataFrame(PATIENTS), pl.DataFrame(EVENTS), on=DAY)

    assert isinstance(found, pl.DataFrame)
    assert found["patient"].to_list() == ["a", "b", "c"]


def test_a_row_that_cannot_be_read_is_an_error_or_unknown() -> None:
    broken = {**EVENTS, "on": ["2026-01-05", "2026-02-30", "2026-01-06"]}
    with pytest.raises(PatientError):
        GUIDELINE.due_cohort(pa.table(PATIENTS), pa.table(broken), on=DAY)
    found = GUIDELINE.due_cohort(
        pa.table(PATIENTS), pa.table(broken), on=DAY, on_bad="skip"
    ).to_pylist()

    assert found[0]["overdue"] == "unknown"
    assert found[0]["dose"] is None
    assert "2026-02-30" in found[0]["problem"]
    assert found[1]["problem"] is None


def test_nobody_is_lost_who_is_there_twice() -> None:
    twice = {**PATIENTS, "patient": ["a", "a", "c"]}
    found = GUIDELINE.due_cohort(
        pa.table(twice), pa.table(EVENTS), on=DAY, on_bad="skip"
    ).to_pylist()

    assert {row["patient"] for row in found} >= {"a", "c"}
    assert all(row["overdue"] == "unknown" for row in found if row["problem"])


def test_a_cohort_of_nobody_has_no_row() -> None:
    nobody = pa.table({name: values[:0] for name, values in PATIENTS.items()})
    none = pa.table({name: values[:0] for name, values in EVENTS.items()})

    found = GUIDELINE.due_cohort(
        nobody.set_column(0, "patient", pa.array([], pa.string())),
        none.set_column(0, "patient", pa.array([], pa.string())),
        on=DAY,
    )
    assert found.num_rows == 0
