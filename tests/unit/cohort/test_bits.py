"""Sets of patients hold what they were given, wherever Arrow's buffers begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import numpy as np
import pyarrow as pa

from b12guide.cohort.bits import (
    everybody,
    from_arrow,
    keys_of,
    pack,
    rows_of,
    size_of,
    sort_rows,
    unpack,
    validity,
)

SOME = st.lists(st.booleans(), min_size=1, max_size=150)


@given(SOME)
def test_unpacking_undoes_packing(members: list[bool]) -> None:
    found = pack(np.array(members))

    assert unpack(found, len(members)).tolist() == members
    assert size_of(found) == sum(members)
    assert rows_of(found, len(members)).tolist() == [
        i for i, m in enumerate(members) if m
    ]
    assert not (found & ~everybody(len(members))).any()


@given(SOME, SOME, st.integers(0, 20))
def test_a_slice_of_an_arrow_column_is_read_where_it_begins(
    values: list[bool], known: list[bool], start: int
) -> None:
    cells = [v if k else None for v, k in zip(values, known, strict=False)]
    column = pa.array([None, True] * 10 + cells, pa.bool_())[start:]
    rows = len(column)
    true = from_arrow(column.buffers()[1], column.offset, rows) & validity(column)

    assert unpack(true, rows).tolist() == [cell is True for cell in column.to_pylist()]


@given(st.integers(1, 130), st.integers(1, 100))
def test_rows_are_sorted_by_all_that_is_seen_of_them(planes: int, rows: int) -> None:
    generator = np.random.default_rng(planes * 1000 + rows)
    members = generator.random((planes, rows)) < 0.03
    keys = keys_of([pack(row) for row in members], rows)
    found = sort_rows(keys, rows)
    groups: dict[bytes, set[int]] = {}
    for row in range(rows):
        groups.setdefault(members[:, row].tobytes(), set()).add(int(found.group[row]))

    assert all(len(numbers) == 1 for numbers in groups.values())
    assert len(groups) == found.count
    assert [found.group[row] for row in found.first] == list(range(found.count))
