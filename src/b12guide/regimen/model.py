"""A dose schedule as data: phases of a dose, so often, so long, one after the other.

English, FHIR timing, calendar dates and audits are all derived from this. Ranges stay ranges:
"every 2 to 3 months" is never a point between.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.record import Record
from b12guide.values.duration import DurationRange

__all__ = [
    "Bound",
    "Dose",
    "Every",
    "ForDoses",
    "ForLife",
    "ForTime",
    "Frequency",
    "Phase",
    "Regimen",
    "Times",
    "Until",
]


@frozen(repr=False)
class Dose(Record):
    """An amount from `low` to `high` of one unit, as the vocabulary prints it."""

    low: Fraction
    high: Fraction
    unit: str


@frozen(repr=False)
class Every(Record):
    """One dose every so often."""

    interval: DurationRange


@frozen(repr=False)
class Times(Record):
    """From `low` to `high` doses in each period."""

    low: int
    high: int
    per: DurationRange


Frequency: TypeAlias = Every | Times


@frozen(repr=False)
class ForTime(Record):
    """Bounded by a length of time."""

    length: DurationRange


@frozen(repr=False)
class ForDoses(Record):
    """Bounded by a number of doses."""

    count: int


@frozen(repr=False)
class ForLife(Record):
    """Without an end; `indefinitely` keeps the word that the source chose."""

    indefinitely: bool = False


@frozen(repr=False)
class Until(Record):
    """Bounded by an event."""

    event: str


Bound: TypeAlias = ForTime | ForDoses | ForLife | Until


@frozen(kw_only=True, cache_hash=True, repr=False)
class Phase(Record):
    """A dose by a route, so often and so long. None: not stated, never "none".

    Attributes:
        drugs: The drugs to choose from, preferred first; empty when the form decides.
        after: An event that comes first.
    """

    drugs: tuple[str, ...] = ()
    dose: Dose
    route: str | None = None
    frequency: Frequency | None = None
    bound: Bound | None = None
    after: str | None = None

    def intersection(self, other: Phase) -> Phase | None:
        """The phase that satisfies both, or None: ranges intersect, the rest must agree."""
        dose = _dose_intersection(self.dose, other.dose)
        frequency = _frequency_intersection(self.frequency, other.frequency)
        if dose is None or (frequency is None and self.frequency is not None):
            return None
        if self.route != other.route or not _bounds_agree(self.bound, other.bound):
            return None
        drugs = self.drugs or other.drugs
        if self.drugs and other.drugs:
            drugs = tuple(d for d in self.drugs if d in other.drugs)
            if not drugs:
                return None
        return evolve(
            self,
            drugs=drugs,
            dose=dose,
            frequency=frequency,
            bound=self.bound or other.bound,
            after=self.after or other.after,
        )


@frozen(cache_hash=True, repr=False)
class Regimen(Record):
    """Phases, one after the other."""

    phases: tuple[Phase, ...]

    def intersection(self, other: Regimen) -> Regimen | None:
        """The regimen that satisfies both, or None when no regimen does."""
        if len(self.phases) != len(other.phases):
            return None
        phases = []
        for mine, theirs in zip(self.phases, other.phases, strict=True):
            phase = mine.intersection(theirs)
            if phase is None:
                return None
            phases.append(phase)
        return Regimen(tuple(phases))

    def __contains__(self, other: Regimen) -> bool:
        """Whether whoever follows `other` also follows this regimen."""
        return self.intersection(other) == other


def _dose_intersection(one: Dose, two: Dose) -> Dose | None:
    if one.unit != two.unit:
        return None
    low, high = max(one.low, two.low), min(one.high, two.high)
    return Dose(low, high, one.unit) if low <= high else None


def _frequency_intersection(
    one: Frequency | None, two: Frequency | None
) -> Frequency | None:
    match one, two:
        case (None, other) | (other, None):
            return other
        case (Every(interval=mine), Every(interval=theirs)):
            interval = mine.intersection(theirs)
            return None if interval is None else Every(interval)
        case (Times(per=mine), Times(per=theirs)) if mine == theirs:
            low, high = max(one.low, two.low), min(one.high, two.high)
            return Times(low, high, mine) if low <= high else None
        case _:
            return None


def _bounds_agree(one: Bound | None, two: Bound | None) -> bool:
    if one is None or two is None or one == two:
        return True
    return isinstance(one, ForLife) and isinstance(two, ForLife)
