"""Columns of numbers are compared as exactly as the numbers of a single patient are."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import numpy as np
import pyarrow as pa

from b12guide.cohort.bits import unpack
from b12guide.cohort.column_values import as_written, below

BOUNDS = st.one_of(
    st.fractions(-1000, 1000, max_denominator=1355),
    st.decimals(-100, 100, places=3).map(Fraction),
)
KINDS = [pa.float64(), pa.float32(), pa.int64(), pa.int8(), pa.uint16()]


def nearby(bound: Fraction, kind: pa.DataType) -> list[float | int]:
    """Numbers at the bound and next to it."""
    if pa.types.is_floating(kind):
        number = np.dtype(kind.to_pandas_dtype()).type(float(bound))
        ends = (-math.inf, math.inf)
        steps = [np.nextafter(number, number.dtype.type(end)) for end in ends]
        return [float(n) for n in (*steps, number, *ends)]
    limits = np.iinfo(kind.to_pandas_dtype())
    whole = [math.floor(bound) + step for step in (-1, 0, 1, 2)]
    return [
        n for n in (*whole, limits.min, limits.max) if limits.min <= n <= limits.max
    ]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@given(bound=BOUNDS)
def test_numbers_next_to_a_bound_fall_on_their_side(
    kind: pa.DataType, bound: Fraction
) -> None:
    column = pa.array(nearby(bound, kind), kind)
    cells = column.to_numpy()
    for inclusive in (False, True):
        found = unpack(below(column, bound, inclusive=inclusive), len(column))
        for cell, is_below in zip(cells, found, strict=True):
            if not np.isfinite(cell):
                assert is_below == (cell < 0)
                continue
            floats = np.issubdtype(cell.dtype, np.floating)
            meant = as_written(cell) if floats else Fraction(int(cell))
            assert is_below == (meant <= bound if inclusive else meant < bound)


@given(BOUNDS, st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=5))
def test_decimals_are_compared_as_they_are(
    bound: Fraction, numbers: list[Decimal]
) -> None:
    column = pa.array(numbers, pa.decimal128(8, 2))
    for inclusive in (False, True):
        found = unpack(below(column, bound, inclusive=inclusive), len(column)).tolist()

        assert found == [
            Fraction(n) <= bound if inclusive else Fraction(n) < bound for n in numbers
        ]


def test_a_bound_beyond_every_float_is_never_reached() -> None:
    column = pa.array([1e308, -1e308, 0.0])
    for bound, side in ((Fraction(10) ** 400, True), (-(Fraction(10) ** 400), False)):
        found = unpack(below(column, bound, inclusive=False), 3)

        assert found.tolist() == [side] * 3
