"""Which facts can change an answer, and the fewest questions that would settle it.

Two classes of a group must be told apart when some completion is answered differently in one than
in the other. A fact tells two classes apart when no value of it occurs in both. So the classes fall
into parts that are answered alike, and it is the parts that have to be told apart: that is a matter
of sorting classes, however many pairs of them there are.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from itertools import combinations
from operator import or_
from typing import Protocol

from attrs import frozen

from b12guide.evaluate.completions import Completions
from b12guide.evaluate.decision import CompletionPart, everything_said
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.worlds import Space, from_bits
from b12guide.graph.model import Decision

_FEW = 32
"""Classes of which all pairs are looked at once; of more, they are sorted."""


class Needed(Protocol):
    """What a decision needs to have told apart, however that is worked out."""

    @property
    def decision(self) -> Decision:
        """The decision."""
        ...

    @property
    def names(self) -> Collection[str]:
        """The names of which the answers tell some of it apart."""
        ...

    @property
    def content(self) -> Hashable:
        """What makes it what it is: two that share it settle by the same names."""
        ...

    def variety(self, name: str) -> int:
        """The number of different answers that `name` can have."""
        ...

    def is_settled_by(self, names: Iterable[str]) -> bool:
        """Whether the answers to `names` tell apart all that any answer could tell apart."""
        ...


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Distinction:
    """Classes of one group that a decision needs to have told apart.

    Attributes:
        alike: The part of each class; classes of one part are answered alike.
        answers: For each name that could be asked, the set of answers (as bits) that each class
            leaves possible.
    """

    decision: Decision
    alike: tuple[int, ...]
    answers: Mapping[str, tuple[int, ...]]

    @property
    def content(self) -> Hashable:
        """What makes it what it is."""
        return (self.alike, tuple(self.answers.items()))

    @cached_property
    def _separated(self) -> Mapping[str, int] | None:
        """For each name, the pairs (as bits) that it tells apart; None where they are many."""
        if len(self.alike) > _FEW:
            return None
        pairs = list(self._pairs(range(len(self.alike))))
        return {
            name: from_bits([not found[one] & found[other] for one, other in pairs])
            for name, found in self.answers.items()
        }

    @cached_property
    def _separable(self) -> int:
        return reduce(or_, (self._separated or {}).values(), 0)

    @cached_property
    def _exact(self) -> frozenset[str]:
        """The names of which each class leaves one answer."""
        return frozenset(
            name
            for name, found in self.answers.items()
            if all(answers.bit_count() == 1 for answers in found)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of which the answers tell classes apart."""
        if self._separated is not None:
            return frozenset(name for name, pairs in self._separated.items() if pairs)
        return frozenset(
            name
            for name, found in self.answers.items()
            if (
                len({*found}) > 1
                if name
                in self._exact  # then some two of different parts differ in it as well
                else any(
                    self._tells((name,), *pair)
                    for pair in self._pairs(range(len(found)))
                )
            )
        )

    def variety(self, name: str) -> int:
        """The number of different answers that `name` can have."""
        possible = 0
        for answers in self.answers.get(name, ()):
            possible |= answers
        return possible.bit_count()

    def is_settled_by(self, names: Iterable[str]) -> bool:
        """Whether the answers to `names` tell apart all that any answer could tell apart."""
        separated = self._separated
        if separated is not None:
            told = 0
            for name in names:
                told |= separated.get(name, 0)
            return told == self._separable
        asked = [name for name in names if name in self.answers]
        exact = [self.answers[name] for name in asked if name in self._exact]
        others = [name for name in asked if name not in self._exact]
        together: dict[tuple[int, ...], list[int]] = {}
        for one in range(len(self.alike)):
            together.setdefault(tuple([found[one] for found in exact]), []).append(one)
        return not any(
            self._tells(self.answers, *pair) and not self._tells(others, *pair)
            for some in together.values()
            for pair in self._pairs(some)
        )

    def _pairs(self, classes: Sequence[int]) -> Iterator[tuple[int, int]]:
        """The pairs among `classes` that have to be told apart."""
        alike = self.alike
        if len({alike[one] for one in classes}) > 1:
            for one, other in combinations(classes, 2):
                if alike[one] != alike[other]:
                    yield one, other

    def _tells(self, names: Iterable[str], one: int, other: int) -> bool:
        """Whether the answer to one of `names` tells two classes apart."""
        answers = self.answers
        return any(not answers[name][one] & answers[name][other] for name in names)


