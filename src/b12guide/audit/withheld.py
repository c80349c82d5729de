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
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, days, dose_text, joined
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Monitoring, Prohibition, RuleGraph
from b12guide.graph.query import facts_read_by
from b12guide.patient.model import Otherwise
from b12guide.regimen.model import Phase
from b12guide.say.schedules import frequency_text
from b12guide.values.quantity import format_quantity


def withheld_drugs(replay: Replay) -> Iterator[Departure]:
    """Every time that a withheld drug was given or begun, and how much of it."""
    drugs = _withheld(replay.graph)
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
                    yield _without_reason(replay, event, verdict, gate.unless)
            yield from _otherwise_dosed(replay, event)
    yield from _never_begun(replay, drugs)


def _withheld(graph: RuleGraph) -> frozenset[str]:
    return frozenset(
        drug
        for rule in graph.rules.values()
        if isinstance(rule.value, Prohibition)
        for drug in rule.value.drugs
    )


# ------------------------------------------------------------------------- until


def _too_early(
    replay: Replay,
    event: Given | Started,
    verdict: RuleVerdict,
    until: str,
    beside: list[RuleVerdict],
) -> Departure:
    drug, awaited = called(replay.graph, event.drug), called(replay.graph, until)
    compared = [event.on] if replay.first is None else sorted((replay.first, event.on))
    why = tuple(_not_certainly_early(replay, event.on, until, beside))
    is_open = any(missing.what is What.RECORD for missing in why)
    return Departure(
        on=event.on,
        family=Family.FOLATE,
        verdict=verdict,
        matter=("until", event.on, event.row, event.drug, until),
        like=("until", event.drug, until, _when(replay, event.on)),
        text=f"{drug} was given {_when(replay, event.on)}"
        + (
            f", although this is denied: {awaited}"
            if replay.knowledge.on(event.on).denies(until)
            else ""
        ),
        limit=f"not until {awaited}",
        compared=tuple(compared),
        needs=(until,) if is_open else (),
        clears=f"on record by {event.on}: {awaited}",
        about={until},
        beside={event.drug},
        why=why,
    )


def _when(replay: Replay, day: dt.date) -> str:
    first = replay.first
    if replay.was_treated_before or (first is not None and first < day):
        return "after treatment had begun"
    if first is None:
        return "without any treatment on record"
    if first == day:
        return "on the day of the first dose of the treatment"
    return f"{days((first - day).days)} before the first dose of the treatment"


def _not_certainly_early(
    replay: Replay,
    day: dt.date,
    until: str,
    beside: list[RuleVerdict],
) -> Iterator[Missing]:
    """Why what a drug waits for may have come about by a day, though nobody recorded it."""
    if replay.knowledge.on(day).denies(until):
        return
    awaited = called(replay.graph, until)
    asked = f"nothing on record by {day} ensures this: {awaited}"
    begun = _begun(replay, day)
    needed = _needed(replay, day, beside)
    levels = tuple(_levels(replay, day, needed))
    if begun or levels:
        found = joined([*begun, *levels]) if levels else f"{joined(begun)}, no level"
        yield Missing(What.RECORD, f"{asked} (on record: {found})")
        return
    if needed is None:
        text = f"{asked}; nor is it on record that treatment was needed"
        yield Missing(What.RECORD, text)
        return
    for name in too_old(needed.rule, replay, day):
        yield Missing(What.CONDITION, undated(replay.graph, name))


def _begun(replay: Replay, day: dt.date) -> list[str]:
    """The treatment on record before a day, in words; none before the first dose."""
    given = [event for event in replay.treatment if event.on < day]
    if not given:
        known = "treatment before this history"
        return [known] if replay.was_treated_before else []
    doses = sum(isinstance(event, Given) for event in given)
    said = [f"{doses} dose{'s' * (doses != 1)} of the treatment"] if doses else []
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
    """A rule that shows that the patient needed treatment: a regimen, or a gate for such people."""
    definitions = replay.graph.definitions
    gates = [
        v
        for v in beside
        if v.verdict is Verdict.APPLIES
        and facts_read_by(v.rule.condition, definitions) - _asked_of(v)
    ]
    regimens = [
        v
        for decision in (Decision.LOADING, Decision.MAINTENANCE)
        for v in replay.binding(decision, day)
        if v.verdict is Verdict.APPLIES and phases_of(v.rule)
    ]
    return next(iter([*gates, *regimens]), None)


