"""The dose that is due next, by each rule on loading and maintenance that holds or may hold.

The days are those of the replay with which an audit judges the doses that were given, so that the
two cannot disagree: what is late here is late there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from attrs import evolve, frozen

from b12guide.audit.finding import Missing, What
from b12guide.audit.knowledge import OPEN, Situation
from b12guide.audit.maintenance import Spell, beginning, covering, spells, steps_in
from b12guide.audit.replay import (
    DrugCourse,
    LoadingCourse,
    Replay,
    goes_on,
    is_in_months,
    spare_days,
)
from b12guide.audit.targets import phases_of, scheduled
from b12guide.due.model import CurrentPhase, DueDays, DueDose
from b12guide.due.weighing import (
    Certainty,
    certainty,
    day_after,
    first_in_time,
    held_back,
    last_in_time,
)
from b12guide.evaluate import by_weight
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Rule
from b12guide.regimen.following import AskedDose, FollowedDose, followed
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Phase, Times, Until
from b12guide.regimen.phase import most_per_day
from b12guide.regimen.schedule import Window, limit_of, shifted
from b12guide.truth import Truth
from b12guide.values.calendar import add

NO_DAY_TO_BEGIN = "the guideline sets no day by which it has to begin"
NO_REASON_DATED = "no record says since when there has been reason for it"
NOT_SAID_HOW_OFTEN = "the guideline does not say how often"


@frozen(kw_only=True)
class InRegimen:
    """Where a patient is in a regimen of one rule.

    Attributes:
        phase: The phase; None where no dose can be said to come from one.
        dose: What is due next; None where nothing is.
    """

    phase: CurrentPhase | None
    dose: DueDose | None


def places(replay: Replay) -> Iterator[InRegimen]:
    """Where the patient is by each rule, loading first, defaults before options."""
    loading = list(_loading(replay))
    yield from loading
    is_loading = any(goes_on(replay, course) for course in replay.loading)
    asked = [one.dose for one in loading if one.dose is not None]
    spell = open_spell(replay)
    if spell is None and (is_loading or any(one.certain for one in asked)):
        return
    yield from _maintenance(replay, spell, is_after=bool(asked))


# ---------------------------------------------------------------------------- loading


def _loading(replay: Replay) -> Iterator[InRegimen]:
    begun = set()
    for course in replay.loading:
        verdict = replay.open_verdict(course.rule, replay.on)
        if verdict is not None:
            begun.add(course.rule.name)
            yield InRegimen(
                phase=_phase_of_course(replay, course, verdict),
                dose=_pending(replay, course, verdict),
            )
    known = replay.knowledge.on(replay.on)
    for verdict in (
        *known.binding(Decision.LOADING),
        *known.offering(Decision.LOADING),
    ):
        rule = verdict.rule
        is_open = not rule.optional or verdict.verdict is Verdict.APPLIES
        if scheduled(rule) and rule.name not in begun and is_open:
            yield _to_begin(replay, verdict)


def _phase_of_course(
    replay: Replay, course: LoadingCourse, verdict: RuleVerdict
) -> CurrentPhase | None:
    stage = course.steps[-1].stage
    if stage is None:
        return None
    return _phase(
        replay,
        verdict,
        stage.phase,
        stage.stage,
        len(course.regimen.phases),
        doses=stage.number,
        since=stage.since,
        is_complete=course.pending is None and not stage.phase.as_needed,
    )


def _pending(
    replay: Replay, course: LoadingCourse, verdict: RuleVerdict
) -> DueDose | None:
    """The next dose of a course that has begun."""
    due, last = course.pending, course.doses[-1]
    if due is None:
        return _when_needed(replay, verdict, course.steps[-1])
    event = due.phase.bound.event if isinstance(due.phase.bound, Until) else None
    why = (*_why_open(replay, course, event), *_contradiction(replay, course.rule))
    sure = certainty(replay, verdict, (last.drug, last.route), why)
    spare = 0 if event is not None else spare_days(replay, due)
    found = _days(due, last.on, due.window, spare_early=_spare_early(replay, due))
    until = found.accepted_until
    if due.window is not None and not due.is_optional:
        length = None if due.interval is None else longest(due.interval)
        strict = last_in_time(last.on, due.window.latest, length, 0)
        until = max(strict, day_after(due.window.latest, spare))
        found = evolve(found, accepted_until=until)
    is_past = until is not None and replay.on > until
    return _dose(replay, verdict, due, found, sure, is_past=is_past)


def _why_open(
    replay: Replay, course: LoadingCourse, event: str | None
) -> tuple[Missing, ...]:
    """That an event, which nobody recorded, may have ended loading by its latest day."""
    due = course.pending
    if event is None or due is None or due.window is None:
        return ()
    is_denied = replay.knowledge.on(due.window.latest).denies(event)
    is_alone = len(course.doses) == 1 and course.after is None
    if replay.on <= due.window.latest or is_denied or is_alone:
        return ()
    text = f"whether it has come is not recorded: {replay.called(event)}"
    return (Missing(What.RECORD, text),)


def _to_begin(replay: Replay, verdict: RuleVerdict) -> InRegimen:
    """The first dose of a loading course, for which there has been reason since some day."""
    rule, on = verdict.rule, replay.on
    regimen = scheduled(rule)[0]
    due = followed(regimen.phases, (), base=on, events=replay.happened)[-1].due
    phase = _phase(replay, verdict, regimen.first_phase, 1, len(regimen.phases))
    sure = certainty(
        replay, verdict, regimen.drugs, _contradiction(replay, verdict.rule)
    )
    if due is None:
        return InRegimen(phase=phase, dose=None)
    if due.waits_for:
        dose = _dose(replay, verdict, due, DueDays(), sure)
        return InRegimen(phase=phase, dose=dose)
    since = replay.knowledge.since(rule, on) or replay.first
    course = _tablets(replay, rule)
    if course is not None:
        text = _taken(replay, course)
        dose = _dose(replay, verdict, due, DueDays(), sure, text=text)
        return InRegimen(phase=phase, dose=dose)
    if rule.optional:
        days = DueDays(earliest=since or on, accepted_from=since or on)
        dose = _dose(replay, verdict, due, days, sure)
        return InRegimen(phase=phase, dose=dose)
    if since is None:
        dose = _dose(replay, verdict, due, DueDays(), sure, text=NO_REASON_DATED)
        dose = evolve(dose, overdue=Truth.UNKNOWN)
        return InRegimen(phase=phase, dose=dose)
    days = DueDays(
        earliest=since, recommended=since, accepted_from=since, accepted_until=since
    )
    dose = _dose(
        replay, verdict, due, days, sure, is_past=on > since, text=NO_DAY_TO_BEGIN
    )
    return InRegimen(phase=phase, dose=dose)


def _tablets(replay: Replay, rule: Rule) -> DrugCourse | None:
    """A course without a dose-by-dose record that may be what a rule asks for."""
    for course in replay.courses:
        if course.start.drug in replay.drugs and any(
            (not phase.drugs or course.start.drug in phase.drugs)
            and phase.route in {None, course.start.route}
            for phase in phases_of(rule)
        ):
            return course
    return None


def _taken(replay: Replay, course: DrugCourse) -> str:
    drug, since = replay.called(course.start.drug), course.start.on
    return f"{drug} has been taken since {since} without a record of each dose"


# ------------------------------------------------------------------------- maintenance


def open_spell(replay: Replay) -> Spell | None:
    """The doses outside loading after which the next is due; None where loading goes on."""
    for spell in spells(replay):
        if spell.end is None and (spell.reason is None or not spell.doses):
            return spell
    return None


def _maintenance(
    replay: Replay, spell: Spell | None, *, is_after: bool
) -> Iterator[InRegimen]:
    known = replay.knowledge.on(replay.on)
    binding = [v for v in known.binding(Decision.MAINTENANCE) if scheduled(v.rule)]
    offering = [
        v
        for v in known.offering(Decision.MAINTENANCE)
        if v.verdict is Verdict.APPLIES and scheduled(v.rule)
    ]
    steps = {v.rule.name: _step(replay, v.rule, spell) for v in (*binding, *offering)}
    latest = {name: step.latest for name, step in steps.items() if step.latest}
    last = max(
        (latest[v.rule.name] for v in binding if v.rule.name in latest), default=None
    )
    for verdict in (*binding, *offering):
        step = steps[verdict.rule.name]
        is_beyond = last is not None and latest.get(verdict.rule.name) == last
        yield InRegimen(
            phase=_phase_of_spell(replay, verdict, spell),
            dose=_following(
                replay, verdict, spell, step, is_beyond=is_beyond, is_after=is_after
            ),
        )


def _step(replay: Replay, rule: Rule, spell: Spell | None) -> FollowedDose:
    """What a rule asks for after the doses of a spell."""
    if spell is None:
        regimen = scheduled(rule)[0]
        return followed(
            regimen.phases, (), base=replay.on, events=replay.happened, until=replay.on
        )[-1]
    begins = beginning(replay, rule, spell)
    return steps_in(replay, rule, spell, begins)[len(spell.doses)]


def _phase_of_spell(
    replay: Replay, verdict: RuleVerdict, spell: Spell | None
) -> CurrentPhase | None:
    rule = verdict.rule
    regimen = scheduled(rule)[0]
    if spell is not None and spell.doses:
        begins = beginning(replay, rule, spell)
        steps = steps_in(replay, rule, spell, begins)
        before = steps.get(len(spell.doses) - 1)
        stage = None if before is None else before.stage
        if stage is not None:
            after = steps[len(spell.doses)].due
            return _phase(
                replay,
                verdict,
                stage.phase,
                stage.stage,
                len(regimen.phases),
                doses=stage.number,
                since=stage.since,
                is_complete=after is None and not stage.phase.as_needed,
            )
    return _phase(replay, verdict, regimen.first_phase, 1, len(regimen.phases))


def _following(  # noqa: PLR0913 -- one argument for each thing that bears on a day
    replay: Replay,
    verdict: RuleVerdict,
    spell: Spell | None,
    step: FollowedDose,
    *,
    is_beyond: bool,
    is_after: bool,
) -> DueDose | None:
    """The next long-term dose by one rule."""
    due = step.due
    if due is None:
        return _when_needed(replay, verdict, step)
    about = tuple(
        name
        for d in (() if spell is None else spell.doses[-1:])
        for name in (d.drug, d.route)
    )
    why = tuple(_contradiction(replay, verdict.rule))
    sure = certainty(replay, verdict, about, why)
    if spell is None or (spell.base is None and not spell.doses):
        text = "if nothing is to be loaded first" if is_after else NO_REASON_DATED
        dose = _dose(replay, verdict, due, DueDays(), sure, text=text)
        return dose if due.waits_for else evolve(dose, overdue=_unknown(verdict))
    first = spell.doses[-1].on if spell.doses else spell.base
    assert first is not None  # noqa: S101 -- one of them is there
    days = _days(due, first, due.window, spare_early=_spare_early(replay, due))
    if spell.reason is not None and not spell.doses:
        days = evolve(days, earliest=first, recommended=first, accepted_from=first)
    if step.latest is None:
        return _dose(replay, verdict, due, evolve(days, accepted_until=None), sure)
    spare = spare_days(replay, due, step)
    counted, known = _held_from(replay, verdict.rule, first, step.latest)
    length = None if due.interval is None else longest(due.interval)
    until = max(
        last_in_time(first, step.latest, length, spare), day_after(counted, spare)
    )
    course = covering(replay, known, counted) if first <= counted else None
    text = "" if course is None else _taken(replay, course)
    is_past = replay.on > until and course is None
    if is_past and is_beyond and _is_by_all(replay, verdict.rule):
        applies = RuleVerdict(rule=verdict.rule, verdict=Verdict.APPLIES)
        sure = certainty(replay, applies, about)
    days = evolve(days, accepted_until=until)
    return _dose(replay, verdict, due, days, sure, is_past=is_past, text=text)


def _unknown(verdict: RuleVerdict) -> Truth:
    """Whether a dose without a day may be overdue: an option never is."""
    return Truth.FALSE if verdict.rule.optional else Truth.UNKNOWN


def _held_from(
    replay: Replay, rule: Rule, first: dt.date, latest: dt.date
) -> tuple[dt.date, Situation]:
    """The day from which a dose is late, and what was known on it.

    A rule that came to hold after the latest day holds nobody to what was before.
    """
    pieces = replay.knowledge.over(min(first, replay.on), replay.on)
    for known in pieces:
        day = latest if known.since is None else max(latest, known.since)
        is_there = known.until is None or known.until > day
        if is_there and known.verdicts[rule.name].verdict in OPEN:
            return day, known
    return latest, pieces[-1]


def _is_by_all(replay: Replay, rule: Rule) -> bool:
    """Whether some default holds for certain, so that a dose beyond all of them is late."""
    decided = replay.knowledge.on(replay.on).answer.decisions[rule.decision]
    certain = any(o.certain and not o.alternative for o in decided.options)
    return certain and not rule.optional


def _contradiction(replay: Replay, rule: Rule) -> Iterator[Missing]:
    """That the source contradicts itself where a rule takes a side."""
    return replay.contradiction(rule, replay.on)


# ------------------------------------------------------------------------------- parts


def _days(
    due: AskedDose, last: dt.date, window: Window | None, *, spare_early: int
) -> DueDays:
    """The days of a dose after the last, which are none where the guideline names none."""
    apart = due.phase.apart
    least = None if apart is None else add(last, apart)
    if window is None:
        return DueDays(earliest=least, accepted_from=least)
    frequency = due.phase.frequency
    # Nobody gives two doses on one day where the schedule has no two on any.
    next_day = last if _is_several_a_day(due.phase) else day_after(last, 1)
    floor = next_day if least is None else max(least, next_day)
    asked = min(max(window.earliest, floor), max(window.latest, floor))
    earliest = asked if least is None else min(asked, floor)
    recommended = asked
    if isinstance(frequency, Times):
        share = _share_of(frequency)
        spread = shifted(last, share, frequency.per.unit) if share else None
        if spread is not None:
            recommended = min(max(asked, spread), max(window.latest, asked))
    length = None if due.interval is None else shortest(due.interval)
    accepted = max(first_in_time(last, asked, length, spare_early), floor)
    latest = None if due.is_optional else max(window.latest, asked)
    return DueDays(
        earliest=earliest,
        recommended=recommended,
        latest=latest,
        accepted_from=min(accepted, earliest),
        accepted_until=latest,
    )


def _share_of(times: Times) -> Fraction | None:
    """The time between two doses that are spread evenly."""
    return times.per.low / times.high if times.high else None


def _is_several_a_day(phase: Phase) -> bool:
    frequency = phase.frequency
    return frequency is not None and most_per_day(frequency) > 1


def _spare_early(replay: Replay, due: AskedDose) -> int:
    return replay.tolerance.doses if is_in_months(due) else 0


def _dose(  # noqa: PLR0913 -- one argument for each thing that is told of a dose
    replay: Replay,
    verdict: RuleVerdict,
    due: AskedDose,
    days: DueDays,
    sure: Certainty,
    *,
    is_past: bool = False,
    text: str = "",
) -> DueDose:
    rule = verdict.rule
    is_optional = due.is_optional or rule.optional
    is_unspaced = due.window is None and not due.waits_for and not text
    phase = by_weight.weighed_phase(due.phase, replay.knowledge.weights(replay.on))
    drugs = drugs_of(replay, phase)
    held = held_back(replay, rule, drugs)
    overdue = sure.overdue(is_past=is_past and not is_optional and not held)
    return DueDose(
        days=days,
        overdue=overdue,
        certain=sure.is_certain,
        waits_for=due.waits_for,
        held_back=held,
        why_open=sure.why_open,
        needs=sure.needs,
        text=text or (NOT_SAID_HOW_OFTEN if is_unspaced else ""),
        rules=(rule.name,),
        decision=rule.decision,
        stage=due.stage,
        number=due.number,
        phase=phase,
        drugs=drugs,
        is_optional=is_optional,
    )


def _when_needed(
    replay: Replay, verdict: RuleVerdict, step: FollowedDose
) -> DueDose | None:
    """A phase whose doses are taken when they are needed; None where the regimen is over."""
    stage = step.stage
    phase = None if stage is None else stage.phase
    if stage is None or phase is None or not phase.as_needed:
        regimen = scheduled(verdict.rule)[0]
        phase = next((p for p in regimen.phases if p.as_needed), None)
        if phase is None or stage is not None:
            return None
    number = 1 if stage is None else stage.number + 1
    due = AskedDose(
        phase=phase,
        stage=1 if stage is None else stage.stage,
        number=number,
        window=None,
    )
    last = None if stage is None else step.day
    sure = certainty(replay, verdict, phase.drugs)
    least = None if last is None or phase.apart is None else add(last, phase.apart)
    days = DueDays(earliest=least, accepted_from=least)
    dose = _dose(
        replay, verdict, due, days, sure, text="when it is needed: none is due"
    )
    return evolve(dose, as_needed=True, is_optional=True)


def drugs_of(replay: Replay, phase: Phase) -> tuple[str, ...]:
    """The drugs of a phase, or those to which the form decision comes."""
    if phase.drugs:
        return phase.drugs
    form = replay.knowledge.on(replay.on).answer.decisions[Decision.FORM]
    return (*form.preferred, *form.acceptable)


def _phase(  # noqa: PLR0913 -- one argument for each thing that is told of a phase
    replay: Replay,
    verdict: RuleVerdict,
    phase: Phase,
    stage: int,
    stages: int,
    *,
    doses: int = 0,
    since: dt.date | None = None,
    is_complete: bool = False,
) -> CurrentPhase:
    bound = phase.bound
    event = bound.event if isinstance(bound, Until) else None
    limit = (
        None
        if since is None
        else limit_of(phase, Window(since, since), replay.happened)
    )
    return CurrentPhase(
        decision=verdict.rule.decision,
        rule=verdict.rule.name,
        phase=by_weight.weighed_phase(phase, replay.knowledge.weights(replay.on)),
        stage=stage,
        stages=stages,
        doses=doses,
        since=since,
        until=None if limit is None else limit.last,
        ends_with=None if event in replay.happened else event,
        is_complete=is_complete,
        certain=verdict.verdict is Verdict.APPLIES,
    )
