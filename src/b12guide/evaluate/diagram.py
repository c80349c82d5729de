"""Diagrams of cases: sets of completions, far more than could be counted out, as small graphs.

A diagram is a multi-valued decision diagram (Bryant 1986; Srinivasan, Kam, Malik and Brayton 1990):
a node stands for a fact and has a child for each of its values; the two ends are "in the set" and
"not in the set". On every path the facts come in one order, equal nodes are one node, and a node
whose children are all the same is left out. So equal sets are the same number, and what facts do
independently of one another costs the sum of what each costs and not the product: 64 independent
findings, or 30 that a chain of implications ties together, are some hundred nodes and not 2^64 or
2^30 worlds.

How large a diagram becomes depends on the order of the facts, see `in_order`. It may still become
too large; then a `TooLargeError` says so. Nothing here recurses, so that no number of facts is too
many for the stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce

NONE, ALL = 0, 1
"""The empty set, and the set of everything."""

_END = 1 << 60
"""The level of the two ends, below every fact."""


class TooLargeError(Exception):
    """The diagrams have become too large; never seen outside of `b12guide.evaluate`."""


class Diagrams:
    """Diagrams over facts with `sizes` values each, the first of them at the top.

    Attributes:
        steps: The work done: each node that was made, or looked at, counts its children.
    """

    def __init__(self, sizes: Sequence[int], most: int) -> None:
        self.sizes = tuple(sizes)
        self.most = most
        self.steps = 0
        self._level = [_END, _END]
        self._children: list[tuple[int, ...]] = [(), ()]
        self._index: dict[tuple[int, tuple[int, ...]], int] = {}
        self._met: tuple[dict[tuple[int, int], int], ...] = ({}, {})
        self._opposite = {NONE: ALL, ALL: NONE}

    def having(self, level: int, digits: Iterable[int]) -> int:
        """The cases in which the fact at `level` has one of its values `digits`."""
        wanted = frozenset(digits)
        return self._node(
            level, tuple(int(d in wanted) for d in range(self.sizes[level]))
        )

    def both(self, one: int, two: int) -> int:
        """The cases that are in both sets."""
        return self._meet(one, two, NONE)

    def either(self, one: int, two: int) -> int:
        """The cases that are in one of the sets at least."""
        return self._meet(one, two, ALL)

    def all_of(self, sets: Iterable[int]) -> int:
        """The cases that are in all of the sets."""
        return reduce(self.both, sets, ALL)

    def any_of(self, sets: Iterable[int]) -> int:
        """The cases that are in any of the sets."""
        return reduce(self.either, sets, NONE)

    def without(self, one: int, two: int) -> int:
        """The cases that are in the first set and not in the second."""
        return self.both(one, self.opposite(two))

    def opposite(self, one: int) -> int:
        """All other cases."""
        found = self._opposite
        for node in self._below(one, found):
            opposite = self._node(
                self._level[node], tuple([found[c] for c in self._children[node]])
            )
            found[node] = opposite
            found[opposite] = node
        return found[one]

    def levels(self, one: int) -> frozenset[int]:
        """The facts that a set depends on; nothing is drawn for that."""
        return frozenset(self._level[node] for node in self._below(one, (), cost=0))

    def level(self, one: int) -> int:
        """The fact at the top of a set; below every fact for the two ends."""
        return self._level[one]

    def children(self, one: int) -> tuple[int, ...]:
        """What the set comes to for each value of the fact at its top."""
        return self._children[one]

    def from_below(self, sets: Iterable[int]) -> list[int]:
        """The nodes of some sets without the ends, each after all that is below it."""
        found = dict.fromkeys(
            node for one in sets for node in self._below(one, (), cost=0)
        )
        return sorted(found, key=self._level.__getitem__, reverse=True)

    def regardless(self, one: int, ways: Mapping[int, Sequence[Sequence[int]]]) -> int:
        """The cases that are in the set for some value of each fact in `ways`.

        A fact that has several ways keeps them apart: for each, the values that belong to it.
        """
        found = {NONE: NONE, ALL: ALL}
        for node in self._below(one, found):
            level = self._level[node]
            children = [found[child] for child in self._children[node]]
            if level in ways:
                children = [
                    self.any_of([children[digit] for digit in digits])
                    for digits in ways[level]
                ]
            found[node] = (
                children[0]
                if len(children) == 1
                else self._node(level, tuple(children))
            )
        return found[one]

    def forget(self) -> None:
        """Let go of what only makes further work quicker."""
        for memory in self._met:
            memory.clear()
        self._opposite = {NONE: ALL, ALL: NONE}

    def _below(
        self, one: int, known: Mapping[int, int] | tuple[()], *, cost: int = 1
    ) -> list[int]:
        """The nodes of a diagram, the lowest first, that are neither ends nor `known`."""
        seen: set[int] = set()
        pending = [one]
        while pending:
            node = pending.pop()
            if node > ALL and node not in seen and node not in known:
                seen.add(node)
                self._count(cost * len(self._children[node]))
                pending.extend(self._children[node])
        return sorted(seen, key=self._level.__getitem__, reverse=True)

    def _node(self, level: int, children: tuple[int, ...]) -> int:
        """The one node with these children: equal sets are equal numbers (Bryant 1986, 4.2)."""
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (level, children)
        found = self._index.get(key)
        if found is None:
            self._count(len(children))
            found = self._index[key] = len(self._level)
            self._level.append(level)
            self._children.append(children)
        return found

    def _count(self, steps: int) -> None:
        self.steps += steps
        if self.steps > self.most:
            raise TooLargeError

    def _meet(self, one: int, two: int, absorbing: int) -> int:
        """Both sets or either, whichever has `absorbing` as the end that decides.

        Each pair of nodes is put together once, so that the work is the product of the two sizes at
        most. Pairs wait on a stack of their own until their children are there, since a chain of a
        thousand facts is a thousand nodes deep.
        """
        memory, neutral = self._met[absorbing], 1 - absorbing
        levels, all_children = self._level, self._children
        known = self._known(one, two, absorbing)
        if known is not None:
            return known
        top = (one, two) if one < two else (two, one)
        waiting = [top]
        while waiting:
            pair = waiting[-1]
            if pair in memory:
                waiting.pop()
                continue
            left, right = pair
            # A set that does not depend on the fact at this level goes on as it is in each child.
            mine, theirs = all_children[left], all_children[right]
            level = levels[left]
            if level > levels[right]:
                level, mine = levels[right], (left,) * len(theirs)
            elif level < levels[right]:
                theirs = (right,) * len(mine)
            found: list[int] = []
            # As `_known` has it; most of the time of a large decision is spent here.
            for a, b in zip(mine, theirs, strict=True):
                if b in (a, neutral):
                    found.append(a)
                elif a == neutral:
                    found.append(b)
                elif absorbing in (a, b):
                    found.append(absorbing)
                else:
                    part = (a, b) if a < b else (b, a)
                    met = memory.get(part)
                    if met is None:
                        waiting.append(part)
                    else:
                        found.append(met)
            if len(found) == len(mine):
                self._count(len(found))
                memory[pair] = self._node(level, tuple(found))
                waiting.pop()
        return memory[top]

    def _known(self, one: int, two: int, absorbing: int) -> int | None:
        """What two sets come to, where that shows at once or was worked out before."""
        if one == two or two == 1 - absorbing:
            return one
        if one == 1 - absorbing:
            return two
        if absorbing in (one, two):
            return absorbing
        return self._met[absorbing].get((one, two) if one < two else (two, one))


_MOST_TIED = 12
"""Names in one tie that are tied each to each; of more, each is tied to the next one."""

Ties = Sequence[Iterable[str]]
"""Names that belong together, set by set."""


def in_order(names: Iterable[str], ties: Ties) -> tuple[str, ...]:
    """An order of `names` in which those that are tied together stand close to each other.

    A diagram is the smaller, the fewer ties are open between the names before a place and those
    after it. So the next name is always one that leaves the fewest open.
    """
    beside: dict[str, set[str]] = {name: set() for name in sorted(names)}
    for tie in ties:
        tied = [name for name in sorted(set(tie)) if name in beside]
        for place, name in enumerate(tied):
            is_small = len(tied) <= _MOST_TIED
            others = tied if is_small else tied[max(0, place - 1) : place + 2]
            beside[name].update(other for other in others if other != name)
    left = {name: len(others) for name, others in beside.items()}
    found: dict[str, None] = {}
    near: dict[str, None] = {}

    def leaves_open(name: str) -> tuple[int, int, str]:
        closed = sum(other in found and left[other] == 1 for other in beside[name])
        return (int(left[name] > 0) - closed, len(beside[name]), name)

    fewest: Callable[[str], tuple[int, str]] = lambda name: (len(beside[name]), name)  # noqa: E731
    for start in sorted(beside, key=fewest):
        if start in found:
            continue
        near[start] = None
        while near:
            name = min(near, key=leaves_open)
            del near[name]
            found[name] = None
            for other in beside[name]:
                left[other] -= 1
                if other not in found:
                    near[other] = None
    return tuple(found)