def _asked_of(verdict: RuleVerdict) -> frozenset[str]:
    """The facts that a gate itself waits for, which its condition reads as well."""
    value = verdict.rule.value
    if not isinstance(value, Prohibition):
        return frozenset()
    return frozenset(name for name in (value.until, value.unless) if name is not None)


def _levels(replay: Replay, day: dt.date, needed: RuleVerdict | None) -> Iterator[str]:
    """The levels on record that may show that what is awaited has come about.

    No guideline says which level would be enough, so any level leaves it open; but one that is not
    younger than the recorded need for treatment belongs to that need.
    """
    since = None if needed is None else replay.knowledge.since(needed.rule, day)
    facts = replay.graph.vocabulary.facts
    for test in _telling_tests(replay.graph):
        found = replay.knowledge.latest(test, day)
        done = [tested.on for tested in replay.tests(test) if tested.on <= day]
        if found is None and not done:
            continue
        on, value = found or (done[-1], None)
        if since is not None and (on is None or on <= since):
            continue
        text = called(replay.graph, test)
        if isinstance(value, int | Fraction) and test in facts:
            text += f" {format_quantity(Fraction(value), facts[test].unit)}"
        yield f"{text} on {on}" if on is not None else f"{text}, without a date"


def _telling_tests(graph: RuleGraph) -> tuple[str, ...]:
    """The tests by which the treatment is watched: at its trough, where the guideline has one."""
    checks = [r.value for r in graph.rules.values() if isinstance(r.value, Monitoring)]
    troughs = [check for check in checks if check.before_next_dose]
    return tuple(dict.fromkeys(t for check in troughs or checks for t in check.tests))


# ------------------------------------------------------------------------ unless


def _without_reason(
    replay: Replay, event: Given | Started, verdict: RuleVerdict, unless: str | None
) -> Departure:
    drug = called(replay.graph, event.drug)
    reason = called(replay.graph, unless or "")
    stated = replay.knowledge.on(event.on).stated
    asked = unless in stated.values and stated.values[unless or ""] is None
    open_ = asked or (
        stated.otherwise is Otherwise.UNKNOWN
        and stated.values.get(unless or "") is None
    )
    why: tuple[Missing, ...] = ()
    if open_:
        why = (Missing(What.CONDITION, f"not known that day: {reason}"),)
    elif is_long_before(replay, event.on) and not _is_dated(replay, unless):
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
        compared=(event.on,),
        needs=(unless,) if open_ and unless is not None else (),
        clears=f"on record by {event.on}: {reason}",
        about=(event.drug, unless),
        why=why,
    )


def _is_dated(replay: Replay, name: str | None) -> bool:
    """Whether the record says of some day how it is with a fact."""
    return name is not None and replay.knowledge.is_dated(name)


# ------------------------------------------------------------------ how it is given


def _otherwise_dosed(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    """Another amount, route or frequency than the rule that asks for the drug says."""
    for verdict in replay.knowledge.on(event.on).of(Decision.ADJUNCT, Verdict.APPLIES):
        phases = [p for p in phases_of(verdict.rule) if event.drug in p.drugs]
        if not phases or any(_as_asked(event, phase) for phase in phases):
            continue
        asked = joined(dict.fromkeys(_asked(replay, phase) for phase in phases), "or")
        yield Departure(
            on=event.on,
            family=Family.FOLATE,
            verdict=verdict,
            matter=("dosed", event.on, event.row, event.drug),
            like=("dosed", event.drug, str(event.amount), event.route),
            text=f"{called(replay.graph, event.drug)} was not given as the guideline says",
            limit=asked,
            compared=(event.on,),
            clears=asked,
            about=(event.drug, event.route),
        )


def _asked(replay: Replay, phase: Phase) -> str:
    asked = dose_text(phase.dose)
    if phase.route is not None:
        asked += f" {called(replay.graph, phase.route)}"
    if phase.frequency is not None:
        asked += f" {frequency_text(phase.frequency)}"
    return asked


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


def _never_begun(replay: Replay, drugs: frozenset[str]) -> Iterator[Departure]:
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
            )


def _allowed_since(replay: Replay, phase: Phase) -> dt.date | None:
    """The day on which all that the drug waits for had been recorded, if it was."""
    gates = phase.after
    if not gates:
        return None
    for day in replay.knowledge.days:
        values = replay.knowledge.on(day).stated.values
        if day <= replay.on and all(values.get(gate) is True for gate in gates):
            return day
    return None
