"""Long-term dosing: gaps that are too long, and those that are shorter than printed.

Every rule that binds is held against the gap by itself. What is known on the day on which the
next dose became due decides which rules bind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from b12guide.audit.course import Loading
from b12guide.audit.event import Given
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.knowledge import OPEN, Known
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, days, every_text, joined
from b12guide.evaluate.answer import Conflict, Outcome, RuleVerdict, Verdict
from b12guide.graph.model import Decision
from b12guide.regimen.interval import exceeds, falls_short, longest, shortest
from b12guide.regimen.model import Every, Phase, Regimen
from b12guide.values.calendar import add
from b12guide.values.duration import DurationRange

__all__ = ["maintenance_findings"]


@frozen
class _Gap:
    """From one dose, or from the day on which there was reason for one, to the next or to now."""

    first: dt.date
    last: dt.date
    from_dose: bool
    to_dose: bool


def maintenance_findings(
    replay: Replay, courses: Sequence[Loading]
) -> Iterator[Finding]:
    """Gaps between long-term doses that depart from the rules."""
    for gap in _gaps(replay, courses):
        yield from _too_long(replay, gap)
        if gap.from_dose and gap.to_dose:
            yield from _too_short(replay, gap)


def _gaps(replay: Replay, courses: Sequence[Loading]) -> Iterator[_Gap]:
    doses = [d for d in replay.doses if _counts(replay, d)]
    loading = [{id(d) for d in course.doses} for course in courses]
    for first, second in pairwise(doses):
        if not any({id(first), id(second)} <= mine for mine in loading):
            yield _Gap(first.on, second.on, from_dose=True, to_dose=True)
    if doses:
        yield _Gap(doses[-1].on, replay.on, from_dose=True, to_dose=False)
    begins = _reason_since(replay, doses)
    if begins is None and not doses:
        begins = replay.first  # tablets, perhaps, where the guideline wants injections
    if begins is not None:
        end = doses[0].on if doses else replay.on
        yield _Gap(begins, end, from_dose=False, to_dose=bool(doses))


def _counts(replay: Replay, dose: Given) -> bool:
    """Whether a dose can keep a long-term interval: by a route that some rule names for it."""
    known = replay.knowledge.on(dose.on)
    phases = [
        p for v in known.of(Decision.MAINTENANCE, *OPEN) for p in phases_of(v.rule)
    ]
    return not phases or any(_is_by(dose, p) for p in phases)


def _is_by(dose: Given, phase: Phase) -> bool:
    return dose.route is None or phase.route is None or dose.route == phase.route


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


# ------------------------------------------------------------------------- too long


def _too_long(replay: Replay, gap: _Gap) -> Iterator[Finding]:
    told: set[str] = set()
    for known in replay.knowledge.over(gap.first, gap.last):
        for finding in _overdue(replay, gap, known):
            if finding.rule.name not in told:
                told.add(finding.rule.name)
                yield finding


def _overdue(replay: Replay, gap: _Gap, known: Known) -> Iterator[Finding]:
    """The rules that were overrun while this was known."""
    kept = replay.intervals
    binding = [v for v in known.binding(Decision.MAINTENANCE) if v.rule.name in kept]
    lengths = [(v, longest(kept[v.rule.name])) for v in binding]
    dues = [
        (verdict, length, due)
        for verdict, length in lengths
        if (due := add(gap.first, length)) is not None
    ]
    longest_ = max((due for _, _, due in dues), default=None)
    for verdict, length, due in dues:
        day = due if known.since is None else max(due, known.since)
        if known.until is not None and known.until <= day:
            continue
        spare = replay.tolerance.doses if length.unit.is_calendar else 0
        late = (gap.last - day).days > spare
        if not late or not exceeds(gap.first, gap.last, length, spare):
            continue
        if _is_covered(replay, gap.first, day, known):
            continue
        yield _late(replay, gap, known, verdict, day, beyond_all=due == longest_)


def _is_covered(replay: Replay, first: dt.date, day: dt.date, known: Known) -> bool:
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
    known: Known,
    verdict: RuleVerdict,
    day: dt.date,
    *,
    beyond_all: bool,
) -> Finding:
    interval = replay.intervals.get(verdict.rule.name)
    conflict = replay.conflict(verdict.rule, day)
    gravity = gravity_of(verdict)
    decided = known.recommendation.decisions[Decision.MAINTENANCE]
    certain = any(o.certain and not o.alternative for o in decided.options)
    if gravity is Gravity.UNRESOLVED and beyond_all and certain:
        gravity = gravity_of(_as_applying(verdict))
    text = _late_text(gap)
    if conflict is not None and not beyond_all:
        gravity = Gravity.INFO
        text += "; the source contradicts itself on the interval here: " + _sides(
            conflict
        )
    elif gravity is Gravity.UNRESOLVED:
        text += "; whether this interval holds was not known: " + _needs(
            replay, verdict, known
        )
    named = {v.name for v in replay.graph.assumptions.values()}
    noted = {
        n
        for c in replay.graph.conflicts
        if conflict is not None and {c.first, c.second} & {verdict.rule.name}
        for n in c.noted_as
    }
    return Finding(
        on=day,
        gravity=gravity,
        family=Family.INTERVAL,
        rule=verdict.rule,
        text=text,
        limit="" if interval is None else every_text(interval),
        compared=(gap.first, gap.last),
        needs=verdict.needs,
        assumptions=tuple(
            dict.fromkeys([*verdict.rule.assumptions, *sorted(noted & named)])
        ),
        clears=f"a dose by {day}",
    )


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


def _sides(conflict: Conflict) -> str:
    said = []
    for side in conflict.sides:
        intervals = [
            every_text(p.frequency.interval)
            for p in (side.advice.phases if isinstance(side.advice, Regimen) else ())
            if isinstance(p.frequency, Every)
        ]
        said += intervals
    return joined(dict.fromkeys(said), "or") if said else "see the conflict"


def _needs(replay: Replay, verdict: RuleVerdict, known: Known) -> str:
    decided = known.recommendation.decisions[Decision.MAINTENANCE]
    if verdict.verdict is Verdict.INDETERMINATE:
        return "the source's own threshold leaves it open"
    needs = verdict.needs or decided.depends_on
    if decided.outcome is Outcome.DEPENDS or needs:
        return (
            joined(called(replay.graph, n) for n in needs) if needs else "see the rule"
        )
    return "see the rule"


def _as_applying(verdict: RuleVerdict) -> RuleVerdict:
    return RuleVerdict(rule=verdict.rule, verdict=Verdict.APPLIES)


# ------------------------------------------------------------------------ too short


def _too_short(replay: Replay, gap: _Gap) -> Iterator[Finding]:
    """Shorter than any default: told, never held against the patient."""
    spare = replay.tolerance.doses
    binding = replay.binding(Decision.MAINTENANCE, gap.last)
    intervals = replay.intervals
    ranges = {intervals[v.rule.name] for v in binding if v.rule.name in intervals}
    if not ranges or not all(
        falls_short(
            gap.first, gap.last, shortest(r), spare if r.unit.is_calendar else 0
        )
        for r in ranges
    ):
        return
    count = days((gap.last - gap.first).days)
    text = f"the doses of {gap.first} and {gap.last} lie {count} apart"
    offers = [
        v
        for v in replay.offering(Decision.MAINTENANCE, gap.last)
        if v.verdict is Verdict.APPLIES and v.rule.name in intervals
    ]
    fitting = [v for v in offers if _keeps(gap, intervals[v.rule.name], spare)]
    for verdict in fitting[:1] or offers[:1] or binding[:1]:
        told = (
            "which the guideline accepts as an alternative"
            if fitting
            else "closer than the guideline prints; it sets no least interval"
        )
        interval = intervals.get(verdict.rule.name)
        yield Finding(
            on=gap.last,
            gravity=Gravity.INFO,
            family=Family.INTERVAL,
            rule=verdict.rule,
            text=f"{text}, {told}",
            limit="" if interval is None else every_text(interval),
            compared=(gap.first, gap.last),
            assumptions=verdict.rule.assumptions,
        )


def _keeps(gap: _Gap, interval: DurationRange, spare: int) -> bool:
    """Whether a gap keeps the interval of a rule, or is longer than it and still short."""
    return not falls_short(
        gap.first,
        gap.last,
        shortest(interval),
        spare if interval.unit.is_calendar else 0,
    )
