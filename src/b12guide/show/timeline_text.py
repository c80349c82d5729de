"""The entries of a timeline in words."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from b12guide.graph.model import Decision, RuleGraph
from b12guide.regimen.model import ForLife, Regimen, Until
from b12guide.regimen.phrase import choice_text
from b12guide.regimen.schedule import Window
from b12guide.show.number import range_text
from b12guide.show.schedule import schedule_text
from b12guide.show.wording import (
    Audience,
    drug_text,
    fact_text,
    listing,
    plural,
    route_text,
    test_text,
    unit_text,
)
from b12guide.timeline.model import Entry, Kind, Timeline

__all__ = ["end_text", "entry_text", "entry_title", "window_text"]

_PHASES = {
    Decision.LOADING: "Loading dose",
    Decision.MAINTENANCE: "Maintenance dose",
    Decision.ADJUNCT: "Course",
}


def entry_title(entry: Entry, graph: RuleGraph) -> str:
    """What an entry is, in a few words, such as a calendar shows."""
    match entry.kind:
        case Kind.DOSE:
            phase = _PHASES.get(entry.decision, "Dose")
            return f"{phase} {entry.number}" if entry.number else phase
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
    text = _what(entry, graph)
    if entry.window is None and entry.after:
        text += f", counted from {_events_text(entry, graph)}"
    elif entry.window is None:
        text += ", one interval after the last loading dose"
    elif entry.spread is not None and not entry.window.is_day:
        text += f" (evenly spread: {entry.spread})"
    if entry.is_open and entry.window is not None:
        text += ", unless loading has come to its end"
    return text


def _what(entry: Entry, graph: RuleGraph) -> str:
    """The drug, dose and route; the whole schedule where there is one."""
    if entry.regimen is not None:
        return schedule_text(entry.regimen, graph)
    parts = []
    if entry.drugs:
        parts.append(choice_text(tuple(drug_text(graph, drug) for drug in entry.drugs)))
    if entry.dose is not None:
        amount = range_text(entry.dose.low, entry.dose.high)
        parts.append(f"{amount} {unit_text(entry.dose.unit)}")
    if entry.route is not None:
        parts.append(route_text(graph, entry.route, Audience.PROFESSIONAL))
    return " ".join(parts)


def _test_text(entry: Entry, graph: RuleGraph) -> str:
    text = listing([test_text(graph, test) for test in entry.tests])
    if entry.before_dose and not entry.is_open:
        text += ", just before the dose"
    if entry.target is not None and entry.window is not None:
        distance = entry.window.distance(entry.target)
        if not entry.window.is_day or distance:
            away = f", {plural(str(distance), 'day')} away" if distance else ""
            text += f" that is nearest to {entry.target}{away}"
    if entry.is_open:
        text += ", just before the dose nearest to this day, once it has a day"
    return text


def _decision_text(entry: Entry, graph: RuleGraph) -> str:
    text = entry.text
    if entry.regimen is not None:
        text += f": {schedule_text(entry.regimen, graph)}"
        if entry.is_open and entry.decision is Decision.MAINTENANCE:
            text += " (depends on what is not known yet)"
    elif entry.after:
        text += f": {_events_text(entry, graph)}"
    return text


def _events_text(entry: Entry, graph: RuleGraph) -> str:
    return listing([fact_text(graph, name) for name in entry.after])


def end_text(timeline: Timeline, last: Entry) -> str:
    """How doses go on after the last that is shown; nothing where they do not."""
    if last.kind is not Kind.DOSE:
        return ""
    decided = timeline.recommendation.decisions[last.decision]
    for option in decided.options:
        if option.rules != last.rules or not isinstance(option.advice, Regimen):
            continue
        match option.advice.bound_of(last.stage):
            case ForLife():
                return "goes on for life"
            case Until(event=event) if last.is_open:
                graph = timeline.recommendation.graph
                return f"goes on until {fact_text(graph, event)}"
            case _:
                return ""
    return ""


def window_text(window: Window | None) -> str:
    """The days of an entry: one, from one to another, or none yet."""
    if window is None:
        return "no day yet"
    if window.is_day:
        return _day(window.earliest)
    return f"{_day(window.earliest)} to {_day(window.latest)}"


def _day(day: dt.date) -> str:
    return day.isoformat()
