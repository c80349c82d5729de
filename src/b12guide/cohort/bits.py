"""Sets of patients as packed bits: 64 patients in a word, as Arrow packs its Booleans.

The first patient is the lowest bit of the first word. Bits beyond the last patient are always zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import frozen
from numpy.typing import NDArray

Bits: TypeAlias = NDArray[np.uint64]

_WORD = 64


def nobody(rows: int) -> Bits:
    """The empty set of `rows` patients."""
    return np.zeros(-(-rows // _WORD), np.uint64)


def everybody(rows: int) -> Bits:
    """The set of all of `rows` patients."""
    found = np.full(-(-rows // _WORD), np.iinfo(np.uint64).max, np.uint64)
    if rows % _WORD:
        found[-1] = (1 << rows % _WORD) - 1
    return found


def pack(members: NDArray[np.bool_]) -> Bits:
    """The set of the rows that are true in `members`."""
    found = nobody(len(members))
    packed = np.packbits(members, bitorder="little")
    found.view(np.uint8)[: len(packed)] = packed
    return found


def unpack(found: Bits, rows: int) -> NDArray[np.bool_]:
    """For each row whether it is in the set."""
    octets = found.view(np.uint8)
    return np.unpackbits(octets, count=rows, bitorder="little").view(np.bool_)


def rows_of(found: Bits, rows: int) -> NDArray[np.intp]:
    """The numbers of the rows in the set."""
    return np.flatnonzero(unpack(found, rows))


def size_of(found: Bits) -> int:
    """The number of rows in the set."""
    return int.from_bytes(found.tobytes(), "little").bit_count()


# --------------------------------------------------------------------------- Arrow


def from_arrow(buffer: pa.Buffer | None, offset: int, rows: int) -> Bits:
    """The set that a bitmap of Arrow holds from `offset` on; no bitmap stands for everybody."""
    mask = everybody(rows)
    if buffer is None or not rows:
        return mask
    first, shift = divmod(offset, 8)
    length = -(-(shift + rows) // 8)
    octets = np.frombuffer(buffer, np.uint8)[first : first + length]
    if shift:
        wide = octets.astype(np.uint16)
        wide[:-1] |= wide[1:] << 8
        octets = (wide >> shift).astype(np.uint8)
    found = nobody(rows)
    length = min(len(octets), 8 * len(found))
    found.view(np.uint8)[:length] = octets[:length]
    found &= mask
    return found


def validity(array: pa.Array) -> Bits:
    """The rows of `array` that are not null."""
    if not array.null_count:
        return everybody(len(array))
    return from_arrow(array.buffers()[0], array.offset, len(array))


def to_arrow(true: Bits, rows: int, known: Bits | None = None) -> pa.Array:
    """A Boolean column, null where it is not `known`."""
    buffers = [None if known is None else pa.py_buffer(known), pa.py_buffer(true)]
    return pa.BooleanArray.from_buffers(pa.bool_(), rows, buffers)


# ---------------------------------------------------------------------------- keys

_SWAPS = tuple(
    (np.uint64(shift), np.uint64(mask))
    for shift, mask in (
        (7, 0x00AA00AA00AA00AA),
        (14, 0x0000CCCC0000CCCC),
        (28, 0x00000000F0F0F0F0),
    )
)
"""The three exchanges that turn eight bytes of eight sets into eight bytes of eight rows."""


def keys_of(planes: Sequence[Bits], rows: int) -> list[NDArray[Any]]:
    """For each row the bits that it has in `planes`, as one or more columns of numbers.

    The first plane is the lowest bit of the first column.
    """
    columns = []
    for start in range(0, len(planes), _WORD):
        some = planes[start : start + _WORD]
        width = next(width for width in (1, 2, 4, 8) if len(some) <= 8 * width)
        size = len(some[0].view(np.uint8))
        found = np.zeros((8 * size, width), np.uint8)
        for group in range(0, len(some), 8):
            # Eight sets are turned, eight rows at a time, into one byte for each row: the 8 x 8
            # matrix of bits is transposed by three exchanges (Hacker's Delight, 7-3).
            octets = np.zeros((size, 8), np.uint8)
            for number, plane in enumerate(some[group : group + 8]):
                octets[:, number] = plane.view(np.uint8)
            words = octets.view(np.uint64).reshape(-1)
            for shift, mask in _SWAPS:
                swapped = (words ^ (words >> shift)) & mask
                words ^= swapped
                words ^= swapped << shift
            found[:, group // 8] = words.view(np.uint8)
        kind = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}[width]
        columns.append(found.view(kind).reshape(-1)[:rows])
    return columns


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
    return joined([_sorted(column) for column in columns], rows)


def joined(groups: Sequence[Sorted], rows: int) -> Sorted:
    """The groups of rows that are in the same groups in all of `groups`."""
    left = [one for one in groups if one.count > 1]
    if not left:
        return Sorted(min(rows, 1), np.zeros(rows, np.uint8))
    found, *left = left
    while left:
        # As many as fit into one number are looked up together.
        size, key = found.count, found.group.astype(np.uint64)
        while left and size * left[0].count < 1 << 63:
            one = left.pop(0)
            size *= one.count
            key *= np.uint64(one.count)
            key += one.group.astype(np.uint64)
        found = _sorted(key)
    return found


def groups_of(
    planes: Sequence[Bits], rows: int
) -> tuple[list[tuple[int, ...]], Sorted]:
    """The groups of rows that are in the same sets of `planes`, and in which sets each is."""
    keys = keys_of(planes, rows)
    found = sort_rows(keys, rows)
    if not planes:
        return [()] * found.count, found
    firsts = [key[found.first].astype(np.uint64) for key in keys]
    octets = np.stack(firsts, axis=1).view(np.uint8)
    bits = np.unpackbits(octets, axis=1, bitorder="little")[:, : len(planes)]
    groups, places = np.nonzero(bits)
    ends = np.searchsorted(groups, np.arange(found.count + 1)).tolist()
    every = places.tolist()
    return [tuple(every[a:b]) for a, b in pairwise(ends)], found


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