def distinctions(
    decision: Decision,
    found: Completions,
    parts: Sequence[CompletionPart],
    evaluator: Evaluator,
    known: Collection[str],
) -> tuple[Distinction, ...]:
    """What has to be told apart so that `decision` has one answer; `known` is not asked for."""
    answers: dict[object, int] = {}
    for part in parts:
        answer = everything_said(part.composed, evaluator)
        answers[answer] = answers.get(answer, 0) | part.worlds
    if len(answers) == 1:
        return ()
    return apart(decision, found, [tuple(answers.values())], known)


def apart(
    decision: Decision,
    found: Completions,
    functions: Sequence[Sequence[int]],
    known: Collection[str],
) -> tuple[Distinction, ...]:
    """What has to be told apart so that each of `functions` has one answer.

    Args:
        decision: The decision.
        found: Its completions.
        functions: For each, the sets of worlds that have one answer.
        known: What is not asked for.
    """
    needed = []
    for dimension, group in enumerate(found.groups):
        parts = [_alike(dimension, found.space, answers) for answers in functions]
        telling = [part for part in parts if any(part)]
        if telling:
            answers_to = {n: a for n, a in group.answers.items() if n not in known}
            numbers: dict[tuple[int, ...], int] = {}
            alike = tuple(
                [
                    numbers.setdefault(one, len(numbers))
                    for one in zip(*telling, strict=True)
                ]
            )
            needed.append(
                Distinction(decision=decision, alike=alike, answers=answers_to)
            )
    return tuple(needed)


def _alike(dimension: int, space: Space, answers: Sequence[int]) -> tuple[int, ...]:
    """The part of each digit of a dimension; those of one part are answered alike everywhere."""
    digits = range(space.sizes[dimension])
    seen: Iterable[object]
    looks = len(answers) * len(digits)
    if looks <= _FEW or looks * _DIGITS_A_WORLD < space.count:
        seen = (space.without(dimension, digit, answers) for digit in digits)
    else:
        told = space.members(answers)
        stride, period = space.stride(dimension), space.stride(dimension + 1)
        starts = range(0, space.count, period)
        seen = (
            tuple(
                [
                    told[start + digit * stride + place]
                    for start in starts
                    for place in range(stride)
                ]
            )
            for digit in digits
        )
    parts: dict[object, int] = {}
    return tuple([parts.setdefault(one, len(parts)) for one in seen])


_DIGITS_A_WORLD = 8
"""What it costs to look at one digit of all worlds at once, in worlds looked at one by one."""


def ask(
    needed: Sequence[Needed], prefer: Sequence[str] = (), ages: Collection[str] = ()
) -> tuple[str, ...]:
    """A set of names, none of which can be left out, that settles all of `needed`.

    A set with the fewest names would be a minimum test collection, which is hard to find (Garey and
    Johnson 1979, SP6), and not what a clinician wants: one question that serves five decisions is
    better than another that serves two. So the names are left out one by one while the rest still
    settles everything, the least useful first: kept before others are those that serve more
    decisions, and before all those in `prefer`, which are asked for anyhow. Of names that serve
    as many, `ages` go first: who is asked whether something is so need not be asked since when.
    """
    serves: dict[str, set[Decision]] = {}
    for distinction in needed:
        for name in distinction.names:
            serves.setdefault(name, set()).add(distinction.decision)

    def usefulness(name: str) -> tuple[bool, int, bool, int, str]:
        values = max(one.variety(name) for one in needed)
        return (name in prefer, len(serves[name]), name not in ages, -values, name)

    kept = sorted(serves, key=usefulness)
    for name in tuple(kept):
        left = [other for other in kept if other != name]
        if all(distinction.is_settled_by(left) for distinction in needed):
            kept = left
    return tuple(reversed(kept))


def rank(
    name: str, decides: Sequence[Decision], place: int
) -> tuple[int, list[int], int, str]:
    """Where a question stands among others: those that bear on the most decisions first.

    Args:
        name: What is asked for.
        decides: The decisions that it can change.
        place: Where it stands in the vocabulary; -1 for a definition.
    """
    return (-len(decides), [_PLACE[decision] for decision in decides], place, name)


_PLACE = {decision: place for place, decision in enumerate(Decision)}
