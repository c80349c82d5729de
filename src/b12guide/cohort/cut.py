"""Exact comparison of a column of numbers with a bound, one plain comparison for each.

A float means the shortest decimal that is read back as it, as it does for a single patient. These
decimals are ordered as the floats are, so for each bound there is a least float that reaches it,
and comparing with that one is exact. Units are converted at the bound, where fractions are exact.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from b12guide.cohort.bits import Bits, everybody, from_arrow, nobody, pack

__all__ = ["as_written", "below", "least", "numbers"]


def as_written(number: Any) -> Fraction:
    """The number that a cell of a float column means.

    >>> as_written(0.1), as_written(np.float32(0.1))
    (Fraction(1, 10), Fraction(1, 10))
    """
    return Fraction(np.format_float_scientific(number, unique=True, trim="0"))


def below(array: pa.Array, bound: Fraction, *, inclusive: bool) -> Bits:
    """The rows of a column of numbers that lie below `bound`, or at it where `inclusive`.

    Rows without a number count as zero; the caller knows which they are.
    """
    kind = array.type
    if pa.types.is_decimal(kind):
        return _decimals_below(array, bound, inclusive=inclusive)
    found = numbers(array)
    if pa.types.is_floating(kind):
        return pack(found < least(bound, found.dtype.name, inclusive=inclusive))
    cut = _next_whole(bound, inclusive=inclusive)
    limits = np.iinfo(found.dtype)
    if cut > limits.max:
        return everybody(len(array))
    if cut <= limits.min:
        return nobody(len(array))
    return pack(found < found.dtype.type(cut))


def numbers(array: pa.Array) -> Any:
    """The numbers of a column, whatever stands where there is none."""
    dtype = np.dtype(array.type.to_pandas_dtype())
    data = array.buffers()[1]
    if data is None:
        return np.zeros(len(array), dtype)
    return np.frombuffer(data, dtype)[array.offset : array.offset + len(array)]


@lru_cache(maxsize=4096)
def least(bound: Fraction, dtype: str, *, inclusive: bool) -> Any:
    """The least float that means a number not below `bound`, or above it where `inclusive`.

    >>> float(least(Fraction(50), "float64", inclusive=False))
    50.0
    >>> float(least(Fraction(50), "float64", inclusive=True))
    50.00000000000001
    """
    kind = np.dtype(dtype).type
    lowest, highest = kind(-math.inf), kind(math.inf)

    def reaches(number: Any) -> bool:
        if not math.isfinite(number):
            return bool(number > 0)
        meant = as_written(number)
        return meant > bound if inclusive else meant >= bound

    with np.errstate(over="ignore"):
        try:
            found = kind(float(bound))
        except OverflowError:
            found = highest if bound > 0 else lowest
        while reaches(found) and found > lowest:
            found = np.nextafter(found, lowest, dtype=kind)
        while not reaches(found):
            found = np.nextafter(found, highest, dtype=kind)
    return found


def _next_whole(bound: Fraction, *, inclusive: bool) -> int:
    return math.floor(bound) + 1 if inclusive else math.ceil(bound)


def _decimals_below(array: pa.Array, bound: Fraction, *, inclusive: bool) -> Bits:
    scale, rows = array.type.scale, len(array)
    steps = Fraction(10) ** scale
    cut = _next_whole(bound * steps, inclusive=inclusive)
    if abs(cut) >= 10**array.type.precision:
        return everybody(rows) if cut > 0 else nobody(rows)
    sign, digits = int(cut < 0), tuple(map(int, str(abs(cut))))
    exact = Decimal((sign, digits, -scale))
    found = pc.less(array, pa.scalar(exact, array.type))
    return from_arrow(found.buffers()[1], found.offset, rows)
