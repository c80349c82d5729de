"""Treatment that goes on: gaps too long or too short, stops, and intervals to reconsider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given, Stopped
from b12guide.audit.finding import DoseDue, Family, Gravity, Missing, What
from b12guide.audit.knowledge import OPEN, Situation
from b12guide.audit.replay import (
    Replay,
    binds,
    fits,
    goes_on,
    is_in_months,
    is_long_term,
    phases_of,
    readings,
    scheduled,
    spare_days,
)
from b12guide.audit.wording import called, days, joined
from b12guide.evaluate.answer import Conflict, RuleVerdict, Verdict
from b12guide.graph.model import Continuation, Decision, Rule
from b12guide.graph.query import facts_read_by
from b12guide.regimen.following import FollowedDose, followed, free_after
from b12guide.regimen.interval import exceeds, falls_short, longest, shortest
from b12guide.regimen.model import Every, Phase, Regimen
from b12guide.regimen.schedule import Window
from b12guide.say.schedules import every_text, frequency_text
from b12guide.values.calendar import add
from b12guide.values.term import Strength


@frozen(eq=False)
class _Spell:
    """Doses of maintenance in a row, and what stands at their ends.

    Attributes:
        base: The dose of loading before them, or the day on which there was reason for the first.
        from_dose: Whether `base` is a dose.
        end: The dose of loading that comes after them, if one does.
    """

    base: dt.date | None
    from_dose: bool
    doses: tuple[Given, ...]
    before: Given | None = None
    end: Given | None = None

    @property
    def days(self) -> list[dt.date]:
        """The days of the doses."""
        return [dose.on for dose in self.doses]


@frozen
class _Gap:
    """From one dose, or from the day on which there was reason for one, to the next or to now.

    Attributes:
        dues: What each rule asked for after the doses before the gap, by its name.
    """

    first: dt.date
    last: dt.date
    from_dose: bool
    to_dose: bool
    about: frozenset[str | None]
    dues: Mapping[str, FollowedDose]


def maintenance_findings(replay: Replay) -> Iterator[Departure]:
    """Gaps between long-term doses that depart from the rules."""
    for stretch in _spells(replay):
        for gap in _gaps(replay, stretch):
            yield from _too_long(replay, gap)
            if gap.from_dose and gap.to_dose:
                yield from _too_short(replay, gap)


def doses_due(replay: Replay) -> Iterator[DoseDue]:
    """The doses that were due by the day of the audit, each after the doses that came before it.

    A dose that the lower end of a range leaves out, or whose rule did not bind on its latest day,
    was not due.
    """
    for course in replay.loading:
        pending = () if course.pending is None else (course.pending,)
        for due in (*(step.due for step in course.steps[1:]), *pending):
            if due and due.window and not due.is_optional:
                yield from _due_by(replay, course.rule, due.window)
    for spell in _spells(replay):
        for gap in _gaps(replay, spell):
            for name, step in gap.dues.items():
                due = step.due
                if due and due.window and not due.is_optional:
                    yield from _due_by(replay, replay.graph.rules[name], due.window)


def _due_by(replay: Replay, rule: Rule, window: Window) -> Iterator[DoseDue]:
    day = min(window.latest, replay.on)
    was_binding = replay.verdict(rule, day).verdict is Verdict.APPLIES
    if window.earliest <= replay.on and was_binding and not rule.optional:
        yield DoseDue(rule.name, window)


# --------------------------------------------------------------------------- the gaps


def _spells(replay: Replay) -> Iterator[_Spell]:
    """The doses outside loading, from the last dose of loading before them."""
    loading = frozenset(row for course in replay.loading for row in course.rows)
    before: Given | None = None
    doses: list[Given] = []
    for dose in replay.doses:
        if dose.row in loading:
            if doses:
                yield _spell(before, doses, dose)
            before, doses = dose, []
        elif is_long_term(replay, dose):
            doses.append(dose)
    is_loading = any(goes_on(replay, course) for course in replay.loading)
    if doses or (before is not None and not is_loading):
        yield _spell(before, doses, None)
    given = [d for d in replay.doses if d.row in loading or is_long_term(replay, d)]
    begins = _reason_since(replay, given)
    if begins is None and not given:
        begins = replay.first  # tablets, perhaps, where the guideline wants injections
    if begins is not None:
        first = given[:1]
        yield _Spell(begins, from_dose=False, doses=tuple(first))


def _spell(before: Given | None, doses: list[Given], end: Given | None) -> _Spell:
    base = None if before is None else before.on
    return _Spell(base, from_dose=True, doses=tuple(doses), before=before, end=end)


def _reason_since(replay: Replay, doses: Sequence[Given]) -> dt.date | None:
    """The day from which long-term doses were due, where no loading comes before them."""
    day = doses[0].on if doses else replay.on
    if replay.was_treated_before:
        return None
    starts = []
    for verdict in replay.binding(Decision.MAINTENANCE, day):
        since = replay.knowledge.since(verdict.rule, day)
        if since is None or since >= day:
            continue
        if not any(phases_of(v.rule) for v in replay.binding(Decision.LOADING, since)):
            starts.append(since)
    return min(starts, default=None)


def _gaps(replay: Replay, stretch: _Spell) -> Iterator[_Gap]:
    dues = {
        rule.name: _dues(replay, rule, stretch)
        for rule in replay.graph.rules.values()
        if rule.decision is Decision.MAINTENANCE and phases_of(rule)
    }
    reason = not stretch.from_dose
    ends: list[Given | None] = [*stretch.doses, stretch.end]
    if reason and stretch.doses:
        ends.pop()  # what comes after the first dose belongs to another stretch
    start = stretch.before
    first = stretch.base
    for index, end in enumerate(ends):
        if first is not None:
            yield _Gap(
                first=first,
                last=replay.on if end is None else end.on,
                from_dose=start is not None,
                to_dose=end is not None,
                about=frozenset(
                    name
                    for d in (start, end)
                    if d is not None
                    for name in (d.drug, d.route)
                ),
                dues={
                    name: found[index] for name, found in dues.items() if index in found
                },
            )
        start, first = end, None if end is None else end.on


def _dues(replay: Replay, rule: Rule, stretch: _Spell) -> Mapping[int, FollowedDose]:
    """What a rule asked for after so many doses of a stretch.

    A rule that came to bind in the course of it begins its first phase with the next dose. Of
    regimens to choose from, the one counts that leaves the most time.
    """
    given = stretch.days
    begins = next(
        (n for n, day in enumerate(given) if binds(replay.verdict(rule, day))),
        len(given),
    )
    base = stretch.base if begins == 0 else given[begins - 1]
    found: dict[int, FollowedDose] = {}
    for regimen in (r for one in _taken(replay, rule, stretch) for r in readings(one)):
        steps = followed(
            regimen.phases,
            given[begins:],
            base=base,
            free=_free(replay, stretch) if begins == 0 else None,
            events=replay.happened,
            until=replay.on,
        )
        for index, step in enumerate(steps, start=begins):
            found[index] = _later(found.get(index, step), step)
    return {index: step for index, step in found.items() if _latest(step)}


def _free(replay: Replay, stretch: _Spell) -> Window | None:
    """The first day after the phase of loading that comes before a stretch."""
    before = stretch.before
    for course in replay.loading:
        stage = None if before is None else course.stage_of(before.row)
        if before is not None and stage is not None:
            phases = course.regimen.phases
            return free_after(phases, stage, before.on, replay.happened)
    return None


def _latest(step: FollowedDose) -> dt.date | None:
    """The day by which the dose had to come; None where nothing had to."""
    due = step.due
    if due is None or due.window is None or due.is_optional:
        return None
    return due.window.latest


def _later(one: FollowedDose, two: FollowedDose) -> FollowedDose:
    """Of two, the one with more time; where nothing had to come, there is most."""
    return max(one, two, key=lambda step: _latest(step) or dt.date.max)


def _taken(replay: Replay, rule: Rule, stretch: _Spell) -> tuple[Regimen, ...]:
    """The regimens of a rule that some dose of a stretch can be one of; all where none can."""
    taken = tuple(
        regimen
        for regimen in scheduled(rule)
        if any(fits(replay, dose, regimen.phases) for dose in stretch.doses)
    )
    return taken or scheduled(rule)


# ------------------------------------------------------------------------- too long


def _too_long(replay: Replay, gap: _Gap) -> Iterator[Departure]:
    told: set[str] = set()
    for known in replay.knowledge.over(gap.first, gap.last):
        for departure in _overdue(replay, gap, known):
            name = departure.verdict.rule.name
            if name not in told:
                told.add(name)
                yield departure


def _overdue(replay: Replay, gap: _Gap, known: Situation) -> Iterator[Departure]:
    """The rules that were overrun while this was known."""
    dues = [
        (verdict, step, due, due.window.latest)
        for verdict in known.binding(Decision.MAINTENANCE)
        if (step := gap.dues.get(verdict.rule.name)) is not None
        and (due := step.due) is not None
        and due.window is not None
        and not replay.is_not_offered(verdict.rule, gap.last)
    ]
    last = max((latest for *_, latest in dues), default=None)
    for verdict, step, due, latest in dues:
        day = latest if known.since is None else max(latest, known.since)
        if known.until is not None and known.until <= day:
            continue
        spare = spare_days(replay, due, step)
        if (gap.last - day).days <= spare:
            continue
        if due.interval is not None and not exceeds(
            gap.first, gap.last, longest(due.interval), spare
        ):
            continue
        if _is_covered(replay, gap.first, day, known):
            continue
        yield _late(replay, gap, known, verdict, day, beyond_all=latest == last)


def _is_covered(replay: Replay, first: dt.date, day: dt.date, known: Situation) -> bool:
    """Whether a course that the guideline allows was being taken when the dose became due."""
    allowed = [
        phase
        for verdict in known.of(Decision.MAINTENANCE, *OPEN)
        for phase in phases_of(verdict.rule)
    ]
    return any(
        course.start.drug in replay.drugs
        and course.start.on <= day
        and (course.until is None or course.until > day)
        and any(
            phase.route is not None and phase.route == course.start.route
            for phase in allowed
        )
        for course in replay.courses
        if first <= day
    )


def _late(  # noqa: PLR0913 -- one argument for each thing that bears on a gap
    replay: Replay,
    gap: _Gap,
    known: Situation,
    verdict: RuleVerdict,
    day: dt.date,
    *,
    beyond_all: bool,
) -> Departure:
    conflict = replay.conflict(verdict.rule, day)
    decided = known.recommendation.decisions[Decision.MAINTENANCE]
    certain = any(o.certain and not o.alternative for o in decided.options)
    why: tuple[Missing, ...] = ()
    if conflict is not None and not beyond_all:
        sides = _sides(conflict)
        text = f"the source contradicts itself on the interval here: {sides}"
        why = (Missing(What.CONFLICT, text),)
    named = replay.graph.assumptions
    noted = {
        n
        for c in replay.graph.conflicts
        if conflict is not None and {c.first, c.second} & {verdict.rule.name}
        for n in c.noted_as
    }
    is_sure = beyond_all and certain and verdict.verdict is not Verdict.APPLIES
    return Departure(
        on=day,
        family=Family.INTERVAL,
        verdict=_as_applying(verdict) if is_sure else verdict,
        matter=("gap", gap.first, gap.last),
        text=_late_text(gap),
        limit=_limit(gap.dues.get(verdict.rule.name)),
        compared=(gap.first, gap.last),
        needs=verdict.needs or (() if is_sure else decided.depends_on),
        clears=f"a dose by {day}",
        about=gap.about,
        why=why,
        noted=tuple(sorted(n for n in noted if n in named)),
    )


def _as_applying(verdict: RuleVerdict) -> RuleVerdict:
    return RuleVerdict(rule=verdict.rule, verdict=Verdict.APPLIES)


def _late_text(gap: _Gap) -> str:
    count = days((gap.last - gap.first).days)
    if gap.from_dose and gap.to_dose:
        return f"{count} passed between the doses of {gap.first} and {gap.last}"
    if gap.from_dose:
        return f"no dose followed that of {gap.first}: {count} up to {gap.last}"
    if gap.to_dose:
        return (
            f"there was reason for a dose from {gap.first} on, and the first was given "
            f"on {gap.last}, {count} later"
        )
    return f"there was reason for a dose from {gap.first} on, and none is recorded"


def _limit(step: FollowedDose | None) -> str:
    """How often the phase prints its doses in which the gap lies."""
    due = None if step is None else step.due
    frequency = None if due is None else due.phase.frequency
    return "" if frequency is None else frequency_text(frequency)


def _sides(conflict: Conflict) -> str:
    said = [
        every_text(phase.frequency.interval)
        for side in conflict.sides
        for phase in (side.advice.phases if isinstance(side.advice, Regimen) else ())
        if isinstance(phase.frequency, Every)
    ]
    return joined(dict.fromkeys(said), "or") if said else "see the conflict"


# ------------------------------------------------------------------------ too short


def _too_short(replay: Replay, gap: _Gap) -> Iterator[Departure]:
    """Shorter than any default: told, never held against the patient."""
    binding = replay.binding(Decision.MAINTENANCE, gap.last)
    dues = [gap.dues[v.rule.name] for v in binding if v.rule.name in gap.dues]
    if not dues or not all(_is_short(replay, gap, due) for due in dues):
        return
    count = days((gap.last - gap.first).days)
    text = f"the doses of {gap.first} and {gap.last} lie {count} apart"
    offers = [
        v
        for v in replay.offering(Decision.MAINTENANCE, gap.last)
        if v.verdict is Verdict.APPLIES and v.rule.name in gap.dues
    ]
    fitting = [v for v in offers if not _is_short(replay, gap, gap.dues[v.rule.name])]
    for verdict in fitting[:1] or offers[:1] or binding[:1]:
        told = (
            "which the guideline accepts as an alternative"
            if fitting
            else "closer than the guideline prints; it sets no least interval"
        )
        yield Departure(
            on=gap.last,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("gap", gap.first, gap.last),
            like=("close", bool(fitting)),
            text=f"{text}, {told}",
            common=f"doses lie closer than the default interval, {told}",
            limit=_limit(gap.dues.get(verdict.rule.name)),
            compared=(gap.first, gap.last),
            about=gap.about,
            ceiling=Gravity.INFO,
        )


def _is_short(replay: Replay, gap: _Gap, step: FollowedDose) -> bool:
    due = step.due
    if due is None or due.window is None:
        return False
    spare = replay.tolerance.doses if is_in_months(due) else 0
    if due.interval is not None:
        return falls_short(gap.first, gap.last, shortest(due.interval), spare)
    return (due.window.earliest - gap.last).days > spare


def continuation_findings(replay: Replay) -> Iterator[Departure]:
    """Treatment that was stopped, and intervals that were not reconsidered."""
    for event in replay.events:
        if isinstance(event, Stopped) and event.drug in replay.drugs:
            yield from _stopped(replay, event)
    for rule in replay.graph.rules.values():
        if (
            rule.decision is Decision.MAINTENANCE
            and rule.grounds.strength is Strength.SHOULD_CONSIDER
            and phases_of(rule)
        ):
            yield from _not_reconsidered(replay, rule)


def _stopped(replay: Replay, event: Stopped) -> Iterator[Departure]:
    drug = called(replay.graph, event.drug)
    other = next(
        (t for t in replay.treatment if t.on >= event.on and t.drug != event.drug), None
    )
    running = next(
        (
            c.start
            for c in replay.courses
            if c.start.drug in replay.drugs
            and c.start.drug != event.drug
            and c.start.on <= event.on
            and (c.until is None or c.until > event.on)
        ),
        None,
    )
    successor = other or running
    for verdict in replay.binding(Decision.CONTINUATION, event.on):
        value = verdict.rule.value
        if not isinstance(value, Continuation):
            continue
        text = f"{drug} was stopped, and nothing took its place"
        again = next((t for t in replay.treatment if t.on > event.on), None)
        if again is not None:
            text += f" before {again.on}"
        if successor is not None:
            text = (
                f"{drug} was stopped; treatment went on with "
                f"{called(replay.graph, successor.drug)} from {successor.on}"
            )
        yield Departure(
            on=event.on,
            family=Family.CONTINUATION,
            verdict=verdict,
            matter=("stopped", event.on, event.row, event.drug),
            text=text,
            limit="for life" if value.for_life else "without stopping",
            compared=(event.on,),
            clears="going on with treatment",
            about={event.drug, value.treatment},
            ceiling=None if successor is None else Gravity.INFO,
        )


# ------------------------------------------------------------------- reconsidering


def _not_reconsidered(replay: Replay, rule: Rule) -> Iterator[Departure]:
    """More frequent doses were to be considered from a day on, and the spacing stayed as it was.

    How much shorter would be enough is not ours to say: any spacing that is shorter than before,
    or as short as the rule prints, counts as considered.
    """
    since = _onset(replay, rule)
    before = [
        dose.on for dose in replay.doses if since is not None and dose.on <= since
    ]
    if since is None or not before:
        return
    last = before[-1]
    given = next((d.on for d in replay.doses if d.on > since), None)
    gap = ((given or replay.on) - last).days
    usual = _usual_gap(replay, before)
    if usual is None or gap < usual - replay.tolerance.doses:
        return
    if any(_keeps(phase, last, given or replay.on) for phase in phases_of(rule)):
        return
    reasons = _reasons(replay, rule, since)
    why = joined(called(replay.graph, name) for name in reasons) or rule.title
    passed = (
        f"the next gap was {days(gap)}" if given else f"no dose came for {days(gap)}"
    )
    yield Departure(
        on=since,
        known_on=min(given or replay.on, replay.on),
        family=Family.CONTINUATION,
        verdict=replay.verdict(rule, since),
        matter=("not reconsidered", rule.decision, since),
        text=f"{why}: on record from {since}; {passed}, as before",
        limit="more frequent doses considered",
        compared=(last, since, given or replay.on),
        clears=f"a gap of less than {days(usual)}, or a note of why not",
        about=reasons,
    )


def _keeps(phase: Phase, first: dt.date, second: dt.date) -> bool:
    """Whether a gap is no longer than a phase prints."""
    return isinstance(phase.frequency, Every) and not exceeds(
        first, second, longest(phase.frequency.interval)
    )


def _onset(replay: Replay, rule: Rule) -> dt.date | None:
    """The first day on which the rule applied, and had not before."""
    before = replay.knowledge.on(None).verdicts[rule.name].verdict
    for day in replay.knowledge.days:
        if day > replay.on:
            break
        now = replay.knowledge.on(day).verdicts[rule.name].verdict
        if now is Verdict.APPLIES and before is not Verdict.APPLIES:
            return day
        before = now
    return None


def _reasons(replay: Replay, rule: Rule, day: dt.date) -> tuple[str, ...]:
    """The facts that the rule reads and that became known on a day."""
    now = replay.knowledge.on(day).stated.values
    was = replay.knowledge.on(day - dt.timedelta(days=1)).stated.values
    read = facts_read_by(rule.condition, replay.graph.definitions)
    return tuple(sorted(n for n in read if now.get(n) and now.get(n) != was.get(n)))


def _usual_gap(replay: Replay, before: list[dt.date]) -> int | None:
    """How far apart doses lay before, or may lie at least where there was but one."""
    if len(before) > 1:
        return (before[-1] - before[-2]).days
    interval = replay.interval_on(before[-1])
    due = None if interval is None else add(before[-1], shortest(interval))
    return None if due is None else (due - before[-1]).days
