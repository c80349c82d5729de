"""A regimen beside the doses that were really given: where each belongs, and what was due instead.

The schedule says on which days doses are due when every dose comes on its day. Somebody who comes
late, early or not at all moves all that follows, so each dose is held against what the doses before
it ask for: one interval after the last, or its share of the period that runs. What is asked for
after the last dose is what is due next. The rules beside those of `b12guide.regimen.schedule`:

- A phase that still lacks doses when its time is over goes on for them, until a pause as long as
  the phase itself: late doses are late doses of this phase, and no early ones of the next.
- After such a pause the phase is given up, also where it is counted in doses.
- A dose that only the upper end of a range asks for may be left out; then the next phase is due.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from attrs import define, evolve, field, frozen

from b12guide.frozen import Record
from b12guide.regimen.phase import (
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Times,
    Until,
)
from b12guide.regimen.schedule import (
    DosePeriod,
    Limit,
    Over,
    Stage,
    Window,
    begin_of,
    daily,
    is_over,
    limit_of,
    periods,
    shifted,
)
from b12guide.values.calendar import add_days, add_months
from b12guide.values.duration import DurationRange

_DAY = dt.timedelta(days=1)
_SECONDS_IN_DAY = 86_400
_DRIFT = 3
"""By so many days the lengths of months differ."""
_NEAR = 14
"""Beyond so many days, two days do not fall together whatever the lengths of months are."""


@frozen(kw_only=True, repr=False)
class AskedDose(Record):
    """The dose that a regimen asks for next.

    Attributes:
        stage: Which phase, from 1.
        number: Which dose of the phase, from 1.
        window: When; None where it waits for an event, or nothing says when.
        interval: How far it lies from the dose before, where that alone decides its days.
        is_optional: Whether the lower end of a range does without it.
        waits_for: The events of unknown day that have to come first.
    """

    phase: Phase
    stage: int
    number: int
    window: Window | None
    interval: DurationRange | None = None
    is_optional: bool = False
    waits_for: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class FollowedDose(Record):
    """One dose, where it belongs, and what was due.

    Attributes:
        day: When it was given; None for the dose that is due after the last.
        stage: Where it belongs; None after the last phase.
        due: What the doses before it asked for; None where nothing was due any more.
        is_after_lack: Whether what was due never came: it opens the next phase, or a period of
            "3 times per week" after one that had too few doses, and its own has none to spare.
    """

    day: dt.date | None
    stage: Stage | None = None
    due: AskedDose | None = None
    is_after_lack: bool = False

    @property
    def latest(self) -> dt.date | None:
        """The day by which the dose had to come; None where nothing had to."""
        due = self.due
        if due is None or due.window is None or due.is_optional:
            return None
        return due.window.latest

    @property
    def is_extra(self) -> bool:
        """Whether it is a dose more than its phase asks for."""
        return (
            self.stage is not None
            and (not self.stage.phase.as_needed)
            and (self.due is None or self.due.stage > self.stage.stage)
        )


def followed(  # noqa: PLR0913 -- one argument for each thing that bears on what is due
    phases: Sequence[Phase],
    given: Sequence[dt.date],
    *,
    base: dt.date | None = None,
    free: Window | None = None,
    events: Mapping[str, dt.date] | None = None,
    until: dt.date | None = None,
    enough: int = sys.maxsize,
) -> tuple[FollowedDose, ...]:
    """Every dose that was given beside what was due, and last what is due next.

    Args:
        phases: One after the other.
        given: The days of the doses, in order.
        base: The day of a dose before all these, from which the first is counted. Without one the
            first phase begins with the first dose, whenever that was.
        free: The first day after what came before; the first dose is not due earlier.
        events: The days of events; `dt.date.min` for one that came on a day nobody knows.
        until: How far to look ahead; a year after the last dose when left out.
        enough: The phase, from 1, beyond which one dose is enough: those after it are not asked
            about.

    >>> import datetime as dt
    >>> from fractions import Fraction
    >>> from b12guide.regimen.phase import Dose, Every, ForDoses, Phase
    >>> from b12guide.values.duration import DurationRange, TimeUnit
    >>> every = Every(DurationRange(Fraction(7), Fraction(7), TimeUnit.DAY))
    >>> dose = Dose(Fraction(1), Fraction(1), "mg")
    >>> weekly = Phase(dose=dose, frequency=every, bound=ForDoses(2))
    >>> late = followed([weekly], [dt.date(2026, 1, 5), dt.date(2026, 1, 15)])[1]
    >>> late.due.window.latest
    datetime.date(2026, 1, 12)
    """
    if len(phases) == 1:
        plain = _plain(phases[0])
        if plain is not None:
            return plain.followed(given, base, free)
    walk = _Walk(tuple(phases), events or {}, until, base, free)
    steps = []
    begun: dict[tuple[int, dt.date], _Begun] = {}
    for day in given:
        due = walk.due()
        stage = walk.take(day)
        if stage is not None and walk.begun is not None:
            begun[stage.stage, stage.since] = walk.begun
        steps.append(FollowedDose(day=day, stage=stage, due=due))
        if stage is not None and stage.stage > enough:
            break
    return (*_marked(steps, begun, walk), FollowedDose(day=None, due=walk.due()))


@define(eq=False)
class _PlainPhase:
    """A phase that goes on at one interval, with no event and no end: what most people follow.

    What it asks for after a dose depends on the day of that dose and, by the lengths of months, on
    that of the first. It is what the walk finds, found again for the next who had a dose that day.

    Attributes:
        after_dose: What is asked for after so many doses, by the day of the last.
    """

    phase: Phase
    pace: _Pace
    after_dose: dict[tuple[dt.date, int], FollowedDose] = field(factory=dict)

    def followed(
        self, given: Sequence[dt.date], base: dt.date | None, free: Window | None
    ) -> tuple[FollowedDose, ...]:
        """As `followed`."""
        due = None if base is None else self._first(base, free)
        steps = []
        for number, day in enumerate(given, start=1):
            stage = Stage(self.phase, 1, number, given[0])
            steps.append(FollowedDose(day=day, stage=stage, due=due))
            due = self._step(day, given[0], number).due
        return (*steps, FollowedDose(day=None, due=due))

    def asked(
        self, given: Sequence[dt.date], base: dt.date | None, free: Window | None
    ) -> tuple[FollowedDose, ...]:
        """As `asked`."""
        first = None if base is None else self._first(base, free)
        steps = [FollowedDose(day=None, due=first)]
        for number, day in enumerate(given, start=1):
            steps.append(self._step(day, given[0], number))
        return tuple(steps)

    def _first(self, base: dt.date, free: Window | None) -> AskedDose:
        over = Over(Window(base, base), is_start=False, free=free)
        begin = begin_of(self.phase, over, {})
        is_next = begin == self.pace.after(base)
        return AskedDose(
            phase=self.phase,
            stage=1,
            number=1,
            window=begin,
            interval=self.pace.interval if is_next else None,
        )

    def _step(self, last: dt.date, since: dt.date, given: int) -> FollowedDose:
        """What is asked for after so many doses, without where it belongs."""
        window = self.pace.after(last)
        if self.pace.may_drift(window, since, given):
            anchored = self.pace.anchored(window, since, given)
            if anchored != window:
                return self._asking(anchored, given)
        step = self.after_dose.get((last, given))
        if step is None:
            if len(self.after_dose) >= _MOST_DAYS:
                self.after_dose.clear()
            step = self.after_dose[last, given] = self._asking(window, given)
        return step

    def _asking(self, window: Window, given: int) -> FollowedDose:
        due = AskedDose(
            phase=self.phase,
            stage=1,
            number=given + 1,
            window=window,
            interval=self.pace.interval,
        )
        return FollowedDose(day=None, due=due)


_MOST_DAYS = 1 << 14
"""As many days are kept of each phase; what is full starts anew."""


def _plain(phase: Phase) -> _PlainPhase | None:
    """The phase, where it is a plain one."""
    # By identity: equal phases may be written otherwise, which is asked for as well.
    found = _PLAIN.get(id(phase))
    if found is None or found[0] is not phase:
        is_plain = (
            not phase.after
            and phase.apart is None
            and not phase.as_needed
            and (phase.bound is None or isinstance(phase.bound, ForLife))
        )
        pace = _Pace.of(phase) if is_plain else None
        if len(_PLAIN) >= _MOST_PHASES:
            _PLAIN.clear()
        plain = None if pace is None else _PlainPhase(phase, pace)
        found = _PLAIN[id(phase)] = (phase, plain)
    return found[1]


_PLAIN: dict[int, tuple[Phase, _PlainPhase | None]] = {}
_MOST_PHASES = 256


def asked(  # noqa: PLR0913 -- as `followed`
    phases: Sequence[Phase],
    given: Sequence[dt.date],
    *,
    base: dt.date | None = None,
    free: Window | None = None,
    events: Mapping[str, dt.date] | None = None,
    until: dt.date | None = None,
) -> tuple[FollowedDose, ...]:
    """What was due before each dose, and last what is due next; where doses belong is left out.

    It says the same as `followed`, and takes less where the phase is a plain one.
    """
    plain = _plain(phases[0]) if len(phases) == 1 else None
    if plain is not None:
        return plain.asked(given, base, free)
    return followed(phases, given, base=base, free=free, events=events, until=until)


def free_after(
    phases: Sequence[Phase],
    stage: Stage,
    last: dt.date,
    events: Mapping[str, dt.date] | None = None,
) -> Window | None:
    """The first day after the phase of the last dose, and after those that came to nothing.

    None where that is with the dose itself.
    """
    known = events or {}
    begin = Window(stage.since, stage.since)
    over = Over(Window(last, last), is_start=False)
    over = evolve(over, free=limit_of(stage.phase, begin, known).free)
    for phase in phases[stage.stage :]:
        if any(name not in known for name in phase.after):
            break
        begin = begin_of(phase, over, known)
        limit = limit_of(phase, begin, known)
        if limit.last is None or limit.last > begin.earliest:
            break
        over = _skipped(over, limit)
    return over.free


def _skipped(over: Over, limit: Limit) -> Over:
    """The same after a phase that came to nothing, because its event came before it began."""
    free = limit.free
    if free is not None and over.free is not None:
        free = free.not_before(over.free)
    return evolve(over, free=free)


def _marked(
    steps: Sequence[FollowedDose],
    phases: Mapping[tuple[int, dt.date], _Begun],
    walk: _Walk,
) -> Iterator[FollowedDose]:
    """The steps, those marked that come after a period with too few doses."""
    by_phase: dict[tuple[int, dt.date], list[dt.date]] = {}
    for step in steps:
        if step.stage is not None and step.day is not None:
            key = (step.stage.stage, step.stage.since)
            by_phase.setdefault(key, []).append(step.day)
    after: dict[tuple[int, dt.date], Collection[dt.date | None]] = {}
    for key, given in by_phase.items():
        begun = phases[key]
        if isinstance(begun.in_days.frequency, Times):
            periods_there = walk.periods_of(begun, given[-1])
            after[key] = frozenset(_after_lacks(periods_there, given))
    for step in steps:
        stage, due = step.stage, step.due
        is_after = is_next = False
        if stage is not None:
            is_after = step.day in after.get((stage.stage, stage.since), ())
            is_next = due is not None and stage.stage > due.stage
        yield evolve(step, is_after_lack=True) if is_next or is_after else step


@frozen(slots=False, eq=False)
class _Begun:
    """A phase from the day of its first dose; what follows from both is worked out once."""

    phase: Phase
    since: dt.date
    events: Mapping[str, dt.date]

    @cached_property
    def limit(self) -> Limit:
        """Its bound on the calendar."""
        return limit_of(self.phase, Window(self.since, self.since), self.events)

    @cached_property
    def last(self) -> dt.date | None:
        """The first day on which it is over at the latest."""
        return self.limit.last

    @cached_property
    def free(self) -> Window | None:
        """The first day on which it is over."""
        return self.limit.free

    @cached_property
    def in_days(self) -> Phase:
        """The phase with an interval of less than a day as so many doses a day."""
        return _in_days(self.phase)

    @cached_property
    def pace(self) -> _Pace | None:
        """Its interval, if its doses lie a day or more apart."""
        return _Pace.of(self.phase)

    @property
    def goes_on(self) -> bool:
        """Whether it has no length of its own: its doses are counted period by period."""
        return not isinstance(self.phase.bound, ForTime | ForDoses)

    @cached_property
    def all_periods(self) -> tuple[DosePeriod, ...]:
        """How many of its doses belong in which stretch of days, as far as it has an end."""
        return periods(self.in_days, self.since, events=self.events, until=dt.date.max)

    def periods(self, horizon: dt.date) -> tuple[DosePeriod, ...]:
        """The same as far as a day."""
        bound = self.phase.bound
        end = self.events.get(bound.event) if isinstance(bound, Until) else None
        return _periods_of(self.in_days, self.since, end, horizon)

    @cached_property
    def least(self) -> int:
        """How many doses it asks for at least, being bounded in time or by their number."""
        return sum(period.low for period in self.all_periods)

    @cached_property
    def length(self) -> int | None:
        """How many days it takes, if it is bounded in time or by a number of doses."""
        phase = self.phase
        if phase.bound is None or isinstance(phase.bound, Until):
            return None
        if self.last is not None:
            return (self.last - self.since).days
        if self.limit.count is None:
            return None
        match phase.frequency:
            case Every(interval=interval):
                size = interval.high * self.limit.count
                end = shifted(self.since, size, interval.unit)
            case Times():
                found = self.all_periods
                end = found[-1].last + _DAY if found else None
            case None:
                return None
        return None if end is None else max((end - self.since).days, 1)


def _begun(phase: Phase, since: dt.date, events: Mapping[str, dt.date]) -> _Begun:
    """A phase from the day of its first dose, which many have in common."""
    bound = phase.bound
    end = events.get(bound.event) if isinstance(bound, Until) else None
    key = (id(phase), since, end)
    found = _BEGUN.get(key)
    if found is None or found.phase is not phase:
        if len(_BEGUN) >= _MOST_BEGUN:
            _BEGUN.clear()
        known = {bound.event: end} if isinstance(bound, Until) and end else {}
        found = _BEGUN[key] = _Begun(phase, since, known)
    return found


# By identity, as above. Of the events none counts but the one that ends the phase.
_BEGUN: dict[tuple[int, dt.date, dt.date | None], _Begun] = {}
_MOST_BEGUN = 1 << 11


@define
class _Walk:
    """How far somebody has come in a regimen; it changes with every dose.

    Attributes:
        last: The last dose of all; `free` the first day after what came before the first.
        place: The phase, from 0.
        begun: The same with the day of its first dose, once that was given.
        mine: The doses of this phase.
    """

    phases: tuple[Phase, ...]
    events: Mapping[str, dt.date]
    until: dt.date | None
    last: dt.date | None
    free: Window | None
    place: int = 0
    begun: _Begun | None = None
    mine: list[dt.date] = field(factory=list)

    def take(self, day: dt.date) -> Stage | None:
        """One dose further: where it belongs, None after the last phase."""
        while self.place < len(self.phases) and self._is_past(day):
            self.place, self.begun, self.mine = self.place + 1, None, []
        if self.place == len(self.phases):
            return None
        if self.begun is None:
            self.begun = _begun(self.phases[self.place], day, self.events)
        self.mine.append(day)
        self.last = day
        begun = self.begun
        return Stage(begun.phase, self.place + 1, len(self.mine), begun.since)

    def _is_past(self, day: dt.date) -> bool:
        phase, following, begun = self.phases[self.place], self._following, self.begun
        if begun is None or self.last is None:
            return is_over(phase, following, 0, None, None, day, self.events)
        length = begun.length
        pause = (day - self.last).days
        if length is not None and pause >= length:
            return True
        is_late = begun.last is not None and day >= begun.last
        if is_late and length is not None and len(self.mine) < begun.least:
            following_due = self._beyond(begun)
            return (
                following_due is not None
                and following_due.window is not None
                and day >= following_due.window.earliest
            )
        return is_over(
            phase,
            following,
            len(self.mine),
            begun.since,
            self.last,
            day,
            self.events,
            begun.limit,
        )

    @property
    def _following(self) -> Phase | None:
        place = self.place + 1
        return self.phases[place] if place < len(self.phases) else None

    def periods_of(self, begun: _Begun, last: dt.date | None) -> tuple[DosePeriod, ...]:
        """The periods of a phase: all of them or, without an end, two beyond the last day."""
        frequency = begun.in_days.frequency
        if not begun.goes_on or not isinstance(frequency, Times):
            return begun.all_periods
        known = (begun.since, last, self.until)
        days = max(day for day in known if day is not None)
        per = frequency.per
        return begun.periods(shifted(days, per.high, per.unit, 2) or dt.date.max)

    # --------------------------------------------------------------------- what is due

    def due(self) -> AskedDose | None:
        """The dose that is due next; None when nothing is, or the course begins with its first."""
        if self.place >= len(self.phases):
            return None
        if self.begun is not None:
            found = self._far_enough(self._within(self.begun))
            if found is None:
                return self._beyond(self.begun)
            if found.window is None and isinstance(found.phase.bound, ForTime):
                # Nothing says how often: the next phase has a day.
                return self._beyond(self.begun) or found
            return self._or_beyond(found, self.begun) if found.is_optional else found
        if self.last is None:
            return None
        over = Over(Window(self.last, self.last), is_start=False, free=self.free)
        return self._first_after(over, self.place)

    def _far_enough(self, due: AskedDose | None) -> AskedDose | None:
        """The next dose, not nearer to the last than the phase allows (M76)."""
        if due is None or due.window is None or due.phase.apart is None:
            return due
        apart, last = due.phase.apart, self.mine[-1]
        day = shifted(last, apart.value, apart.unit) or dt.date.max
        return evolve(due, window=due.window.not_before(Window(day, day)))

    def _beyond(self, begun: _Begun) -> AskedDose | None:
        """What is due when this phase is over."""
        phase, count = begun.phase, begun.limit.count
        is_full = count is not None and len(self.mine) >= count
        if self.last is None or (
            phase.as_needed and not is_full and begun.free is None
        ):
            return None
        over = Over(Window(self.last, self.last), is_start=False, free=begun.free)
        return self._first_after(over, self.place + 1)

    def _or_beyond(self, found: AskedDose, begun: _Begun) -> AskedDose:
        """A dose that may be left out for the first of the next phase."""
        following = self._beyond(begun)
        if following is None or following.window is None or found.window is None:
            return found
        window = Window(
            min(found.window.earliest, following.window.earliest),
            max(found.window.latest, following.window.latest),
        )
        return evolve(
            found, window=window, interval=None, is_optional=following.is_optional
        )

    def _first_after(self, over: Over, start: int) -> AskedDose | None:
        """The first dose of a phase, or of one after it."""
        for place, phase in enumerate(self.phases[start:], start=start):
            waits = tuple(name for name in phase.after if name not in self.events)
            due = AskedDose(
                phase=phase, stage=place + 1, number=1, window=None, waits_for=waits
            )
            if waits:
                return due
            begin = begin_of(phase, over, self.events)
            limit = limit_of(phase, begin, self.events)
            if limit.last is not None and limit.last <= begin.earliest:
                over = _skipped(over, limit)
                continue
            if (
                phase.as_needed
            ):  # none of its doses is due, and then perhaps the next phase
                if limit.free is None:
                    return None
                over = _skipped(over, limit)
                continue
            pace = _Pace.of(phase)
            interval = None if pace is None else pace.interval
            is_next = pace is not None and begin == pace.after(over.last.latest)
            return evolve(due, window=begin, interval=interval if is_next else None)
        return None

    def _within(self, begun: _Begun) -> AskedDose | None:
        """The next dose of this phase; None when it has had all."""
        phase, count = begun.phase, begun.limit.count
        is_full = count is not None and len(self.mine) >= count
        if self.last is None or is_full or phase.as_needed:
            return None
        pace = begun.pace
        if pace is not None:
            window, number = pace.after(self.last), len(self.mine)
            if pace.may_drift(window, begun.since, number):
                window = pace.anchored(window, begun.since, number)
            # The next dose of a phase with an interval; None where the phase is
            # over before it.
            if begun.last is not None and window.earliest >= begun.last:
                return None
            free = begun.free
            is_sure = free is None or window.latest < free.earliest
            if free is not None and isinstance(phase.bound, Until):
                is_sure = (
                    window.latest < free.earliest - _DAY
                )  # the day of the event itself
            return AskedDose(
                phase=phase,
                stage=self.place + 1,
                number=len(self.mine) + 1,
                window=window,
                interval=pace.interval,
                is_optional=not is_sure,
            )
        due = AskedDose(
            phase=phase, stage=self.place + 1, number=len(self.mine) + 1, window=None
        )
        if isinstance(begun.in_days.frequency, Times):
            periods = self.periods_of(begun, self.last)
            if begun.goes_on:
                return self._share_of_period(due, periods)
            return _share(due, periods)
        return None if phase.bound is None else due

    def _share_of_period(
        self, due: AskedDose, found: tuple[DosePeriod, ...]
    ) -> AskedDose | None:
        """The next dose of a schedule that goes on: the rest of this period, or the next one's."""
        at = _index(found, self.last)
        if at is None:
            return None
        here = found[at]
        lacks = self.taken(here) < here.low
        if at + 1 >= len(found):  # an event ends it
            return evolve(due, window=Window(here.first, here.last)) if lacks else None
        following = found[at + 1]
        latest = here.last if lacks or following.low == 0 else following.last
        is_full = here.high is not None and self.taken(here) >= here.high
        earliest = following.first if is_full else here.first
        is_optional = not lacks and following.low == 0
        window = Window(earliest, max(earliest, latest))
        return evolve(due, window=window, is_optional=is_optional)

    def taken(self, period: DosePeriod) -> int:
        """How many doses of this phase were given in a period."""
        return sum(period.first <= day <= period.last for day in self.mine)


