"""Tables of events as registries export them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from b12guide.errors import PatientError
from b12guide.guideline import Guideline, load

DAY = dt.date(2025, 6, 1)


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def patients(count: int = 2) -> pa.Table:
    return pa.table({"patient": range(count), "b12_deficiency": [True] * count})


def found(guideline: Guideline, events: Any, **options: Any) -> list[dict[str, Any]]:
    audit = guideline.audit_cohort(patients(), events, on=DAY, **options)
    rows: list[dict[str, Any]] = audit.table.to_pylist()
    return rows


def test_numbers_with_a_column_of_units_codes_and_other_columns(
    guideline: Guideline,
) -> None:
    days = [dt.date(2025, 1, 6), dt.date(2025, 1, 8), dt.date(2025, 1, 6)]
    plain = pa.table(
        {
            "patient": [0, 0, 1],
            "on": days,
            "dose": ["hydroxocobalamin"] * 3,
            "amount": ["1000 µg", "1 mg", "1000 µg"],
        }
    )
    exported = pa.table(
        {
            "patient": [0, 0, 1],
            "on": days,
            "dose": ["B03BA03"] * 3,
            "amount": [1000.0, 1.0, 1000.0],
            "unit": ["µg", "mg", "µg"],
            "prescriber": ["x", "y", None],
            "visit_no": [1, 2, 3],
        }
    )
    bracketed = plain.drop_columns(["amount"]).append_column(
        "amount [µg]", pa.array([1000, 1000, 1000])
    )
    wanted = found(guideline, plain)
    assert found(guideline, exported, ignore="*") == wanted
    assert found(guideline, exported, ignore=["prescriber", "visit_no"]) == wanted
    assert found(guideline, bracketed) == wanted
    with pytest.raises(PatientError, match="prescriber"):
        found(guideline, exported)


def test_a_column_to_be_left_out_may_stand_in_one_table_only(
    guideline: Guideline,
) -> None:
    events = pa.table({"patient": [0], "on": [DAY], "dose": ["mecobalamin"], "x": [1]})
    assert found(guideline, events, ignore=["x"]) is not None
    with pytest.raises(PatientError) as caught:
        found(guideline, events, ignore=["x", "y"])
    assert [one.code for one in caught.value.diagnostics] == ["GDL733"]


def test_the_same_mistake_of_many_rows_is_told_once(guideline: Guideline) -> None:
    count = 5_000
    events = pa.table(
        {
            "patient": [0] * count,
            "on": [DAY] * count,
            "dose": ["vitamin B12"] * (count - 1) + ["vitamin C"],
        }
    )
    with pytest.raises(PatientError) as caught:
        found(guideline, events)
    first, second = caught.value.diagnostics
    assert first.message == (
        "events, rows 1, 2, 3 and 4,996 more: `dose`: there is no drug `vitamin B12`"
    )
    assert second.message.startswith("events, row 5000 (patient 0): `dose`")
