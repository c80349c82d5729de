"""Which facts can change an answer, and the fewest questions that would settle it.

Two classes of a group must be told apart when some completion is answered differently in one than
in the other. A fact tells two classes apart when no value of it occurs in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from attrs import frozen

from b12guide.evaluate.completions import Completions, Group
from b12guide.evaluate.decisions import Part
from b12guide.evaluate.program import Op, Program
from b12guide.evaluate.space import Space
from b12guide.graph.model import Decision

__all__ = ["Distinction", "ask", "distinctions"]


@frozen(kw_only=True, eq=False, repr=False)
class Distinction:
    """Classes of one group that a decision needs to have told apart.

    Attributes:
        pairs: The classes, two by two.
        answers: For each name that could be asked, the set of answers (as bits) that each class
            leaves possible.
    """

    decision: Decision
    pairs: tuple[tuple[int, int], ...]
    answers: Mapping[str, tuple[int, ...]]

    def separates(self, name: str, pair: tuple[int, int]) -> bool:
        """Whether the answer to `name` tells the two classes apart."""
        found = self.answers.get(name)
        return found is not None and not found[pair[0]] & found[pair[1]]

    def is_settled_by(self, names: Sequence[str]) -> bool:
        """Whether the answers to `names` tell apart all that any answer could tell apart."""
        return all(
            any(self.separates(name, pair) for name in names)
            for pair in self.pairs
            if any(self.separates(name, pair) for name in self.answers)
        )


def distinctions(
    decision: Decision,
    found: Completions,
    parts: Sequence[Part],
    program: Program,
    known: frozenset[str],
) -> tuple[Distinction, ...]:
    """What has to be told apart so that `decision` has one answer."""
    answers: dict[object, int] = {}
    for part in parts:
        answer = (part.composed.everything, part.composed.sides)
        answers[answer] = answers.get(answer, 0) | part.worlds
    if len(answers) == 1:
        return ()
    needed = []
    for dimension, group in enumerate(found.groups):
        pairs = _pairs(dimension, found.space, tuple(answers.values()))
        if pairs:
            possible = _answers(group, program, known)
            needed.append(Distinction(decision=decision, pairs=pairs, answers=possible))
    return tuple(needed)


def _pairs(
    dimension: int, space: Space, answers: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """The digits of a dimension between which some completion changes its answer."""
    seen = [
        space.without(dimension, digit, answers)
        for digit in range(space.sizes[dimension])
    ]
    digits = range(len(seen))
    return tuple((a, b) for a, b in combinations(digits, 2) if seen[a] != seen[b])


def _answers(
    group: Group, program: Program, known: frozenset[str]
) -> dict[str, tuple[int, ...]]:
    """What could be asked of a group, with the answers that each of its classes leaves open."""
    found: dict[str, tuple[int, ...]] = {}
    for term in group.terms:
        node = program.nodes[term]
        if node.op is Op.DEFINED:
            found[node.name] = _possible(group, group.rails[term])
    for fact, offered in zip(group.facts, group.worlds.samples, strict=True):
        if fact not in known:
            values = dict.fromkeys(value for value, _ in offered)
            columns = [group.worlds.column(fact, (value,)) for value in values]
            found[fact] = _possible(group, columns)
    return found


def _possible(group: Group, columns: Sequence[int]) -> tuple[int, ...]:
    return tuple(
        sum(1 << i for i, column in enumerate(columns) if members & column)
        for members in group.classes
    )


def ask(needed: Sequence[Distinction], prefer: Sequence[str] = ()) -> tuple[str, ...]:
    """A smallest set of names, none of which can be left out, that settles all of `needed`.

    Names that serve more decisions are kept before others, those in `prefer` before all.
    """
    serves: dict[str, set[Decision]] = {}
    for distinction in needed:
        for name in distinction.answers:
            if any(distinction.separates(name, pair) for pair in distinction.pairs):
                serves.setdefault(name, set()).add(distinction.decision)

    def usefulness(name: str) -> tuple[bool, int, int, str]:
        values = max(_variety(d, name) for d in needed if name in d.answers)
        return (name in prefer, len(serves[name]), -values, name)

    kept = sorted(serves, key=usefulness)
    for name in tuple(kept):
        left = [other for other in kept if other != name]
        if all(distinction.is_settled_by(left) for distinction in needed):
            kept = left
    return tuple(reversed(kept))


def _variety(distinction: Distinction, name: str) -> int:
    """The number of different answers that `name` can have."""
    possible = 0
    for answers in distinction.answers[name]:
        possible |= answers
    return possible.bit_count()
