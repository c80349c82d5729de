"""What is not known of a cohort and would matter: the single facts on which answers hinge.

The questions of a patient name every fact that can still change any answer, and each says which
decisions it can change. So patients who have one question only are settled by its answer, whatever
it is; that is exact. Those who have several may be settled by fewer, with luck; that is not
counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from attrs import asdict, evolve, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import choice
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.cohort_advice import CohortAdvice
from b12guide.cohort.design import Places, sums
from b12guide.cohort.frames import FrameKind, frame_of
from b12guide.cohort.question_lists import AskedFacts
from b12guide.cohort.shares import (
    Coded,
    Sample,
    Sampling,
    Share,
    counts_frame,
    plain_counts,
    plain_drawn,
    rounded,
)
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, Definition, Fact, RuleGraph


@frozen(kw_only=True)
class Hinge:
    """One fact, or a definition where the facts behind it matter only together.

    Attributes:
        hinges: Patients about whom some answer can change with it.
        alone: Patients whom it would settle by itself.
        hinges_share: Their share of the people for whom the rows stand, as `alone_share` of those
            whom it would settle; None without a design, and where it was read back.
    """

    fact: str
    label: str
    hinges: int
    alone: int
    hinges_share: Share | None = None
    alone_share: Share | None = None


@frozen(kw_only=True)
class DecisionHinge:
    """One fact and one decision.

    Attributes:
        hinges: Patients about whom the decision can change with it.
        alone: Patients about whom it would settle the decision by itself.
    """

    decision: str
    fact: str
    label: str
    hinges: int
    alone: int


@frozen(kw_only=True)
class HingeStep:
    """One fact in an order of asking: the next is the one that then settles most.

    Attributes:
        more: Patients settled by this fact after those before it.
        settled: Patients settled so far, those who were from the start included.
        settled_share: Their share of the people for whom the rows stand; None without a design.
    """

    fact: str
    more: int
    settled: int
    settled_share: Share | None = None


@frozen(kw_only=True, eq=False, repr=False)
class AskedRows:
    """What each row of a cohort is asked, and how the rows were drawn.

    Attributes:
        lists: The different lists of questions.
        of_row: Which of them each row is asked.
    """

    lists: tuple[AskedFacts, ...]
    of_row: Places
    sample: Sample

    def __attrs_post_init__(self) -> None:
        self.of_row.setflags(write=False)


@frozen(kw_only=True)
class Hinges(Answer):
    """On which facts the answers to a cohort hinge.

    Attributes:
        decision: The only decision that is looked at; None where all are, together.
        patients: How many rows; those of no weight are in no count.
        settled: Patients about whom nothing needs to be asked: no fact that is not known can change
            anything that is said to them, alternatives and exclusions included.
        facts: Those that would settle most by themselves first.
        order: Every fact that anybody is asked for, the next best first. Where no fact settles
            anybody by itself, the one that most open patients are asked for comes next. With a
            design what is best goes by weight, here and in `facts`: by people, and not by rows.
        assumed: What was assumed of patients for whom it is not known.
        asked: How many patients are asked which questions, each with what it can change.
        sampling: How the rows were drawn; None where they were simply counted.
        settled_share: The share of `settled` of the people for whom the rows stand; None without a
            design, and of one decision of hinges that were read back.
        weights: What those weigh who are asked which questions; empty without a design.
        rows: What each row is asked (`AskedRows`); None without a design, and where hinges were
            read back.
    """

    graph: RuleGraph = field(repr=False)
    decision: str | None = None
    patients: int
    settled: int
    facts: tuple[Hinge, ...] = field(repr=False)
    order: tuple[HingeStep, ...] = field(repr=False)
    kind: FrameKind = field(eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    asked: Mapping[AskedFacts, int] = field(
        factory=dict, converter=frozen_map, repr=False
    )
    sampling: Sampling | None = field(default=None, repr=False)
    settled_share: Share | None = None
    weights: Mapping[AskedFacts, float] = field(
        factory=dict, converter=frozen_map, repr=False
    )
    rows: Any = field(default=None, eq=False, repr=False)

    def of(self, decision: Decision | str) -> Hinges:
        """The same of one decision alone: whom it is settled for, and which facts settle it.

        Shares of it are of the rows, which no record has: hinges that were read back have none.

        Raises:
            UnknownNameError: There is no such decision.
        """
        return _hinges(self, choice(Decision, decision, "decision"))

    @property
    def settled_by_decision(self) -> dict[str, int]:
        """Patients about whom nothing that is not known can change a decision, by decision."""
        counted = evolve(self, rows=None)
        return {one.value: counted.of(one).settled for one in DECISIONS}

    @property
    def settled_shares(self) -> dict[str, Share | None]:
        """The shares of `settled_by_decision` of the people for whom the rows stand."""
        return {one.value: self.of(one).settled_share for one in DECISIONS}

    @property
    def by_decision(self) -> tuple[DecisionHinge, ...]:
        """The facts on which each decision hinges."""
        return tuple(
            DecisionHinge(
                decision=decision.value,
                fact=hinge.fact,
                label=hinge.label,
                hinges=hinge.hinges,
                alone=hinge.alone,
            )
            for decision in DECISIONS
            for hinge in evolve(self, rows=None).of(decision).facts
        )

    def to_frame(self) -> Any:
        """The facts as a frame of the kind that came in.

        In a survey it has the columns `hinges_share`, `hinges_low`, `hinges_high`, and the same of
        `alone`.
        """
        return self._frame(self.facts, Hinge)

    def order_frame(self) -> Any:
        """The order of asking, in a survey with `settled_share` and its limits."""
        return self._frame(self.order, HingeStep)

    def decisions_frame(self) -> Any:
        """The facts on which each decision hinges, one row for each pair.

        Rows are counted; their shares are in the frame of `of(decision)`.
        """
        return frame_of(self.by_decision, DecisionHinge, _TYPES, self.kind)

    def _frame(self, rows: Sequence[Any], kind_of_row: type) -> Any:
        is_drawn = self.sampling is not None
        return counts_frame(rows, kind_of_row, _TYPES, self.kind, is_drawn=is_drawn)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        found: dict[str, Any] = {
            "decision": self.decision,
            "patients": self.patients,
            "assumed": dict(self.assumed),
            **plain_drawn(self.sampling),
            "settled": self.settled,
            "facts": [plain_counts(one) for one in self.facts],
            "order": [plain_counts(one) for one in self.order],
        }
        if self.settled_share is not None:
            found["settled_share"] = self.settled_share.plain()
        if self.decision is None:
            found["settled_by_decision"] = self.settled_by_decision
            found["by_decision"] = [asdict(one) for one in self.by_decision]
            found["asked"] = [
                {
                    "patients": count,
                    **({"weight": self.weights[asked]} if self.weights else {}),
                    "questions": [
                        {"fact": fact, "decides": [d.value for d in decides]}
                        for fact, decides in asked
                    ],
                }
                for asked, count in self.asked.items()
            ]
        return found


_TYPES = dict.fromkeys(("fact", "label", "decision"), pa.string())


def hinges_of(
    found: CohortAdvice, graph: RuleGraph, sample: Sample, kind: FrameKind
) -> Hinges:
    """The facts on which advice about a cohort hinges."""
    lists = found.asked_of[sample.inside]
    numbers = np.bincount(lists, minlength=len(found.asked)).tolist()
    asked = {one: n for one, n in zip(found.asked, numbers, strict=True) if n}
    drawn, weights = sample.drawn, {}
    if drawn is not None:
        weighed = sums(lists, sample.weights, len(found.asked)).tolist()
        several = zip(found.asked, weighed, strict=True)
        weights = {one: rounded(weight) for one, weight in several if one in asked}
    nothing = Hinges(
        graph=graph,
        patients=sample.rows,
        settled=sample.rows,
        facts=(),
        order=(),
        kind=kind,
        assumed=found.assumptions,
        asked=asked,
        sampling=drawn,
        weights=weights,
        rows=None
        if drawn is None
        else AskedRows(lists=found.asked, of_row=found.asked_of, sample=sample),
    )
    return _hinges(nothing, None)


_Facts: TypeAlias = frozenset[str]
"""What somebody is asked."""


def _hinges(of: Hinges, decision: Decision | None) -> Hinges:
    """The hinges of one decision, or of all together."""

    def asked_for(asked: AskedFacts) -> _Facts:
        return frozenset(
            fact for fact, decides in asked if decision is None or decision in decides
        )

    groups: Counter[_Facts] = Counter()
    worth: dict[_Facts, float] = {}
    for asked, count in of.asked.items():
        facts = asked_for(asked)
        groups[facts] += count
        worth[facts] = worth.get(facts, 0) + of.weights.get(asked, count)
    worth.pop(frozenset(), None)
    most, hinges = _in_each(worth), _in_each(groups)

    def usefulness(fact: str) -> tuple[float, float, str]:
        alone = worth.get(frozenset({fact}), 0)
        return -rounded(alone), -rounded(most[fact]), fact

    names = sorted(most, key=usefulness)
    order = list(_order_of_asking(worth))
    # Those who are settled when the first few have been asked for; at the start, by nothing.
    settled = [
        {facts for facts in groups if facts <= frozenset(order[:number])}
        for number in range(len(order) + 1)
    ]
    counts = [sum(groups[facts] for facts in some) for some in settled]
    shares: list[Share | None] = [None] * (len(settled) + 2 * len(names))
    if of.rows is not None:
        hinging = [{facts for facts in groups if name in facts} for name in names]
        alone = [{frozenset({name})} & groups.keys() for name in names]
        shares = [*_shares(of.rows, asked_for, (*settled, *hinging, *alone))]
    first, of_steps = shares[0], shares[1 : len(settled)]
    of_hinges = shares[len(settled) : len(settled) + len(names)]
    of_alone = shares[len(settled) + len(names) :]
    known: dict[str, Fact | Definition] = {
        **of.graph.vocabulary.facts,
        **of.graph.definitions,
    }
    return evolve(
        of,
        decision=None if decision is None else decision.value,
        settled=counts[0],
        settled_share=first,
        facts=tuple(
            Hinge(
                fact=name,
                label=known[name].label,
                hinges=int(hinges[name]),
                alone=groups[frozenset({name})],
                hinges_share=share,
                alone_share=settling,
            )
            for name, share, settling in zip(names, of_hinges, of_alone, strict=True)
        ),
        order=tuple(
            HingeStep(fact=fact, more=now - before, settled=now, settled_share=share)
            for fact, (before, now), share in zip(
                order, pairwise(counts), of_steps, strict=True
            )
        ),
    )


def _shares(
    rows: AskedRows,
    asked_for: Callable[[AskedFacts], _Facts],
    several: Iterable[set[_Facts]],
) -> list[Share]:
    """The shares of the people who are asked one of some sets of facts, for each of `several`."""
    place: dict[_Facts, int] = {}
    places = [place.setdefault(asked_for(one), len(place)) for one in rows.lists]
    coded = Coded(
        codes=np.array(places, np.int64)[rows.of_row],
        kinds=max(len(place), 1),
        answers=tuple(
            tuple(sorted(place[facts] for facts in some)) for some in several
        ),
    )
    return rows.sample.shares([coded])[0]


def _in_each(groups: Mapping[_Facts, float]) -> Counter[str]:
    """Of how many patients each fact is among those that are asked for."""
    found: Counter[str] = Counter()
    for facts, count in groups.items():
        found.update(dict.fromkeys(facts, count))
    return found


def _order_of_asking(worth: Mapping[_Facts, float]) -> Iterator[str]:
    """Each time the fact that settles most patients now, as if it had been asked of everybody.

    An order of which every beginning is the best set of so many facts need not exist, and to find
    the best set of a given size is a matter of trying all; so each step is the best next one, as in
    the greedy cover of Chvátal (1979), and the counts say how far that comes.

    Args:
        worth: How many patients are asked which facts, or what they weigh.
    """
    left = dict(worth)
    while left:
        wanted = _in_each(left)
        alone = {fact: rounded(left.get(frozenset({fact}), 0)) for fact in wanted}
        best = min(wanted, key=lambda f: (-alone[f], -rounded(wanted[f]), f))
        yield best
        before, left = left, {}
        for facts, count in before.items():
            rest = facts - {best}
            if rest:
                left[rest] = left.get(rest, 0) + count
