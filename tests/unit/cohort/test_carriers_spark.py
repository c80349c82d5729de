"""What travels to the processes of Spark: the guideline is prepared once in each of them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import b12guide

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa

from b12guide.cohort import carriers
from b12guide.cohort.kernel import Kernel, kernel
from b12guide.cohort.options import Options
from b12guide.errors import PatientError

GUIDELINE = b12guide.load("mecobalamin_im")
TABLE = pa.table(
    {
        "id": [f"p{number}" for number in range(300)],
        "egfr": [float(number % 100) for number in range(300)],
    }
)


def travelled(options: Options) -> Any:
    """What a process of Spark holds for one part of the rows."""
    asked = kernel(GUIDELINE.evaluator, TABLE.schema, options, "the cohort")
    packed = pickle.dumps(asked.recipe)
    return pickle.loads(pickle.dumps(carriers._KernelForSpark(packed)))  # noqa: S301


def test_parts_and_jobs_share_what_one_process_worked_out() -> None:
    carriers._unpacked.cache_clear()
    for _ in range(3):
        list(travelled(Options(keep=["id"]))(TABLE.to_batches()))
    assert carriers._unpacked.cache_info().misses == 1
    list(travelled(Options(keep=["id"], otherwise="absent"))(TABLE.to_batches()))

    assert carriers._unpacked.cache_info().misses == 2


def test_small_batches_are_gathered_and_advice_is_handed_over_in_slices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    advise = Kernel.advise

    def counting(self: Kernel, patients: Any, start: int = 0) -> Any:
        asked.append(patients.num_rows)
        return advise(self, patients, start)

    monkeypatch.setattr(Kernel, "advise", counting)
    monkeypatch.setattr(carriers, "_SLICE", 128)
    found = list(travelled(Options(keep=["id"]))(TABLE.to_batches(max_chunksize=7)))
    alone = GUIDELINE.cohort(TABLE, keep=["id"])

    assert asked[0] == 300
    assert [batch.num_rows for batch in found] == [128, 128, 44]
    assert pa.Table.from_batches(found).to_pylist() == alone.to_pylist()


def test_a_row_is_counted_through_all_batches_of_a_part() -> None:
    bad = pa.table({"id": ["wrong"], "egfr": [9999.0]})
    part = pa.concat_tables([TABLE, bad]).to_batches()
    with pytest.raises(PatientError, match=r"row 301 \(id wrong\)"):
        list(travelled(Options(keep=["id"]))(part))
