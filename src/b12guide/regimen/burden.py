"""What a schedule asks of a patient in a year: doses, injections, visits and the amount of drug.

A range in the schedule gives a range here. Doses are counted on the calendar of an ordinary year
that begins on 1 January, so a year that begins elsewhere may have one more or one less of those
that are counted in days. A phase that lasts until an event may end with its first dose, or not end
within the year; both are counted.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from fractions import Fraction

from attrs import frozen

from b12guide.record import Record
from b12guide.regimen.model import Every, Phase, Regimen, Times, Until
from b12guide.regimen.timeline import DoseDay, Window, after, dose_days

__all__ = ["Burden", "Count", "Year", "burden", "either"]

_START = dt.date(2026, 1, 1)
_END = dt.date(2026, 12, 31)
_INJECTED = frozenset({"intramuscular", "subcutaneous", "intravenous"})
_DAYS = 365


@frozen(repr=False)
class Count(Record):
    """From `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def __add__(self, other: Count) -> Count:
        return Count(self.low + other.low, self.high + other.high)

    def times(self, factor: Count) -> Count:
        """The product with another count; neither is negative."""
        return Count(self.low * factor.low, self.high * factor.high)

    def or_(self, other: Count) -> Count:
        """From the lower of both to the higher of both."""
        return Count(min(self.low, other.low), max(self.high, other.high))


NONE = Count(Fraction(0), Fraction(0))


@frozen(kw_only=True, repr=False)
class Year(Record):
    """One year of a schedule.

    Attributes:
        doses: By any route.
        injections: Doses into muscle, vein or under the skin.
        visits: Days with an injection; none for whoever injects at home.
        amounts: How much of the drug, by unit.
    """

    doses: Count = NONE
    injections: Count = NONE
    visits: Count = NONE
    amounts: tuple[tuple[str, Count], ...] = ()

    def __add__(self, other: Year) -> Year:
        amounts = dict(self.amounts)
        for unit, amount in other.amounts:
            amounts[unit] = amounts.get(unit, NONE) + amount
        return Year(
            doses=self.doses + other.doses,
            injections=self.injections + other.injections,
            visits=self.visits + other.visits,
            amounts=tuple(amounts.items()),
        )

    def or_(self, other: Year) -> Year:
        """What holds if either year may be the one."""
        mine, theirs = dict(self.amounts), dict(other.amounts)
        units = dict.fromkeys((*mine, *theirs))
        return Year(
            doses=self.doses.or_(other.doses),
            injections=self.injections.or_(other.injections),
            visits=self.visits.or_(other.visits),
            amounts=tuple(
                (unit, mine.get(unit, NONE).or_(theirs.get(unit, NONE)))
                for unit in units
            ),
        )


@frozen(kw_only=True, repr=False)
class Burden(Record):
    """What a treatment asks of a patient.

    Attributes:
        first: The first year, loading included.
        later: Each year after it.
        until: Events on whose day the first year depends.
        unstated: Whether some phase does not say how often.
    """

    first: Year
    later: Year
    until: tuple[str, ...] = ()
    unstated: bool = False


def either(burdens: Iterable[Burden]) -> Burden:
    """What holds if any of some treatments may be the one; there is one at least."""
    first, *others = burdens
    found = first
    for other in others:
        found = Burden(
            first=found.first.or_(other.first),
            later=found.later.or_(other.later),
            until=tuple(dict.fromkeys((*found.until, *other.until))),
            unstated=found.unstated or other.unstated,
        )
    return found


def burden(loading: Regimen | None, maintenance: Regimen | None) -> Burden:
    """What loading, where there is one, and what follows it ask of a patient.

    Of what follows, its first phase is counted; it begins one interval after the last loading
    dose, or on the first day.
    """
    begins = Window(_START, _START)
    phases = () if loading is None else loading.phases
    lasting = None if maintenance is None else maintenance.phases[0]
    events = tuple(p.bound.event for p in phases if isinstance(p.bound, Until))
    ends = {_first_year(phases, lasting, begins, soon=soon) for soon in (True, False)}
    first, *others = ends
    for other in others:
        first = first.or_(other)
    stated = [p.frequency is not None for p in (*phases, *filter(None, [lasting]))]
    return Burden(
        first=first,
        later=Year() if lasting is None else _any_year(lasting),
        until=events,
        unstated=not all(stated),
    )


def _first_year(
    phases: tuple[Phase, ...], lasting: Phase | None, begins: Window, *, soon: bool
) -> Year:
    """The first year if open phases end with their first dose, or do not end within it."""
    year, last = Year(), None
    for phase in phases:
        window = begins if last is None else _following(phase, last)
        days = dose_days(phase, window, _END)
        if isinstance(phase.bound, Until) and soon:
            days = days[:1]
        if days:
            year += _given(phase, _at_least(days, phase), Fraction(len(days)))
            last = days[-1].window
        if isinstance(phase.bound, Until) and not soon:
            return year
    if lasting is None:
        return year
    window = begins if last is None else _following(lasting, last)
    days = dose_days(lasting, window, _END) if window.earliest <= _END else ()
    return year + _given(lasting, _at_least(days, lasting), Fraction(len(days)))


def _at_least(days: tuple[DoseDay, ...], phase: Phase) -> Fraction:
    """How many of these doses fall into the year even if each comes as late as it may."""
    sure = Fraction(sum(day.window.latest <= _END for day in days))
    frequency = phase.frequency
    if isinstance(frequency, Times):
        sure = Fraction(math.floor(sure * frequency.low / frequency.high))
    return sure


def _following(phase: Phase, last: Window) -> Window:
    if isinstance(phase.frequency, Every):
        return after(last, phase.frequency.interval) or last
    day = dt.timedelta(days=1)
    return Window(last.earliest + day, last.latest + day)


def _any_year(phase: Phase) -> Year:
    """A year in which nothing but one phase goes on."""
    frequency = phase.frequency
    if frequency is None:
        return Year()
    length = frequency.per if isinstance(frequency, Times) else frequency.interval
    low, high = length.smallest
    if length.unit.is_calendar:
        periods = Count(Fraction(math.floor(12 / high)), Fraction(math.ceil(12 / low)))
    else:
        seconds = 86_400 * _DAYS
        periods = Count(
            Fraction(math.floor(seconds / high)),
            Fraction(math.ceil((seconds + 86_400) / low)),
        )
    if isinstance(frequency, Times):
        per = Count(Fraction(frequency.low), Fraction(frequency.high))
        periods = periods.times(per)
    return _given(phase, periods.low, periods.high)


def _given(phase: Phase, low: Fraction, high: Fraction) -> Year:
    doses = Count(low, high)
    injections = doses if phase.route in _INJECTED else NONE
    days = Fraction(_DAYS + 1)
    amount = doses.times(Count(phase.dose.low, phase.dose.high))
    return Year(
        doses=doses,
        injections=injections,
        visits=Count(min(injections.low, days), min(injections.high, days)),
        amounts=((phase.dose.unit, amount),),
    )
