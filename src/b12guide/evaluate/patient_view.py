"""One patient before an evaluator."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from attrs import evolve, field, frozen

from b12guide.evaluate.facts import Facts, Reading, is_open_to_reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.program import Rails
from b12guide.evaluate.work import Work
from b12guide.truth import Truth

__all__ = ["Known", "readings_of"]


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Known:
    """One patient before an evaluator.

    Attributes:
        rails: The value of every node of the program for the known facts alone.
        readings: The same under each reading of the source's thresholds, where a known value
            lies inside one that is a range.
        work: What the answer about the patient has cost so far.
    """

    evaluator: Evaluator
    facts: Facts
    rails: Sequence[Rails]
    readings: tuple[Sequence[Rails], ...] = ()
    work: Work = field(factory=Work)

    @classmethod
    def of(cls, evaluator: Evaluator, facts: Facts, work: Work | None = None) -> Known:
        """What `facts` alone make of every condition, and what was spent on it."""
        return cls(
            evaluator=evaluator,
            facts=facts,
            rails=evaluator.rails(facts),
            readings=readings_of(evaluator, facts),
            work=Work() if work is None else work,
        )

    @cached_property
    def closed(self) -> frozenset[int]:
        """The nodes that the known facts settle."""
        return frozenset(s for s, rails in enumerate(self.rails) if rails != (0, 0))

    def truth(self, step: int) -> Truth:
        """The truth of a node."""
        true, false = self.rails[step]
        return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


def readings_of(evaluator: Evaluator, facts: Facts) -> tuple[Sequence[Rails], ...]:
    """What both readings make of every condition, where `facts` leave room for them."""
    if not any(is_open_to_reading(leaf, facts) for leaf in evaluator.ranges):
        return ()
    return tuple(
        evaluator.rails(evolve(facts, reading=reading))
        for reading in (Reading.LOWER, Reading.UPPER)
    )
