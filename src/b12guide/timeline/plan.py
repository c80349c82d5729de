"""A recommendation laid out on a calendar: its doses, its tests, and what has to be decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from functools import partial
from itertools import count, groupby
from operator import attrgetter
from typing import Any

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError, UnknownNameError
from b12guide.evaluate.answer import Outcome, Recommendation
from b12guide.graph.model import (
    Change,
    Decision,
    Monitoring,
    NotChecked,
    Recurrence,
    Referral,
    RuleGraph,
    Stop,
)
from b12guide.patient.notation import shown
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.schedule import Window
from b12guide.say.advice import advice_text
from b12guide.say.names import test_text
from b12guide.timeline.dosing import dosing
from b12guide.timeline.model import Entry, EntryKind, Timeline, Unplaced
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind as Term

_NEXT, _MOST_LISTED = 4, 24
"""Recurring tests are listed one by one where no more than the second are shown; else the first."""


def testing(  # noqa: PLR0913 -- one argument for each thing that bears on a day
    recommendation: Recommendation,
    doses: Sequence[Window],
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
    *,
    is_open: bool,
    loading_ends: dt.date | None,
) -> tuple[tuple[Entry, ...], tuple[Unplaced, ...]]:
    """The tests from `start` to `until` with what cannot be placed.

    Args:
        recommendation: What the guideline says.
        doses: The days of the doses of the treatment.
        start: The day of the first dose: what months are counted from.
        until: The last day that is shown.
        events: The days of events that came, or are expected.
        is_open: Whether the doses' days wait for an event.
        loading_ends: The day on which loading is over; None where it is not known.
    """
    entries: list[Entry] = []
    unplaced: list[Unplaced] = []
    decided = recommendation.decisions[Decision.MONITORING]
    for option in decided.options:
        value = option.advice
        if not isinstance(value, Monitoring | NotChecked) or option.alternative:
            continue
        if not option.certain or decided.outcome is Outcome.SILENT:
            continue
        if isinstance(value, NotChecked):
            text = advice_text(value, recommendation.graph)
            unplaced.append(Unplaced(text=text, rules=option.rules))
            continue
        if not value.times and value.every is None:
            names = ", ".join(test_text(recommendation.graph, t) for t in value.tests)
            text = f"the guideline names no day for {names}"
            unplaced.append(Unplaced(text=text, rules=option.rules))
            continue
        plain = Entry(
            kind=EntryKind.TEST,
            decision=Decision.MONITORING,
            window=None,
            is_open=True,
            after=() if value.after is None else (value.after,),
            tests=(*value.tests, *value.companions),
            before_dose=value.before_next_dose,
            monitoring=value,
            rules=option.rules,
        )
        begin = _anchor(value, recommendation, start, events)
        over = loading_ends if value.during is Decision.LOADING else None
        if value.during is Decision.MAINTENANCE and begin is not None:
            begin = None if loading_ends is None else max(begin, loading_ends)
        if begin is None:
            entries.append(plain)
            continue
        ends_open = value.until is not None and value.until not in events
        ends_open |= value.during is Decision.LOADING and over is None
        begins_open = value.after is not None and value.after not in events
        is_waiting = value.before_next_dose and (is_open or not doses)
        last = min(until, over or until)
        if value.until is not None:
            last = min(last, events.get(value.until, last))
        placed = []
        for number, (recurrence, target) in enumerate(
            _targets(value, begin, last), start=1
        ):
            latest, window = target.latest, target
            if value.before_next_dose and not is_waiting:
                window = min(doses, key=partial(_away_from, target))
            placed.append(
                evolve(
                    plain,
                    number=number,
                    window=window,
                    target=latest,
                    is_open=is_waiting or ends_open or begins_open,
                    awaits_dose=is_waiting,
                    monitoring=_as_it_is_then(value, recurrence),
                )
            )
            if is_waiting:
                due = f"on {latest}"
                if not target.is_day:
                    due = f"from {target.earliest} to {latest}"
                text = (
                    f"the test due {due} belongs before a dose, and the days of "
                    "the doses around it are not settled yet"
                )
                unplaced.append(Unplaced(text=text, rules=option.rules))
        entries += _folded(placed, ends_open=ends_open)
    for conflict in recommendation.conflicts:
        if conflict.decision is Decision.MONITORING and conflict.certain:
            sides = [
                advice_text(s.advice, recommendation.graph) for s in conflict.sides
            ]
            text = f"the guideline contradicts itself: {' · '.join(sides)}"
            rules = dict.fromkeys(
                name for side in conflict.sides for name in side.rules
            )
            unplaced.append(Unplaced(text=text, rules=tuple(rules)))
    return tuple(entries), tuple(unplaced)


def _beside_the_days(recommendation: Recommendation) -> Iterator[Unplaced]:
    """What changes or ends a treatment, or hands the patient on, on no day of the guideline."""
    for decided in recommendation.decisions.values():
        for option in decided.options:
            if option.certain and isinstance(option.advice, Change | Referral | Stop):
                said = advice_text(option.advice, recommendation.graph)
                text = f"{said} ({option.strength.value})"
                yield Unplaced(text=text, rules=option.rules)


def _folded(placed: Sequence[Entry], *, ends_open: bool) -> Iterator[Entry]:
    """The tests of each interval listed one by one, the last for all that follow.

    A test that belongs before a dose has a day of its own each time.
    """
    for _, some in groupby(placed, key=attrgetter("monitoring")):
        row = list(some)
        shown = _NEXT if ends_open or len(row) > _MOST_LISTED else len(row)
        if len(row) > shown + 1 and not row[0].before_dose:
            windows = (entry.window for entry in row[shown:])
            further = tuple(window for window in windows if window is not None)
            row[shown:] = [evolve(row[shown], further=further)]
        yield from row


def _anchor(
    value: Monitoring,
    recommendation: Recommendation,
    start: dt.date,
    events: Mapping[str, dt.date],
) -> dt.date | None:
    """The day from which a test is counted; None where it waits for an event."""
    if value.after is None:
        return start
    day = events.get(value.after)
    if day is not None and day > start:
        return day
    if value.every is None:
        return None if day is None else start
    # Recurring checks "once levels are stable" follow the last single check of the test.
    checks = [
        due
        for option in recommendation.decisions[Decision.MONITORING].options
        if isinstance(option.advice, Monitoring)
        and set(option.advice.tests) & set(value.tests)
        for time in option.advice.times
        if (due := add(start, longest(time))) is not None
    ]
    return max(checks, default=start)


def _away_from(target: Window, dose: Window) -> tuple[bool, int, dt.date]:
    """How well the day of a dose suits a test: within its time, else near to its last day."""
    is_within = dose.earliest in target and dose.latest in target
    return (not is_within, dose.distance(target.latest), dose.earliest)


def _targets(
    value: Monitoring, begin: dt.date, last: dt.date
) -> Iterator[tuple[Recurrence | None, Window]]:
    """The days on which a test is due by its schedule, up to `last`; those that recur with how."""
    for time in value.times:
        opens, closes = add(begin, shortest(time)), add(begin, longest(time))
        if opens is not None and closes is not None and opens <= last:
            yield None, Window(opens, closes)
    # An interval is counted from the last check before it, as an audit counts it (M98).
    since, over = Window(begin, begin), begin
    for recurrence in value.recurring:
        ends = (
            None if recurrence.lasts is None else add(over, longest(recurrence.lasts))
        )
        latest = since
        for number in count(1):
            found = _after(since, recurrence.every, number)
            if found is None or found.earliest > (ends or last):
                break
            if found.earliest > last:
                return
            latest = (
                found
                if ends is None
                else Window(found.earliest, min(found.latest, ends))
            )
            yield recurrence, latest
        if ends is None:
            return
        since, over = latest, ends


def _after(since: Window, every: DurationRange, number: int) -> Window | None:
    """The window that lies so many intervals after another."""
    earliest = add(since.earliest, Duration(every.low * number, every.unit))
    latest = add(since.latest, Duration(every.high * number, every.unit))
    return None if earliest is None or latest is None else Window(earliest, latest)


def _as_it_is_then(value: Monitoring, recurrence: Recurrence | None) -> Monitoring:
    """The visits with the interval that holds on some day, and without the others."""
    if recurrence is None or not (value.lasts or value.then):
        return value
    every, least = recurrence.every, recurrence.at_least
    return evolve(value, every=every, at_least=least, lasts=None, then=())


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
    graph, stated = recommendation.graph, recommendation.stated.values
    # What is on record came before the first day, whenever that was.
    happened = {
        name: dt.date.min
        for name, value in stated.items()
        if value is True and name in graph.vocabulary.facts
    }
    days = {**happened, **(events or {})}
    doses = dosing(recommendation, start, last, days)
    tests, unplaced = testing(
        recommendation,
        doses.days,
        start,
        last,
        days,
        is_open=doses.is_open,
        loading_ends=doses.loading_ends,
    )
    entries = tuple(sorted((*doses.entries, *tests), key=_order))
    rules = {rule for entry in entries for rule in entry.rules}
    assumed = {name for rule in rules for name in graph.rules[rule].assumptions}
    return Timeline(
        recommendation=recommendation,
        start=start,
        until=last,
        entries=entries,
        unplaced=(*unplaced, *_beside_the_days(recommendation)),
        events=tuple(sorted((events or {}).items())),
        assumptions=tuple(
            a for name, a in sorted(graph.assumptions.items()) if name in assumed
        ),
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


def _is_treatment(entry: Entry) -> bool:
    """Whether an entry is a dose of the treatment itself, and not of a drug beside it."""
    treatment = {Decision.LOADING, Decision.MAINTENANCE}
    return entry.kind is EntryKind.DOSE and entry.decision in treatment


def _order(entry: Entry) -> tuple[bool, dt.date, dt.date, int, str, int, int]:
    window = entry.window or Window(dt.date.max, dt.date.max)
    kinds = (EntryKind.DECISION, EntryKind.TEST, EntryKind.DOSE)
    return (
        entry.window is None,
        window.earliest,
        window.latest,
        kinds.index(entry.kind),
        entry.decision.value,
        entry.stage,
        0 if entry.kind is EntryKind.TEST else entry.number or 0,
    )


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
        if (
            entry.kind is not EntryKind.TEST
            or entry.window is None
            or entry.awaits_dose
        ):
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
        if entry.kind is EntryKind.DOSE and entry.window is not None
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
    if entry.dose is not None and not entry.dose.is_by_weight:
        row["amount"] = format_quantity(entry.dose.stated[0], entry.dose.unit)
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
