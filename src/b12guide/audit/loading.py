"""The first doses: loading that was late, broke off or came too close; doses after an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Gravity, Missing, What
from b12guide.audit.replay import (
    LoadingCourse,
    Replay,
    binds,
    is_in_months,
    phases_of,
    regimens_of,
    scheduled,
    spare_days,
)
from b12guide.audit.wording import called, days, joined, length_text, regimen_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision
from b12guide.regimen.following import Due, FollowedDose, followed
from b12guide.regimen.interval import exceeds, falls_short, longest, shortest
from b12guide.regimen.model import ForTime, Regimen, Until
from b12guide.regimen.series import CountedDose, counted, is_early, is_late
from b12guide.values.calendar import add

_TOLD = 4
"""So many doses are named one by one; of the others it is said how many there are."""


def loading_findings(replay: Replay) -> Iterator[Departure]:
    """Doses of loading that are late, missing, too many or not on their day."""
    for course in replay.loading:
        late = tuple(_late(replay, course))
        yield from _too_late(replay, course, late)
        yield from _within_tolerance(replay, course, late)
        yield from _too_early(replay, course)
        yield from _end_not_recorded(replay, course)
    yield from _never_begun(replay)


# ------------------------------------------------------------------- late or missing


@frozen
class _Late:
    """A dose that came after its latest day, or has not come.

    Attributes:
        day: When it came; None if it has not.
        is_beyond: Whether it is later than the tolerance allows.
        verdict: Of the day on which it was due.
        awaited: The event that may have ended the phase by then, although it was recorded later.
    """

    due: dt.date
    day: dt.date | None
    is_beyond: bool
    verdict: RuleVerdict
    awaited: str | None = None

    @property
    def text(self) -> str:
        if self.day is None:
            return f"the dose due by {self.due} is missing"
        late = days((self.day - self.due).days)
        return f"the dose due by {self.due} came {late} late, on {self.day}"


def _late(replay: Replay, course: LoadingCourse) -> Iterator[_Late]:
    last = course.start
    for step in course.steps[1:]:
        if step.day is not None and not step.is_extra and step.due is not None:
            found = _lateness(replay, course, step, last, step.day)
            is_next = step.stage is not None and step.stage.stage > step.due.stage
            if found is not None:
                awaited = _event(step.due) if is_next else None
                yield evolve(found, day=step.day, awaited=awaited)
        last = step.day or last
    pending = course.pending
    if pending is not None and _event(pending) is None:
        step = FollowedDose(day=None, due=pending)
        found = _lateness(replay, course, step, last, replay.on)
        if found is not None and found.is_beyond:
            yield found


def _lateness(
    replay: Replay,
    course: LoadingCourse,
    step: FollowedDose,
    last: dt.date,
    day: dt.date,
) -> _Late | None:
    """A dose that had not come by the day before `day`, if it was due by then."""
    due = step.due
    if due is None or due.window is None or due.is_optional or day <= due.window.latest:
        return None
    latest = due.window.latest
    if due.interval is not None and not exceeds(last, day, longest(due.interval)):
        return None  # the lengths of months alone make it late
    verdict = _verdict(replay, course, latest)
    if verdict is None:
        return None
    is_beyond = (day - latest).days > spare_days(replay, due, step)
    return _Late(latest, None, is_beyond, verdict)


def _verdict(replay: Replay, course: LoadingCourse, day: dt.date) -> RuleVerdict | None:
    """The verdict under which a course is judged; None when the rule fell away.

    That somebody records the course as complete does not make up for doses that are missing.
    """
    verdict = replay.verdict(course.rule, day)
    if verdict.verdict is Verdict.OVERRIDDEN:
        return replay.verdict(course.rule, course.start)
    return verdict if binds(verdict) else None


def _too_late(
    replay: Replay, course: LoadingCourse, late: Sequence[_Late]
) -> Iterator[Departure]:
    """One departure for all that is beyond the tolerance, certain and uncertain apart."""
    beyond = [one for one in late if one.is_beyond]
    for kind in dict.fromkeys((one.verdict.verdict, one.awaited) for one in beyond):
        found = [one for one in beyond if (one.verdict.verdict, one.awaited) == kind]
        first = found[0]
        said = [one.text for one in found[:_TOLD]]
        if len(found) > _TOLD:
            said.append(f"{len(found) - _TOLD} more")
        text = joined(said)
        given = len(course.doses)
        if course.wanted is not None and given < course.wanted:
            text = f"{given} of {course.wanted} loading doses are recorded; {text}"
        yield _departure(
            replay,
            course,
            first.verdict,
            first.due,
            text,
            compared=tuple(
                dict.fromkeys(d for o in found for d in (o.due, o.day) if d)
            ),
            clears=f"a dose by {joined(str(one.due) for one in found[:_TOLD])}",
            why=()
            if first.awaited is None
            else (_recorded_late(replay, first.awaited),),
        )


def _within_tolerance(
    replay: Replay, course: LoadingCourse, late: Sequence[_Late]
) -> Iterator[Departure]:
    """Doses that were late by no more than is allowed: a weekend in "alternate days"."""
    found = [one for one in late if not one.is_beyond and one.day is not None]
    if not found:
        return
    first = found[0]
    on = joined(str(one.day) for one in found[:_TOLD])
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    spare = days(replay.tolerance.loading)
    readings = course.rule.grounds.assumptions
    ours = f" ({' '.join(readings)})" if readings else ""
    quote = " ".join(replay.graph.assumptions[name].text for name in readings)
    text = f"it departs by our reading of the spacing only{ours}"
    yield _departure(
        replay,
        course,
        first.verdict,
        first.due,
        f"doses came late by no more than {spare}, which the tolerance allows: {on}{more}",
        compared=tuple(one.day for one in found if one.day is not None),
        clears=f"a dose by {first.due}",
        why=(Missing(What.READING, text, quote),),
        told="late",
    )


# ------------------------------------------------------------------ early or too many


def _too_early(replay: Replay, course: LoadingCourse) -> Iterator[Departure]:
    """One remark on all doses that came closer or more often than printed."""
    early = [
        step.day
        for before, step in zip(course.steps, course.steps[1:], strict=False)
        if step.day is not None
        and before.day is not None
        and step.due is not None
        and not step.is_extra
        and _is_early(replay, step.due, before.day, step.day)
    ]
    extra = [step.day for step in course.steps[1:] if step.is_extra and step.day]
    said = []
    wanted = course.wanted
    if early:
        said.append(_spread(course, early))
    if extra and wanted is not None:
        given = len(course.doses)
        said.append(
            f"{given} doses where {wanted} are printed; no upper limit is stated"
        )
    elif extra:
        said.append(f"more doses than printed, on {joined(map(str, extra))}")
    if not said:
        return
    day = min([*early, *extra])
    verdict = _verdict(replay, course, day)
    if verdict is None:
        return
    yield _departure(
        replay,
        course,
        verdict,
        day,
        "; ".join(said),
        compared=(course.start, *sorted({*early, *extra})),
        why=(
            Missing(What.LIMIT, "no least interval and no greatest number is printed"),
        ),
        told="early",
    )


def _is_early(replay: Replay, due: Due, last: dt.date, day: dt.date) -> bool:
    if due.window is None or day >= due.window.earliest:
        return False
    if not is_in_months(due):
        return True
    spare = replay.tolerance.doses
    if due.interval is not None:
        return falls_short(last, day, shortest(due.interval), spare)
    return (due.window.earliest - day).days > spare


def _spread(course: LoadingCourse, early: Sequence[dt.date]) -> str:
    """The doses of a course of fixed length in how many days, or which came too close."""
    stages = len(course.regimen.phases)
    bound = course.printed.bound_of(stages)
    if course.complete is not None and stages == 1 and isinstance(bound, ForTime):
        taken = (course.complete - course.start).days + 1
        printed = length_text(bound.length)
        return (
            f"{course.wanted} doses were given in {days(taken)}, printed over {printed}"
        )
    on = joined(str(day) for day in early[:_TOLD])
    more = f" and {len(early) - _TOLD} more" if len(early) > _TOLD else ""
    return f"doses came closer than printed, on {on}{more}"


# --------------------------------------------------------------------- without an end


def _event(due: Due) -> str | None:
    """The event with which the phase of a dose ends, if it ends with one."""
    bound = due.phase.bound
    return bound.event if isinstance(bound, Until) else None


def _recorded_late(replay: Replay, event: str) -> Missing:
    """That the event which ends a phase is not on record by the day on which a dose was due."""
    name, day = called(replay.graph, event), replay.happened.get(event)
    text = f"whether it had come to its end by then is not recorded: {name}"
    if day is not None and day > dt.date.min:
        text += f" (on record from {day})"
    return Missing(What.RECORD, text)


def _end_not_recorded(replay: Replay, course: LoadingCourse) -> Iterator[Departure]:
    """The course stopped, and nobody recorded by then the event that ends it."""
    due = course.pending
    event = None if due is None else _event(due)
    if due is None or due.window is None or event is None or due.is_optional:
        return
    last, latest = course.doses[-1], due.window.latest
    if replay.on <= latest or (course.after is not None and course.after <= latest):
        return
    verdict = replay.verdict(course.rule, latest)
    if not binds(verdict):
        return
    name = called(replay.graph, event)
    never = len(course.doses) == 1
    denied = replay.knowledge.on(latest).denies(event)
    why: tuple[Missing, ...] = ()
    text = f"no loading dose followed that of {last.on}"
    if never:
        text += ", so that loading never took its course"
    elif denied:
        text += f", although this is denied: {name}"
    else:
        why = (_recorded_late(replay, event),)
    yield evolve(
        _departure(
            replay,
            course,
            verdict,
            latest,
            text,
            compared=(last.on, latest),
            clears=f"a dose on {latest}, or a record by then: {name}",
            why=why,
        ),
        needs=(event,),
    )


def _never_begun(replay: Replay) -> Iterator[Departure]:
    """No dose at all: due since the day on which the reason for it was recorded."""
    begun = {course.rule.name for course in replay.loading}
    for verdict in replay.binding(Decision.LOADING, replay.on):
        rule = verdict.rule
        regimens = [r for r in scheduled(rule) if not _waits(replay, r)]
        if rule.name in begun or not regimens or replay.is_not_offered(rule, replay.on):
            continue
        since = replay.knowledge.since(rule, replay.on) or replay.first
        if since is None or since >= replay.on or _is_taken(replay, verdict):
            continue
        given = [dose for dose in replay.doses if dose.on >= since]
        text = "no loading dose is recorded"
        if given:
            text = f"no loading dose of the kind printed is among {len(given)} doses"
        yield Departure(
            on=since,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("never begun", since),
            text=f"{text}, though there was reason for it on {since}",
            limit="the guideline sets no day by which loading has to begin",
            compared=(since, replay.on),
            clears="a loading course",
            why=(
                *_before_this_record(replay),
                *replay.contradiction(rule, replay.on),
            ),
        )


def _waits(replay: Replay, regimen: Regimen) -> bool:
    """Whether a regimen waits for an event that nobody recorded before it can begin."""
    due = followed(regimen.phases, (), base=replay.on, events=replay.happened)[-1].due
    return due is None or bool(due.waits_for)


def _is_taken(replay: Replay, verdict: RuleVerdict) -> bool:
    """Whether a course without a dose-by-dose record is what a rule asks for."""
    return any(
        course.start.drug in replay.drugs
        and any(
            (not phase.drugs or course.start.drug in phase.drugs)
            and phase.route in {None, course.start.route}
            for regimen in regimens_of(verdict.rule)
            for phase in regimen.phases
        )
        for course in replay.courses
    )


def _before_this_record(replay: Replay) -> Iterator[Missing]:
    if replay.was_treated_before:
        text = "treatment had begun before this record, so loading may lie before it"
        yield Missing(What.RECORD, text)


def _departure(  # noqa: PLR0913 -- one argument for each thing that a departure tells
    replay: Replay,
    course: LoadingCourse,
    verdict: RuleVerdict,
    day: dt.date,
    text: str,
    *,
    compared: tuple[dt.date, ...],
    clears: str = "",
    why: tuple[Missing, ...] = (),
    told: str = "",
) -> Departure:
    before = () if told else tuple(_before_this_record(replay))
    return Departure(
        on=day,
        family=Family.INTERVAL,
        verdict=verdict,
        matter=("course", course.start, told),
        text=text,
        limit=regimen_text(replay.graph, course.printed),
        compared=compared,
        clears=clears,
        about=[name for dose in course.doses for name in _words(dose)],
        why=(*why, *before, *replay.contradiction(verdict.rule, day)),
        ceiling=Gravity.INFO if told else None,
    )


def _words(dose: Given) -> tuple[str | None, ...]:
    return (dose.drug, dose.route)


_DECISIONS = (Decision.LOADING, Decision.MAINTENANCE)
_DAY = dt.timedelta(days=1)


def series_findings(replay: Replay) -> Iterator[Departure]:
    """Each dose against the counts that bound when it was given; then what is overdue."""
    for dose in replay.doses:
        yield from _early(replay, dose)
    yield from _overdue(replay)


def _counting(
    replay: Replay, day: dt.date, *, optional: bool
) -> Iterator[tuple[RuleVerdict, CountedDose]]:
    """The rules that applied with what was known on a day, with what they count from."""
    for decision in _DECISIONS:
        for verdict in replay.knowledge.on(day).of(decision, Verdict.APPLIES):
            if verdict.rule.optional is optional and not scheduled(verdict.rule):
                for phase in phases_of(verdict.rule):
                    one = counted(phase)
                    if one is not None:
                        yield verdict, one


def _early(replay: Replay, dose: Given) -> Iterator[Departure]:
    # A dose may itself bring the event about that ends its rule: the day before decides.
    known = dose.on - _DAY
    events = replay.knowledge.events(known)
    grace = replay.tolerance.early
    offered = [
        one
        for _, one in _counting(replay, known, optional=True)
        if one.event in events and not is_early(one, events[one.event], dose.on, grace)
    ]
    for verdict, one in _counting(replay, known, optional=False):
        since = events.get(one.event)
        if since is None or not is_early(one, since, dose.on, grace):
            continue
        if verdict.rule.decision is Decision.MAINTENANCE and offered:
            continue
        first = add(since, shortest(one.interval))
        yield Departure(
            on=dose.on,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("too soon", dose.on, dose.row),
            text=f"the dose came {days((dose.on - since).days)} after "
            f"{called(replay.graph, one.event)} on {since}, which is too soon",
            limit=f"{length_text(shortest(one.interval))}, with {days(grace)} to spare",
            compared=(since, dose.on),
            clears=f"a dose on {first} or later",
            about={dose.drug},
        )


def _overdue(replay: Replay) -> Iterator[Departure]:
    """Counts that nobody has ended by the day of the audit."""
    events: Mapping[str, dt.date] = replay.knowledge.events(replay.on)
    grace = replay.tolerance.doses
    for verdict, one in _counting(replay, replay.on, optional=False):
        since = events.get(one.event)
        if since is None or not is_late(one, since, replay.on, grace):
            continue
        due = add(since, longest(one.interval))
        if due is None:
            continue
        yield Departure(
            on=due,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("overdue", due),
            text=f"no dose that counts is recorded by {due}",
            limit=f"{length_text(one.interval)} after {called(replay.graph, one.event)}",
            compared=(since, replay.on),
            clears=f"a dose by {due}",
        )
