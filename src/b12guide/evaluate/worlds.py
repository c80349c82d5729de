"""Worlds: the completions of some open facts, as a space of bit sets.

World number `w` has the digit `(w // stride) % size` in each dimension, so a set of digits of one
dimension is a periodic bit set. A measure has infinitely many values but only finitely many that
the guideline can tell apart: the thresholds it is compared with and the stretches between them.
One sample stands for each. Where the source prints a range as a threshold, a sample inside it
comes in both readings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, pairwise
from math import prod
from operator import xor
from typing import TypeAlias, TypeVar

from attrs import frozen

from b12guide.evaluate.facts import NO_VALUE, Facts, Reading, holds
from b12guide.evaluate.program import Program, Rails
from b12guide.graph.condition import Compare, Leaf
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import FactValue
from b12guide.truth import Truth
from b12guide.values.term import Kind, Operator


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
        # The pattern comes again with each step of the next dimension; doubled, it is soon there.
        period, count = stride * self.sizes[dimension], self.count
        while period < count:
            pattern |= pattern << period
            period *= 2
        return pattern & ((1 << count) - 1)

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


NONE = "none"

Item = TypeVar("Item", bound=Hashable)

Sample: TypeAlias = tuple[FactValue, Reading]
"""A value that a fact may have, and how thresholds that are ranges are read."""


@frozen(eq=False, repr=False)
class TrueOf:
    """Of which samples of a fact an atom is true, whatever the atom.

    Attributes:
        samples: The samples.
        numbers: Of a measure, for each reading the numbers in order, with their places.
    """

    samples: tuple[Sample, ...]
    numbers: Mapping[Reading, tuple[tuple[Fraction, ...], tuple[int, ...]]]

    @classmethod
    def of(cls, samples: tuple[Sample, ...]) -> TrueOf:
        """What is true of `samples`."""
        by_reading: dict[Reading, list[tuple[Fraction, int]]] = {}
        for place, (value, reading) in enumerate(samples):
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                found = by_reading.setdefault(reading, [])
                found.append((Fraction(value), place))
        numbers = {}
        for reading, found in by_reading.items():
            found.sort()
            numbers[reading] = (
                tuple([n for n, _ in found]),
                tuple([place for _, place in found]),
            )
        return cls(samples, numbers)

    def digits(self, leaf: Leaf) -> list[int]:
        """The places of the samples of which `leaf` is true."""
        if not isinstance(leaf, Compare) or not self.numbers:
            return [
                place
                for place, (value, reading) in enumerate(self.samples)
                if holds(leaf, Facts(values={leaf.fact: value}, reading=reading))
                is Truth.TRUE
            ]
        digits: list[int] = []
        for reading, (numbers, places) in self.numbers.items():
            bound = leaf.low if reading is Reading.LOWER else leaf.high
            first, end = _run(leaf.operator, bound, numbers)
            digits += places[first:end]
        return digits


def _run(
    operator: Operator, bound: Fraction, numbers: Sequence[Fraction]
) -> tuple[int, int]:
    """Which of `numbers`, in order, stand in the relation `operator` to `bound`: from, up to."""
    below, not_above = bisect_left(numbers, bound), bisect_right(numbers, bound)
    match operator:
        case Operator.LESS:
            return 0, below
        case Operator.AT_MOST:
            return 0, not_above
        case Operator.MORE:
            return not_above, len(numbers)
        case Operator.AT_LEAST:
            return below, len(numbers)
        case Operator.EQUAL:
            return below, not_above


@frozen(eq=False, repr=False, slots=False)
class Worlds:
    """The space of the completions of `facts`; dimension i belongs to the i-th fact."""

    facts: tuple[str, ...]
    samples: tuple[tuple[Sample, ...], ...]
    space: Space

    @cached_property
    def _true(self) -> Mapping[str, TrueOf]:
        return {
            fact: TrueOf.of(offered)
            for fact, offered in zip(self.facts, self.samples, strict=True)
        }

    def column(self, fact: str, values: Iterable[FactValue]) -> int:
        """The worlds in which `fact` has one of `values`."""
        dimension = self.facts.index(fact)
        wanted = set(values)
        digits = (i for i, (v, _) in enumerate(self.samples[dimension]) if v in wanted)
        return self.space.column(dimension, digits)

    def values(self, fact: str, worlds: int) -> tuple[FactValue, ...]:
        """The values that `fact` has in some of `worlds`."""
        offered = self.samples[self.facts.index(fact)]
        values = dict.fromkeys(value for value, _ in offered)
        return tuple(v for v in values if worlds & self.column(fact, (v,)))

    def rails(self, leaf: Leaf) -> Rails:
        """In which worlds an atom over one of the facts is true, and in which false."""
        dimension = self.facts.index(leaf.fact)
        true = self.space.column(dimension, self._true[leaf.fact].digits(leaf))
        return (true, self.space.mask & ~true)


def worlds_of(domains: Mapping[str, tuple[Sample, ...]]) -> Worlds:
    """The completions that give each fact one of its samples."""
    sizes = tuple(len(found) for found in domains.values())
    return Worlds(tuple(domains), tuple(domains.values()), Space(sizes))


def samples(fact: Fact, facts: Facts, leaves: Iterable[Leaf]) -> tuple[Sample, ...]:
    """One sample for each value of `fact` that `leaves` can tell apart, given what is known."""
    match fact.kind:
        case Kind.CHOICE:
            values = facts.possible.get(fact.name, choice_values(fact))
            return tuple((value, Reading.REPORT) for value in values)
        case Kind.MEASURE:
            bounds = [leaf for leaf in leaves if isinstance(leaf, Compare)]
            return _measure_samples(fact, facts, bounds)
        case _:
            return ((False, Reading.REPORT), (True, Reading.REPORT))


def choice_values(fact: Fact) -> tuple[str, ...]:
    """The values of a choice, with "none of them" where it declares no `none`."""
    return fact.values if NONE in fact.values else (*fact.values, NO_VALUE)


def linked(sets: Iterable[frozenset[Item]]) -> tuple[frozenset[Item], ...]:
    """The finest partition in which the items of one set stay together."""
    part_of: dict[Item, set[Item]] = {}
    for one in sets:
        touched = {id(part_of[fact]): part_of[fact] for fact in one if fact in part_of}
        # The largest part takes the others in, so that no item moves more often than log n times.
        whole = max(touched.values(), key=len, default=set[Item]())
        for part in (*touched.values(), one):
            if part is not whole:
                whole |= part
                part_of |= dict.fromkeys(part, whole)
    parts = {id(part): part for part in part_of.values()}
    return tuple(frozenset(part) for part in parts.values())


def domains(
    names: Iterable[str],
    graph: RuleGraph,
    program: Program,
    facts: Facts,
    steps: Iterable[int],
) -> dict[str, tuple[Sample, ...]]:
    """The samples of each of the facts `names`, as far as the nodes `steps` tell them apart."""
    by_fact: dict[str, list[Leaf]] = {name: [] for name in names}
    for step in steps:
        leaf = program.nodes[step].leaf
        if leaf is not None and leaf.fact in by_fact:
            by_fact[leaf.fact].append(leaf)
    return {
        name: samples(graph.vocabulary.facts[name], facts, leaves)
        for name, leaves in sorted(by_fact.items())
    }


def _measure_samples(
    fact: Fact, facts: Facts, leaves: Sequence[Compare]
) -> tuple[Sample, ...]:
    known = facts.values.get(fact.name)
    values = _values_left(fact, facts, leaves) if known is None else (Fraction(known),)
    ways = readings(facts.reading)
    signatures = [_signatures(values, leaves, reading) for reading in ways]
    found: dict[int, Sample] = {}
    left_open: dict[int, Sample] = {}
    for value, *seen in zip(values, *signatures, strict=True):
        # A value that is read in one way only stands for its stretch before one that the source
        # leaves open (M19): else both readings of that one might hide that another value would
        # settle it.
        is_settled = all(signature == seen[0] for signature in seen)
        for signature, reading in zip(seen, ways, strict=True):
            (found if is_settled else left_open).setdefault(signature, (value, reading))
    return (*found.values(), *(s for k, s in left_open.items() if k not in found))


def _values_left(
    fact: Fact, facts: Facts, leaves: Sequence[Compare]
) -> tuple[Fraction, ...]:
    """Numbers that a measure of unknown value may have, one for each way to tell them apart."""
    bound = facts.bounds.get(fact.name)
    if bound is None:
        return _telling_values(fact, leaves)
    # The ends of what it can be are thresholds like those of the guideline.
    ends = [Compare(fact.name, Operator.LESS, end, end) for end in bound.ends]
    every = _telling_values(fact, [*leaves, *ends])
    return tuple(value for value in every if value in bound) or every


def _signatures(
    values: Sequence[Fraction], leaves: Sequence[Compare], reading: Reading
) -> list[int]:
    """For each of `values`, which are in order, the set of `leaves` (as bits) that are true of it.

    An atom is true of one run of them, so it is enough to note where that begins and ends.
    """
    changes = [0] * (len(values) + 1)
    for number, leaf in enumerate(leaves):
        bound = leaf.low if reading is Reading.LOWER else leaf.high
        for place in _run(leaf.operator, bound, values):
            changes[place] ^= 1 << number
    return list(accumulate(changes[:-1], xor))


def readings(reading: Reading) -> tuple[Reading, ...]:
    """The ways in which a value inside a printed range may be read."""
    if reading is Reading.REPORT:
        return (Reading.LOWER, Reading.UPPER)
    return (reading,)


def _telling_values(fact: Fact, leaves: Sequence[Compare]) -> tuple[Fraction, ...]:
    """Numbers in order, at least one for each way in which `leaves` can come out together.

    What the leaves make of a number changes at a threshold and nowhere else: so the thresholds, a
    number between each two that are next to each other, and one beyond the lowest and the highest
    are enough. They have to be plausible (M2), and the ends of what is plausible are among them:
    where the last stretch is cut short by an end, the number halfway to it still lies inside. Which
    of these stand for the same is found out by what the leaves make of them.
    """
    cuts = sorted({cut for leaf in leaves for cut in (leaf.low, leaf.high)})
    if not cuts:  # only asked whether it is recorded, or not asked at all
        return (fact.plausible[0] if fact.plausible else Fraction(0),)
    lowest, highest = fact.plausible or (cuts[0] - 1, cuts[-1] + 1)
    between = [(a + b) / 2 for a, b in pairwise(cuts)]
    candidates = {*cuts, *between, lowest, highest}
    candidates |= {(lowest + cuts[0]) / 2, (cuts[-1] + highest) / 2}
    kept = sorted(value for value in candidates if lowest <= value <= highest)
    return tuple(kept) or (cuts[0],)
