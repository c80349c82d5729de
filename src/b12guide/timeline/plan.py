"""From a recommendation and a first day to a timeline, and from a timeline to a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError, UnknownNameError
from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Assumption, Decision, RuleGraph
from b12guide.patient.shown import shown
from b12guide.regimen.schedule import Window
from b12guide.timeline.dosing import dosing
from b12guide.timeline.model import Entry, Kind, Timeline
from b12guide.timeline.testing import testing
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind as Term

__all__ = ["Pick", "as_history", "plan"]

_SHOWN = Duration(Fraction(1), TimeUnit.YEAR)
"""How far a timeline is shown when nobody says how far."""


def plan(
    recommendation: Recommendation,
    start: dt.date,
    *,
    until: dt.date | None = None,
    events: Mapping[str, dt.date] | None = None,
) -> Timeline:
    """What a recommendation means on a calendar.

    Args:
        recommendation: What the guideline says of a patient.
        start: The day of the first dose.
        until: The last day to show; a year after `start` when left out.
        events: Events with the days on which they are expected, such as the end of a phase.

    Raises:
        UnknownNameError: There is no such event.
        PatientError: An event is expected before the first day, or the last day is, or
            the last day lies more than a life later (GDL735).
    """
    _check(recommendation.graph, start, until, events or {})
    last = until or add(start, _SHOWN) or dt.date.max
    days = {**_happened(recommendation), **(events or {})}
    doses = dosing(recommendation, start, last, days)
    tests, unplaced = testing(
        recommendation, doses.days, start, last, days, is_open=doses.is_open
    )
    entries = tuple(sorted((*doses.entries, *tests), key=_order))
    return Timeline(
        recommendation=recommendation,
        start=start,
        until=last,
        entries=entries,
        unplaced=unplaced,
        events=tuple(sorted((events or {}).items())),
        assumptions=_assumptions(recommendation, entries),
    )


_LONGEST = 120
"""In years: longer than a life. Doses of thousands of years would be laid out one by one."""


def _check(
    graph: RuleGraph,
    start: dt.date,
    until: dt.date | None,
    events: Mapping[str, dt.date],
) -> None:
    known = [n for n, f in graph.vocabulary.facts.items() if f.kind is Term.EVENT]
    for name in events:
        if name not in known:
            kind = "event"
            raise UnknownNameError(kind, shown(name), known)
    found = [
        Diagnostic(
            code="GDL735",
            message=f"`{name}` is expected on {day}, before the first day {start}",
            help=(Help(message=f"state `{name}` among the facts: it has happened"),),
        )
        for name, day in events.items()
        if day < start
    ]
    if until is not None and until < start:
        told = f"the last day {until} lies before the first day {start}"
        swapped = Help(message="give the earlier of the two as the first day")
        found.append(Diagnostic(code="GDL735", message=told, help=(swapped,)))
    if until is not None and until.year - start.year > _LONGEST:
        told = f"from {start} to {until} is longer than {_LONGEST} years"
        nearer = Help(message="check the years of both days")
        found.append(Diagnostic(code="GDL735", message=told, help=(nearer,)))
    if found:
        message = "the timeline cannot be drawn"
        raise PatientError(message, found)


def _happened(recommendation: Recommendation) -> dict[str, dt.date]:
    """The events that are on record: they came before the first day, whenever that was."""
    facts = recommendation.graph.vocabulary.facts
    return {
        name: dt.date.min
        for name, value in recommendation.stated.values.items()
        if value is True and name in facts
    }


def _is_treatment(entry: Entry) -> bool:
    """Whether an entry is a dose of the treatment itself, and not of a drug beside it."""
    treatment = {Decision.LOADING, Decision.MAINTENANCE}
    return entry.kind is Kind.DOSE and entry.decision in treatment


def _order(entry: Entry) -> tuple[bool, dt.date, dt.date, int, str, int, int]:
    window = entry.window or Window(dt.date.max, dt.date.max)
    kinds = (Kind.DECISION, Kind.TEST, Kind.DOSE)
    return (
        entry.window is None,
        window.earliest,
        window.latest,
        kinds.index(entry.kind),
        entry.decision.value,
        entry.stage,
        0 if entry.kind is Kind.TEST else entry.number or 0,
    )


def _assumptions(
    recommendation: Recommendation, entries: tuple[Entry, ...]
) -> tuple[Assumption, ...]:
    graph = recommendation.graph
    names = {
        name
        for entry in entries
        for rule in entry.rules
        for name in graph.rules[rule].assumptions
    }
    return tuple(a for name, a in sorted(graph.assumptions.items()) if name in names)


# ------------------------------------------------------------------------- history


class Pick(Enum):
    """Which day of a window is taken."""

    EARLIEST = "earliest"
    LATEST = "latest"


def as_history(timeline: Timeline, pick: Pick = Pick.EARLIEST) -> list[dict[str, Any]]:
    """The history of somebody who follows a timeline, as rows of a history file.

    A test that belongs before a dose is taken on the day of the dose nearest to its date.
    """
    last = timeline.until
    rows = [{"on": day.isoformat(), "event": name} for name, day in timeline.events]
    days = []
    for entry, day in _doses_taken(timeline, pick):
        if day <= last:
            rows.append(_given(entry, day))
            days += [day] if _is_treatment(entry) else []
    for entry in timeline.entries:
        if entry.kind is not Kind.TEST or entry.window is None or entry.awaits_dose:
            continue
        for window in entry.further or (entry.window,):
            day = _picked(window, pick)
            if entry.before_dose and entry.target is not None and days:
                target = entry.target
                day = min(days, key=lambda d: (abs((d - target).days), d))
            if day <= last:
                rows += ({"on": day.isoformat(), "test": test} for test in entry.tests)
    unique = {tuple(row.items()): row for row in rows}
    return sorted(unique.values(), key=lambda row: str(row["on"]))


def _doses_taken(timeline: Timeline, pick: Pick) -> Iterator[tuple[Entry, dt.date]]:
    """The doses with their days.

    At the upper end of a range a phase has doses for which the next phase leaves no time when it
    begins at the lower end: these are left out.
    """
    taken = [
        (entry, _picked(window, pick))
        for entry in timeline.entries
        if entry.kind is Kind.DOSE and entry.window is not None
        for window in entry.further or (entry.window,)
    ]
    begins: dict[tuple[bool, int], dt.date] = {}
    for entry, day in taken:
        if _is_treatment(entry):
            begins[_place(entry)] = min(day, begins.get(_place(entry), day))
    for entry, day in taken:
        later = (on for place, on in begins.items() if place > _place(entry))
        if not _is_treatment(entry) or day < min(later, default=dt.date.max):
            yield entry, day


def _place(entry: Entry) -> tuple[bool, int]:
    return (entry.decision is Decision.MAINTENANCE, entry.stage)


def _given(entry: Entry, day: dt.date) -> dict[str, Any]:
    kind = "dose" if _is_treatment(entry) else "start"
    row: dict[str, Any] = {"on": day.isoformat()}
    row[kind] = entry.drugs[0] if entry.drugs else ""
    interval = None if entry.regimen is None else entry.regimen.first_interval
    if kind == "start" and interval is not None:
        row["frequency"] = (
            f"every {format_quantity(interval.high, interval.unit.value)}"
        )
    if entry.dose is not None:
        row["amount"] = format_quantity(entry.dose.low, entry.dose.unit)
    if entry.route is not None:
        row["route"] = entry.route
    for instruction in entry.instructions:
        if instruction.gauge is not None:
            row["needle"] = f"{instruction.gauge[0]} G"
        if instruction.pressure is not None:
            unit = instruction.pressure.unit.value
            row["pressure"] = format_quantity(instruction.pressure.low, unit)
    return row


def _picked(window: Window, pick: Pick) -> dt.date:
    return window.earliest if pick is Pick.EARLIEST else window.latest
