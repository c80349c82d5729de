"""The questions about many patients, as lists of numbers.

A patient is asked for several reasons: each decision leaves something open about facts that stand
alone or belong together, and the scope may be open too. A reason names facts, and the decisions
that each can change. All that the reasons of a patient name is put in order, the most useful
question first. There are few reasons, and so many ways to have some of them that this is done for
all patients at once, a fact being a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from b12guide.cohort.bits import Sorted
from b12guide.evaluate.questions import rank
from b12guide.graph.model import Decision, RuleGraph

AskedFacts: TypeAlias = tuple[tuple[str, tuple[Decision, ...]], ...]
"""The facts that are worth asking for, each with the decisions that it can change."""

Served: TypeAlias = NDArray[np.uint16]
"""For each fact the decisions that it can change, as bits by their places; no more than sixteen."""


@frozen(eq=False, repr=False)
class QuestionLists:
    """Different lists of questions, and which of them each patient has.

    Attributes:
        names: The facts and definitions that can be asked for.
        decisions: The decisions that are answered.
        ends: Where each list begins among `facts`, and where the last one ends.
        facts: The questions of all lists, one list after the other, by their places in `names`.
        served: Of each question, the decisions that it can change.
        group: Of each patient, their list.
    """

    names: tuple[str, ...]
    decisions: tuple[Decision, ...]
    ends: NDArray[np.int32]
    facts: NDArray[np.int32]
    served: Served
    group: NDArray[Any]

    @property
    def open(self) -> tuple[AskedFacts, ...]:
        """The lists, each question with the decisions that it can change."""
        facts = [self.names[fact] for fact in self.facts.tolist()]
        served = self.served.tolist()
        which = {one: _members(one, self.decisions) for one in set(served)}
        every = list(zip(facts, map(which.__getitem__, served), strict=True))
        return tuple([tuple(every[a:b]) for a, b in pairwise(self.ends.tolist())])

    def serving(self, decision: Decision) -> NDArray[np.bool_]:
        """Which lists have a question that can change `decision`."""
        bit = np.uint16(1 << self.decisions.index(decision))
        before = np.concatenate([[0], np.cumsum(self.served & bit != 0)])
        found: NDArray[np.bool_] = before[self.ends[1:]] > before[self.ends[:-1]]
        return found


@frozen(eq=False, repr=False)
class Askable:
    """What can be asked for, and what for.

    Attributes:
        names: Definitions and facts, as those that change the same are asked for in turn.
        decisions: The decisions that are answered.
    """

    names: tuple[str, ...]
    decisions: tuple[Decision, ...]
    place: Mapping[str, int] = field(init=False)

    @place.default
    def _place(self) -> Mapping[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @classmethod
    def of(cls, graph: RuleGraph, decisions: tuple[Decision, ...]) -> Askable:
        """All facts and definitions of a guideline."""
        return cls(askable_names(graph), decisions)

    def served(self, asked: Iterable[tuple[str, int]]) -> Served:
        """What one reason names, as one number for each fact."""
        found = np.zeros(len(self.names), np.uint16)
        for name, decisions in asked:
            found[self.place[name]] |= decisions
        return found

    def nothing(self, rows: int) -> QuestionLists:
        """No question for anybody."""
        return self.listed([()], np.zeros(rows, np.uint8))

    def listed(self, lists: Sequence[AskedFacts], group: NDArray[Any]) -> QuestionLists:
        """Lists that are in order already."""
        bits = {decision: 1 << place for place, decision in enumerate(self.decisions)}
        every = [each for one in lists for each in one]
        return QuestionLists(
            names=self.names,
            decisions=self.decisions,
            ends=np.cumsum([0, *map(len, lists)], dtype=np.int32),
            facts=np.array([self.place[name] for name, _ in every], np.int32),
            served=np.array(
                [sum(bits[d] for d in some) for _, some in every], np.uint16
            ),
            group=group,
        )

    def together(
        self, reasons: Sequence[tuple[NDArray[np.uint16], NDArray[Any]]], rows: Sorted
    ) -> QuestionLists:
        """What several reasons give together, the most useful question first.

        Args:
            reasons: For each kind of reason, what the different reasons name (one in each row), and
                which of them each group of patients has.
            rows: The groups of patients.
        """
        named = [different.any(axis=0) for different, _ in reasons]
        asked = (
            np.flatnonzero(np.logical_or.reduce(named)) if named else np.zeros(0, int)
        )
        found = np.zeros((rows.count, len(asked)), np.uint16)
        for different, which in reasons:
            found |= different[:, asked][which]
        groups, facts = np.nonzero(found)
        served = found[groups, facts]
        present = np.flatnonzero(np.bincount(served)).tolist()
        present.sort(key=lambda one: rank("", _members(one, self.decisions), 0))
        ordered = np.array(present, np.uint16)
        use = np.zeros(1 << 16, np.int64)
        use[ordered] = np.arange(len(ordered))
        # A list, what a question is of use for, and the fact itself, as one number.
        key = (groups * len(ordered) + use[served]) * len(asked) + facts
        key.sort()
        uses, facts = np.divmod(key, max(len(asked), 1))
        counts = np.count_nonzero(found, axis=1)
        return QuestionLists(
            names=self.names,
            decisions=self.decisions,
            ends=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            facts=asked[facts].astype(np.int32),
            served=ordered[uses % max(len(ordered), 1)],
            group=rows.group,
        )


def askable_names(graph: RuleGraph) -> tuple[str, ...]:
    """The facts and definitions of a guideline as `rank` puts them in order."""
    facts = graph.vocabulary.facts
    return (*sorted(graph.definitions.keys() - facts.keys()), *facts)


def _members(bits: int, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    return tuple([one for place, one in enumerate(decisions) if bits >> place & 1])
