"""What a schedule asks of a patient, year by year: doses, injections, visits and amount of drug.

A range in the schedule gives a range here. Doses are counted on the calendar from 1 January of an
ordinary year, so years that begin elsewhere may have one more or one less of those that are counted
in days. A phase that lasts until an event may end with its first dose, or not within the years
that are counted; both are counted. So does a phase that does not say how long it takes, if another
follows. An event that a phase waits for is taken to have come.

Where nothing says how often, nothing says how many doses there are at most in a year in which the
phase goes on; at least there is the one with which it begins. Doses that are counted out (`for 6
doses`) are counted in the year in which the phase begins; what follows them may come at once, or
not within these years.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import product

from attrs import evolve, field, frozen

from b12guide.frozen import Record, as_recorded
from b12guide.regimen import model
from b12guide.regimen.schedule import DoseDay, Pending, Schedule, Stretch, doses_due
from b12guide.values.duration import DurationRange, TimeUnit

START = dt.date(2026, 1, 1)
"""The first day that is counted, that of an ordinary year."""
INJECTED = frozenset({"intramuscular", "subcutaneous", "intravenous"})
"""The routes of injections."""

NEXT_PHASE = "the next phase"
"""What a phase lasts until that does not say how long it takes."""

_DAYS_A_YEAR = 365
_DAY = dt.timedelta(days=1)
_EVERY_DAY = model.Every(DurationRange(Fraction(1), Fraction(1), TimeUnit.DAY))
"""How soon doses that are counted out may come where nothing says how often."""
_MOST_YEARS = 10
"""Years are reported one by one as far as this, if a schedule changes for so long."""


@frozen(repr=False)
class CountRange(Record):
    """From `low` to `high`, both included.

    Attributes:
        high: None where nothing says how much at most.
    """

    low: Fraction = field(eq=as_recorded)
    high: Fraction | None = field(eq=as_recorded)

    def __add__(self, other: CountRange) -> CountRange:
        high = None
        if self.high is not None and other.high is not None:
            high = self.high + other.high
        return CountRange(self.low + other.low, high)

    def times(self, factor: CountRange) -> CountRange:
        """The product with another count; neither is negative."""
        high = None
        if self.high is not None and factor.high is not None:
            high = self.high * factor.high
        elif 0 in {self.high, factor.high}:  # no dose at all, however large it may be
            high = Fraction(0)
        return CountRange(self.low * factor.low, high)

    def or_(self, other: CountRange) -> CountRange:
        """From the lower of both to the higher of both."""
        high = None
        if self.high is not None and other.high is not None:
            high = max(self.high, other.high)
        return CountRange(min(self.low, other.low), high)


NONE = CountRange(Fraction(0), Fraction(0))


@frozen(kw_only=True, repr=False)
class Year(Record):
    """One year of a schedule.

    Attributes:
        doses: By any route.
        injections: Doses into muscle, vein or under the skin.
        visits: Days with an injection, if each is given at a visit.
        amounts: How much of the drug, by unit; amounts of one kind are summed in one unit.
    """

    doses: CountRange = NONE
    injections: CountRange = NONE
    visits: CountRange = NONE
    amounts: tuple[tuple[str, CountRange], ...] = ()

    def __add__(self, other: Year) -> Year:
        amounts = dict(self.amounts)
        for unit, amount in other.amounts:
            mine, added = _in_unit_of(amounts, unit, amount)
            amounts[mine] = amounts.get(mine, NONE) + added
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


def _in_unit_of(
    known: Iterable[str], unit: str, amount: CountRange
) -> tuple[str, CountRange]:
    """The amount in a unit of `known` that measures the same, if there is one."""
    for other in known:
        found = model.Dose(amount.low, amount.high, unit).in_unit(other)
        if found is not None:
            low, high = found
            return other, CountRange(low or Fraction(0), high)
    return unit, amount


@frozen(kw_only=True, repr=False)
class Burden(Record):
    """What a treatment asks of a patient.

    Attributes:
        years: The first year, loading included, and each further one that differs from `later`
            because a phase ends in it or has ended; ten at most.
        later: Each year after these.
        until: Events on whose day the years depend; `NEXT_PHASE` is one.
        unstated: Whether some phase does not say how often.
    """

    years: tuple[Year, ...]
    later: Year
    until: tuple[str, ...] = ()
    unstated: bool = False

    @property
    def first(self) -> Year:
        """The first year."""
        return self.year(1)

    def year(self, number: int) -> Year:
        """One of the years, counted from 1."""
        return self.years[number - 1] if number <= len(self.years) else self.later


def either(burdens: Iterable[Burden]) -> Burden:
    """What holds if any of some treatments may be the one; there is one at least."""
    first, *others = burdens
    found = first
    for other in others:
        length = max(len(found.years), len(other.years))
        found = Burden(
            years=tuple(found.year(n).or_(other.year(n)) for n in range(1, length + 1)),
            later=found.later.or_(other.later),
            until=tuple(dict.fromkeys((*found.until, *other.until))),
            unstated=found.unstated or other.unstated,
        )
    return found


def burden(loading: model.Regimen | None, maintenance: model.Regimen | None) -> Burden:
    """What loading, where there is one, and what follows it ask of a patient."""
    phases = in_turn((loading, maintenance))
    later = _lasting(phases)
    counted = [_counted(exact) for exact in dict.fromkeys(_exact(phases))]
    length = max(map(len, counted))
    return Burden(
        years=tuple(
            any_of(years[n] if n < len(years) else later for years in counted)
            for n in range(length)
        ),
        later=later,
        until=_ends_of(phases),
        unstated=any(map(_is_unspaced, phases)),
    )


def in_turn(regimens: Iterable[model.Regimen | None]) -> tuple[model.Phase, ...]:
    """The phases of all that there are, each that another follows with an end."""
    given = [regimen for regimen in regimens if regimen is not None]
    phases = [phase for regimen in given for phase in regimen.phases]
    return (*map(with_end, phases[:-1]), *phases[-1:])


def with_end(phase: model.Phase) -> model.Phase:
    """The phase, until the next one if it does not say how long it takes."""
    if phase.bound is not None:
        return phase
    return evolve(phase, bound=model.Until(NEXT_PHASE))


def _ends_of(phases: Iterable[model.Phase]) -> tuple[str, ...]:
    """The events with which phases end."""
    ends = [p.bound.event for p in phases if isinstance(p.bound, model.Until)]
    return tuple(dict.fromkeys(ends))


def any_of(years: Iterable[Year]) -> Year:
    """What holds if any of some years may be the one; nothing where there is none."""
    first, *others = [*years] or [Year()]
    for other in others:
        first = first.or_(other)
    return first


# ----------------------------------------------------------------- over some years


@frozen(kw_only=True, repr=False)
class YearsAsked(Record):
    """What a treatment asks over some years, counted from its first dose.

    Attributes:
        phases: Of loading, where there is any, and of what follows it.
        ways: Each way in which its ranges may fall, without a range; in each way the years, and
            in each year what each phase asks.
        plans: The phases of each way.
        until: Events on whose day it depends; `NEXT_PHASE` is one.
        unstated: Whether some phase does not say how often.
    """

    phases: tuple[model.Phase, ...]
    ways: tuple[tuple[tuple[Year, ...], ...], ...]
    plans: tuple[tuple[model.Phase, ...], ...]
    until: tuple[str, ...] = ()
    unstated: bool = False

    @property
    def years(self) -> tuple[Year, ...]:
        """The years one by one, whichever way it goes."""
        return tuple(
            any_of(sum(parts, Year()) for parts in self.parts(number))
            for number in range(1, len(self.ways[0]) + 1)
        )

    @property
    def total(self) -> Year:
        """All years together.

        One that has a dose more may have one less before it, so this may be narrower than the sum
        of the years.
        """
        return any_of(
            sum((part for parts in years for part in parts), Year())
            for years in self.ways
        )

    def parts(self, number: int) -> Iterator[tuple[Year, ...]]:
        """What each phase asks in one of the years, counted from 1, in each way.

        Between two ends of a range there are others, with a dose more or less in some year: where
        only what has no end goes on, any year of it is one of the ways.
        """
        for plan, years in zip(self.plans, self.ways, strict=True):
            yield years[number - 1]
            if not plan:
                continue
            *others, _ = years[number - 1]
            before = any(year[-1].doses != NONE for year in years[: number - 1])
            is_last = all(part.doses == NONE for part in others)
            if len(self.ways) > 1 and before and is_last and _goes_on(plan[-1]):
                yield (*others, _any_year(plan[-1]))


def over_years(
    loading: model.Regimen | None, maintenance: model.Regimen | None, years: int
) -> YearsAsked:
    """What loading, where there is one, and what follows it ask over some years.

    A phase that lasts until an event may end with its first dose, or not within these years.
    """
    phases = in_turn((loading, maintenance))
    plans = tuple(dict.fromkeys(_exact(phases)))
    return YearsAsked(
        phases=phases,
        ways=tuple(_by_year(plan, years) for plan in plans),
        plans=plans,
        until=_ends_of(phases),
        unstated=any(map(_is_unspaced, phases)),
    )


def _by_year(plan: tuple[model.Phase, ...], years: int) -> tuple[tuple[Year, ...], ...]:
    """What each phase of a schedule without ranges asks in each year."""
    due = doses_due(plan, START, until=_first_of(years + 1) - _DAY)
    return tuple(
        tuple(_given(s, _first_of(n), _first_of(n + 1)) for s in due.stretches)
        for n in range(1, years + 1)
    )


def year_of_day(day: int) -> int:
    """In which year, counted from 1, a day lies that comes so many days after the first."""
    return (START + day * _DAY).year - START.year + 1


def days_of(plan: tuple[model.Phase, ...], years: int) -> Schedule:
    """The days of a schedule without ranges, from the same first day, and two years beyond."""
    return doses_due(plan, START, until=_first_of(years + 3) - _DAY)


# ------------------------------------------------------------ the ends of its ranges


def _exact(phases: tuple[model.Phase, ...]) -> Iterator[tuple[model.Phase, ...]]:
    """The schedule with each range at one of its ends, and each open phase short or endless."""
    ends = (min, max)
    # What is taken as needed may be taken never, or as often as it may be (M77).
    never = (False, True) if any(phase.as_needed for phase in phases) else (False,)
    for apart, often, length, lasting, none in product(
        ends, ends, ends, (False, True), never
    ):
        yield tuple(
            evolve(
                phase,
                frequency=_exactly(phase, apart, often, lasting=lasting),
                bound=_end(phase, length, lasting=lasting),
                as_needed=phase.as_needed and none,
                after=(),
            )
            for phase in phases
        )


_End = Callable[[Fraction, Fraction], Fraction]


def _exactly(
    phase: model.Phase, apart: _End, often: Callable[[int, int], int], *, lasting: bool
) -> model.Frequency | None:
    match phase.frequency:
        case model.Every(interval=interval):
            return model.Every(_at(interval, apart))
        case model.Times(low=low, high=high, per=per):
            count = often(low, high)
            return model.Times(count, count, _at(per, apart))
        case None if isinstance(phase.bound, model.ForDoses) and not lasting:
            return None if phase.is_single_dose else _EVERY_DAY
        case None:
            return None


def _end(phase: model.Phase, end: _End, *, lasting: bool) -> model.Bound | None:
    match phase.bound:
        case model.ForTime(length=length):
            return model.ForTime(_at(length, end))
        case model.Until() if not lasting:
            return model.ForDoses(1)
        case bound:
            return bound


def _at(length: DurationRange, end: _End) -> DurationRange:
    point = end(length.low, length.high)
    return DurationRange(point, point, length.unit)


# ------------------------------------------------------------------------- counting


def _first_of(year: int) -> dt.date:
    """The first day of a year of the schedule, counted from 1."""
    return START.replace(year=START.year + year - 1)


def _counted(phases: tuple[model.Phase, ...]) -> tuple[Year, ...]:
    """The years of a schedule without ranges, as far as something else than the end goes on."""
    if not phases:
        return (Year(),)
    number = 0
    stretches: tuple[Stretch, ...] = ()
    while number < _MOST_YEARS:
        number += 1
        due = doses_due(phases, START, until=_first_of(number + 1) - _DAY)
        stretches = due.stretches
        if _is_settled(stretches[-1], _first_of(number + 1)):
            break
        if any(s.open_end or s.pending in _WITHOUT_END for s in stretches):
            break
    return tuple(
        sum((_given(s, _first_of(n), _first_of(n + 1)) for s in stretches), Year())
        for n in range(1, number + 1)
    )


_WITHOUT_END = {Pending.NEVER, Pending.UNSTATED}


def _is_settled(last: Stretch, day: dt.date) -> bool:
    """Whether from `day` on the last phase goes on as ever, or is over."""
    if _goes_on(last.phase):
        return last.begins is not None and last.begins.latest <= day
    return last.pending is None and not last.goes_on


def _goes_on(phase: model.Phase) -> bool:
    return phase.bound is None or isinstance(phase.bound, model.ForLife | model.Until)


def _given(stretch: Stretch, first: dt.date, after: dt.date) -> Year:
    """What one phase asks between two days."""
    inside = [d for d in stretch.doses if first <= _day(d) < after]
    sure = sum(not dose.is_optional for dose in inside)
    counted = CountRange(Fraction(sure), Fraction(len(inside)))
    is_going = _begins_before(stretch, after) and not _ends_before(stretch, first)
    return asked_of(
        stretch.phase, without_days(stretch.phase, counted, is_going=is_going)
    )


def _begins_before(stretch: Stretch, day: dt.date) -> bool:
    return stretch.begins is not None and stretch.begins.earliest < day


def _ends_before(stretch: Stretch, day: dt.date) -> bool:
    """Whether a phase is over on a day; one that says neither how often nor how long never is."""
    is_open = stretch.phase.bound is None and stretch.phase.frequency is None
    return not is_open and stretch.ends is not None and stretch.ends.latest <= day


def without_days(
    phase: model.Phase, counted: CountRange, *, is_going: bool
) -> CountRange:
    """The doses of some time, with those that have no days because nothing says how often.

    Args:
        phase: Whose doses they are.
        counted: Those that have days: the one with which it begins.
        is_going: Whether the phase goes on within that time.
    """
    if not _is_unspaced(phase):
        return counted
    match phase.bound:
        case model.ForDoses(count=count):
            return counted.times(CountRange(Fraction(count), Fraction(count)))
        case _:
            return CountRange(counted.low, None if is_going else counted.high)


def _is_unspaced(phase: model.Phase) -> bool:
    """Whether nothing says how often, of more than a single dose."""
    return phase.frequency is None and not phase.is_single_dose


def _day(dose: DoseDay) -> dt.date:
    return dose.spread or dose.window.earliest


def _lasting(phases: tuple[model.Phase, ...]) -> Year:
    """A year in which only that goes on which has no end."""
    lasting = [phase for phase in phases if phase is phases[-1] and _goes_on(phase)]
    years = [_any_year(phase) for phase in lasting]
    may_end = [Year() for phase in lasting if isinstance(phase.bound, model.Until)]
    return any_of([*years, *may_end])


def _any_year(phase: model.Phase) -> Year:
    """Any year in which nothing but one phase goes on, wherever it begins."""
    frequency = phase.frequency
    if frequency is None:
        return asked_of(phase, CountRange(Fraction(0), None))
    length = frequency.per if isinstance(frequency, model.Times) else frequency.interval
    low, high = length.smallest
    if length.unit.is_calendar:
        periods = CountRange(
            Fraction(math.floor(12 / high)), Fraction(math.ceil(12 / low))
        )
    else:
        seconds = 86_400 * _DAYS_A_YEAR
        periods = CountRange(
            Fraction(math.floor(seconds / high)),
            Fraction(math.ceil((seconds + 86_400) / low)),
        )
    if isinstance(frequency, model.Times):
        per = CountRange(Fraction(frequency.low), Fraction(frequency.high))
        periods = periods.times(per)
    if phase.as_needed:
        periods = CountRange(Fraction(0), periods.high)
    return asked_of(phase, periods)


def asked_of(phase: model.Phase, doses: CountRange) -> Year:
    """What so many doses of a phase ask within a year."""
    injections = doses if phase.route in INJECTED else NONE
    days = Fraction(_DAYS_A_YEAR + 1)
    dose = phase.dose.given
    # What a limit takes away for an unknown weight is not known.
    least = Fraction(0) if dose.limit is not None else dose.low or Fraction(0)
    amount = doses.times(CountRange(least, dose.high))
    most = days if injections.high is None else min(injections.high, days)
    return Year(
        doses=doses,
        injections=injections,
        visits=CountRange(min(injections.low, days), most),
        amounts=((dose.unit, amount),),
    )
