"""Stopping what is not to be stopped, and going on as before when symptoms return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from b12guide.audit.event import Stopped
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, every_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Continuation, Decision
from b12guide.regimen.interval import longest
from b12guide.regimen.model import Every
from b12guide.values.calendar import add
from b12guide.values.duration import DurationRange
from b12guide.values.term import Strength

__all__ = ["continuation_findings"]


def continuation_findings(replay: Replay) -> Iterator[Finding]:
    """Treatment that was stopped, and intervals that were not reconsidered."""
    for event in replay.events:
        if isinstance(event, Stopped) and event.drug in replay.drugs:
            yield from _stopped(replay, event)
    yield from _not_reconsidered(replay)


def _stopped(replay: Replay, event: Stopped) -> Iterator[Finding]:
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
        if not isinstance(verdict.rule.value, Continuation):
            continue
        text = f"{drug} was stopped, and nothing took its place"
        again = next((t for t in replay.treatment if t.on > event.on), None)
        if again is not None:
            text += f" before {again.on}"
        gravity = gravity_of(verdict)
        if successor is not None:
            gravity = Gravity.INFO
            text = (
                f"{drug} was stopped; treatment went on with "
                f"{called(replay.graph, successor.drug)} from {successor.on}"
            )
        yield Finding(
            on=event.on,
            gravity=gravity,
            family=Family.CONTINUATION,
            rule=verdict.rule,
            text=text,
            limit="for life" if verdict.rule.value.for_life else "without stopping",
            compared=(event.on,),
            needs=verdict.needs,
            assumptions=verdict.rule.assumptions,
            clears="going on with treatment",
        )


def _not_reconsidered(replay: Replay) -> Iterator[Finding]:
    """A shorter interval was to be considered from a day on, and the next dose kept the old."""
    for rule in replay.graph.rules.values():
        if rule.decision is not Decision.MAINTENANCE:
            continue
        if rule.grounds.strength is not Strength.SHOULD_CONSIDER:
            continue
        interval = _interval(replay.verdict(rule, replay.on))
        since = _onset(replay, rule.name)
        if interval is None or since is None:
            continue
        late = _late(replay, since, interval)
        if late is None:
            continue
        first, due = late
        verdict = replay.verdict(rule, due)
        if verdict.verdict is not Verdict.APPLIES:
            continue
        yield Finding(
            on=due,
            gravity=gravity_of(verdict),
            family=Family.CONTINUATION,
            rule=rule,
            text=f"there was reason to consider more frequent doses from {since} on, and "
            f"after the dose of {first} none came by {due}",
            limit=every_text(interval),
            compared=(since, first, due),
            assumptions=rule.assumptions,
            clears=f"a dose by {due}",
        )


def _interval(verdict: RuleVerdict) -> DurationRange | None:
    for phase in phases_of(verdict.rule):
        if isinstance(phase.frequency, Every):
            return phase.frequency.interval
    return None


def _onset(replay: Replay, rule: str) -> dt.date | None:
    """The first day on which the rule applied, and had not before."""
    before = replay.knowledge.on(None).verdicts[rule].verdict
    for day in replay.knowledge.days:
        if day > replay.on:
            break
        now = replay.knowledge.on(day).verdicts[rule].verdict
        if now is Verdict.APPLIES and before is not Verdict.APPLIES:
            return day
        before = now
    return None


def _late(
    replay: Replay, since: dt.date, interval: DurationRange
) -> tuple[dt.date, dt.date] | None:
    """The first dose after which the shorter interval was overrun, and when that was."""
    length = longest(interval)
    days = [dose.on for dose in replay.doses]
    if not days:
        return None
    for first, second in pairwise([*days, replay.on]):
        due = add(first, length)
        if due is None:
            continue
        due = max(due, since)
        if second > since and (second - due).days > replay.tolerance.doses:
            return first, due
    return None
