"""Several sets of cases in one diagram, whose ends say which of them a case lies in.

With one diagram for each rule of a decision, all that can be learnt is how each rule turns out by
itself. Which rules apply *together* takes one diagram with many ends (an MTBDD, Fujita, McGeer and
Yang 1997, over facts with several values): an end is the set of rules that apply.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from attrs import frozen

from b12guide.evaluate.diagram import ALL, Diagrams, TooLargeError


@frozen(eq=False, repr=False)
class JointDiagram:
    """Some sets together. Node 0 is at the top, and the children of a node come after it.

    Attributes:
        levels: The fact at each node; None at an end.
        children: Of each node, the node for each value of its fact.
        ends: Of each end, which of the sets a case lies in. They stand in the order of that: a
            case outside of the first set before one inside, and so on.
    """

    levels: tuple[int | None, ...]
    children: tuple[tuple[int, ...], ...]
    ends: Mapping[int, tuple[bool, ...]]

    def merged(self, labels: Mapping[int, Hashable]) -> tuple[int, ...]:
        """For each node a node that stands for it where ends with one label are one end.

        Two nodes have the same one just if no case ends in different labels below them.
        """
        known: dict[Hashable, int] = {}
        found = [0] * len(self.levels)
        for node in reversed(range(len(self.levels))):
            below = tuple([found[child] for child in self.children[node]])
            if not below:
                found[node] = known.setdefault(("end", labels[node]), node)
            elif below.count(below[0]) == len(below):
                found[node] = below[0]
            else:
                found[node] = known.setdefault((self.levels[node], below), node)
        return tuple(found)


def joint_diagram(
    diagrams: Diagrams, sets: Sequence[int], most: int, most_ends: int
) -> JointDiagram:
    """One diagram for all of `sets`.

    Raises:
        TooLargeError: It has more than `most` nodes, or more than `most_ends` ends.
    """
    top = tuple(sets)
    below: dict[tuple[int, ...], tuple[tuple[int, ...], ...]] = {}
    level_of: dict[tuple[int, ...], int] = {}
    pending = [top]
    while pending:
        together = pending.pop()
        if together in below:
            continue
        if len(below) >= most:
            raise TooLargeError
        open_ = [one for one in together if one > ALL]
        if not open_:
            below[together] = ()
            continue
        level = min(map(diagrams.level, open_))
        level_of[together] = level
        split = [
            diagrams.children(one)
            if one > ALL and diagrams.level(one) == level
            else (one,) * diagrams.sizes[level]
            for one in together
        ]
        below[together] = tuple(zip(*split, strict=True))
        pending += below[together]
    inner = sorted(level_of, key=lambda together: (level_of[together], together))
    ends = sorted(together for together in below if together not in level_of)
    if len(ends) > most_ends:
        raise TooLargeError
    order = (*inner, *ends)
    place = {together: number for number, together in enumerate(order)}
    return JointDiagram(
        levels=tuple([level_of.get(together) for together in order]),
        children=tuple(
            [tuple([place[child] for child in below[one]]) for one in order]
        ),
        ends={
            place[together]: tuple([one == ALL for one in together])
            for together in ends
        },
    )
