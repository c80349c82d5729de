"""Which doses belong to loading, dose by dose beside what each loading rule asked for.

A course begins with the first dose on a day on which its rule binds. One that goes on until an
event which nobody recorded is over with the first pause that is long enough for maintenance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property, partial
from itertools import product
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from b12guide.audit.knowledge import OPEN
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.silence import silences_about
from b12guide.graph.model import Decision, Regimens, Rule
from b12guide.regimen.following import Due, Step, followed
from b12guide.regimen.model import Every, ForLife, ForTime, Phase, Regimen, Times, Until
from b12guide.regimen.schedule import Stage, shifted
from b12guide.regimen.series import counted
from b12guide.values.duration import TimeUnit

if TYPE_CHECKING:
    from b12guide.audit.event import Given
    from b12guide.audit.replay import Replay

__all__ = [
    "Loading",
    "binds",
    "fits",
    "goes_on",
    "is_in_months",
    "is_long_term",
    "loading_choices",
    "readings",
    "regimens_of",
    "scheduled",
    "spare_days",
]

_DAY = dt.timedelta(days=1)


@frozen(kw_only=True, slots=False, eq=False)
class Loading:
    """The doses that one loading rule counts as its course.

    Attributes:
        printed: The regimen, and `regimen` as it is read: with each range at one of its ends.
        doses: In order, one at least.
        steps: Where each of them belongs, and what was due.
        pending: What the course asked for after the last of them; None where nothing.
        after: The next dose, which is no longer one of the course.
    """

    rule: Rule
    printed: Regimen
    regimen: Regimen
    doses: tuple[Given, ...]
    steps: tuple[Step, ...]
    pending: Due | None
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
        if self.regimen.is_lifelong:
            return None
        horizon = shifted(self.start, Fraction(10), TimeUnit.YEAR)
        schedule = self.regimen.doses_due(self.start, until=horizon)
        if schedule.last is None:
            return None
        return sum(not dose.is_optional for dose in schedule.doses)

    def stage_of(self, row: int) -> Stage | None:
        """Where the dose of a row belongs."""
        found = zip(self.doses, self.steps, strict=True)
        return next((step.stage for dose, step in found if dose.row == row), None)


def readings(regimen: Regimen) -> Iterator[Regimen]:
    """The regimen with each range that says how long a phase takes at either of its ends.

    Which of the doses "for 1 to 2 months, then ..." already belong to the next phase, nobody wrote
    down. Whoever keeps to one end of each range has followed the regimen.
    """
    lengths = [
        [
            evolve(bound.length, high=bound.length.low),
            evolve(bound.length, low=bound.length.high),
        ]
        if isinstance(bound := phase.bound, ForTime)
        and bound.length.low < bound.length.high
        else [None]
        for phase in regimen.phases
    ]
    yield regimen
    if all(each == [None] for each in lengths) or len(lengths) > _MOST_PHASES:
        return
    for chosen in product(*lengths):
        yield Regimen(
            tuple(
                phase if length is None else evolve(phase, bound=ForTime(length))
                for phase, length in zip(regimen.phases, chosen, strict=True)
            )
        )


_MOST_PHASES = 4


def binds(verdict: RuleVerdict) -> bool:
    """Whether a rule binds, or may bind."""
    return verdict.verdict in OPEN


def regimens_of(rule: Rule) -> tuple[Regimen, ...]:
    """The regimens that a rule names, the first being named first by the source."""
    return rule.value.regimens if isinstance(rule.value, Regimens) else ()


def scheduled(rule: Rule) -> tuple[Regimen, ...]:
    """The regimens of a rule that are judged from dose to dose.

    A series, every dose of which is counted from an event, is judged by its events.
    """
    return tuple(r for r in regimens_of(rule) if not all(counted(p) for p in r.phases))


def fits(replay: Replay, dose: Given, phases: Sequence[Phase]) -> bool:
    """Whether a dose can be one of these phases, by its drug and its route.

    So can one by a route on which the guideline is silent: which route it is, is told apart.
    """
    if dose.route is not None:
        answer = replay.knowledge.on(dose.on).recommendation
        is_silent = bool(silences_about(answer, dose.route))
    else:
        is_silent = False
    return any(
        (not phase.drugs or dose.drug in phase.drugs)
        and (is_silent or dose.route is None or phase.route in {None, dose.route})
        for phase in phases
    )


def loading_choices(replay: Replay) -> Iterator[tuple[Loading, ...]]:
    """The courses that each loading rule may have, of those that bound when treatment began.

    Of a rule that offers several regimens, or prints ranges, there are several; they come in the
    order of the rule, of the readings of a range the likeliest first.
    """
    for rule in replay.graph.rules.values():
        if rule.decision is not Decision.LOADING or rule.optional:
            continue
        begun = next(
            (d for d in replay.doses if binds(replay.verdict(rule, d.on))), None
        )
        if begun is None:
            continue
        given = [dose for dose in replay.doses if dose.on >= begun.on]
        courses: list[Loading] = []
        for printed in scheduled(rule):
            read = [
                course
                for regimen in readings(printed)
                if (course := _course(replay, rule, printed, regimen, given))
                is not None
            ]
            courses += sorted(read, key=partial(_unlike, replay, given))
        if courses:
            yield tuple(courses)


def _course(
    replay: Replay,
    rule: Rule,
    printed: Regimen,
    regimen: Regimen,
    given: Sequence[Given],
) -> Loading | None:
    """The course by one regimen; None where no dose can be one of it."""
    doses = [dose for dose in given if fits(replay, dose, regimen.phases)]
    events = replay.happened
    phases = (*regimen.phases, *_following(replay, regimen))
    days = [dose.on for dose in doses]
    steps = followed(phases, days, events=events, until=replay.on)
    count = 0
    for dose, step in zip(doses, steps, strict=False):
        if step.stage is None or step.stage.stage > len(regimen.phases):
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
    return Loading(
        rule=rule,
        printed=printed,
        regimen=regimen,
        doses=tuple(doses[:count]),
        steps=steps[:count],
        pending=due if due is not None and due.stage <= len(regimen.phases) else None,
        after=next((d.on for d in given if d.on > doses[count - 1].on), None),
    )


def _unlike(
    replay: Replay, given: Sequence[Given], course: Loading
) -> tuple[int, int, int]:
    """Late days, doses that are neither loading nor can be maintenance, and doses of loading."""
    mine = course.rows
    odd = sum(d.row not in mine and not is_long_term(replay, d) for d in given)
    return (_late(course, replay.on), odd, len(course.doses))


def is_long_term(replay: Replay, dose: Given) -> bool:
    """Whether a dose can keep a long-term interval: by a route that some rule names for it."""
    known = replay.knowledge.on(dose.on)
    regimens = [
        r for v in known.of(Decision.MAINTENANCE, *OPEN) for r in regimens_of(v.rule)
    ]
    phases = [phase for regimen in regimens for phase in regimen.phases]
    return not phases or fits(replay, dose, phases)


def _late(course: Loading, on: dt.date) -> int:
    """By how many days the doses of a course are late, all together."""
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
        late += max((on - due.window.latest).days, 0)
    return late


def _following(replay: Replay, regimen: Regimen) -> Iterator[Phase]:
    """The phase of maintenance by which the end of a course is recognised.

    Of all phases by the route of its last doses, it is that with the shortest interval which is
    longer than theirs.
    """
    last = regimen.last_phase
    mine = _most_days(last)
    found = [
        (days, phase)
        for rule in replay.graph.rules.values()
        if rule.decision is Decision.MAINTENANCE
        for each in regimens_of(rule)
        for phase in each.phases
        if (days := _most_days(phase)) is not None
        and (mine is None or days > mine)
        and (last.route is None or phase.route in {None, last.route})
    ]
    if found:
        days, phase = min(found, key=lambda pair: pair[0])
        yield phase


def _most_days(phase: Phase) -> int | None:
    """About how many days lie between two doses of a phase; enough to compare."""
    match phase.frequency:
        case Every(interval=length):
            share = 1
        case Times(low=low, per=length):
            share = max(low, 1)
        case None:
            return None
    size = 30 * 86_400 if length.unit.is_calendar else 1
    return int(length.smallest[1] * size / share / 86_400)


# ------------------------------------------------------------------------- tolerance


def is_in_months(due: Due) -> bool:
    """Whether a dose belongs to a schedule in months, which has a tolerance of its own."""
    match due.phase.frequency:
        case Every(interval=length) | Times(per=length):
            return length.unit.is_calendar
        case None:
            return False


def goes_on(replay: Replay, course: Loading) -> bool:
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


def spare_days(replay: Replay, due: Due, step: Step | None = None) -> int:
    """By how many days a dose may be late.

    Of a daily schedule by none, because a dose that comes a day late is one that was left out; nor
    where a period of so many doses had too few, and the next has none to spare for it.
    """
    if step is not None and step.is_after_lack:
        return 0
    if is_in_months(due):
        return replay.tolerance.doses
    match due.phase.frequency:
        case Every(interval=length) if length.smallest[1] <= _SECONDS_IN_DAY:
            return 0
        case _:
            return replay.tolerance.loading


_SECONDS_IN_DAY = 86_400
