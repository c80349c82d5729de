"""A history beside the guideline, day by day, and which of its doses belong to loading.

A course of loading begins with the first dose on a day on which its rule binds. One that goes
on until an event which nobody recorded is over with the first pause long enough for maintenance.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, lru_cache, partial
from itertools import accumulate
from typing import TypeAlias

from attrs import Factory, field, frozen

from b12guide.audit.event import Event, Given, Started, Stopped, Tested
from b12guide.audit.finding import Missing, Stretch, Tolerance, What
from b12guide.audit.knowledge import OPEN, Knowledge, Ruling
from b12guide.audit.targets import Targets, phases_of, regimens_of, scheduled
from b12guide.evaluate.answer import Conflict, RuleVerdict, Verdict
from b12guide.graph import model as m
from b12guide.regimen.following import AskedDose, FollowedDose, followed, free_after
from b12guide.regimen.model import (
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.regimen.schedule import Progress, Stage, Window, shifted
from b12guide.values.duration import DurationRange, TimeUnit

_DAY = dt.timedelta(days=1)


@frozen(kw_only=True, slots=False, eq=False)
class LoadingCourse:
    """The doses that one loading rule counts as its course.

    Attributes:
        printed: The regimen, and `regimen` as it is read: with each range at one of its ends.
        doses: In order, one at least.
        steps: Where each of them belongs, and what was due.
        pending: What the course asked for after the last of them; None where nothing.
        after: The next dose, which is no longer one of the course.
    """

    rule: m.Rule
    printed: Regimen
    regimen: Regimen
    doses: tuple[Given, ...]
    steps: tuple[FollowedDose, ...]
    pending: AskedDose | None
    after: dt.date | None

    @property
    def rows(self) -> frozenset[int]:
        """The rows of its doses."""
        return frozenset(dose.row for dose in self.doses)

    @property
    def start(self) -> dt.date:
        """The day of the first dose."""
        return self.doses[0].on

    @cached_property
    def complete(self) -> dt.date | None:
        """The day of the last dose that it asked for, where it ends by itself and had them all."""
        stages = len(self.regimen.phases)
        if self.regimen.last_phase.as_needed:
            return None
        if isinstance(self.regimen.bound_of(stages), Until | ForLife):
            return None
        asked = [step.due for step in self.steps[1:]] + [self.pending]
        for dose, step, due in zip(self.doses, self.steps, asked, strict=True):
            is_last = step.stage is not None and step.stage.stage == stages
            if is_last and (due is None or due.stage > stages or due.is_optional):
                return dose.on
        return None

    @cached_property
    def wanted(self) -> int | None:
        """How many doses it asks for at least; None where that is not fixed."""
        complete = self.complete
        if complete is not None:
            return sum(dose.on <= complete for dose in self.doses)
        if self.regimen.is_lifelong or not all(map(_has_own_end, self.regimen.phases)):
            return None
        horizon = shifted(self.start, Fraction(10), TimeUnit.YEAR) or dt.date.max
        is_fixed = not any(map(_is_in_calendar_units, self.regimen.phases))
        start = dt.date(2000, 1, 1) if is_fixed else self.start
        return _doses_in_all(self.regimen, start, (horizon - self.start).days)

    def stage_of(self, row: int) -> Stage | None:
        """Where the dose of a row belongs."""
        found = zip(self.doses, self.steps, strict=True)
        return next((step.stage for dose, step in found if dose.row == row), None)


def _has_own_end(phase: Phase) -> bool:
    """Whether a phase comes to an end without an event, if it begins without one."""
    if phase.after or phase.as_needed or isinstance(phase.bound, Until | ForLife):
        return False
    return phase.bound is not None or phase.frequency is None


def _is_in_calendar_units(phase: Phase) -> bool:
    """Whether a phase counts in months or years, which makes its days depend on its first."""
    match phase.frequency:
        case Every(interval=interval) | Times(per=interval) if (
            interval.unit.is_calendar
        ):
            return True
        case _:
            pass
    match phase.bound:
        case ForTime(length=length) | ForDoses(within=DurationRange() as length):
            return length.unit.is_calendar
        case _:
            return phase.apart is not None and phase.apart.unit.is_calendar


@lru_cache(maxsize=4096)
def _doses_in_all(regimen: Regimen, start: dt.date, days: int) -> int | None:
    """How many doses a regimen asks for at least that is over so many days after its start."""
    schedule = regimen.doses_due(start, until=start + dt.timedelta(days))
    if schedule.last is None:
        return None
    return sum(not dose.is_optional for dose in schedule.doses)


def _not_offered(ruling: Ruling) -> frozenset[tuple[m.Decision, str]]:
    """The rules that ask for something contraindicated, with their decisions."""
    return frozenset(
        (decision, name)
        for decision, decided in ruling.decisions.items()
        for one in decided.not_offered
        for name in one.rules
    )


def binds(verdict: RuleVerdict) -> bool:
    """Whether a rule binds, or may bind."""
    return verdict.verdict in OPEN


def fits(replay: Replay, dose: Given, phases: Sequence[Phase]) -> bool:
    """Whether a dose can be one of these phases, by its drug and its route.

    So can one by a route on which the guideline is silent: which route it is, is kept apart.
    """
    drug, route, is_of_drug = dose.drug, dose.route, False
    for phase in phases:
        if not phase.drugs or drug in phase.drugs:
            if route is None or phase.route is None or phase.route == route:
                return True
            is_of_drug = True
    silences = replay.knowledge.on(dose.on).answer.silences if is_of_drug else ()
    return any(route in silence.topics for silence in silences)


Walks: TypeAlias = dict[tuple[object, ...], tuple[FollowedDose, ...]]
"""Doses that were followed through regimens; one audit looks for its loading courses twice."""


def loading_choices(
    replay: Replay, walks: Walks
) -> Iterator[tuple[LoadingCourse, ...]]:
    """The courses that each loading rule may have, of those that bound when treatment began.

    Of a rule that offers several regimens, or prints ranges, there are several; they come in the
    order of the rule, of the readings of a range the likeliest first.
    """
    open_ = replay.knowledge.open(replay.on)
    for rule in replay.targets.loading:
        if rule.name not in open_:
            continue
        begun = next(
            (d for d in replay.doses if binds(replay.verdict(rule, d.on))), None
        )
        if begun is None:
            continue
        given = [dose for dose in replay.doses if dose.on >= begun.on]
        courses: list[LoadingCourse] = []
        for printed in scheduled(rule):
            read = [
                course
                for regimen in replay.targets.readings(printed)
                if (course := _course(replay, rule, printed, regimen, given, walks))
                is not None
            ]
            courses += sorted(read, key=partial(_unlike, replay, given))
        if courses:
            yield tuple(courses)


def _course(  # noqa: PLR0913, PLR0917 -- a regimen of a rule, and what it is followed through
    replay: Replay,
    rule: m.Rule,
    printed: Regimen,
    regimen: Regimen,
    given: Sequence[Given],
    walks: Walks,
) -> LoadingCourse | None:
    """The course by one regimen; None where no dose can be one of it."""
    doses = [dose for dose in given if fits(replay, dose, regimen.phases)]
    own = len(regimen.phases)
    steps = _walked(replay, regimen, [dose.on for dose in doses], walks)
    count = 0
    for dose, step in zip(doses, steps, strict=False):
        if step.stage is None or step.stage.stage > own:
            break
        is_over = isinstance(step.stage.phase.bound, Until) and not binds(
            replay.verdict(rule, dose.on - _DAY)
        )
        if count and is_over:
            break
        count += 1
    if not count:
        return None
    due = steps[count].due
    return LoadingCourse(
        rule=rule,
        printed=printed,
        regimen=regimen,
        doses=tuple(doses[:count]),
        steps=steps[:count],
        pending=due if due is not None and due.stage <= own else None,
        after=next((d.on for d in given if d.on > doses[count - 1].on), None),
    )


def _walked(
    replay: Replay, regimen: Regimen, days: Sequence[dt.date], walks: Walks
) -> tuple[FollowedDose, ...]:
    """The doses of these days followed through a regimen and what comes after it."""
    phases = (*regimen.phases, *replay.targets.after_loading(regimen))
    happened = replay.happened
    named = [
        (*p.after, p.bound.event if isinstance(p.bound, Until) else "") for p in phases
    ]
    known = tuple([happened.get(name) for names in named for name in names])
    # The regimens are those of the guideline, or its readings, and stay as long as it does.
    key = (id(regimen), tuple(days), known)
    if key not in walks:
        walks[key] = followed(
            phases, days, events=happened, until=replay.on, enough=len(regimen.phases)
        )
    return walks[key]


def _unlike(
    replay: Replay, given: Sequence[Given], course: LoadingCourse
) -> tuple[int, int, int]:
    """Late days, doses that are neither loading nor can be maintenance, and doses of loading."""
    mine = course.rows
    odd = sum(d.row not in mine and not is_long_term(replay, d) for d in given)
    # By how many days the doses of a course are late, all together.
    late = 0
    for step in course.steps:
        if (
            step.day is not None
            and step.due is not None
            and step.due.window is not None
        ):
            late += max((step.day - step.due.window.latest).days, 0)
    due = course.pending
    if due is not None and due.window is not None and not due.is_optional:
        late += max((replay.on - due.window.latest).days, 0)
    return (late, odd, len(course.doses))


def is_long_term(replay: Replay, dose: Given) -> bool:
    """Whether a dose can keep a long-term interval: by a route that some rule names for it."""
    phases = replay.knowledge.on(dose.on).once(long_term_phases)
    return not phases or fits(replay, dose, phases)


def long_term_phases(ruling: Ruling) -> tuple[Phase, ...]:
    """The phases of all rules on maintenance that bind, or may bind."""
    verdicts = ruling.by_decision.get(m.Decision.MAINTENANCE, ())
    return tuple(
        phase for v in verdicts if v.verdict in OPEN for phase in phases_of(v.rule)
    )


# ------------------------------------------------------------------------- tolerance


def is_in_months(due: AskedDose) -> bool:
    """Whether a dose belongs to a schedule in months, which has a tolerance of its own."""
    match due.phase.frequency:
        case Every(interval=length) | Times(per=length):
            return length.unit.is_calendar
        case None:
            return False


def goes_on(replay: Replay, course: LoadingCourse) -> bool:
    """Whether a dose of loading is due yet, so that nothing else can be.

    Where only an event ends it, which nobody recorded, and no dose came in time, either loading
    was to go on or what follows it is due.
    """
    due = course.pending
    if due is None or due.is_optional:
        return False
    if due.window is None or not isinstance(due.phase.bound, Until):
        return True
    return (replay.on - due.window.latest).days <= spare_days(replay, due)


def spare_days(replay: Replay, due: AskedDose, step: FollowedDose | None = None) -> int:
    """By how many days a dose may be late.

    Of a daily schedule by none, because a dose that comes a day late is one that was left out; nor
    where a period of so many doses had too few, and the next has none to spare for it.
    """
    if step is not None and step.is_after_lack:
        return 0
    if is_in_months(due):
        return replay.tolerance.doses
    match due.phase.frequency:
        case Every(interval=length) if (
            length.high.numerator * length.unit.in_smallest
            <= _SECONDS_IN_DAY * length.high.denominator
        ):
            return 0
        case _:
            return replay.tolerance.loading


_SECONDS_IN_DAY = 86_400


@frozen
class DrugCourse:
    """A drug taken without a dose-by-dose record, up to and including `until`; None: still."""

    start: Started
    until: dt.date | None

    def covers(self, first: dt.date, last: dt.date) -> bool:
        """Whether the course ran on every day from `first` to `last`."""
        return self.start.on <= first and (self.until is None or last <= self.until)

    def runs_after(self, day: dt.date) -> bool:
        """Whether the course ran on a day and went on after it."""
        return self.start.on <= day and (self.until is None or self.until > day)


@frozen(eq=False)
class Dues(Mapping[str, FollowedDose]):
    """What each rule asked for after so many doses, by the name of the rule.

    Rules that ask for the same share their steps, of which some may be missing.
    """

    _steps: Mapping[str, Mapping[int, FollowedDose]]
    _doses: int

    def __getitem__(self, name: str) -> FollowedDose:
        return self._steps[name][self._doses]

    def of(self, name: str) -> FollowedDose | None:
        """The same; None where nothing was asked for."""
        steps = self._steps.get(name)
        return None if steps is None else steps.get(self._doses)

    def __iter__(self) -> Iterator[str]:
        doses = self._doses
        return iter([name for name, steps in self._steps.items() if doses in steps])

    def __len__(self) -> int:
        return sum(self._doses in steps for steps in self._steps.values())


@frozen
class DoseGap:
    """From one dose, or from the day on which there was reason for one, to the next or to now.

    Attributes:
        about: The drugs and routes of the doses at its ends.
        dues: What each rule asked for after the doses before the gap, by its name.
    """

    first: dt.date
    last: dt.date
    from_dose: bool
    to_dose: bool
    about: frozenset[str]
    dues: Dues


@frozen(slots=False, eq=False)
class Recorded:
    """What a history has of doses, courses and tests: the same however it is read.

    Attributes:
        drugs: Those of the treatment.
    """

    events: tuple[Event, ...]
    drugs: frozenset[str]

    @cached_property
    def doses(self) -> tuple[Given, ...]:
        """The doses of the treatment."""
        return tuple(
            e for e in self.events if isinstance(e, Given) and e.drug in self.drugs
        )

    @cached_property
    def dose_days(self) -> tuple[dt.date, ...]:
        """The days of the doses, in order."""
        return tuple(dose.on for dose in self.doses)

    @cached_property
    def courses(self) -> tuple[DrugCourse, ...]:
        """The courses of any drug."""
        found = []
        for index, event in enumerate(self.events):
            if isinstance(event, Started):
                found.append(DrugCourse(event, self._end(event, index)))
        return tuple(found)

    def _end(self, start: Started, index: int) -> dt.date | None:
        for later in self.events[index + 1 :]:
            if isinstance(later, Stopped | Started) and later.drug == start.drug:
                return later.on
        return None

    @cached_property
    def treatment(self) -> tuple[Given | Started, ...]:
        """Doses and courses of the treatment, in order."""
        return tuple(
            e
            for e in self.events
            if isinstance(e, Given | Started) and e.drug in self.drugs
        )

    @cached_property
    def tests_by_name(self) -> Mapping[str, tuple[Tested, ...]]:
        """All tests, by their names, in order."""
        found: dict[str, list[Tested]] = {}
        for event in self.events:
            if isinstance(event, Tested):
                found.setdefault(event.test, []).append(event)
        return {name: tuple(tests) for name, tests in found.items()}

    @cached_property
    def test_days(self) -> Mapping[str, tuple[dt.date, ...]]:
        """The days of all tests, by their names, each once and in order."""
        return {
            name: tuple(dict.fromkeys([tested.on for tested in tests]))
            for name, tests in self.tests_by_name.items()
        }

    @cached_property
    def tests_by_day(self) -> Mapping[dt.date, frozenset[str]]:
        """The names of the tests of each day that had any."""
        found: dict[dt.date, set[str]] = {}
        for event in self.events:
            if isinstance(event, Tested):
                found.setdefault(event.on, set()).add(event.test)
        return {day: frozenset(tests) for day, tests in found.items()}


@frozen(kw_only=True, slots=False, eq=False)
class Replay:
    """A history up to the day of the audit.

    Attributes:
        events: Those on or before `on`, in order.
        loading: The course of each loading rule.
        gaps: Those between doses outside loading.
        read: What events have of doses, courses and tests; it is read again for other events.
    """

    graph: m.RuleGraph = field(repr=False)
    knowledge: Knowledge = field(repr=False)
    events: tuple[Event, ...]
    on: dt.date
    tolerance: Tolerance
    loading: tuple[LoadingCourse, ...] = ()
    gaps: tuple[DoseGap, ...] = ()
    read: Recorded = field(
        repr=False,
        default=Factory(
            lambda self: Recorded(self.events, self.drugs), takes_self=True
        ),
    )

    @cached_property
    def recorded(self) -> Recorded:
        """What `events` have of doses, courses and tests."""
        is_own = self.read.events is self.events
        return self.read if is_own else Recorded(self.events, self.drugs)

    def printed(self, gap: DoseGap, rule: m.Rule) -> str:
        """How often the phase of a rule prints its doses in which a gap lies."""
        step = gap.dues.of(rule.name)
        return self.targets.how_often(step.due.phase) if step and step.due else ""

    def called(self, name: str) -> str:
        """What a drug, route, test, site, fact or definition is called."""
        return self.targets.called(name)

    @property
    def targets(self) -> Targets:
        """The rules that it is held against."""
        return self.knowledge.targets

    @property
    def drugs(self) -> frozenset[str]:
        """The drugs of the treatment itself, all forms of it."""
        return self.targets.drugs

    @property
    def doses(self) -> tuple[Given, ...]:
        """The doses of the treatment."""
        return self.recorded.doses

    @property
    def dose_days(self) -> tuple[dt.date, ...]:
        """The days of the doses, in order."""
        return self.recorded.dose_days

    @property
    def courses(self) -> tuple[DrugCourse, ...]:
        """The courses of any drug."""
        return self.recorded.courses

    def days_of(
        self, event: Given | Started, until: str | None = None
    ) -> tuple[Stretch, ...]:
        """The days on which something is taken: that of a dose; of a course, all of them.

        What waits for `until`, or asks for it, counts until the day before that came about.
        """
        if isinstance(event, Given):
            return ((event.on, event.on),)
        ends = [
            c.until for c in self.courses if c.start == event and c.until is not None
        ]
        came = self.happened.get(until or "")
        if came is not None and came > event.on:
            ends.append(came - _DAY)
        return ((event.on, min((*ends, self.on))),)

    @property
    def treatment(self) -> tuple[Given | Started, ...]:
        """Doses and courses of the treatment, in order."""
        return self.recorded.treatment

    @cached_property
    def happened(self) -> Mapping[str, dt.date]:
        """The events that had come by the day of the audit, each with its first day."""
        return self.knowledge.happened(self.on)

    @cached_property
    def loading_rows(self) -> frozenset[int]:
        """The rows of all doses of loading."""
        return frozenset(row for course in self.loading for row in course.rows)

    @cached_property
    def _long_term_days(self) -> tuple[dt.date, ...]:
        """The days of all other doses."""
        loading = self.loading_rows
        return tuple([dose.on for dose in self.doses if dose.row not in loading])

    def _reached(self, rule: m.Rule, number: int) -> tuple[Progress, ...]:
        """How far doses outside loading came in a regimen of a rule, before and after each."""
        found = self._progress.get((rule.name, number))
        if found is None:
            phases = regimens_of(rule)[number].phases
            begun = Progress(phases, self.happened)
            found = tuple(
                accumulate(self._long_term_days, Progress.after, initial=begun)
            )
            self._progress[rule.name, number] = found
        return found

    @cached_property
    def _progress(self) -> dict[tuple[str, int], tuple[Progress, ...]]:
        """Those that were asked for."""
        return {}

    def interval_on(self, day: dt.date) -> DurationRange | None:
        """The interval of maintenance that holds on a day, in its phase, where a rule applies."""
        if day not in self._intervals:
            self._intervals[day] = self._interval_on(day)
        return self._intervals[day]

    @cached_property
    def _intervals(self) -> dict[dt.date, DurationRange | None]:
        """Those that were asked for."""
        return {}

    def _interval_on(self, day: dt.date) -> DurationRange | None:
        for verdict in self.binding(m.Decision.MAINTENANCE, day):
            if verdict.verdict is not Verdict.APPLIES:
                continue
            for number in range(len(regimens_of(verdict.rule))):
                reached = self._reached(verdict.rule, number)
                index = bisect_left(self._long_term_days, day)
                stage = reached[index].after(day).stage
                frequency = None if stage is None else stage.phase.frequency
                if isinstance(frequency, Every):
                    return frequency.interval
        return None

    def is_not_offered(self, rule: m.Rule, day: dt.date) -> bool:
        """Whether what a rule asks for is contraindicated on a day."""
        return (rule.decision, rule.name) in self.knowledge.on(day).once(_not_offered)

    @property
    def first(self) -> dt.date | None:
        """The day of the first dose: what months of follow-up are counted from."""
        return self.treatment[0].on if self.treatment else None

    @cached_property
    def undated_since(self) -> int:
        """The first day, as an ordinal, on which a fact without a date is taken to be so."""
        first = self.events[0].on if self.events else self.on
        return (self.first or first).toordinal() - self.tolerance.undated

    @cached_property
    def was_treated_before(self) -> bool:
        """Whether treatment is on record before the history's first dose."""
        first = self.first
        if first is None:
            return False
        values = self.knowledge.on(first - _DAY).stated.values
        return any(values.get(name) is True for name in self.targets.treatments)

    @property
    def tests_by_name(self) -> Mapping[str, tuple[Tested, ...]]:
        """All tests, by their names, in order."""
        return self.recorded.tests_by_name

    @property
    def test_days(self) -> Mapping[str, tuple[dt.date, ...]]:
        """The days of all tests, by their names, each once and in order."""
        return self.recorded.test_days

    def free_after(self, dose: Given) -> Window | None:
        """The first day after the phase of loading to which a dose belongs, if that has a day."""
        if dose.row not in self._free:
            stages = (
                (course.regimen.phases, course.stage_of(dose.row))
                for course in self.loading
            )
            self._free[dose.row] = next(
                (
                    free_after(phases, stage, dose.on, self.happened)
                    for phases, stage in stages
                    if stage is not None
                ),
                None,
            )
        return self._free[dose.row]

    @cached_property
    def _free(self) -> dict[int, Window | None]:
        """Those that were asked for."""
        return {}

    def came(self, event: str) -> dt.date | None:
        """The day on which an event was recorded; the first dose, where it was known all along."""
        if event not in self._came:
            first = () if self.first is None else (self.first,)
            days = (*first, *(day for day in self.knowledge.days if day <= self.on))
            on = self.knowledge.on
            self._came[event] = next(
                (day for day in days if on(day).stated.values.get(event) is True), None
            )
        return self._came[event]

    @cached_property
    def _came(self) -> dict[str, dt.date | None]:
        """Those that were asked for."""
        return {}

    @cached_property
    def end_of_loading(self) -> dt.date | None:
        """The day of the last dose of loading; the first dose, where there was no loading at all.

        None where it goes on.
        """
        if not self.loading:
            return self.first
        ends = [
            course.complete or (None if course.after is None else course.doses[-1].on)
            for course in self.loading
        ]
        return None if None in ends else max(day for day in ends if day is not None)

    @property
    def tests_by_day(self) -> Mapping[dt.date, frozenset[str]]:
        """The names of the tests of each day that had any."""
        return self.recorded.tests_by_day

    def tests(self, name: str) -> tuple[Tested, ...]:
        """The tests of one name."""
        return self.tests_by_name.get(name, ())

    def verdict(self, rule: m.Rule, day: dt.date) -> RuleVerdict:
        """What was true of a rule with what was known on `day`."""
        return self.knowledge.on(day).verdicts[rule.name]

    def open_verdict(self, rule: m.Rule, day: dt.date) -> RuleVerdict | None:
        """What was true of a rule on a day, if it bound or may have bound."""
        verdict = self.verdict(rule, day)
        return verdict if verdict.verdict in OPEN else None

    def binding(self, decision: m.Decision, day: dt.date) -> tuple[RuleVerdict, ...]:
        """The rules on a decision that bind, or may bind, on a day."""
        return self.knowledge.on(day).binding(decision)

    def offering(self, decision: m.Decision, day: dt.date) -> tuple[RuleVerdict, ...]:
        """The rules that offer, or may offer, something beside the default on a day."""
        return self.knowledge.on(day).offering(decision)

    def contradiction(self, rule: m.Rule, day: dt.date) -> Iterator[Missing]:
        """That the source contradicts itself where a rule takes a side, if it does on a day."""
        if self.conflict(rule, day) is not None:
            yield _CONTRADICTION

    def conflict(self, rule: m.Rule, day: dt.date) -> Conflict | None:
        """The certain conflict of the source in which a rule takes a side on a day."""
        return self.knowledge.on(day).once(_conflicts).get(rule.name)


_CONTRADICTION = Missing(What.CONFLICT, "the source contradicts itself here")


def _conflicts(ruling: Ruling) -> Mapping[str, Conflict]:
    """For each rule the first certain conflict of the source in which it takes a side."""
    found: dict[str, Conflict] = {}
    for one in ruling.conflicts:
        if one.certain:
            for name in (name for side in one.sides for name in side.rules):
                found.setdefault(name, one)
    return found
