"""Where the parts of a rule graph stand on a picture: what is read on the left, rules beside it.

Two columns and lanes for the exceptions are enough for any graph: a rule stands beneath the rules
that give way to it, and what is read stands level with its readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import frozen

from b12guide.record import Record

__all__ = ["Box", "Lane", "Layout", "Part", "lay_out"]

GAP = 10
_LANE = 14


@frozen(kw_only=True, repr=False)
class Part(Record):
    """Something to be drawn.

    Attributes:
        reads: The names of what it reads, on the left.
        gives_way: The names of the parts that give way to it, among its neighbours.
    """

    name: str
    height: int
    reads: tuple[str, ...] = ()
    gives_way: tuple[str, ...] = ()


@frozen(repr=False)
class Box(Record):
    """How far down something begins, and how high it is."""

    top: float
    height: int

    @property
    def middle(self) -> float:
        """Half way down the box."""
        return self.top + self.height / 2


@frozen(kw_only=True, repr=False)
class Lane(Record):
    """A line on the right, from the exceptions to the one part that gives way to them."""

    offset: int
    end: str
    starts: tuple[str, ...]


@frozen(kw_only=True, repr=False)
class Layout(Record):
    """Everything in its place.

    Attributes:
        left: What is read, by name.
        right: What reads, by name, from top to bottom.
        room: How far the lanes reach to the right.
    """

    left: Mapping[str, Box]
    right: Mapping[str, Box]
    lanes: tuple[Lane, ...]
    height: float
    room: int


def lay_out(parts: Sequence[Part], height_of: Callable[[str], int]) -> Layout:
    """The layout of `parts`; `height_of` says how high each thing is that they read."""
    ordered = tuple(_exceptions_beneath(parts))
    right: dict[str, Box] = {}
    top = 0.0
    for part in ordered:
        right[part.name] = Box(top, part.height)
        top += part.height + GAP
    bottom = max(top - GAP, 0.0)
    left = _level(ordered, right, height_of)
    lowest = max((box.top + box.height for box in left.values()), default=0.0)
    lanes = tuple(_lanes(ordered, right))
    return Layout(
        left=left,
        right=right,
        lanes=lanes,
        height=max(bottom, lowest),
        room=max((lane.offset for lane in lanes), default=0),
    )


def _exceptions_beneath(parts: Sequence[Part]) -> Iterable[Part]:
    """The parts in their order, each followed by its exceptions, once."""
    known = {part.name: part for part in parts}
    beneath: dict[str, list[Part]] = {}
    for part in parts:
        for parent in part.gives_way:
            beneath.setdefault(parent, []).append(part)
    roots = [p for p in parts if not any(name in known for name in p.gives_way)]
    placed: dict[str, Part] = {}
    waiting = [*reversed(parts), *reversed(roots)]
    while waiting:
        part = waiting.pop()
        if part.name not in placed:
            placed[part.name] = part
            waiting += reversed(beneath.get(part.name, ()))
    return placed.values()


def _level(
    parts: Sequence[Part], right: Mapping[str, Box], height_of: Callable[[str], int]
) -> dict[str, Box]:
    """What is read, each level with the middle of its readers as far as there is room."""
    readers: dict[str, list[float]] = {}
    for part in parts:
        for name in part.reads:
            readers.setdefault(name, []).append(right[part.name].middle)
    middles = {name: sum(ys) / len(ys) for name, ys in readers.items()}
    heights = {name: height_of(name) for name in middles}
    order = sorted(middles, key=lambda name: (middles[name], name))
    tops: list[float] = []
    end = 0.0
    for name in order:
        tops.append(max(middles[name] - heights[name] / 2, end))
        end = tops[-1] + heights[name] + GAP
    limit = max((box.top + box.height for box in right.values()), default=0.0)
    for index in reversed(range(len(order))):
        height = heights[order[index]]
        lowest = max(limit - height, _needed(order[:index], heights))
        tops[index] = min(tops[index], lowest)
        limit = tops[index] - GAP
    return {
        name: Box(top, heights[name]) for name, top in zip(order, tops, strict=True)
    }


def _needed(names: Iterable[str], heights: Mapping[str, int]) -> float:
    """The room that the boxes of `names` take at least."""
    return sum(heights[name] + GAP for name in names)


def _lanes(parts: Sequence[Part], right: Mapping[str, Box]) -> Iterable[Lane]:
    """A lane for each part that gives way, as far to the left as no other one crosses it."""
    taken: list[list[tuple[float, float]]] = []
    for parent in parts:
        starts = tuple(p.name for p in parts if parent.name in p.gives_way)
        if not starts:
            continue
        ys = [right[name].middle for name in (parent.name, *starts)]
        low, high = min(ys), max(ys)
        free = (
            n
            for n, others in enumerate(taken)
            if all(high < start or end < low for start, end in others)
        )
        number = next(free, len(taken))
        if number == len(taken):
            taken.append([])
        taken[number].append((low, high))
        yield Lane(offset=_LANE * (number + 1) + GAP, end=parent.name, starts=starts)
