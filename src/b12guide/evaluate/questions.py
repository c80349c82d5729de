"""Which facts can change an answer, and the fewest questions that would settle it.

Two classes of a group must be told apart when some completion is answered differently in one than
in the other. A fact tells two classes apart when no value of it occurs in both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from attrs import frozen

from b12guide.evaluate.completions import Completions
from b12guide.evaluate.decisions import Part
from b12guide.evaluate.space import Space, from_bits
from b12guide.graph.model import Decision

__all__ = ["Distinction", "ask", "distinctions"]


@frozen(kw_only=True, slots=False, eq=False, repr=False)
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

    @cached_property
    def separated(self) -> Mapping[str, int]:
        """For each name, the set of pairs (as bits) that its answer tells apart."""
        return {
            name: from_bits(not found[one] & found[other] for one, other in self.pairs)
            for name, found in self.answers.items()
        }

    @cached_property
    def separable(self) -> int:
        """The pairs that any answer tells apart."""
        return self.separated_by(self.separated)

    def separated_by(self, names: Iterable[str]) -> int:
        """The pairs that the answers to `names` tell apart."""
        pairs = 0
        for name in names:
            pairs |= self.separated.get(name, 0)
        return pairs

    def is_settled_by(self, names: Iterable[str]) -> bool:
        """Whether the answers to `names` tell apart all that any answer could tell apart."""
        return self.separated_by(names) == self.separable


def distinctions(
    decision: Decision,
    found: Completions,
    parts: Sequence[Part],
    known: Collection[str],
) -> tuple[Distinction, ...]:
    """What has to be told apart so that `decision` has one answer; `known` is not asked for."""
    answers: dict[object, int] = {}
    for part in parts:
        answer = part.composed.everything
        answers[answer] = answers.get(answer, 0) | part.worlds
    if len(answers) == 1:
        return ()
    needed = []
    for dimension, group in enumerate(found.groups):
        pairs = _pairs(dimension, found.space, tuple(answers.values()))
        if pairs:
            answers_to = {n: a for n, a in group.answers.items() if n not in known}
            needed.append(
                Distinction(decision=decision, pairs=pairs, answers=answers_to)
            )
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


def ask(needed: Sequence[Distinction], prefer: Sequence[str] = ()) -> tuple[str, ...]:
    """A smallest set of names, none of which can be left out, that settles all of `needed`.

    Names that serve more decisions are kept before others, those in `prefer` before all.
    """
    serves: dict[str, set[Decision]] = {}
    for distinction in needed:
        for name in distinction.answers:
            if distinction.separated[name]:
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
