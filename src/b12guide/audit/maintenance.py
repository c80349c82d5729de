"""Treatment that goes on: gaps too long or too short, stops, and intervals to reconsider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import frozen

from b12guide.audit.departure import Departure, Lasts
from b12guide.audit.event import Given, Stopped
from b12guide.audit.finding import DoseDue, Family, Gravity, Missing, Stretch, What
from b12guide.audit.knowledge import Ruling, Situation
from b12guide.audit.replay import (
    DoseGap,
    DrugCourse,
    Dues,
    Replay,
    fits,
    goes_on,
    is_in_months,
    is_long_term,
    long_term_phases,
    spare_days,
)
from b12guide.audit.targets import phases_of, scheduled
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Continuation, Decision, Rule, Stop
from b12guide.regimen.following import AskedDose, FollowedDose, asked, followed
from b12guide.regimen.interval import exceeds, falls_short, longest, shortest
from b12guide.regimen.model import Every, Regimen
from b12guide.say.schedules import every_text
from b12guide.say.words import listing, plural
from b12guide.values.calendar import add
from b12guide.values.term import Strength

_DAY = dt.timedelta(days=1)


@frozen(eq=False)
class Spell:
    """Doses of maintenance in a row, and what stands at their ends.

    Attributes:
        before: The dose of loading before them.
        reason: The day on which there was reason for the first, where that is what it is late by.
        end: The dose of loading that comes after them, if one does.
    """

    doses: tuple[Given, ...]
    before: Given | None = None
    reason: dt.date | None = None
    end: Given | None = None

    @property
    def base(self) -> dt.date | None:
        """The day from which the first of the doses is counted."""
        return self.reason if self.before is None else self.before.on


def maintenance_findings(replay: Replay) -> Iterator[Departure]:
    """Gaps between long-term doses that depart from the rules."""
    for gap in replay.gaps:
        told: set[str] = set()
        for known in replay.knowledge.over(gap.first, gap.last):
            for departure in _too_long(replay, gap, known):
                name = departure.verdict.rule.name
                if name not in told:
                    told.add(name)
                    yield departure
        if gap.from_dose and gap.to_dose:
            yield from _too_short(replay, gap)


def doses_due(replay: Replay) -> Iterator[DoseDue]:
    """The doses that were due by the day of the audit, each after the doses that came before it.

    A dose that the lower end of a range leaves out, or whose rule did not bind on its latest day,
    was not due.
    """
    asked = [
        (course.rule, due)
        for course in replay.loading
        for due in (*(step.due for step in course.steps[1:]), course.pending)
    ]
    asked += [
        (replay.graph.rules[name], step.due)
        for gap in replay.gaps
        for name, step in gap.dues.items()
    ]
    for rule, due in asked:
        if due is None or due.window is None or due.is_optional or rule.optional:
            continue
        day = min(due.window.latest, replay.on)
        is_binding = replay.verdict(rule, day).verdict is Verdict.APPLIES
        if due.window.earliest <= replay.on and is_binding:
            yield DoseDue(rule.name, due.window)


# --------------------------------------------------------------------------- the gaps


def spells(replay: Replay) -> Iterator[Spell]:
    """The doses outside loading, from the last dose of loading before them."""
    loading = replay.loading_rows
    before: Given | None = None
    doses: list[Given] = []
    given: list[Given] = []
    for dose in replay.doses:
        if dose.row in loading:
            if doses:
                yield Spell(tuple(doses), before, end=dose)
            before, doses = dose, []
        elif is_long_term(replay, dose):
            doses.append(dose)
        else:
            continue
        given.append(dose)
    is_loading = any(goes_on(replay, course) for course in replay.loading)
    if doses or (before is not None and not is_loading):
        yield Spell(tuple(doses), before)
    # The first dose of all is late by the day on which there was reason for it, where no loading
    # was to come before it.
    day = given[0].on if given else replay.on
    since = [
        since
        for verdict in replay.binding(Decision.MAINTENANCE, day)
        if not replay.was_treated_before
        and (since := replay.knowledge.since(verdict.rule, day)) is not None
        and since < day
        and not any(phases_of(v.rule) for v in replay.binding(Decision.LOADING, since))
    ]
    reason = min(since, default=None)
    if reason is None and not given:
        reason = replay.first  # tablets, perhaps, where the guideline wants injections
    if reason is not None:
        yield Spell(tuple(given[:1]), reason=reason)


def gaps_of(replay: Replay) -> Iterator[DoseGap]:
    """The gaps between long-term doses, with what was due in each.

    A rule that never bound, and never may have, asked for nothing.
    """
    open_ = replay.knowledge.open(replay.on)
    rules = [rule for rule in replay.targets.maintenance if rule.name in open_]
    for spell in spells(replay):
        yield from _gaps(replay, spell, rules)


def _gaps(replay: Replay, spell: Spell, rules: Sequence[Rule]) -> Iterator[DoseGap]:
    dues: dict[str, Mapping[int, FollowedDose]] = {}
    found: dict[tuple[str, int], Mapping[int, FollowedDose]] = {}
    for rule in rules:
        begins = beginning(replay, rule, spell)
        alike = (replay.targets.alike[rule.name], begins)
        if alike not in found:
            steps = steps_in(replay, rule, spell, begins, ask=asked)
            found[alike] = {n: step for n, step in steps.items() if step.latest}
        dues[rule.name] = found[alike]
    ends: list[Given | None] = [*spell.doses, spell.end]
    if spell.reason and spell.doses:
        ends.pop()  # what comes after the first dose belongs to another spell
    start, first = spell.before, spell.base
    for index, end in enumerate(ends):
        if first is not None:
            yield DoseGap(
                first=first,
                last=replay.on if end is None else end.on,
                from_dose=start is not None,
                to_dose=end is not None,
                about=frozenset(
                    [n for d in (start, end) if d for n in (d.drug, d.route) if n]
                ),
                dues=Dues(dues, index),
            )
        start, first = end, None if end is None else end.on


def beginning(replay: Replay, rule: Rule, spell: Spell) -> int:
    """How many doses of a spell came before the first on whose day a rule bound."""
    doses = enumerate(spell.doses)
    return next(
        (n for n, d in doses if replay.open_verdict(rule, d.on)), len(spell.doses)
    )


def steps_in(
    replay: Replay,
    rule: Rule,
    spell: Spell,
    begins: int,
    *,
    ask: Callable[..., tuple[FollowedDose, ...]] = followed,
) -> Mapping[int, FollowedDose]:
    """What a rule asked for after so many doses of a spell, and where the next belongs.

    A rule that came to bind in the course of it begins its first phase with the next dose, after
    `begins` others. Of regimens to choose from, the one counts that leaves the most time, among
    those that some dose can be one of (among all, where none can).

    Args:
        replay: The history beside the guideline.
        rule: The rule.
        spell: The doses.
        begins: How many of them came before the first on whose day it bound.
        ask: What follows them; `asked` where it does not matter to which phase they belong.
    """
    given = [dose.on for dose in spell.doses]
    base, free = spell.base, None
    if begins:
        base = given[begins - 1]
    elif spell.before is not None:
        free = replay.free_after(spell.before)
    regimens = scheduled(rule)
    taken = [
        regimen
        for regimen in regimens
        if any(fits(replay, dose, regimen.phases) for dose in spell.doses)
    ]
    found: dict[int, FollowedDose] = {}
    for regimen in (
        r for one in taken or regimens for r in replay.targets.readings(one)
    ):
        steps = ask(
            regimen.phases,
            given[begins:],
            base=base,
            free=free,
            events=replay.happened,
            until=replay.on,
        )
        for index, step in enumerate(steps, start=begins):
            other = found.get(index)
            if other is None or (other.latest or dt.date.max) < (
                step.latest or dt.date.max
            ):
                found[index] = step
    return found


# ------------------------------------------------------------------------- too long


def _too_long(replay: Replay, gap: DoseGap, known: Situation) -> Iterator[Departure]:
    """The rules that were overrun while this was known."""
    dues = [
        (verdict, step, due, latest)
        for verdict in known.binding(Decision.MAINTENANCE)
        if (step := gap.dues.of(verdict.rule.name)) is not None
        and (due := step.due) is not None
        and (latest := step.latest) is not None
        and not replay.is_not_offered(verdict.rule, gap.last)
    ]
    last = max((latest for *_, latest in dues), default=None)
    for verdict, step, due, latest in dues:
        day = latest if known.since is None else max(latest, known.since)
        spare = spare_days(replay, due, step)
        is_late = (known.until is None or known.until > day) and (
            (gap.last - day).days > spare
        )
        if not is_late or (
            # The lengths of months alone do not make it late.
            due.interval is not None
            and not exceeds(gap.first, gap.last, longest(due.interval), spare)
        ):
            continue
        if gap.first > day or covering(replay, known, day) is None:
            yield _late(
                replay,
                gap,
                known,
                verdict,
                day,
                beyond_all=latest == last,
                lasts=partial(_late_days, gap, due, day, spare),
            )


def _late_days(
    gap: DoseGap, due: AskedDose, day: dt.date, spare: int
) -> tuple[Stretch, ...]:
    """The days of a gap on which its dose was late, with the lengths of months set aside."""
    late_from = day + (spare + 1) * _DAY
    while due.interval is not None and not exceeds(
        gap.first, late_from, longest(due.interval), spare
    ):
        late_from += _DAY
    ends = gap.last - _DAY if gap.to_dose else gap.last
    return ((late_from, max(late_from, ends)),)


def covering(replay: Replay, known: Situation, day: dt.date) -> DrugCourse | None:
    """The course of tablets, which has no doses on record, that goes on after a day.

    It covers a gap by a route that is allowed.
    """
    courses = replay.courses
    if not courses:
        return None
    routes = {phase.route for phase in known.once(long_term_phases)} - {None}
    for course in courses:
        is_treatment = course.start.drug in replay.drugs
        if is_treatment and course.runs_after(day) and course.start.route in routes:
            return course
    return None


def _late(  # noqa: PLR0913 -- one argument for each thing that bears on a gap
    replay: Replay,
    gap: DoseGap,
    known: Situation,
    verdict: RuleVerdict,
    day: dt.date,
    *,
    beyond_all: bool,
    lasts: Lasts,
) -> Departure:
    """A dose that had not come by `day`.

    Beyond what every rule prints it is late whichever of them holds. Short of that, where the
    source contradicts itself, it is late by one side only.
    """
    rule = verdict.rule
    held = known.once(_held_by).get(rule.name)
    if held is None:
        held = _Held.of(replay, known, rule, day)
        known.once(_held_by)[rule.name] = held
    is_sure = beyond_all and held.certain and verdict.verdict is not Verdict.APPLIES
    return Departure(
        on=day,
        family=Family.INTERVAL,
        verdict=held.applies if is_sure else verdict,
        matter=("gap", gap.first, gap.last),
        text=_gap_text(gap),
        limit=replay.printed(gap, rule),
        compared=(gap.first, gap.last),
        needs=verdict.needs or (() if is_sure else held.depends_on),
        clears=f"a dose by {day}",
        about=gap.about,
        why=() if beyond_all else held.why,
        noted=held.noted,
        lasts=lasts,
    )


def _gap_text(gap: DoseGap) -> str:
    count = plural((gap.last - gap.first).days, "day")
    if gap.from_dose and gap.to_dose:
        return f"{count} passed between the doses of {gap.first} and {gap.last}"
    if gap.from_dose:
        return f"no dose followed that of {gap.first}: {count} up to {gap.last}"
    text = f"there was reason for a dose from {gap.first} on, and "
    if gap.to_dose:
        return text + f"the first was given on {gap.last}, {count} later"
    return text + "none is recorded"


@frozen(eq=False)
class _Held:
    """What a ruling holds about a late dose by one rule, whatever its days.

    Attributes:
        applies: The rule as if it were certain to apply.
        certain: Whether it is certain that some dose is due.
        why: That the source contradicts itself on the interval, and how.
    """

    applies: RuleVerdict
    certain: bool
    depends_on: tuple[str, ...]
    why: tuple[Missing, ...]
    noted: tuple[str, ...]

    @classmethod
    def of(cls, replay: Replay, known: Situation, rule: Rule, day: dt.date) -> _Held:
        decided = known.answer.decisions[Decision.MAINTENANCE]
        conflict = replay.conflict(rule, day)
        why: tuple[Missing, ...] = ()
        if conflict is not None:
            intervals = dict.fromkeys(
                every_text(phase.frequency.interval)
                for side in conflict.sides
                if isinstance(side.advice, Regimen)
                for phase in side.advice.phases
                if isinstance(phase.frequency, Every)
            )
            sides = listing(intervals, "or") or "see the conflict"
            text = f"the source contradicts itself on the interval here: {sides}"
            why = (Missing(What.CONFLICT, text),)
        noted = {
            name
            for c in replay.graph.conflicts
            if conflict is not None and rule.name in {c.first, c.second}
            for name in c.noted_as
            if name in replay.graph.assumptions
        }
        return cls(
            applies=RuleVerdict(rule=rule, verdict=Verdict.APPLIES),
            certain=any(o.certain and not o.alternative for o in decided.options),
            depends_on=decided.depends_on,
            why=why,
            noted=tuple(sorted(noted)),
        )


def _held_by(_: Ruling) -> dict[str, _Held]:
    """What a ruling holds by each rule that was asked about."""
    return {}


# ------------------------------------------------------------------------ too short


def _too_short(replay: Replay, gap: DoseGap) -> Iterator[Departure]:
    """Shorter than any default: told, never held against the patient."""
    binding = replay.binding(Decision.MAINTENANCE, gap.last)
    dues = [gap.dues[v.rule.name] for v in binding if v.rule.name in gap.dues]
    if not dues or not all(_is_short(replay, gap, due) for due in dues):
        return
    offers = [
        v
        for v in replay.offering(Decision.MAINTENANCE, gap.last)
        if v.verdict is Verdict.APPLIES and v.rule.name in gap.dues
    ]
    fitting = [v for v in offers if not _is_short(replay, gap, gap.dues[v.rule.name])]
    told = (
        "which the guideline accepts as an alternative"
        if fitting
        else "closer than the guideline prints; it sets no least interval"
    )
    count = plural((gap.last - gap.first).days, "day")
    for verdict in fitting[:1] or offers[:1] or binding[:1]:
        yield Departure(
            on=gap.last,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("gap", gap.first, gap.last),
            like=("close", bool(fitting)),
            text=f"the doses of {gap.first} and {gap.last} lie {count} apart, {told}",
            common=f"doses lie closer than the default interval, {told}",
            limit=replay.printed(gap, verdict.rule),
            compared=(gap.first, gap.last),
            about=gap.about,
            ceiling=Gravity.INFO,
        )


def _is_short(replay: Replay, gap: DoseGap, step: FollowedDose) -> bool:
    due = step.due
    if due is None or due.window is None:
        return False
    spare = replay.tolerance.doses if is_in_months(due) else 0
    if due.interval is not None:
        return falls_short(gap.first, gap.last, shortest(due.interval), spare)
    return (due.window.earliest - gap.last).days > spare


# --------------------------------------------------------------- stops, and reconsidering


def continuation_findings(replay: Replay) -> Iterator[Departure]:
    """Treatment that was stopped, and intervals that were not reconsidered."""
    for event in replay.events:
        if isinstance(event, Stopped) and event.drug in replay.drugs:
            yield from _stopped(replay, event)
    for rule in replay.targets.maintenance:
        if rule.grounds.strength is Strength.SHOULD_CONSIDER:
            yield from _not_reconsidered(replay, rule)


def _stopped(replay: Replay, event: Stopped) -> Iterator[Departure]:
    """A drug that was stopped although treatment goes on; another in its place is only noted."""
    drug = replay.called(event.drug)
    running = [
        course.start
        for course in replay.courses
        if course.start.drug in replay.drugs and course.runs_after(event.on)
    ]
    later = [taken for taken in replay.treatment if taken.on >= event.on]
    successor = next((t for t in (*later, *running) if t.drug != event.drug), None)
    again = next((taken.on for taken in later if taken.on > event.on), None)
    if successor is not None:
        other = replay.called(successor.drug)
        text = f"{drug} was stopped; treatment went on with {other} from {successor.on}"
    else:
        before = "" if again is None else f" before {again}"
        text = f"{drug} was stopped, and nothing took its place{before}"
    for verdict in replay.binding(Decision.CONTINUATION, event.on):
        value = verdict.rule.value
        if isinstance(value, Continuation):
            # What another rule permits is no departure, whatever this one asks for (M81).
            offers = replay.offering(Decision.CONTINUATION, event.on)
            permitted = Stop(treatment=value.treatment) in [
                o.rule.value for o in offers
            ]
            is_mild = permitted or successor is not None
            yield Departure(
                on=event.on,
                family=Family.CONTINUATION,
                verdict=verdict,
                matter=("stopped", event.on, event.row, event.drug),
                text=text,
                limit="for life" if value.for_life else "without stopping",
                clears="going on with treatment",
                about={event.drug, value.treatment},
                ceiling=Gravity.INFO if is_mild else None,
                why=tuple(replay.contradiction(verdict.rule, event.on)),
                lasts=((event.on, replay.on if again is None else again - _DAY),),
            )


def _not_reconsidered(replay: Replay, rule: Rule) -> Iterator[Departure]:
    """More frequent doses were to be considered from a day on, and the spacing stayed as it was.

    How much shorter would be enough is not ours to say: any spacing that is shorter than before,
    or as short as the rule prints, counts as considered.
    """
    since = replay.knowledge.onset(rule, replay.on)
    before = [day for day in replay.dose_days if since is not None and day <= since]
    if since is None or not before:
        return
    last = before[-1]
    given = next((day for day in replay.dose_days if day > since), None)
    end = given or replay.on
    # How far apart doses lay before, or may lie at least where there was but one.
    interval = replay.interval_on(last)
    due = None if interval is None else add(last, shortest(interval))
    first, second = (before[-2], last) if len(before) > 1 else (last, due)
    if second is None:
        return
    usual = (second - first).days
    gap = (end - last).days
    if gap < usual - replay.tolerance.doses or any(
        isinstance(phase.frequency, Every)
        and not exceeds(last, end, longest(phase.frequency.interval))
        for phase in phases_of(rule)
    ):
        return
    now = replay.knowledge.on(since).stated.values
    was = replay.knowledge.on(since - _DAY).stated.values
    read = replay.targets.read_by(rule)
    reasons = sorted(n for n in read if now.get(n) and now.get(n) != was.get(n))
    why = listing(map(replay.called, reasons)) or rule.title
    days = plural(gap, "day")
    passed = f"the next gap was {days}" if given else f"no dose came for {days}"
    yield Departure(
        on=since,
        known_on=min(end, replay.on),
        family=Family.CONTINUATION,
        verdict=replay.verdict(rule, since),
        matter=("not reconsidered", rule.decision, since),
        text=f"{why}: on record from {since}; {passed}, as before",
        limit="more frequent doses considered",
        compared=(last, since, end),
        clears=f"a gap of less than {plural(usual, 'day')}, or a note of why not",
        about=reasons,
        lasts=((since, end if given is None else max(since, end - _DAY)),),
    )
