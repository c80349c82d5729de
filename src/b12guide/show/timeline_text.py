"""The entries of a timeline in words."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from b12guide.evaluate.answer import Outcome
from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.used import words_in
from b12guide.regimen.model import ForLife, Phase, Regimen, Until
from b12guide.regimen.phrase import choice_text, every_text, frequency_text
from b12guide.regimen.schedule import Window
from b12guide.show.advice import advice_text
from b12guide.show.number import range_text
from b12guide.show.schedule import schedule_text
from b12guide.show.wording import (
    Audience,
    capitalised,
    decision_text,
    drug_text,
    fact_text,
    listing,
    plural,
    route_text,
    test_text,
    unit_text,
)
from b12guide.timeline.model import Entry, Kind, Timeline
from b12guide.truth import Truth

__all__ = [
    "end_text",
    "entry_text",
    "entry_title",
    "told",
    "what_text",
    "window_text",
]

_PHASES = {
    Decision.LOADING: "Loading dose",
    Decision.MAINTENANCE: "Maintenance dose",
    Decision.ADJUNCT: "Course",
}


def entry_title(entry: Entry, graph: RuleGraph) -> str:
    """What an entry is, in a few words, such as a calendar shows."""
    match entry.kind:
        case Kind.DOSE:
            text = _PHASES.get(entry.decision, "Dose")
            if entry.number:
                text += f" {entry.number}"
            if entry.goes_on:
                text += " and on"
            return f"{text} (phase {entry.stage})" if entry.stage > 1 else text
        case Kind.TEST:
            return f"Test: {listing([test_text(graph, t) for t in entry.tests])}"
        case Kind.DECISION:
            return f"To decide: {entry.decision.value}"
        case _:
            assert_never(entry.kind)


def entry_text(entry: Entry, graph: RuleGraph) -> str:
    """What an entry asks for."""
    match entry.kind:
        case Kind.DOSE:
            return _dose_text(entry, graph)
        case Kind.TEST:
            return _test_text(entry, graph)
        case Kind.DECISION:
            return _decision_text(entry, graph)
        case _:
            assert_never(entry.kind)


def _dose_text(entry: Entry, graph: RuleGraph) -> str:
    text = what_text(entry, graph)
    if entry.window is None:
        return text + _without_day(entry, graph)
    if entry.spread is not None and not entry.window.is_day and not entry.goes_on:
        text += f" (evenly spread: {entry.spread})"
    if entry.is_optional:
        text += ", which the lower end of the range leaves out"
    if entry.goes_on and entry.phase is not None:
        return f"{text}, and so on, {_how_long(entry.phase, graph)}"
    if entry.is_open and entry.phase is not None:
        text += f", {_unless_over(entry.phase, graph)}"
    return text


def _without_day(entry: Entry, graph: RuleGraph) -> str:
    """Why a dose has no day."""
    if entry.text and not entry.after:
        return f"; {entry.text}"
    if not entry.after:
        return ""
    events = [fact_text(graph, name) for name in entry.after]
    if entry.text:
        return f", {entry.text} {listing(events)}"
    return f"; no day yet: waits until {' and until '.join(events)}"


def _unless_over(phase: Phase, graph: RuleGraph) -> str:
    if isinstance(phase.bound, Until):
        return (
            f"unless it has come to this before: {fact_text(graph, phase.bound.event)}"
        )
    return "unless it is over before"


def _how_long(phase: Phase, graph: RuleGraph) -> str:
    """How doses go on after those that are listed, and until when."""
    often = "" if phase.frequency is None else frequency_text(phase.frequency)
    return f"{often} {going_on(phase, graph)}".strip()


def going_on(phase: Phase, graph: RuleGraph) -> str:
    """Until when a phase without a day of its end goes on; nothing where it has one."""
    match phase.bound:
        case ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            return f"until {fact_text(graph, event)} (no day is printed for it)"
        case None if phase.frequency is not None:
            return "(no end is printed)"
        case _:
            return ""


def what_text(entry: Entry, graph: RuleGraph, *, whole: bool = False) -> str:
    """The drug, dose and route; the `whole` phase, or schedule, where it is to be told at once."""
    if entry.regimen is not None:
        return schedule_text(entry.regimen, graph) + _marked(entry, graph)
    if whole and entry.phase is not None:
        return schedule_text(Regimen((entry.phase,)), graph) + _marked(entry, graph)
    parts = []
    if entry.drugs:
        parts.append(choice_text(tuple(drug_text(graph, drug) for drug in entry.drugs)))
    if entry.dose is not None:
        amount = range_text(entry.dose.low, entry.dose.high)
        parts.append(f"{amount} {unit_text(entry.dose.unit)}")
    if entry.route is not None:
        parts.append(route_text(graph, entry.route, Audience.PROFESSIONAL))
    return " ".join(parts) + _marked(entry, graph)


def _marked(entry: Entry, graph: RuleGraph) -> str:
    """What other decisions say to the drugs of a dose (M46 to M49)."""
    text = ""
    against = [
        drug
        for name in entry.avoided
        for drug in words_in(graph.rules[name].value).drugs
        if drug in entry.drugs
    ]
    if against:
        drugs = listing([drug_text(graph, d) for d in dict.fromkeys(against)])
        text += f", yet {drugs} is to be avoided"
    if entry.contraindicated:
        drugs = listing([drug_text(graph, drug) for drug in entry.contraindicated])
        text += f" ({drugs} contraindicated)"
    if entry.drugs_open:
        text += " (which drug depends on what is not known yet)"
    return text


def _test_text(entry: Entry, graph: RuleGraph) -> str:
    monitoring = entry.monitoring
    text = listing([test_text(graph, test) for test in entry.tests])
    if entry.window is None and monitoring is not None:
        return f"{advice_text(monitoring, graph)}; no day yet"
    if entry.before_dose and not entry.awaits_dose:
        text += ", just before the dose"
    if entry.target is not None and entry.window is not None:
        distance = entry.window.distance(entry.target)
        if not entry.window.is_day or distance:
            away = f", {plural(str(distance), 'day')} away" if distance else ""
            text += f" that is nearest to {entry.target}{away}"
    if entry.awaits_dose:
        text += ", just before the dose nearest to this day, once it has a day"
    if entry.goes_on and monitoring is not None and monitoring.every is not None:
        text += f", and so on {every_text(monitoring.every)}"
    if entry.is_open and monitoring is not None:
        if monitoring.after is not None:
            text += f", once this is so: {fact_text(graph, monitoring.after)}"
        if monitoring.until is not None:
            text += f", until {fact_text(graph, monitoring.until)}"
    return text


def _decision_text(entry: Entry, graph: RuleGraph) -> str:
    text = entry.text
    if entry.regimen is not None:
        text += f": {what_text(entry, graph)}"
        if entry.is_open and entry.decision is Decision.MAINTENANCE:
            text += " (depends on what is not known yet)"
    elif entry.after:
        text += f": {listing([fact_text(graph, name) for name in entry.after])}"
    return text


def end_text(timeline: Timeline, last: Entry) -> str:
    """How doses go on after the last that is shown; nothing where they do not."""
    if last.phase is None or not (
        last.is_open or isinstance(last.phase.bound, ForLife | None)
    ):
        return ""
    said = going_on(last.phase, timeline.recommendation.graph)
    return f"goes on {said}" if said else ""


def told(timeline: Timeline) -> tuple[str, ...]:
    """What a timeline without doses has to say for itself, and the notices of the answer."""
    recommendation = timeline.recommendation
    said = [notice.text for notice in recommendation.notices]
    if recommendation.scope is Truth.FALSE:
        return tuple(map(capitalised, said))
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        decided = recommendation.decisions[decision]
        if decided.outcome is Outcome.NOT_NEEDED:
            said.append(f"{decision_text(decision)}: not needed")
        elif decided.outcome is Outcome.SILENT and not decided.options:
            left = "the guideline names no alternative to what is contraindicated"
            nothing = "not stated by the guideline"
            what = left if decided.not_offered else nothing
            said.append(f"{decision_text(decision)}: {what}")
    kinds = {entry.kind for entry in timeline.entries if entry.regimen or entry.phase}
    if not kinds & {Kind.DOSE, Kind.DECISION}:
        said.append("the guideline asks for no dose for this patient")
    return tuple(capitalised(one) for one in dict.fromkeys(said))


def window_text(window: Window | None) -> str:
    """The days of an entry: one, from one to another, or none yet."""
    if window is None:
        return "no day yet"
    if window.is_day:
        return _day(window.earliest)
    return f"{_day(window.earliest)} to {_day(window.latest)}"


def _day(day: dt.date) -> str:
    return day.isoformat()
