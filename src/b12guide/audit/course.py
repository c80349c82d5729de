"""Which doses belong to the loading course.

A course of a fixed length takes the first doses, as many as it has, unless a pause as long as the
course divides them. A course until an event goes on while the spacing is one of days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from b12guide.audit.event import Given
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay, phases_of
from b12guide.evaluate.answer import RuleVerdict
from b12guide.graph.model import Decision, Rule
from b12guide.regimen.interval import longest
from b12guide.regimen.model import Every, ForDoses, ForTime, Phase, Times, Until
from b12guide.values.calendar import add
from b12guide.values.duration import Duration

__all__ = ["Loading", "binds", "loading_course", "periods"]

_DAY = dt.timedelta(days=1)


@frozen
class Period:
    """A stretch of a course, from `first` to `last`, with the number of doses that it wants."""

    first: dt.date
    last: dt.date
    low: int
    high: int


@frozen(kw_only=True)
class Loading:
    """The doses that one loading rule counts as its course.

    Attributes:
        doses: In order, one at least.
        complete: The day of the last dose of a fixed course that has all its doses.
    """

    rule: Rule
    phase: Phase
    doses: tuple[Given, ...]
    complete: dt.date | None = None

    @property
    def rows(self) -> frozenset[int]:
        """The rows of its doses."""
        return frozenset(dose.row for dose in self.doses)


def loading_course(replay: Replay, *, fixed_only: bool = False) -> tuple[Loading, ...]:
    """The course of each loading rule that binds, or may bind, when treatment begins.

    Args:
        replay: The history.
        fixed_only: Whether courses that wait for an event are left out.
    """
    found: list[Loading] = []
    for rule in replay.graph.rules.values():
        if rule.decision is not Decision.LOADING or rule.optional:
            continue
        phases = phases_of(rule)
        if len(phases) != 1 or phases[0].after:
            continue
        if fixed_only and isinstance(phases[0].bound, Until):
            continue
        binding = (d.on for d in replay.doses if binds(replay.verdict(rule, d.on)))
        start = next(binding, None)
        if start is None:
            continue
        doses = [d for d in replay.doses if d.on >= start and _is_by(d, phases[0])]
        if not doses:
            continue
        if isinstance(phases[0].bound, Until):
            found.append(_until(replay, rule, phases[0], doses))
        else:
            found.append(_fixed(rule, phases[0], doses))
    return tuple(found)


def binds(verdict: RuleVerdict) -> bool:
    """Whether a rule binds, or may bind."""
    return verdict.verdict in OPEN


def _is_by(dose: Given, phase: Phase) -> bool:
    return phase.route is None or dose.route is None or dose.route == phase.route


def _until(replay: Replay, rule: Rule, phase: Phase, doses: Sequence[Given]) -> Loading:
    """The doses up to the one after which the spacing is one of months, or the rule ends.

    A dose on the day of the event that ends the course still belongs to it.
    """
    mine: list[Given] = []
    for dose in doses:
        if mine and not binds(replay.verdict(rule, dose.on - _DAY)):
            break
        if mine and _is_long(replay, mine[-1].on, dose.on):
            break
        mine.append(dose)
    return Loading(rule=rule, phase=phase, doses=tuple(mine))


def _is_long(replay: Replay, first: dt.date, second: dt.date) -> bool:
    """Whether a gap is as long as any interval of maintenance that is counted in months."""
    due = [add(first, length) for length in replay.monthly_lengths]
    return any(day is not None and second >= day for day in due)


def _fixed(rule: Rule, phase: Phase, doses: Sequence[Given]) -> Loading:
    """The first doses, as many as the course has; a pause as long as the course ends it."""
    wanted = sum(p.high for p in periods(phase, doses[0].on))
    length = _length(phase)
    mine: list[Given] = []
    for dose in doses:
        if len(mine) >= wanted and not _is_inside(dose, mine[0], length):
            break
        if mine and length is not None and (dose.on - mine[-1].on).days >= length:
            break
        mine.append(dose)
    complete = mine[wanted - 1].on if wanted and len(mine) >= wanted else None
    return Loading(rule=rule, phase=phase, doses=tuple(mine), complete=complete)


def _is_inside(dose: Given, first: Given, length: int | None) -> bool:
    return length is not None and (dose.on - first.on).days < length


def _length(phase: Phase) -> int | None:
    """How many days a fixed course takes."""
    found = periods(phase, dt.date(2000, 1, 1))
    return (found[-1].last - found[0].first).days + 1 if found else None


def periods(phase: Phase, start: dt.date) -> tuple[Period, ...]:
    """The stretches of a fixed course that begins on `start`; none where it is not fixed."""
    match phase.frequency, phase.bound:
        case Times(low=low, high=high, per=per), ForTime(length=length):
            count = length.smallest[1] / per.smallest[1] if _same_kind(phase) else None
            return _stretches(start, Duration(per.high, per.unit), low, high, count)
        case Every(interval=every), ForDoses(count=doses):
            return _stretches(start, longest(every), 1, 1, Fraction(doses))
        case Every(interval=every), ForTime(length=length):
            count = (
                length.smallest[1] / every.smallest[1] if _same_kind(phase) else None
            )
            return _stretches(start, longest(every), 1, 1, count)
        case _:
            return ()


def _same_kind(phase: Phase) -> bool:
    match phase.frequency, phase.bound:
        case ((Times(per=one) | Every(interval=one)), ForTime(length=two)):
            return one.is_comparable_with(two)
        case _:
            return False


def _stretches(
    start: dt.date, step: Duration, low: int, high: int, count: Fraction | None
) -> tuple[Period, ...]:
    if count is None or count.denominator != 1:
        return ()
    found = []
    for number in range(int(count)):
        first = add(start, Duration(step.value * number, step.unit))
        after = add(start, Duration(step.value * (number + 1), step.unit))
        if first is None or after is None:
            return ()
        found.append(Period(first, after - _DAY, low, high))
    return tuple(found)
