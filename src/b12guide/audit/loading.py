"""The loading course: which doses belong to it, and whether it was complete and well spaced.

A course of a fixed length is judged period by period: so many doses in each week, counted from
its first dose. A course that goes on until an event is judged from dose to dose. Both are in days,
so neither has a tolerance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, days, every_text, frequency_text, length_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Rule
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Every, ForDoses, ForTime, Phase, Times, Until
from b12guide.values.calendar import add
from b12guide.values.duration import Duration

__all__ = ["Loading", "loading_course", "loading_findings"]

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


def loading_course(replay: Replay) -> tuple[Loading, ...]:
    """The course of each loading rule that binds, or may bind, when treatment begins."""
    found: list[Loading] = []
    for rule in replay.graph.rules.values():
        if rule.decision is not Decision.LOADING or rule.optional:
            continue
        phases = phases_of(rule)
        if len(phases) != 1 or phases[0].after is not None:
            continue
        binding = (d.on for d in replay.doses if _binds(replay.verdict(rule, d.on)))
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


def _binds(verdict: RuleVerdict) -> bool:
    return verdict.verdict in OPEN


def _is_by(dose: Given, phase: Phase) -> bool:
    return phase.route is None or dose.route is None or dose.route == phase.route


def _until(replay: Replay, rule: Rule, phase: Phase, doses: Sequence[Given]) -> Loading:
    """The doses up to the one after which the spacing is one of months, or the rule ends.

    A dose on the day of the event that ends the course still belongs to it.
    """
    mine: list[Given] = []
    for dose in doses:
        if mine and not _binds(replay.verdict(rule, dose.on - _DAY)):
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


# ------------------------------------------------------------------------- findings


def loading_findings(replay: Replay, courses: Sequence[Loading]) -> Iterator[Finding]:
    """Doses of loading that are missing, too many, or not on their day."""
    for course in courses:
        if isinstance(course.phase.bound, Until):
            yield from _spacing(replay, course)
        else:
            yield from _counts(replay, course)
    yield from _never_begun(replay, frozenset(course.rule.name for course in courses))


def _counts(replay: Replay, course: Loading) -> Iterator[Finding]:
    start = course.doses[0].on
    frequency = course.phase.frequency
    if frequency is None:
        return
    for period in periods(course.phase, start):
        given = [d for d in course.doses if period.first <= d.on <= period.last]
        if len(given) < period.low and replay.on > period.last:
            verdict = _verdict(replay, course, period.last)
            if verdict is None:
                continue
            text = (
                f"{len(given)} of {period.low} loading doses were given from "
                f"{period.first} to {period.last}"
            )
            yield _finding(
                replay,
                verdict,
                period.last,
                text,
                limit=f"{frequency_text(frequency)} ({_bound_text(course.phase)})",
                compared=(period.first, period.last),
                clears=f"{period.low} doses by {period.last}",
            )
        for number, dose in enumerate(given[period.high :], start=period.high + 1):
            verdict = _verdict(replay, course, dose.on)
            if verdict is not None:
                yield _finding(
                    replay,
                    verdict,
                    dose.on,
                    f"this is dose {number} from {period.first} to {period.last}, where "
                    f"{period.high} are meant",
                    limit=f"{frequency_text(frequency)} ({_bound_text(course.phase)})",
                    compared=(period.first, dose.on),
                    clears=f"no more than {period.high} doses by {period.last}",
                )


def _bound_text(phase: Phase) -> str:
    match phase.bound:
        case ForTime(length=length):
            return f"for {length_text(length)}"
        case ForDoses(count=count):
            return f"{count} doses"
        case _:
            return "without a stated end"


def _verdict(replay: Replay, course: Loading, day: dt.date) -> RuleVerdict | None:
    """The verdict under which a fixed course is judged; None when the rule fell away.

    That somebody records the course as complete does not make up for doses that are missing.
    """
    verdict = replay.verdict(course.rule, day)
    if verdict.verdict is Verdict.OVERRIDDEN:
        return replay.verdict(course.rule, course.doses[0].on)
    return verdict if _binds(verdict) else None


def _spacing(replay: Replay, course: Loading) -> Iterator[Finding]:
    phase = course.phase
    if not isinstance(phase.frequency, Every) or not isinstance(phase.bound, Until):
        return
    every = phase.frequency.interval
    limit = f"{every_text(every)} until {called(replay.graph, phase.bound.event)}"
    for first, second in pairwise(course.doses):
        early, late = add(first.on, shortest(every)), add(first.on, longest(every))
        if early is None or late is None or early <= second.on <= late:
            continue
        day = second.on if second.on < early else late
        verdict = replay.verdict(course.rule, day)
        if not _binds(verdict):
            continue
        gap = days((second.on - first.on).days)
        yield _finding(
            replay,
            verdict,
            day,
            f"the dose of {second.on} came {gap} after that of {first.on}",
            limit=limit,
            compared=(first.on, second.on),
            clears=f"a dose on {late}"
            if second.on > late
            else f"no dose before {early}",
        )
    yield from _not_gone_on_with(replay, course, longest(every), limit)


def _not_gone_on_with(
    replay: Replay, course: Loading, every: Duration, limit: str
) -> Iterator[Finding]:
    """The course stopped, and nobody recorded the event that ends it."""
    if not isinstance(course.phase.bound, Until):
        return
    last, event = course.doses[-1], course.phase.bound.event
    due = add(last.on, every)
    after = next((d for d in replay.doses if d.on > last.on), None)
    if due is None or replay.on <= due or (after is not None and after.on <= due):
        return
    verdict = replay.verdict(course.rule, due)
    if not _binds(verdict):
        return
    name = called(replay.graph, event)
    never = len(course.doses) == 1
    denied = replay.knowledge.on(due).denies(event)
    gravity = gravity_of(verdict) if never or denied else Gravity.UNRESOLVED
    text = f"no loading dose followed that of {last.on}"
    if never:
        text += ", so that loading never took its course"
    elif denied:
        text += f", although this is denied: {name}"
    else:
        text += f"; whether it had come to its end is not recorded: {name}"
    yield _finding(
        replay,
        verdict,
        due,
        text,
        limit=limit,
        compared=(last.on, due),
        clears=f"a dose on {due}, or a record by then: {name}",
        gravity=gravity,
        needs=(event,),
    )


def _never_begun(replay: Replay, begun: frozenset[str]) -> Iterator[Finding]:
    """No dose at all: due since the day on which the reason for it was recorded."""
    for verdict in replay.binding(Decision.LOADING, replay.on):
        phases = phases_of(verdict.rule)
        if verdict.rule.name in begun or not phases or phases[0].after is not None:
            continue
        since = replay.knowledge.since(verdict.rule, replay.on) or replay.first
        if since is None or since >= replay.on:
            continue
        yield _finding(
            replay,
            verdict,
            since,
            f"no loading dose is recorded, though there was reason for it on {since}",
            limit="the guideline sets no day by which loading has to begin",
            compared=(since, replay.on),
            clears="a loading course",
        )


def _finding(  # noqa: PLR0913 -- one argument for each thing that a finding tells
    replay: Replay,
    verdict: RuleVerdict,
    day: dt.date,
    text: str,
    *,
    limit: str,
    compared: tuple[dt.date, ...],
    clears: str,
    gravity: Gravity | None = None,
    needs: tuple[str, ...] = (),
) -> Finding:
    gravity = gravity_of(verdict) if gravity is None else gravity
    if gravity is Gravity.VIOLATION and replay.was_treated_before:
        gravity = Gravity.UNRESOLVED
        text += "; treatment had begun before this record, so loading may lie before it"
        clears += ", or a record of the earlier treatment"
    if replay.conflict(verdict.rule, day) is not None:
        gravity = Gravity.INFO
        text += "; the source contradicts itself here"
    return Finding(
        on=day,
        gravity=gravity,
        family=Family.INTERVAL,
        rule=verdict.rule,
        text=text,
        limit=limit,
        compared=compared,
        needs=needs or verdict.needs,
        assumptions=verdict.rule.assumptions,
        clears=clears,
    )
