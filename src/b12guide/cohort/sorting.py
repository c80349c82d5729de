"""Sorts rows into groups that look the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

__all__ = ["Sorted", "sort_rows"]

_SMALL = 1 << 16
"""As many different keys are counted in a table instead of being looked up."""


@frozen(slots=False, eq=False, repr=False)
class Sorted:
    """Rows in groups; the order of the groups follows from the rows alone.

    Attributes:
        count: The number of groups.
        group: Of each row, its group.
    """

    count: int
    group: NDArray[Any]

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """One row of each group: the first."""
        found = np.zeros(self.count, np.intp)
        found[self.group[::-1]] = np.arange(len(self.group) - 1, -1, -1)
        return found


def sort_rows(columns: Sequence[NDArray[Any]], rows: int) -> Sorted:
    """The groups of rows that agree in all of `columns`."""
    if not columns:
        return Sorted(min(rows, 1), np.zeros(rows, np.uint8))
    first, *others = columns
    found = _sorted(first)
    for other in others:
        more = _sorted(other)
        joint = found.group.astype(np.uint64) * np.uint64(more.count)
        found = _sorted(joint + more.group.astype(np.uint64))
    return found


def _sorted(key: NDArray[Any]) -> Sorted:
    if key.dtype.itemsize <= 2 or (len(key) and int(key.max()) < _SMALL):
        present = np.zeros(_SMALL, np.bool_)
        present[key] = True
        keys = np.flatnonzero(present)
        rank = np.zeros(_SMALL, np.uint16)
        rank[keys] = np.arange(len(keys))
        return Sorted(len(keys), rank[key])
    encoded = pa.array(key).dictionary_encode()
    return Sorted(len(encoded.dictionary), encoded.indices.to_numpy())
