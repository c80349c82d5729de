"""Whether the loading course was complete and well spaced.

A course of a fixed length is judged period by period: so many doses in each week, counted from
its first dose. A course that goes on until an event is judged from dose to dose. Both are in days,
so neither has a tolerance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from b12guide.audit.course import Loading, binds, periods
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, days, every_text, frequency_text, length_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Every, ForDoses, ForTime, Phase, Until
from b12guide.values.calendar import add
from b12guide.values.duration import Duration

__all__ = ["loading_findings"]


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
    return verdict if binds(verdict) else None


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
        if not binds(verdict):
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
    if not binds(verdict):
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
        if verdict.rule.name in begun or not phases or phases[0].after:
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
