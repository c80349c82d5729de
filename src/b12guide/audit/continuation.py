"""Stopping what is not to be stopped, and going on as before when there was reason to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.audit.event import Stopped
from b12guide.audit.finding import Family, Gravity
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.severity import Departure
from b12guide.audit.wording import called, days, joined
from b12guide.evaluate.answer import Verdict
from b12guide.graph.model import Continuation, Decision, Rule
from b12guide.graph.query import facts_read_by
from b12guide.regimen.interval import exceeds, longest, shortest
from b12guide.regimen.model import Every, Phase
from b12guide.values.calendar import add
from b12guide.values.term import Strength

__all__ = ["continuation_findings"]


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