def _share(due: AskedDose, found: tuple[DosePeriod, ...]) -> AskedDose | None:
    """The dose that is next in a schedule of so many in each period."""
    earliest = latest = None
    most = least = 0
    for period in found:
        most += period.high or 0
        least += period.low
        if earliest is None and (period.high is None or most >= due.number):
            earliest = period.first
        if latest is None and least >= due.number:
            latest = period.last
    if earliest is None:
        return None
    window = Window(earliest, max(earliest, latest or found[-1].last))
    return evolve(due, window=window, is_optional=latest is None)


def _after_lacks(
    periods: Sequence[DosePeriod], given: Sequence[dt.date]
) -> Iterator[dt.date]:
    """The first dose of each period that does not make up for those lacking before it."""
    lacking = 0
    for period in periods:
        here = [day for day in given if period.first <= day <= period.last]
        spare = len(here) - period.low
        if here and lacking > max(spare, 0):
            yield here[0]
        lacking = max(-spare, 0) + (0 if here else lacking)


@lru_cache(maxsize=512)
def _periods_of(
    phase: Phase, since: dt.date, end: dt.date | None, horizon: dt.date
) -> tuple[DosePeriod, ...]:
    """The periods of a phase, remembered because every dose of it asks for them."""
    event = phase.bound.event if isinstance(phase.bound, Until) else ""
    known = {} if end is None else {event: end}
    return periods(phase, since, events=known, until=horizon)


