"""The days of a regimen: when each dose of each phase is due, and what has no day yet.

Everything that has days is derived from here: the timeline, calendars, audits and the burden of a
year. The rules (M50 to M53):

- The first phase begins on the first day; each later one when the phase before has ended: one of
  its own intervals after the last dose, on the next day where it is counted in periods, and not
  before the end of the phase before. No phase begins before every event that it waits for.
- A phase ends with its bound. Time is counted on the calendar from its first dose, and a dose on
  the end day is no longer given; a dose on the day of an event that ends a phase still is.
- A range stays a range: a dose has an earliest and a latest day, and one that only the upper end
  of a range asks for may be left out.
- What depends on an event of unknown day has no day, and says for which event it waits.

A fraction of a day counts as the day in which it falls, and one of a month in thirtieths.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction

from attrs import evolve, field, frozen

from b12guide.frozen import Record
from b12guide.regimen.interval import exceeds, falls_short
from b12guide.regimen.phase import (
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Times,
    Until,
    most_per_day,
)
from b12guide.values.calendar import add_days, add_months
from b12guide.values.duration import Duration, DurationRange, TimeUnit

MOST_PER_DAY = 24
"""More doses a day are a slip of the pen, and `check` refuses them (GDL318)."""

_DAY = dt.timedelta(days=1)
_ONE_DAY = DurationRange(Fraction(1), Fraction(1), TimeUnit.DAY)


@frozen
class Window:
    """From the earliest to the latest day, both included."""

    earliest: dt.date
    latest: dt.date

    def __contains__(self, day: dt.date) -> bool:
        return self.earliest <= day <= self.latest

    def distance(self, day: dt.date) -> int:
        """How many days lie between `day` and the window; none if it lies inside."""
        if day in self:
            return 0
        return min(abs((day - self.earliest).days), abs((day - self.latest).days))

    @property
    def is_day(self) -> bool:
        """Whether the window is a single day."""
        return self.earliest == self.latest

    def not_before(self, other: Window) -> Window:
        """The window with each end moved to that of `other` where it lies before it."""
        return Window(
            max(self.earliest, other.earliest), max(self.latest, other.latest)
        )


@frozen(kw_only=True)
class DoseDay:
    """When one dose is due.

    Attributes:
        phase: The phase to which it belongs.
        stage: Which phase of the regimen that is, from 1.
        number: Which dose of its phase, from 1.
        spread: The day on which it falls when the doses of a period are spread evenly.
        is_open: Whether an event of unknown day may make it unnecessary.
        is_optional: Whether the lower end of a range does without it.
    """

    phase: Phase = field(repr=False)
    stage: int = 1
    number: int
    window: Window
    spread: dt.date | None = None
    is_open: bool = False
    is_optional: bool = False


class Pending(Enum):
    """Why a phase has no days."""

    EVENT = "it waits for an event"
    LATER = "it begins after the last day asked for"
    NEVER = "the phase before has no end"
    UNSTATED = "how long the phase before takes is not stated"


@frozen(kw_only=True)
class Stretch:
    """One phase on the calendar.

    Attributes:
        stage: Which phase of the regimen, from 1.
        begins: When its first dose is due; None while it is `pending`.
        doses: As far as the last day asked for.
        ends: The first day on which it is over; None where it has no end or none is known.
        pending: Why it has no days.
        waits_for: The events of unknown day that have to come before it begins.
        open_end: The event of unknown day with which it ends; its doses are open.
        goes_on: Whether there are further doses after the last day asked for.
        unspaced: Whether further doses have no days because nothing says how often.
    """

    phase: Phase
    stage: int
    begins: Window | None = None
    doses: tuple[DoseDay, ...] = ()
    ends: Window | None = None
    pending: Pending | None = None
    waits_for: tuple[str, ...] = ()
    open_end: str | None = None
    goes_on: bool = False
    unspaced: bool = False


@frozen(kw_only=True)
class Schedule:
    """A regimen on the calendar, phase by phase."""

    stretches: tuple[Stretch, ...]
    until: dt.date

    @property
    def doses(self) -> tuple[DoseDay, ...]:
        """The doses of all phases, in order."""
        return tuple(dose for stretch in self.stretches for dose in stretch.doses)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The events of unknown day on which some of its days depend."""
        names = (
            name
            for stretch in self.stretches
            for name in (*stretch.waits_for, stretch.open_end)
        )
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @property
    def last(self) -> Window | None:
        """When the last dose of all is due; None where further ones have no day yet."""
        if not self.doses or any(
            s.phase.as_needed or s.pending or s.goes_on or s.unspaced or s.open_end
            for s in self.stretches
        ):
            return None
        return self.doses[-1].window


