"""A space of worlds: every combination of some dimensions, one bit each.

World number `w` has the digit `(w // stride) % size` in each dimension, so a set of digits of one
dimension is a periodic bit set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from attrs import frozen

__all__ = ["Space", "bits", "from_bits"]


@frozen(eq=False, repr=False)
class Space:
    """The product of dimensions with `sizes` digits each; the first runs fastest."""

    sizes: tuple[int, ...]

    @property
    def count(self) -> int:
        """The number of worlds."""
        return prod(self.sizes)

    @property
    def mask(self) -> int:
        """All worlds."""
        return (1 << self.count) - 1

    def stride(self, dimension: int) -> int:
        """How far apart two worlds are that differ by one in `dimension`."""
        return prod(self.sizes[:dimension])

    def column(self, dimension: int, digits: Iterable[int]) -> int:
        """The worlds that have one of `digits` in `dimension`."""
        stride = self.stride(dimension)
        run = (1 << stride) - 1
        pattern = 0
        for digit in digits:
            pattern |= run << (digit * stride)
        return _repeated(pattern, stride * self.sizes[dimension], self.count)

    def without(
        self, dimension: int, digit: int, sets: Sequence[int]
    ) -> tuple[int, ...]:
        """Those of each of `sets` that have `digit` in `dimension`, with 0 in its place."""
        column = self.column(dimension, (digit,))
        shift = digit * self.stride(dimension)
        return tuple([(worlds & column) >> shift for worlds in sets])

    def members(self, sets: Sequence[int]) -> list[int]:
        """Of each world, the place of the set that it is in; the last where it is in several."""
        found = [0] * self.count
        for place, worlds in enumerate(sets):
            written = f"{worlds:b}"[::-1]
            at = written.find("1")
            while at >= 0:
                found[at] = place
                at = written.find("1", at + 1)
        return found

    def digits(self, world: int) -> tuple[int, ...]:
        """The digits of world number `world`."""
        found = []
        for size in self.sizes:
            world, digit = divmod(world, size)
            found.append(digit)
        return tuple(found)


def bits(worlds: int) -> Sequence[int]:
    """The numbers of the worlds in a set."""
    found = []
    while worlds:
        lowest = worlds & -worlds
        found.append(lowest.bit_length() - 1)
        worlds ^= lowest
    return found


def from_bits(members: Iterable[bool]) -> int:
    """The set of the places at which `members` is true.

    Written out and read back: shifting one bit in at a time is quadratic.
    """
    digits = "".join(["1" if is_member else "0" for is_member in members])
    return int(digits[::-1] or "0", 2)


def _repeated(pattern: int, period: int, length: int) -> int:
    while period < length:
        pattern |= pattern << period
        period *= 2
    return pattern & ((1 << length) - 1)