def _index(found: Sequence[DosePeriod], day: dt.date | None) -> int | None:
    """Which period a day lies in."""
    if day is None:
        return None
    return next((n for n, p in enumerate(found) if p.first <= day <= p.last), None)


@define(eq=False)
class _Pace:
    """An interval of a day or more in whole numbers: a schedule counts with it again and again.

    Attributes:
        low, high: Its ends in months, or in seconds where they have a fixed length, times `parts`.
        is_broken: Whether the upper end is a fraction of a day, so that either of two days will do.
        windows: One interval after each day that was asked for.
    """

    interval: DurationRange
    low: int
    low_parts: int
    high: int
    high_parts: int
    is_broken: bool
    windows: dict[dt.date, Window] = field(factory=dict)

    @classmethod
    def of(cls, phase: Phase) -> _Pace | None:
        """The pace of a phase; None where its doses lie less than a day apart, or anyhow."""
        found = _PACES.get(id(phase))
        if found is None or found[0] is not phase:
            if len(_PACES) >= _MOST_PHASES:
                _PACES.clear()
            found = _PACES[id(phase)] = (phase, cls._of(phase))
        return found[1]

    @classmethod
    def _of(cls, phase: Phase) -> _Pace | None:
        match phase.frequency:
            case Every(interval=interval):
                pass
            case _:
                return None
        size = interval.unit.in_smallest
        low, low_parts = interval.low.as_integer_ratio()
        high, high_parts = interval.high.as_integer_ratio()
        is_broken = False
        if not interval.unit.is_calendar:
            low_parts *= _SECONDS_IN_DAY
            high_parts *= _SECONDS_IN_DAY
            if high * size < high_parts:
                return None
            is_broken = bool(high * size % high_parts)
        return cls(interval, low * size, low_parts, high * size, high_parts, is_broken)

    def after(self, last: dt.date) -> Window:
        """One interval after a dose; of a fraction of a day, either of the two days."""
        found = self.windows.get(last)
        if found is None:
            if len(self.windows) >= _MOST_DAYS:
                self.windows.clear()
            found = self.windows[last] = self._after(last)
        return found

    def _after(self, last: dt.date) -> Window:
        earliest = self._later(last, self.low, self.low_parts) or dt.date.max
        if self.low == self.high and self.low_parts == self.high_parts:
            latest = earliest
        else:
            latest = self._later(last, self.high, self.high_parts) or dt.date.max
        return Window(earliest, latest + _DAY if self.is_broken else latest)

    def anchored(self, window: Window, since: dt.date, times: int) -> Window:
        """The window counted from the first dose, where only the ends of months set it back.

        From 31 January on, doses of every month fall on the 28th of February and the 31st of
        March: counted from the dose before, they would stay on the 28th.
        """
        if not self.interval.unit.is_calendar:
            return window
        earliest, latest = window.earliest, window.latest
        own = self._later(since, self.low * times, self.low_parts)
        if own is not None and 0 < (own - earliest).days <= _DRIFT:
            earliest = own
        own = self._later(since, self.high * times, self.high_parts)
        if own is not None and 0 < (own - latest).days <= _DRIFT:
            latest = own
        return Window(earliest, max(earliest, latest))

    def may_drift(self, window: Window, since: dt.date, times: int) -> bool:
        """Whether `anchored` may find another window; it does not where days alone say so."""
        if not self.interval.unit.is_calendar:
            return False
        first = since.toordinal()
        # A hundred months have 3,044 days, give or take less than a week and what they drift.
        low = self.low * times * 3044 // (100 * self.low_parts)
        high = self.high * times * 3044 // (100 * self.high_parts)
        return (
            abs(window.earliest.toordinal() - first - low) < _NEAR + times
            or abs(window.latest.toordinal() - first - high) < _NEAR + times
        )

    def _later(self, day: dt.date, size: int, parts: int) -> dt.date | None:
        """The day so much later; None beyond the calendar."""
        whole, rest = divmod(size, parts)
        if not self.interval.unit.is_calendar:
            return add_days(day, whole)
        found = add_months(day, whole)
        return (
            found if found is None or not rest else add_days(found, rest * 30 // parts)
        )


def _in_days(phase: Phase) -> Phase:
    """A phase of which an interval of less than a day is so many doses a day."""
    match phase.frequency:
        case Every(interval=interval) if _Pace.of(phase) is None:
            return evolve(phase, frequency=daily(Times(1, 1, interval)))
        case _:
            return phase


_PACES: dict[int, tuple[Phase, _Pace | None]] = {}