def doses_due(
    phases: Sequence[Phase],
    start: dt.date,
    *,
    events: Mapping[str, dt.date] | None = None,
    until: dt.date | None = None,
) -> Schedule:
    """The days of `phases` from `start` as far as `until`, a year after it when left out.

    Args:
        phases: One after the other.
        start: The day of the first dose, unless an event has to come first.
        events: The days of events; `dt.date.min` for one that came on a day nobody knows.
        until: The last day asked for.
    """
    days = events or {}
    horizon = until or shifted(start, Fraction(1), TimeUnit.YEAR) or dt.date.max
    stretches: list[Stretch] = []
    waits: tuple[str, ...] = ()
    over: Over | Pending = Over(Window(start, start))
    for stage, phase in enumerate(phases, start=1):
        unknown = tuple(
            name
            for name in phase.after
            if name not in days or (is_counted(phase) and days[name] == dt.date.min)
        )
        waits = tuple(dict.fromkeys((*waits, *unknown)))
        if waits and isinstance(over, Over):
            over = Pending.EVENT
        if isinstance(over, Pending):
            own = waits if over is Pending.EVENT else unknown
            stretch = Stretch(phase=phase, stage=stage, pending=over, waits_for=own)
        else:
            stretch, over = _laid_out(phase, stage, over, days, horizon)
            if stretch.open_end is not None:
                waits = (*waits, stretch.open_end)
        stretches.append(stretch)
    return Schedule(stretches=tuple(stretches), until=horizon)


@frozen
class Over:
    """How the phases so far ended.

    Attributes:
        last: The days of the last dose, or of the start before any dose.
        is_start: Whether no dose was given yet.
        free: The first days on which the phase before is over, where that is not with its dose.
    """

    last: Window
    is_start: bool = True
    free: Window | None = None


def begin_of(phase: Phase, over: Over, events: Mapping[str, dt.date]) -> Window:
    """When the first dose of a phase is due, every gate of which has a day."""
    gate = max((events[name] for name in phase.after), default=dt.date.min)
    interval = phase.frequency.interval if isinstance(phase.frequency, Every) else None
    if is_counted(phase) and interval is not None:
        window = one_later(Window(gate, gate), interval)
        return window if over.is_start else window.not_before(_following(over, None))
    return _following(over, interval).not_before(Window(gate, gate))


def _following(over: Over, interval: DurationRange | None) -> Window:
    window = over.last
    if not over.is_start:
        window = one_later(over.last, _ONE_DAY)
        if interval is not None:
            window = one_later(over.last, interval).not_before(window)
    return window if over.free is None else window.not_before(over.free)


def is_counted(phase: Phase) -> bool:
    """Whether a phase is one dose that is counted from an event: one interval after it."""
    return (
        bool(phase.after)
        and isinstance(phase.frequency, Every)
        and isinstance(phase.bound, ForDoses)
        and phase.bound.count == 1
    )


