"""Drugs that are withheld until the treatment has done its work, such as folic acid.

Before the first dose of the treatment, what it is to bring about cannot have come about, so giving
such a drug is a departure. Once treatment has begun it depends on something that has to be
recorded, and without the record it cannot be judged. That a drug is given without the reason for
it on record is a departure at any time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, dose_text, frequency_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Prohibition, RuleGraph
from b12guide.regimen.model import Phase

__all__ = ["withheld_drugs"]


def withheld_drugs(replay: Replay) -> Iterator[Finding]:
    """Every time that a withheld drug was given or begun, and how much of it."""
    drugs = _withheld(replay.graph)
    for event in replay.events:
        if isinstance(event, Given | Started) and event.drug in drugs:
            for verdict in replay.binding(Decision.PERMISSION, event.on):
                value = verdict.rule.value
                if isinstance(value, Prohibition) and event.drug in value.drugs:
                    if value.until is not None:
                        yield _too_early(replay, event, verdict, value.until)
                    else:
                        yield _without_reason(replay, event, verdict, value.unless)
            yield from _otherwise_dosed(replay, event)
    yield from _never_begun(replay, drugs)


def _withheld(graph: RuleGraph) -> frozenset[str]:
    return frozenset(
        drug
        for rule in graph.rules.values()
        if isinstance(rule.value, Prohibition)
        for drug in rule.value.drugs
    )


def _too_early(
    replay: Replay, event: Given | Started, verdict: RuleVerdict, until: str
) -> Finding:
    drug, awaited = called(replay.graph, event.drug), called(replay.graph, until)
    begun = replay.was_treated_before or (
        replay.first is not None and replay.first < event.on
    )
    denied = replay.knowledge.on(event.on).denies(until)
    gravity = gravity_of(verdict)
    if begun and not denied:
        gravity = Gravity.UNRESOLVED
        text = f"{drug} was given, and it is not recorded by then: {awaited}"
    elif begun:
        text = f"{drug} was given, although this is denied: {awaited}"
    elif replay.first is None:
        text = f"{drug} was given, and no treatment is recorded before it"
    elif replay.first == event.on:
        text = f"{drug} was given on the day of the first dose of the treatment"
    else:
        count = (replay.first - event.on).days
        ahead = "1 day" if count == 1 else f"{count} days"
        text = f"{drug} was given {ahead} before the first dose of the treatment"
    return Finding(
        on=event.on,
        gravity=gravity,
        family=Family.FOLATE,
        rule=verdict.rule,
        text=text,
        limit=f"not until {awaited}",
        compared=(event.on,)
        if replay.first is None
        else tuple(sorted((replay.first, event.on))),
        needs=(until,) if gravity is Gravity.UNRESOLVED else (),
        assumptions=verdict.rule.assumptions,
        clears=f"a record by {event.on}: {awaited}",
    )


def _without_reason(
    replay: Replay, event: Given | Started, verdict: RuleVerdict, unless: str | None
) -> Finding:
    drug = called(replay.graph, event.drug)
    reason = called(replay.graph, unless or "")
    stated = replay.knowledge.on(event.on).stated
    asked = (
        unless is not None and unless in stated.values and stated.values[unless] is None
    )
    open_ = asked or (
        stated.otherwise.value == "unknown" and stated.values.get(unless or "") is None
    )
    gravity = Gravity.UNRESOLVED if open_ else gravity_of(verdict)
    text = f"{drug} was given without this on record: {reason}"
    if open_:
        text = f"{drug} was given, and it was not known that day: {reason}"
    return Finding(
        on=event.on,
        gravity=gravity,
        family=Family.FOLATE,
        rule=verdict.rule,
        text=text,
        limit=f"only with {reason}",
        compared=(event.on,),
        needs=(unless,) if open_ and unless is not None else (),
        assumptions=verdict.rule.assumptions,
        clears=f"a record by {event.on}: {reason}",
    )


# ---------------------------------------------------------------------- how it is given


def _otherwise_dosed(replay: Replay, event: Given | Started) -> Iterator[Finding]:
    """Another amount, route or frequency than the rule that asks for the drug says."""
    for verdict in replay.knowledge.on(event.on).of(Decision.ADJUNCT, Verdict.APPLIES):
        phases = [p for p in phases_of(verdict.rule) if event.drug in p.drugs]
        if not phases or any(_as_asked(event, phase) for phase in phases):
            continue
        phase = phases[0]
        asked = dose_text(phase.dose)
        if phase.route is not None:
            asked += f" {called(replay.graph, phase.route)}"
        if phase.frequency is not None:
            asked += f" {frequency_text(phase.frequency)}"
        yield Finding(
            on=event.on,
            gravity=gravity_of(verdict),
            family=Family.FOLATE,
            rule=verdict.rule,
            text=f"{called(replay.graph, event.drug)} was not given as the guideline says",
            limit=asked,
            compared=(event.on,),
            assumptions=verdict.rule.assumptions,
            clears=asked,
        )


def _as_asked(event: Given | Started, phase: Phase) -> bool:
    """Whether nothing that is recorded departs from the phase."""
    amount = None if event.amount is None else event.amount.in_unit(phase.dose.unit)
    has_amount = event.amount is None or (
        amount is not None and phase.dose.low <= amount <= phase.dose.high
    )
    has_route = event.route is None or phase.route in {None, event.route}
    has_frequency = (
        not isinstance(event, Started)
        or event.frequency is None
        or phase.frequency in {None, event.frequency}
    )
    return has_amount and has_route and has_frequency


def _never_begun(replay: Replay, drugs: frozenset[str]) -> Iterator[Finding]:
    """A drug that is asked for, and allowed by now, and that nobody has begun."""
    given = {e.drug for e in replay.events if isinstance(e, Given | Started)}
    known = replay.knowledge.on(replay.on)
    for verdict in known.of(Decision.ADJUNCT, Verdict.APPLIES):
        for phase in phases_of(verdict.rule):
            missing = [d for d in phase.drugs if d in drugs and d not in given]
            day = _allowed_since(replay, phase)
            if not missing or verdict.rule.optional or day is None or day >= replay.on:
                continue
            drug = called(replay.graph, missing[0])
            yield Finding(
                on=day,
                gravity=Gravity.UNRESOLVED,
                family=Family.FOLATE,
                rule=verdict.rule,
                text=f"{drug} is asked for and allowed from {day} on, and is not recorded; "
                "the guideline sets no day for it",
                limit=dose_text(phase.dose),
                compared=(day, replay.on),
                assumptions=verdict.rule.assumptions,
                clears=f"a record of {drug}",
            )


def _allowed_since(replay: Replay, phase: Phase) -> dt.date | None:
    """The day on which every event that the drug waits for was recorded, if they were."""
    if not phase.after:
        return None
    for day in replay.knowledge.days:
        values = replay.knowledge.on(day).stated.values
        if day <= replay.on and all(values.get(e) is True for e in phase.after):
            return day
    return None
