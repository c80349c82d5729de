"""A cohort has one value of each measure, and a column of its own for several (M96, M97)."""

from __future__ import annotations

import pytest

import b12guide

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

GUIDELINE = b12guide.load("aafp_2025")
COLUMN = "last 2 serum_b12 > 1000 pg/mL"


def verdicts(columns: dict[str, list[object]]) -> list[str]:
    found = GUIDELINE.cohort(
        pa.table({"age": [60] * len(next(iter(columns.values()))), **columns})
    )
    return [str(one) for one in found["rule.high_levels"].to_pylist()]


def test_one_value_does_not_tell_of_two_but_may_decide() -> None:
    assert verdicts({"serum_b12": [1200, 900]}) == ["unknown", "does not apply"]


def test_the_column_of_the_condition_tells() -> None:
    found = verdicts({"serum_b12": [1200, 1200, 1200], COLUMN: [True, False, None]})

    assert found == ["applies", "does not apply", "unknown"]
