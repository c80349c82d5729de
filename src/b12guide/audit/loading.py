"""The first doses: loading that was late, broke off or too close, and doses counted from events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Gravity, Missing, Stretch, What
from b12guide.audit.replay import LoadingCourse, Replay, is_in_months, spare_days
from b12guide.audit.targets import phases_of, scheduled
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision
from b12guide.regimen import interval
from b12guide.regimen.following import AskedDose, FollowedDose, followed
from b12guide.regimen.model import ForTime, Until
from b12guide.say.schedules import length_text
from b12guide.say.words import listing, plural
from b12guide.values.calendar import add

_DAY = dt.timedelta(days=1)
_TOLD = 4
"""So many doses are named one by one; of the others it is said how many there are."""


def loading_findings(replay: Replay) -> Iterator[Departure]:
    """Doses of loading that are late, missing, too many or not on their day."""
    for course in replay.loading:
        late = tuple(_late(replay, course))
        beyond = [one for one in late if one.is_beyond]
        # What is certain and what is not are kept apart.
        for kind in dict.fromkeys((one.verdict.verdict, one.awaited) for one in beyond):
            found = [o for o in beyond if (o.verdict.verdict, o.awaited) == kind]
            yield _too_late(replay, course, found)
        within = [one for one in late if not one.is_beyond and one.day is not None]
        if within:
            yield _within_tolerance(replay, course, within)
        yield from _too_early(replay, course)
        yield from _end_not_recorded(replay, course)
    yield from _never_begun(replay)


def _some(days: Sequence[dt.date]) -> str:
    """The first of several days, and how many more there are."""
    more = f" and {len(days) - _TOLD} more" if len(days) > _TOLD else ""
    return listing(map(str, days[:_TOLD])) + more


# ------------------------------------------------------------------- late or missing


@frozen
class _Late:
    """A dose that came after its latest day, or has not come.

    Attributes:
        day: When it came; None if it has not.
        is_beyond: Whether it is later than the tolerance allows.
        first: The first day after the tolerance.
        verdict: Of the day on which it was due.
        awaited: The event that may have ended the phase by then, although it was recorded later.
    """

    due: dt.date
    day: dt.date | None
    is_beyond: bool
    first: dt.date
    verdict: RuleVerdict
    awaited: str | None = None

    @property
    def text(self) -> str:
        """When it was due, and when it came."""
        if self.day is None:
            return f"the dose due by {self.due} is missing"
        late = plural((self.day - self.due).days, "day")
        return f"the dose due by {self.due} came {late} late, on {self.day}"


def _late(replay: Replay, course: LoadingCourse) -> Iterator[_Late]:
    """The doses of a course that came late, and the next one if it is overdue."""
    last = course.start
    steps = [step for step in course.steps[1:] if step.day is not None]
    pending = course.pending
    if pending is not None and _event(pending) is None:
        steps.append(FollowedDose(day=None, due=pending))
    for step in steps:
        due, latest = step.due, step.latest
        day = step.day or replay.on
        before, last = last, day
        if due is None or latest is None or day <= latest or step.is_extra:
            continue
        if due.interval and not interval.exceeds(
            before, day, interval.longest(due.interval)
        ):
            continue  # the lengths of months alone make it late
        verdict = _verdict(replay, course, latest)
        spare = spare_days(replay, due, step)
        is_beyond = (day - latest).days > spare
        if verdict is not None and (is_beyond or step.day is not None):
            is_next = step.stage is not None and step.stage.stage > due.stage
            awaited = _event(due) if is_next else None
            first = latest + (spare + 1) * _DAY
            yield _Late(latest, step.day, is_beyond, first, verdict, awaited)


def _verdict(replay: Replay, course: LoadingCourse, day: dt.date) -> RuleVerdict | None:
    """The verdict under which a course is judged; None when the rule fell away.

    That somebody records the course as complete does not make up for doses that are missing.
    """
    if replay.verdict(course.rule, day).verdict is Verdict.OVERRIDDEN:
        return replay.verdict(course.rule, course.start)
    return replay.open_verdict(course.rule, day)


def _too_late(
    replay: Replay, course: LoadingCourse, found: Sequence[_Late]
) -> Departure:
    """One departure for all that is beyond the tolerance."""
    first = found[0]
    said = [one.text for one in found[:_TOLD]]
    if len(found) > _TOLD:
        said.append(f"{len(found) - _TOLD} more")
    text = listing(said)
    given = len(course.doses)
    if course.wanted is not None and given < course.wanted:
        text = f"{given} of {course.wanted} loading doses are recorded; {text}"
    awaited = () if first.awaited is None else (first.awaited,)
    return _departure(
        replay,
        course,
        first.verdict,
        first.due,
        text,
        compared=tuple(dict.fromkeys(d for o in found for d in (o.due, o.day) if d)),
        clears=f"a dose by {listing(str(one.due) for one in found[:_TOLD])}",
        why=tuple(_recorded_late(replay, event) for event in awaited),
        lasts=tuple(
            (
                one.first,
                replay.on if one.day is None else max(one.first, one.day - _DAY),
            )
            for one in found
        ),
    )


def _within_tolerance(
    replay: Replay, course: LoadingCourse, found: Sequence[_Late]
) -> Departure:
    """Doses that were late by no more than is allowed: a weekend in "alternate days"."""
    first = found[0]
    days = [one.day for one in found if one.day is not None]
    spare = plural(replay.tolerance.loading, "day")
    readings = course.rule.grounds.assumptions
    ours = f" ({' '.join(readings)})" if readings else ""
    quote = " ".join(replay.graph.assumptions[name].text for name in readings)
    text = f"it departs by our reading of the spacing only{ours}"
    return _departure(
        replay,
        course,
        first.verdict,
        first.due,
        f"doses came late by no more than {spare}, which the tolerance allows: {_some(days)}",
        compared=tuple(days),
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
        and not _has_least_interval(step)
        and _is_early(replay, step.due, before.day, step.day)
    ]
    extra = [step.day for step in course.steps[1:] if step.is_extra and step.day]
    verdict = _verdict(replay, course, min([*early, *extra], default=course.start))
    if verdict is None or not (early or extra):
        return
    said = []
    bound = course.printed.last_phase.bound
    is_one_phase = len(course.regimen.phases) == 1
    if early and course.complete and is_one_phase and isinstance(bound, ForTime):
        # Of a course of fixed length nobody counts the gaps: it took so many days in all.
        taken = plural((course.complete - course.start).days + 1, "day")
        printed = length_text(bound.length)
        said.append(
            f"{course.wanted} doses were given in {taken}, printed over {printed}"
        )
    elif early:
        said.append(f"doses came closer than printed, on {_some(early)}")
    if extra and course.wanted is not None:
        said.append(
            f"{len(course.doses)} doses where {course.wanted} are printed; no upper limit is stated"
        )
    elif extra:
        said.append(f"more doses than printed, on {listing(map(str, extra))}")
    why = Missing(What.LIMIT, "no least interval and no greatest number is printed")
    yield _departure(
        replay,
        course,
        verdict,
        min([*early, *extra]),
        "; ".join(said),
        compared=(course.start, *sorted({*early, *extra})),
        why=(why,),
        told="early",
    )


def _has_least_interval(step: FollowedDose) -> bool:
    """Whether how near a dose may come is printed (see `b12guide.audit.spacing`)."""
    return step.stage is not None and step.stage.phase.apart is not None


def _is_early(replay: Replay, due: AskedDose, last: dt.date, day: dt.date) -> bool:
    if due.window is None or day >= due.window.earliest:
        return False
    if not is_in_months(due):
        return True
    spare = replay.tolerance.doses
    if due.interval is not None:
        return interval.falls_short(last, day, interval.shortest(due.interval), spare)
    return (due.window.earliest - day).days > spare


# --------------------------------------------------------------------- without an end


def _event(due: AskedDose) -> str | None:
    """The event with which the phase of a dose ends, if it ends with one."""
    bound = due.phase.bound
    return bound.event if isinstance(bound, Until) else None


def _recorded_late(replay: Replay, event: str) -> Missing:
    """That the event which ends a phase is not on record by the day on which a dose was due."""
    name, day = replay.called(event), replay.happened.get(event)
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
    last, latest, after = course.doses[-1], due.window.latest, course.after
    verdict = replay.open_verdict(course.rule, latest)
    is_followed = after is not None and after <= latest
    if replay.on <= latest or is_followed or verdict is None:
        return
    name = replay.called(event)
    why: tuple[Missing, ...] = ()
    text = f"no loading dose followed that of {last.on}"
    if len(course.doses) == 1:
        text += ", so that loading never took its course"
    elif replay.knowledge.on(latest).denies(event):
        text += f", although this is denied: {name}"
    else:
        why = (_recorded_late(replay, event),)
    departure = _departure(
        replay,
        course,
        verdict,
        latest,
        text,
        compared=(last.on, latest),
        clears=f"a dose on {latest}, or a record by then: {name}",
        why=why,
        lasts=(
            (
                latest + _DAY,
                replay.on if after is None else max(latest + _DAY, after - _DAY),
            ),
        ),
    )
    yield evolve(departure, needs=(event,))


def _never_begun(replay: Replay) -> Iterator[Departure]:
    """No dose at all: due since the day on which the reason for it was recorded."""
    begun = {course.rule.name for course in replay.loading}
    for verdict in replay.binding(Decision.LOADING, replay.on):
        rule = verdict.rule
        if rule.name in begun or replay.is_not_offered(rule, replay.on):
            continue
        # A regimen that waits for an event which nobody recorded cannot have begun.
        dues = [
            followed(r.phases, (), base=replay.on, events=replay.happened)[-1].due
            for r in scheduled(rule)
        ]
        if all(due is None or due.waits_for for due in dues):
            continue
        # A course without a dose-by-dose record may be what the rule asks for.
        is_taken = any(
            course.start.drug in replay.drugs
            and any(
                (not phase.drugs or course.start.drug in phase.drugs)
                and phase.route in {None, course.start.route}
                for phase in phases_of(rule)
            )
            for course in replay.courses
        )
        since = replay.knowledge.since(rule, replay.on) or replay.first
        if since is None or since >= replay.on or is_taken:
            continue
        given = sum(dose.on >= since for dose in replay.doses)
        text = (
            f"no loading dose of the kind printed is among {given} doses"
            if given
            else "no loading dose is recorded"
        )
        yield Departure(
            on=since,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("never begun", since),
            text=f"{text}, though there was reason for it on {since}",
            limit="the guideline sets no day by which loading has to begin",
            compared=(since, replay.on),
            clears="a loading course",
            lasts=((since, replay.on),),
            why=(*_before_this_record(replay), *replay.contradiction(rule, replay.on)),
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
    lasts: tuple[Stretch, ...] = (),
) -> Departure:
    before = () if told else tuple(_before_this_record(replay))
    return Departure(
        on=day,
        family=Family.INTERVAL,
        verdict=verdict,
        matter=("course", course.start, told),
        text=text,
        limit=replay.targets.printed(course.printed),
        compared=compared,
        clears=clears,
        about=[name for dose in course.doses for name in (dose.drug, dose.route)],
        why=(*why, *before, *replay.contradiction(verdict.rule, day)),
        ceiling=Gravity.INFO if told else None,
        lasts=lasts,
    )


# ---------------------------------------------------------------- counted from an event


def series_findings(replay: Replay) -> Iterator[Departure]:
    """Each dose against the counts that bound when it was given; then what is overdue.

    Doses counted from an event, such as the first of a series from birth, are judged by the event.
    """
    if not replay.targets.counting:
        return
    for dose in replay.doses:
        yield from _too_soon(replay, dose)
    # Counts that nobody has ended by the day of the audit.
    events = replay.knowledge.events(replay.on)
    for verdict, one in counting(replay, replay.on, optional=False):
        since = events.get(one.event)
        due = None if since is None else add(since, interval.longest(one.interval))
        if (
            since is not None
            and due is not None
            and interval.is_late(one, since, replay.on, replay.tolerance.doses)
        ):
            yield Departure(
                on=due,
                family=Family.INTERVAL,
                verdict=verdict,
                matter=("overdue", due),
                text=f"no dose that counts is recorded by {due}",
                limit=f"{length_text(one.interval)} after {replay.called(one.event)}",
                compared=(since, replay.on),
                clears=f"a dose by {due}",
                lasts=(
                    (
                        min(due + (replay.tolerance.doses + 1) * _DAY, replay.on),
                        replay.on,
                    ),
                ),
            )


def _too_soon(replay: Replay, dose: Given) -> Iterator[Departure]:
    # A dose may itself bring the event about that ends its rule: the day before decides.
    known = dose.on - _DAY
    events = replay.knowledge.events(known)
    grace = replay.tolerance.early
    # What an option of the same decision lets through departs from nothing.
    offered = {
        verdict.rule.decision
        for verdict, one in counting(replay, known, optional=True)
        if one.event in events
        and dose.may_be_of(one.phase)
        and not interval.is_early(one, events[one.event], dose.on, grace)
    }
    for verdict, one in counting(replay, known, optional=False):
        since = events.get(one.event)
        if since is None or not dose.may_be_of(one.phase):
            continue
        if not interval.is_early(one, since, dose.on, grace):
            continue
        if verdict.rule.decision in offered:
            continue
        spare = plural(grace, "day")
        yield Departure(
            on=dose.on,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("too soon", dose.on, dose.row),
            text=f"the dose came {plural((dose.on - since).days, 'day')} after "
            f"{replay.called(one.event)} on {since}, which is too soon",
            limit=f"at least {length_text(one.least)}, give or take {spare}",
            compared=(since, dose.on),
            clears=f"a dose on {add(since, one.least)} or later",
            about={dose.drug},
        )


def counting(
    replay: Replay, day: dt.date, *, optional: bool
) -> Iterator[tuple[RuleVerdict, interval.CountedDose]]:
    """The rules that applied with what was known on a day, with what they count from."""
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for verdict in replay.knowledge.on(day).of(decision, Verdict.APPLIES):
            if verdict.rule.optional is optional:
                for one in replay.targets.counting.get(verdict.rule.name, ()):
                    yield verdict, one
