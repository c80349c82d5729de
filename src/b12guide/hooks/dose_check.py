"""A draft dose beside the regimens of an answer: in what it departs from all of them.

A draft is held against each phase in which its drug may be given, and departs only where it does so
from every one: what may still turn out to be the regimen is no departure. Parts that the draft or
the guideline leaves open are not compared. A month has 28 to 31 days, so days and months are only
held against each other where no month decides it. A prescription that ends before the phase does is
no departure, since many are written for a while; one that lasts longer than the phase is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from fractions import Fraction

from attrs import frozen

from b12guide.audit.finding import USUAL
from b12guide.evaluate.answer import Option, Outcome, Recommendation
from b12guide.evaluate.composition_parts import strength_of
from b12guide.frozen import Record
from b12guide.graph import model as m
from b12guide.graph.query import regimens_in
from b12guide.hooks.drafts import DraftDose
from b12guide.regimen.interval import falls_short, shortest
from b12guide.regimen.model import (
    Every,
    ForDoses,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Times,
)
from b12guide.values.calendar import add
from b12guide.values.duration import DurationRange

__all__ = ["DoseFinding", "Offered", "Part", "dose_finding", "early", "offered"]

_SECONDS_IN_DAY = 86_400
_SHORTEST_MONTH, _LONGEST_MONTH = 28, 31
_DOSED = (
    m.Decision.CHANGE,
    m.Decision.LOADING,
    m.Decision.MAINTENANCE,
    m.Decision.ADJUNCT,
)
Days = tuple[Fraction, Fraction]


class Part(Enum):
    """In what a draft departs from a phase."""

    DOSE = "dose"
    ROUTE = "route"
    FREQUENCY = "interval"
    LENGTH = "length"
    AS_NEEDED = "use as needed"


@frozen(kw_only=True, repr=False)
class Offered(Record):
    """A regimen that a decision advises, or may turn out to advise, for a drug."""

    decision: m.Decision
    option: Option
    regimen: Regimen

    def phases(self, drug: str) -> tuple[Phase, ...]:
        """The phases in which the drug may be given."""
        return tuple(p for p in self.regimen.phases if not p.drugs or drug in p.drugs)


@frozen(kw_only=True, repr=False)
class DoseFinding(Record):
    """That a draft dose departs from every regimen.

    Attributes:
        parts: In what it departs from the regimen that it comes nearest to.
        among: The regimens, the default first.
    """

    draft: DraftDose
    parts: tuple[Part, ...]
    among: tuple[Offered, ...]

    @property
    def certain(self) -> tuple[Offered, ...]:
        """The regimens that are certain."""
        return tuple(one for one in self.among if one.option.certain)


def offered(drug: str, answer: Recommendation) -> tuple[Offered, ...]:
    """The regimens in which a drug may be given, certain ones and defaults first."""
    found = [
        Offered(decision=decision, option=option, regimen=regimen)
        for decision in _DOSED
        for option in _options(answer, decision)
        for regimen in regimens_in(option.advice)
        if regimen.phases
    ]
    some = [one for one in found if one.phases(drug)]
    return tuple(
        sorted(some, key=lambda o: (not o.option.certain, o.option.alternative))
    )


def _options(answer: Recommendation, decision: m.Decision) -> tuple[Option, ...]:
    """What a decision advises, with the sides of its conflicts, none of which is certain."""
    decided = answer.decisions.get(decision)
    if decided is None or decided.outcome is Outcome.NOT_NEEDED:
        return ()
    sides = (
        Option(
            advice=side.advice,
            strength=strength_of(answer.graph.rules[name] for name in side.rules),
            rules=side.rules,
            certain=False,
        )
        for conflict in answer.conflicts
        if conflict.decision is decision
        for side in conflict.sides
    )
    return (*decided.options, *sides)


def dose_finding(
    draft: DraftDose, drug: str, among: Sequence[Offered]
) -> DoseFinding | None:
    """That a draft departs from every phase of every regimen; None where it does not."""
    found = [departures(draft, phase) for one in among for phase in one.phases(drug)]
    if not found or not all(found):
        return None
    return DoseFinding(draft=draft, parts=min(found, key=len), among=tuple(among))


def departures(draft: DraftDose, phase: Phase) -> tuple[Part, ...]:
    """In what a draft departs from a phase for certain."""
    return tuple(_departures(draft, phase))


def _departures(draft: DraftDose, phase: Phase) -> Iterator[Part]:
    if _is_other_dose(draft, phase):
        yield Part.DOSE
    if draft.route and phase.route and draft.route != phase.route:
        yield Part.ROUTE
    if _is_other_pace(draft, phase):
        yield Part.FREQUENCY
    if _is_longer(draft, phase):
        yield Part.LENGTH
    if draft.as_needed is not phase.as_needed and (draft.as_needed or draft.frequency):
        yield Part.AS_NEEDED


def _is_other_dose(draft: DraftDose, phase: Phase) -> bool:
    wanted = phase.dose.given
    if draft.dose is None or wanted.is_by_weight or draft.dose.is_by_weight:
        return False
    found = draft.dose.in_unit(wanted.unit)
    if found is None:  # tablets or millilitres: what they hold is not known
        return False
    return not all(end is None or end in wanted for end in found)


def _is_other_pace(draft: DraftDose, phase: Phase) -> bool:
    if draft.frequency is None:
        return False
    mine = _spacing(draft.frequency)
    apart = phase.apart
    if apart is not None:
        least = _days(DurationRange(apart.value, apart.value, apart.unit))
        if mine[1] < least[0]:
            return True
    if phase.frequency is None:
        return False
    theirs = _spacing(phase.frequency)
    return mine[1] < theirs[0] or mine[0] > theirs[1]


def _spacing(frequency: Frequency) -> Days:
    """How many days lie between two doses, at least and at most, whatever months there are."""
    match frequency:
        case Every(interval=interval):
            return _days(interval)
        case Times(low=low, high=high, per=per):
            shortest_, longest_ = _days(per)
            return shortest_ / high, longest_ / max(low, 1)


def _days(length: DurationRange) -> Days:
    low, high = length.smallest
    if length.unit.is_calendar:
        return low * _SHORTEST_MONTH, high * _LONGEST_MONTH
    return low / _SECONDS_IN_DAY, high / _SECONDS_IN_DAY


def _is_longer(draft: DraftDose, phase: Phase) -> bool:
    """Whether the draft goes on after the phase is over, or has more doses than it has."""
    match phase.bound:
        case ForDoses(count=count):
            if draft.count is not None and draft.count[0] > count:
                return True
            spacing = None if phase.frequency is None else _spacing(phase.frequency)
            most = None if spacing is None else spacing[1] * count
        case ForTime(length=length):
            most = _days(length)[1]
        case _:
            return False
    lasts = _lasting(draft)
    return lasts is not None and most is not None and lasts > most


def _lasting(draft: DraftDose) -> Fraction | None:
    """For how many days the draft goes on at the least."""
    if draft.length is not None:
        return _days(draft.length)[0]
    if draft.count is not None and draft.frequency is not None:
        return _spacing(draft.frequency)[0] * (draft.count[0] - 1)
    return None


# -------------------------------------------------------------------- too early


def early(
    drug: str, among: Iterable[Offered], last: dt.date, day: dt.date
) -> dt.date | None:
    """The day from which on another dose keeps to some regimen, where `day` is too early for all.

    Args:
        drug: The drug.
        among: The regimens, of which those that are certain count.
        last: The day of the last dose.
        day: The day of the dose that is about to be given.
    """
    intervals = [
        phase.frequency.interval
        for one in among
        if one.option.certain
        for phase in one.phases(drug)
        if isinstance(phase.frequency, Every)
    ]
    if not intervals or not all(_is_too_soon(last, day, one) for one in intervals):
        return None
    days = [add(last, shortest(one)) for one in intervals]
    return min((found for found in days if found is not None), default=None)


def _is_too_soon(last: dt.date, day: dt.date, interval: DurationRange) -> bool:
    grace = USUAL.doses if interval.unit.is_calendar else USUAL.loading
    return falls_short(last, day, shortest(interval), grace)
