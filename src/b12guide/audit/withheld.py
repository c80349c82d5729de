"""Drugs that are withheld until the treatment has done its work, such as folic acid.

`withhold D until E` says what comes first. Before the first dose of the treatment of somebody who
needs it, E cannot have come about, and where the record denies E it has not: giving D departs from
the rule. Once treatment has begun, or where nobody needs it, or a level is on record, E may have
come about without a note of it: that is unresolved, and the finding says what is on record. What D
is taken for does not change what comes first, so a silence about D is quoted beside the finding
and does not weaken it.

`withhold D unless F` ties D to a reason. Without the reason on record it is a departure at any
time, except where the guideline is silent about D itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from b12guide.audit.departure import Departure, is_long_before, too_old, undated
from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Missing, What
from b12guide.audit.replay import Replay
from b12guide.audit.targets import phases_of
from b12guide.evaluate import by_weight
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Prohibition
from b12guide.patient.model import Otherwise
from b12guide.say.names import test_text
from b12guide.say.numbers import quantity_text
from b12guide.say.schedules import dose_text, frequency_text
from b12guide.say.words import listing, plural


def withheld_findings(replay: Replay) -> Iterator[Departure]:
    """Every time that a withheld drug was given or begun, and how much of it."""
    drugs = replay.targets.withheld
    for event in replay.events:
        if isinstance(event, Given | Started) and event.drug in drugs:
            gates = [
                (verdict, verdict.rule.value)
                for verdict in replay.binding(Decision.PERMISSION, event.on)
                if isinstance(verdict.rule.value, Prohibition)
                and event.drug in verdict.rule.value.drugs
            ]
            for verdict, gate in gates:
                if gate.until is not None:
                    beside = [v for v, g in gates if g.until == gate.until]
                    yield _too_early(replay, event, verdict, gate.until, beside)
                else:
                    yield _without_reason(replay, event, verdict, gate.unless or "")
            yield from _otherwise_dosed(replay, event)
    yield from _never_begun(replay, drugs)


# ------------------------------------------------------------------------- until


def _too_early(
    replay: Replay,
    event: Given | Started,
    verdict: RuleVerdict,
    until: str,
    beside: list[RuleVerdict],
) -> Departure:
    drug, awaited = replay.called(event.drug), replay.called(until)
    first = replay.first
    if replay.was_treated_before or (first is not None and first < event.on):
        when = "after treatment had begun"
    elif first is None:
        when = "without any treatment on record"
    elif first == event.on:
        when = "on the day of the first dose of the treatment"
    else:
        before = plural((first - event.on).days, "day")
        when = f"{before} before the first dose of the treatment"
    is_denied = replay.knowledge.on(event.on).denies(until)
    why = () if is_denied else tuple(_why_open(replay, event.on, until, beside))
    is_open = any(missing.what is What.RECORD for missing in why)
    denied = f", although this is denied: {awaited}" if is_denied else ""
    return Departure(
        on=event.on,
        family=Family.FOLATE,
        verdict=verdict,
        matter=("until", event.on, event.row, event.drug, until),
        like=("until", event.drug, until, when),
        text=f"{drug} was given {when}{denied}",
        limit=f"not until {awaited}",
        compared=(event.on,) if first is None else tuple(sorted((first, event.on))),
        needs=(until,) if is_open else (),
        clears=f"recorded on or before {event.on}: {awaited}",
        about={until},
        beside=frozenset({event.drug}),
        why=why,
        lasts=replay.days_of(event, until),
    )


def _why_open(
    replay: Replay, day: dt.date, until: str, beside: list[RuleVerdict]
) -> Iterator[Missing]:
    """Why what a drug waits for may have come about by a day, though nobody recorded it."""
    asked = f"nothing on record by {day} ensures this: {replay.called(until)}"
    begun = _begun(replay, day)
    needed = _needed(replay, day, beside)
    levels = list(_levels(replay, day, needed))
    if begun or levels:
        found = listing(begun + levels) if levels else f"{listing(begun)}, no level"
        yield Missing(What.RECORD, f"{asked} (on record: {found})")
    elif needed is None:
        text = f"{asked}; nor is it on record that treatment was needed"
        yield Missing(What.RECORD, text)
    else:
        for name in too_old(needed.rule, replay, day):
            yield Missing(What.CONDITION, undated(replay.graph, name))


def _begun(replay: Replay, day: dt.date) -> list[str]:
    """The treatment on record before a day, in words; none before the first dose."""
    given = [event for event in replay.treatment if event.on < day]
    if not given:
        return ["treatment before this history"] if replay.was_treated_before else []
    doses = sum(isinstance(event, Given) for event in given)
    said = [f"{plural(doses, 'dose')} of the treatment"] if doses else []
    if len(given) > doses:
        said.append("a course of it")
    for course in replay.loading[:1]:
        of = course.wanted
        taken = sum(dose.on < day for dose in course.doses)
        if of and taken:
            said.append(f"{min(taken, of)} of {of} loading doses")
    return said


def _needed(
    replay: Replay, day: dt.date, beside: list[RuleVerdict]
) -> RuleVerdict | None:
    """A rule that shows that the patient needed treatment: a regimen, or a gate for such people.

    A gate counts by what its condition reads beside the fact that it waits for itself.
    """
    for verdict in beside:
        gate, read = verdict.rule.value, replay.targets.read_by(verdict.rule)
        asked = {gate.until, gate.unless} if isinstance(gate, Prohibition) else set()
        if verdict.verdict is Verdict.APPLIES and read - asked:
            return verdict
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for verdict in replay.binding(decision, day):
            if verdict.verdict is Verdict.APPLIES and phases_of(verdict.rule):
                return verdict
    return None


def _levels(replay: Replay, day: dt.date, needed: RuleVerdict | None) -> Iterator[str]:
    """The levels on record that may show that what is awaited has come about.

    No guideline says which level would be enough, so any level leaves it open; but one that is not
    younger than the recorded need for treatment belongs to that need.
    """
    since = None if needed is None else replay.knowledge.since(needed.rule, day)
    facts = replay.graph.vocabulary.facts
    # The tests by which the treatment is watched: at its trough, where the guideline has one.
    checks = [check for _, check in replay.targets.monitoring]
    troughs = [check for check in checks if check.before_next_dose]
    for test in dict.fromkeys(t for check in troughs or checks for t in check.tests):
        found = replay.knowledge.latest(test, day)
        done = [tested.on for tested in replay.tests(test) if tested.on <= day]
        if found is None and not done:
            continue
        on, value = found or (done[-1], None)
        if since is not None and (on is None or on <= since):
            continue
        text = test_text(replay.graph, test)
        if isinstance(value, int | Fraction) and test in facts:
            text += f" {quantity_text(value, facts[test].unit)}"
        yield f"{text} on {on}" if on is not None else f"{text}, without a date"


# ------------------------------------------------------------------------ unless


def _without_reason(
    replay: Replay, event: Given | Started, verdict: RuleVerdict, unless: str
) -> Departure:
    drug, reason = replay.called(event.drug), replay.called(unless)
    stated = replay.knowledge.on(event.on).stated
    is_asked = unless in stated.values or stated.otherwise is Otherwise.UNKNOWN
    is_open = is_asked and stated.values.get(unless) is None
    why: tuple[Missing, ...] = ()
    if is_open:
        why = (Missing(What.CONDITION, f"not known that day: {reason}"),)
    elif is_long_before(replay, event.on) and not replay.knowledge.is_dated(unless):
        text = f"whether this was so at that time has no date: {reason}"
        why = (Missing(What.CONDITION, text),)
    return Departure(
        on=event.on,
        family=Family.FOLATE,
        verdict=verdict,
        matter=("unless", event.on, event.row, event.drug, unless),
        like=("unless", event.drug, unless),
        text=f"{drug} was given without this on record: {reason}",
        limit=f"only with {reason}",
        needs=(unless,) if is_open and unless else (),
        clears=f"recorded on or before {event.on}: {reason}",
        about=(event.drug, unless),
        why=why,
        lasts=replay.days_of(event, unless),
    )


# ------------------------------------------------------------------ how it is given


def _otherwise_dosed(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    """Another amount, route or frequency than the rule that asks for the drug says."""
    for verdict in replay.knowledge.on(event.on).of(Decision.ADJUNCT, Verdict.APPLIES):
        known = replay.knowledge.weights(event.on)
        phases = [
            by_weight.weighed_phase(phase, known)
            for phase in phases_of(verdict.rule)
            if event.drug in phase.drugs
        ]
        if any(p.dose.is_by_weight and p.dose.weight is None for p in phases):
            continue  # what the dose is, is not known
        often = event.frequency if isinstance(event, Started) else None
        if not phases or any(
            # Nothing that is recorded departs from the phase.
            event.may_be_of(phase)
            and (event.amount is None or event.has_amount(phase.dose))
            and (often is None or phase.frequency in {None, often})
            for phase in phases
        ):
            continue
        asked = listing(
            dict.fromkeys(
                " ".join(
                    [
                        dose_text(phase.dose),
                        *([replay.called(phase.route)] if phase.route else []),
                        *([frequency_text(phase.frequency)] if phase.frequency else []),
                    ]
                )
                for phase in phases
            ),
            "or",
        )
        yield Departure(
            on=event.on,
            family=Family.FOLATE,
            verdict=verdict,
            matter=("dosed", event.on, event.row, event.drug),
            like=("dosed", event.drug, str(event.amount), event.route),
            text=f"{replay.called(event.drug)} was not given as the guideline says",
            limit=asked,
            clears=asked,
            about=(event.drug, event.route),
            lasts=replay.days_of(event),
        )


def _never_begun(replay: Replay, drugs: frozenset[str]) -> Iterator[Departure]:
    """A drug that is asked for, and allowed by now, and that nobody has begun."""
    given = {e.drug for e in replay.events if isinstance(e, Given | Started)}
    known = replay.knowledge
    for verdict in known.on(replay.on).of(Decision.ADJUNCT, Verdict.APPLIES):
        for phase in phases_of(verdict.rule):
            missing = [d for d in phase.drugs if d in drugs and d not in given]
            # The day on which all that the drug waits for had been recorded, if it was.
            allowed = (
                day
                for day in known.days
                if phase.after
                and all(known.on(day).stated.values.get(g) is True for g in phase.after)
            )
            day = next(allowed, replay.on)
            is_asked = not verdict.rule.optional and not phase.as_needed
            if not missing or not is_asked or day >= replay.on:
                continue
            drug = replay.called(missing[0])
            why = Missing(What.RECORD, "the guideline sets no day for it")
            yield Departure(
                on=day,
                family=Family.FOLATE,
                verdict=verdict,
                matter=("not begun", missing[0]),
                text=f"{drug} is asked for and allowed from {day} on, and is not recorded",
                limit=dose_text(phase.dose),
                compared=(day, replay.on),
                clears=f"a record of {drug}",
                about={missing[0]},
                why=(why,),
                lasts=((day, replay.on),),
            )