def shifted(
    day: dt.date, length: Fraction, unit: TimeUnit, times: int = 1
) -> dt.date | None:
    """The day so many times so long after `day`; None beyond the calendar.

    >>> shifted(dt.date(2026, 1, 31), Fraction(1), TimeUnit.MONTH)
    datetime.date(2026, 2, 28)
    """
    # In whole numbers: a schedule counts thousands of times, and fractions are slow.
    size, parts = length.numerator * unit.in_smallest * times, length.denominator
    if not unit.is_calendar:
        return add_days(day, size // (parts * _SECONDS))
    months, rest = divmod(size, parts)
    found = add_months(day, months)
    if found is None or not rest:
        return found
    return add_days(found, rest * 30 // parts)


_SECONDS = 86_400


def one_later(window: Window, interval: DurationRange) -> Window:
    """One interval after a window."""
    return Window(
        shifted(window.earliest, interval.low, interval.unit) or dt.date.max,
        shifted(window.latest, interval.high, interval.unit) or dt.date.max,
    )


# ------------------------------------------------------------------------- one phase


@frozen
class Limit:
    """The bound of a phase on the calendar, for each day on which it may begin.

    Attributes:
        sure: Pairs of a begin and the first day after it that may be over.
        possible: Pairs of a begin and the first day that is over at the latest.
    """

    count: int | None = None
    sure: tuple[tuple[dt.date, dt.date], ...] = ()
    possible: tuple[tuple[dt.date, dt.date], ...] = ()

    @property
    def last(self) -> dt.date | None:
        """The last day of all that is not over."""
        return max((end for _, end in self.possible), default=None)

    @property
    def free(self) -> Window | None:
        """The first day that is over."""
        if not self.possible:
            return None
        return Window(
            min(end for _, end in self.sure), max(end for _, end in self.possible)
        )


def limit_of(phase: Phase, begin: Window, events: Mapping[str, dt.date]) -> Limit:
    """The bound of a phase on the calendar."""
    match phase.bound:
        case ForTime(length=length):
            return _timed(begin, length)
        case ForDoses(count=count, within=None):
            return Limit(count)
        case ForDoses(count=count, within=DurationRange() as length):
            return evolve(_timed(begin, length), count=count)
        case Until(event=event) if event in events:
            day = events[event]
            over = day if day == dt.date.max else day + _DAY
            return Limit(
                sure=((begin.latest, over),), possible=((begin.earliest, over),)
            )
        case _:
            return Limit()


def _timed(begin: Window, length: DurationRange) -> Limit:
    begins = (begin.earliest, begin.latest)

    def ends(size: Fraction) -> tuple[tuple[dt.date, dt.date], ...]:
        return tuple(
            (day, shifted(day, size, length.unit) or dt.date.max) for day in begins
        )

    return Limit(sure=ends(length.low), possible=ends(length.high))


def _laid_out(
    phase: Phase,
    stage: int,
    before: Over,
    events: Mapping[str, dt.date],
    horizon: dt.date,
) -> tuple[Stretch, Over | Pending]:
    """A phase on the calendar, and how it is over."""
    begin = begin_of(phase, before, events)
    limit = limit_of(phase, begin, events)
    open_end = None
    if isinstance(phase.bound, Until) and phase.bound.event not in events:
        open_end = phase.bound.event
    doses = []
    is_cut = False
    for dose in _doses(phase, begin, limit):
        is_cut = dose.window.earliest > horizon
        if is_cut:
            break
        is_open = open_end is not None
        doses.append(evolve(dose, phase=phase, stage=stage, is_open=is_open))
    over = _over(phase, limit, doses, before, is_cut=is_cut, horizon=horizon)
    is_unspaced = phase.frequency is None and phase.bound not in {None, ForDoses(1)}
    is_unspaced = is_unspaced and not phase.as_needed
    free = limit.free
    if free is None and isinstance(over, Over):
        free = one_later(over.last, _ONE_DAY)
    stretch = Stretch(
        phase=phase,
        stage=stage,
        begins=begin,
        doses=tuple(doses),
        ends=free,
        open_end=open_end,
        goes_on=is_cut,
        unspaced=is_unspaced,
    )
    return stretch, over


def _over(  # noqa: PLR0913 -- one argument for each thing that bears on an end
    phase: Phase,
    limit: Limit,
    doses: Sequence[DoseDay],
    before: Over,
    *,
    is_cut: bool,
    horizon: dt.date,
) -> Over | Pending:
    """How a phase ends, or why what follows it has no days."""
    free = limit.free
    match phase.bound:
        case ForLife():
            return Pending.NEVER
        case Until() if free is None:
            return Pending.EVENT
        case _ if phase.as_needed and free is None:
            return Pending.UNSTATED
        case None if phase.frequency is not None:
            return Pending.UNSTATED
        case ForDoses(count=count) if phase.frequency is None and count > 1:
            return Pending.UNSTATED
        case _:
            pass
    if is_cut if free is None else free.earliest > horizon:
        return Pending.LATER
    sure = [dose for dose in doses if not dose.is_optional]
    if not doses:  # its event came before it began
        over = Over(before.last, before.is_start, before.free)
    else:
        latest = doses[-1].window.latest
        if is_cut and free is not None:
            latest = free.latest - _DAY
        earliest = (sure or doses[:1])[-1].window.earliest
        over = Over(Window(earliest, max(earliest, latest)), is_start=False)
    if free is None:
        return over
    if not doses and before.free is not None:
        free = free.not_before(before.free)
    return evolve(over, free=free)


def _doses(phase: Phase, begin: Window, limit: Limit) -> Iterator[DoseDay]:
    """The doses of a phase, without an end where it has none."""
    refuse_slips(phase)
    if limit.last is not None and limit.last <= begin.earliest:
        return
    if phase.as_needed:  # none is due (M77)
        return
    match phase.frequency:
        case None:
            yield DoseDay(phase=phase, number=1, window=_first(begin, limit))
        case Every(interval=interval):
            apart = _kept_apart(phase, interval)
            yield from _one_by_one(phase, apart, begin, limit)
        case Times() as times if limit.count is not None:
            yield from _counted_out(phase, daily(times), begin, limit)
        case Times() as times:
            yield from _in_periods(phase, daily(times), begin, limit)


def _kept_apart(phase: Phase, interval: DurationRange) -> DurationRange:
    """The interval without that part of it in which doses would come too near (M76)."""
    apart = phase.apart
    if apart is None or apart.unit.is_calendar is not interval.unit.is_calendar:
        return interval
    least = apart.value * apart.unit.in_smallest / interval.unit.in_smallest
    return evolve(interval, low=min(max(interval.low, least), interval.high))


def _days_apart(phase: Phase) -> int:
    """How many days lie at least between two doses of a period."""
    apart = phase.apart
    if apart is None:
        return 1
    size = apart.value * apart.unit.in_smallest
    return math.ceil(size * 28 if apart.unit.is_calendar else size / _SECONDS)


def _first(begin: Window, limit: Limit) -> Window:
    """The first dose: when the phase begins, and not after its end."""
    last = begin.latest if limit.last is None else limit.last - _DAY
    return Window(begin.earliest, max(begin.earliest, min(begin.latest, last)))


def refuse_slips(phase: Phase) -> None:
    """Raises ValueError for a schedule that `check` refuses: its doses are past counting."""
    if phase.frequency is not None and most_per_day(phase.frequency) > MOST_PER_DAY:
        message = f"more than {MOST_PER_DAY} doses a day cannot be laid out"
        raise ValueError(message)


def daily(times: Times) -> Times:
    """Periods shorter than a day, as so many doses a day."""
    if times.per.unit.is_calendar:
        return times
    low, high = (Fraction(end, _SECONDS) for end in times.per.smallest)
    if low >= 1:
        return times
    return Times(math.floor(times.low / high), math.ceil(times.high / low), _ONE_DAY)


def _one_by_one(
    phase: Phase, interval: DurationRange, begin: Window, limit: Limit
) -> Iterator[DoseDay]:
    """Each dose one interval after the one before, counted from the first."""
    number = 1
    while limit.count is None or number <= limit.count:
        low, high = interval.low * (number - 1), interval.high * (number - 1)
        earliest = shifted(begin.earliest, low, interval.unit)
        latest = shifted(begin.latest, high, interval.unit)
        if earliest is None or latest is None:
            return
        if limit.possible and not _is_before(limit.possible, low, interval.unit, any):
            return
        is_sure = _is_before(limit.sure, high, interval.unit, all)
        if limit.last is not None:
            latest = min(latest, limit.last - _DAY)
        yield DoseDay(
            phase=phase,
            number=number,
            window=Window(min(earliest, latest), latest),
            is_optional=limit.count is None and not is_sure,
        )
        number += 1


def _is_before(
    pairs: tuple[tuple[dt.date, dt.date], ...],
    length: Fraction,
    unit: TimeUnit,
    how_many: Callable[[Iterable[bool]], bool],
) -> bool:
    """Whether so long after a begin lies before its end."""
    return how_many(
        day is not None and day < end
        for begin, end in pairs
        for day in (shifted(begin, length, unit),)
    )


def _in_periods(
    phase: Phase, times: Times, begin: Window, limit: Limit
) -> Iterator[DoseDay]:
    """So many doses in each period: anywhere in it, as long as the others still fit."""
    number = 1
    for period in _periods(times, begin, limit):
        for place in range(period.high or 0):
            window = _place(period, place, _days_apart(phase))
            yield DoseDay(
                phase=phase,
                number=number,
                window=_first(begin, limit) if number == 1 else window,
                spread=period.first + place * period.whole // times.high * _DAY,
                is_optional=place >= period.low,
            )
            number += 1


def _counted_out(
    phase: Phase, times: Times, begin: Window, limit: Limit
) -> Iterator[DoseDay]:
    """A number of doses, at the most and at the least so many in each period."""
    for index in range(limit.count or 0):
        early, place = divmod(index, times.high)
        late, late_place = divmod(index, max(times.low, 1))
        first = _edge(begin.earliest, times.per.low, early, times)
        start = _edge(begin.latest, times.per.high, late, times)
        end = _edge(begin.latest, times.per.high, late + 1, times)
        whole = _edge(begin.earliest, times.per.low, early + 1, times)
        if first is None or start is None or end is None or whole is None:
            return
        if limit.last is not None and first >= limit.last:
            return
        days, apart = (whole - first).days, _days_apart(phase)
        fast = _place(_Period(first, whole, times.high, times.high, days), place, apart)
        slow = _place(
            _Period(start, end, times.low, max(times.low, 1), days), late_place, apart
        )
        latest = max(fast.earliest, slow.latest)
        if limit.last is not None:
            latest = min(latest, limit.last - _DAY)
        yield DoseDay(
            phase=phase,
            number=index + 1,
            window=Window(min(fast.earliest, latest), latest)
            if index
            else _first(begin, limit),
            spread=first + place * days // times.high * _DAY,
        )


# -------------------------------------------------------------------------- periods


@frozen
class _Period:
    """From `first` to before `end`, with so many doses of a period that takes `whole` days."""

    first: dt.date
    end: dt.date
    low: int
    high: int
    whole: int


def _edge(begin: dt.date, per: Fraction, number: int, times: Times) -> dt.date | None:
    return shifted(begin, per, times.per.unit, number)


def _periods(times: Times, begin: Window, limit: Limit) -> Iterator[_Period]:
    """The periods of a phase; of one that is cut off, the share of its doses."""
    number = 0
    while True:
        first = _edge(begin.earliest, times.per.low, number, times)
        whole = _edge(begin.earliest, times.per.low, number + 1, times)
        end = _edge(begin.latest, times.per.high, number + 1, times)
        if first is None or whole is None or end is None:
            return
        days = max((whole - first).days, 1)
        low, high = times.low, times.high
        if limit.possible:
            left = max(
                (over - (_edge(day, times.per.low, number, times) or over)).days
                for day, over in limit.possible
            )
            sure = min(
                (over - (_edge(day, times.per.high, number, times) or over)).days
                for day, over in limit.sure
            )
            if left <= 0:
                return
            low = max(0, min(low, low * sure // days))
            high = min(high, -(-high * left // days))
            end = min(end, limit.last or end)
        yield _Period(first, end, low, high, days)
        number += 1


def _place(period: _Period, place: int, apart: int = 1) -> Window:
    """Where in a period one of its doses may lie, by its place among them."""
    last = max(period.end - _DAY, period.first)
    days = min((period.end - period.first).days, period.whole)
    if days < period.high:  # several doses on one day
        return Window(period.first, last)
    if days <= (period.high - 1) * apart:  # the rest of a period that is cut off
        apart = 1
    after = (period.high - 1 - place) * apart
    return Window(period.first + place * apart * _DAY, last - after * _DAY)


@frozen(repr=False)
class DosePeriod(Record):
    """A stretch of days, both ends included, with the number of doses that belong in it.

    Attributes:
        last: `dt.date.max` where nothing says by when.
        high: None where nothing says how many at most.
    """

    first: dt.date
    last: dt.date
    low: int
    high: int | None


def periods(
    phase: Phase,
    start: dt.date,
    *,
    events: Mapping[str, dt.date] | None = None,
    until: dt.date | None = None,
) -> tuple[DosePeriod, ...]:
    """How many doses of a phase that begins on `start` belong in which stretch of days.

    Whatever the frequency and the bound are: "3 times per week for 10 days" has three in the
    first week and one or two in the three days after it. A phase without an end has its
    periods as far as `until`, a year when left out. What only says how far doses lie apart, such
    as "every 2 to 3 days" without an end, has none: it is judged from dose to dose.
    """
    refuse_slips(phase)
    if phase.as_needed:
        found = periods(
            evolve(phase, as_needed=False), start, events=events, until=until
        )
        return tuple(evolve(each, low=0) for each in found)
    begin = Window(start, start)
    horizon = until or shifted(start, Fraction(1), TimeUnit.YEAR) or dt.date.max
    limit = limit_of(phase, begin, events or {})
    if limit.last is not None and limit.last <= start:
        return ()
    match phase.frequency:
        case Times() as times:
            return tuple(_of_times(daily(times), begin, limit, horizon))
        case Every(interval=interval) if interval.low == interval.high:
            once = Times(1, 1, interval)
            return tuple(_of_times(once, begin, limit, horizon))
        case Every():
            return _of_range(phase, begin, limit)
        case None:
            return _of_unspaced(phase, start, limit)


def _of_times(
    times: Times, begin: Window, limit: Limit, horizon: dt.date
) -> Iterator[DosePeriod]:
    """The periods; of a number of doses, as many as the slowest pace needs."""
    low = high = limit.count
    slow = 0
    for period in _periods(times, begin, limit):
        if period.first > horizon or high == 0:
            return
        least, most = period.low, period.high
        if low is not None and high is not None and limit.count is not None:
            if slow >= limit.count:
                return
            slow += period.low
            least, most = min(least, low), min(most, high)
            low, high = max(low - most, 0), max(high - least, 0)
            if least == 0 and period.low == 0:
                return
        yield DosePeriod(period.first, period.end - _DAY, least, most)


def _of_range(phase: Phase, begin: Window, limit: Limit) -> tuple[DosePeriod, ...]:
    """One period for all, where the intervals are a range and the phase ends."""
    if limit.count is None and limit.last is None:
        return ()
    if limit.count is not None and limit.last is None:
        interval = _pause(phase) or _ONE_DAY
        slowest = (limit.count - 1) * interval.high
        last = shifted(begin.latest, slowest, interval.unit) or dt.date.max
        return (DosePeriod(begin.earliest, last, limit.count, limit.count),)
    doses = list(_doses(phase, begin, limit))
    last = (limit.last or dt.date.max) - _DAY
    sure = sum(not dose.is_optional for dose in doses)
    return (DosePeriod(begin.earliest, last, sure, len(doses)),)


def _of_unspaced(phase: Phase, start: dt.date, limit: Limit) -> tuple[DosePeriod, ...]:
    last = dt.date.max if limit.last is None else limit.last - _DAY
    match phase.bound:
        case ForDoses(count=count):
            return (DosePeriod(start, last, count, count),)
        case None:
            return (DosePeriod(start, start, 1, 1),)
        case _:
            return (DosePeriod(start, last, 1, None),)


# ------------------------------------------------------------- what was really given


@frozen(repr=False)
class Stage(Record):
    """Where in a regimen a dose belongs.

    Attributes:
        stage: Which phase, from 1.
        number: Which dose of the phase, from 1.
        since: The day of the first dose of the phase.
    """

    phase: Phase
    stage: int
    number: int
    since: dt.date


def stages(
    phases: Sequence[Phase],
    given: Sequence[dt.date],
    events: Mapping[str, dt.date] | None = None,
) -> tuple[Stage | None, ...]:
    """To which phase each dose that was really given belongs; None after the last phase.

    A phase counts from its own first dose, whenever that was given, and is over as its bound
    says. Where that is open (between the ends of a range, or until an event that nobody recorded),
    it is over with the first pause that is too long for it and long enough for the next phase.
    """
    progress = Progress(phases, events or {})
    found = []
    for day in sorted(given):
        progress = progress.after(day)
        found.append(progress.stage)
    return tuple(found)


@frozen
class Progress:
    """How far somebody has come in phases one after the other.

    Attributes:
        place: The phase, from 0; `number` of its doses were given, `since` the first of them.
        last: The last dose of all.
    """

    phases: Sequence[Phase]
    events: Mapping[str, dt.date]
    place: int = 0
    number: int = 0
    since: dt.date | None = None
    last: dt.date | None = None

    def after(self, day: dt.date) -> Progress:
        """The same with one dose more, on `day`, which is not before the last."""
        phases, place, number, since = self.phases, self.place, self.number, self.since
        while place < len(phases):
            following = phases[place + 1] if place + 1 < len(phases) else None
            if not is_over(
                phases[place], following, number, since, self.last, day, self.events
            ):
                break
            place, number, since = place + 1, 0, None
        if place == len(phases):
            return Progress(phases, self.events, place)
        return Progress(phases, self.events, place, number + 1, since or day, day)

    @property
    def stage(self) -> Stage | None:
        """To which phase the last dose belongs; None after the last phase."""
        if self.since is None or self.place == len(self.phases):
            return None
        return Stage(self.phases[self.place], self.place + 1, self.number, self.since)


def phase_on(
    phases: Sequence[Phase],
    day: dt.date,
    given: Sequence[dt.date],
    events: Mapping[str, dt.date] | None = None,
) -> Stage | None:
    """The phase in which a patient is on `day`: that to which a dose on this day would belong.

    Args:
        phases: One after the other.
        day: The day asked for.
        given: The days of the doses that were given; those from `day` on do not count.
        events: The days of events.
    """
    before = [one for one in given if one < day]
    return stages(phases, [*before, day], events)[-1]


def is_over(  # noqa: PLR0913, PLR0917 -- one argument for each thing that may end a phase
    phase: Phase,
    following: Phase | None,
    number: int,
    since: dt.date | None,
    last: dt.date | None,
    day: dt.date,
    events: Mapping[str, dt.date],
    limit: Limit | None = None,
) -> bool:
    """Whether a dose on `day` comes after the end of a phase with so many doses given.

    The bound of the phase is worked out where it is not at hand.
    """
    if isinstance(phase.bound, Until) and phase.bound.event in events:
        return day > events[phase.bound.event]
    if since is None or last is None:
        return False
    if limit is None:
        limit = limit_of(phase, Window(since, since), events)
    if limit.count is not None and number >= limit.count:
        return True
    if limit.last is not None and day >= limit.last:
        return True
    match phase.bound:
        case None if phase.frequency is None and not phase.as_needed:
            return True
        case Until():
            is_open = True
        case _:
            free = limit.free
            is_open = free is not None and day >= free.earliest
    return (
        is_open and following is not None and is_for_next(phase, following, last, day)
    )


def is_for_next(phase: Phase, following: Phase, last: dt.date, day: dt.date) -> bool:
    """Whether a pause is too long for a phase, and not too short for the next."""
    longest, shortest = _pause(phase), _pause(following)
    if longest is None or shortest is None:
        return False
    return exceeds(last, day, Duration(longest.high, longest.unit)) and not falls_short(
        last, day, Duration(shortest.low, shortest.unit)
    )


def _pause(phase: Phase) -> DurationRange | None:
    match phase.frequency:
        case Every(interval=interval):
            return interval
        case Times(per=per):
            return per
        case None:
            return None
