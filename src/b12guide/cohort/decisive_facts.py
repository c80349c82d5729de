"""What is not known of a cohort and would matter: the single facts on which answers hinge.

The questions of a patient name every fact that can still change any answer, and each says which
decisions it can change. So patients who have one question only are settled by its answer, whatever
it is; that is exact. Those who have several may be settled by fewer, with luck; that is not
counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from attrs import asdict, evolve, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import choice
from b12guide.cohort.assumed import WrittenValues
from b12guide.cohort.cohort_advice import CohortAdvice
from b12guide.cohort.frames import FrameKind, frame_of
from b12guide.cohort.question_lists import AskedFacts
from b12guide.cohort.shares import Sample, Sampling, plain_drawn
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import frozen_map
from b12guide.graph.model import Decision, Definition, Fact, RuleGraph


@frozen(kw_only=True)
class Hinge:
    """One fact, or a definition where the facts behind it matter only together.

    Attributes:
        hinges: Patients about whom some answer can change with it.
        alone: Patients whom it would settle by itself.
    """

    fact: str
    label: str
    hinges: int
    alone: int


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
    """

    fact: str
    more: int
    settled: int


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
            anybody by itself, the one that most open patients are asked for comes next.
        assumed: What was assumed of patients for whom it is not known.
        asked: How many patients are asked which questions, each with what it can change.
        sampling: How the rows were drawn; None where they were simply counted.
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

    def of(self, decision: Decision | str) -> Hinges:
        """The same of one decision alone: whom it is settled for, and which facts settle it.

        Raises:
            UnknownNameError: There is no such decision.
        """
        return _hinges(self, choice(Decision, decision, "decision"))

    @property
    def settled_by_decision(self) -> dict[str, int]:
        """Patients about whom nothing that is not known can change a decision, by decision."""
        return {one.value: self.of(one).settled for one in DECISIONS}

    @property
    def by_decision(self) -> tuple[DecisionHinge, ...]:
        """The facts on which each decision hinges."""
        return tuple(
            DecisionHinge(decision=decision.value, **asdict(hinge))
            for decision in DECISIONS
            for hinge in self.of(decision).facts
        )

    def to_frame(self) -> Any:
        """The facts as a frame of the kind that came in."""
        return frame_of(self.facts, Hinge, _TYPES, self.kind)

    def order_frame(self) -> Any:
        """The order of asking."""
        return frame_of(self.order, HingeStep, _TYPES, self.kind)

    def decisions_frame(self) -> Any:
        """The facts on which each decision hinges, one row for each pair."""
        return frame_of(self.by_decision, DecisionHinge, _TYPES, self.kind)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        found: dict[str, Any] = {
            "decision": self.decision,
            "patients": self.patients,
            "assumed": dict(self.assumed),
            **plain_drawn(self.sampling),
            "settled": self.settled,
            "facts": [asdict(one) for one in self.facts],
            "order": [asdict(one) for one in self.order],
        }
        if self.decision is None:
            found["settled_by_decision"] = self.settled_by_decision
            found["by_decision"] = [asdict(one) for one in self.by_decision]
            found["asked"] = [
                {
                    "patients": count,
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
    numbers = np.bincount(found.asked_of[sample.inside], minlength=len(found.asked))
    counts = zip(found.asked, numbers.tolist(), strict=True)
    nothing = Hinges(
        graph=graph,
        patients=sample.rows,
        settled=sample.rows,
        facts=(),
        order=(),
        kind=kind,
        assumed=found.assumptions,
        asked={asked: count for asked, count in counts if count},
        sampling=sample.drawn,
    )
    return _hinges(nothing, None)


def _hinges(of: Hinges, decision: Decision | None) -> Hinges:
    """The hinges of one decision, or of all together."""
    groups: Counter[frozenset[str]] = Counter()
    for asked, count in of.asked.items():
        facts = (f for f, decides in asked if decision is None or decision in decides)
        groups[frozenset(facts)] += count
    settled = groups.pop(frozenset(), 0)
    hinges = _in_each(groups)
    names = sorted(hinges, key=lambda f: (-groups[frozenset({f})], -hinges[f], f))
    known: dict[str, Fact | Definition] = {
        **of.graph.vocabulary.facts,
        **of.graph.definitions,
    }
    return evolve(
        of,
        decision=None if decision is None else decision.value,
        settled=settled,
        facts=tuple(
            Hinge(
                fact=name,
                label=known[name].label,
                hinges=hinges[name],
                alone=groups[frozenset({name})],
            )
            for name in names
        ),
        order=tuple(_order_of_asking(groups, settled)),
    )


def _in_each(groups: Mapping[frozenset[str], int]) -> Counter[str]:
    """Of how many patients each fact is among those that are asked for."""
    found: Counter[str] = Counter()
    for facts, count in groups.items():
        found.update(dict.fromkeys(facts, count))
    return found


def _order_of_asking(
    groups: Mapping[frozenset[str], int], settled: int
) -> Iterator[HingeStep]:
    """Each time the fact that settles most patients now, as if it had been asked of everybody.

    An order of which every beginning is the best set of so many facts need not exist, and to find
    the best set of a given size is a matter of trying all; so each step is the best next one, as in
    the greedy cover of Chvátal (1979), and the counts say how far that comes.
    """
    left = Counter(groups)
    while left:
        wanted = _in_each(left)
        alone = {fact: left[frozenset({fact})] for fact in wanted}
        best = min(wanted, key=lambda f: (-alone[f], -wanted[f], f))
        settled += alone[best]
        yield HingeStep(fact=best, more=alone[best], settled=settled)
        before, left = left, Counter()
        for facts, count in before.items():
            if facts != {best}:
                left[facts - {best}] += count
