"""Doses that are counted from events, and the events that doses themselves bring about.

A series such as "the second dose six months after the first" counts from events. Which events a
dose brings about, the caller says: `{"first_dose": 1, "any_dose": "dose"}`. So each dose is judged
with what the doses before it brought about, and nothing of it stands in this program.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from b12guide.audit.event import Event, Given, Noted, by_day
from b12guide.audit.finding import Missing, What
from b12guide.audit.loading import counting
from b12guide.audit.replay import Replay
from b12guide.due.counting import judged_doses
from b12guide.due.model import Counting, DueDays, DueDose, JudgedDose
from b12guide.due.weighing import Certainty, certainty, day_after, day_before, held_back
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.notation import shown
from b12guide.regimen.interval import CountedDose, longest, shortest
from b12guide.truth import Truth
from b12guide.values.calendar import add
from b12guide.values.term import Kind

EACH_DOSE = "dose"
"""What brings an event about: each dose of the treatment, whether it counts or not."""
_MOST = 1000
_EXPECTED = (
    "for each event what brings it about: `dose` (each dose), the name of a drug, or a whole "
    "number (so many doses that count)"
)


def marks_of(asked: Mapping[str, Any], graph: RuleGraph) -> Mapping[str, int | str]:
    """What doses bring about, in the words of a guideline.

    Raises:
        ArgumentError: An event is brought about by something that is none of the three.
        UnknownNameError: There is no such event.
    """
    events = [n for n, f in graph.vocabulary.facts.items() if f.kind is Kind.EVENT]
    for name, what in asked.items():
        if name not in events:
            kind = "event"
            raise UnknownNameError(kind, shown(name), events)
        is_number = isinstance(what, int) and not isinstance(what, bool)
        is_drug = what == EACH_DOSE or what in graph.vocabulary.drugs
        if not (is_number and 1 <= what <= _MOST) and not (
            isinstance(what, str) and is_drug
        ):
            argument = f"marks[{name!r}]"
            raise ArgumentError(argument, _EXPECTED, what)
    return dict(asked)


def brought_about(
    marks: Mapping[str, int | str], dose: Given, counted: int | None
) -> Iterator[Event]:
    """The events that a dose brings about, `counted` being its number among those that count.

    A dose that does not count, or of which it is in doubt, has None.
    """
    for event, what in marks.items():
        if what in {EACH_DOSE, dose.drug} or what == counted:
            yield Noted(on=dose.on, fact=event)


def marked(
    replay: Replay, marks: Mapping[str, int | str]
) -> tuple[Replay, tuple[JudgedDose, ...]]:
    """The replay with the events that its doses brought about, and each dose judged.

    A dose is judged with what was known on the day before, so dose by dose.
    """
    if not marks:
        return replay, judged_doses(replay)
    known: list[Event] = list(replay.events)
    drugs = {what for what in marks.values() if isinstance(what, str)}
    found: dict[int, JudgedDose] = {}
    number = 0
    for dose in [e for e in replay.events if isinstance(e, Given)]:
        if dose.drug in replay.drugs:
            before = [e for e in known if e.on <= dose.on]
            judged = _judged_alone(_with(replay, before), dose)
            found[dose.row] = judged
            counts = judged.counting is Counting.COUNTS
            number += counts
            known += brought_about(marks, dose, number if counts else None)
        elif dose.drug in drugs:
            known += brought_about(marks, dose, None)
    after = _with(replay, known)
    return after, tuple(found[dose.row] for dose in replay.doses if dose.row in found)


def _with(replay: Replay, events: list[Event]) -> Replay:
    together = tuple(sorted(events, key=by_day))
    knowledge = replay.knowledge.with_events(together)
    return evolve(replay, knowledge=knowledge, events=together)


def _judged_alone(replay: Replay, dose: Given) -> JudgedDose:
    return next(one for one in judged_doses(replay) if one.row == dose.row)


# ------------------------------------------------------------------------ what is next


def series_dose(replay: Replay, number: int) -> Iterator[DueDose]:
    """The next dose of a series, on the days that every count of it leaves.

    Counts that are certain are taken together; each that is not stands by itself.
    """
    if not replay.targets.counting:
        return
    counts = [
        (verdict, one)
        for verdict, one in _open_counts(replay)
        if not verdict.rule.optional
    ]
    certain = [pair for pair in counts if pair[0].verdict is Verdict.APPLIES]
    for group in (certain, *([pair] for pair in counts if pair not in certain)):
        if group:
            yield _counted(replay, group, number)


def _open_counts(replay: Replay) -> Iterator[tuple[RuleVerdict, CountedDose]]:
    yield from counting(replay, replay.on, optional=False)
    known = replay.knowledge.on(replay.on)
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for verdict in known.binding(decision):
            if verdict.verdict is not Verdict.APPLIES:
                for one in replay.targets.counting.get(verdict.rule.name, ()):
                    yield verdict, one


def _counted(
    replay: Replay, group: list[tuple[RuleVerdict, CountedDose]], number: int
) -> DueDose:
    """One dose by several counts: the latest of their first days, the first of their last."""
    events = replay.knowledge.events(replay.on)
    came = replay.knowledge.happened(replay.on)
    verdict, first = group[0]
    phases = [one.phase for _, one in group]
    phase = next((p for p in phases if p.drugs), first.phase)
    waits = tuple(
        dict.fromkeys(one.event for _, one in group if one.event not in events)
    )
    about = (*phase.drugs, phase.route)
    why: list[Missing] = [
        Missing(
            What.RECORD, f"it has come, and no day is on record: {replay.called(name)}"
        )
        for name in waits
        if name in came
    ]
    sure: Certainty = certainty(replay, verdict, about, why)
    held = held_back(replay, verdict.rule, phase.drugs)
    days = DueDays() if waits else _days(replay, [one for _, one in group])
    until = days.accepted_until
    is_past = until is not None and replay.on > until
    overdue = sure.overdue(is_past=is_past and not held)
    return DueDose(
        days=days,
        overdue=Truth.UNKNOWN if why else overdue,
        certain=sure.is_certain,
        waits_for=waits,
        held_back=held,
        why_open=sure.why_open,
        needs=sure.needs,
        rules=tuple(dict.fromkeys(one.rule.name for one, _ in group)),
        decision=verdict.rule.decision,
        stage=1,
        number=number,
        phase=phase,
        drugs=phase.drugs,
    )


def _days(replay: Replay, counts: list[CountedDose]) -> DueDays:
    """The days that all counts leave; a count that is overrun by the others gives way."""
    events, tolerance = replay.knowledge.events(replay.on), replay.tolerance
    least = [add(events[one.event], one.least) for one in counts]
    asked = [add(events[one.event], shortest(one.interval)) for one in counts]
    most = [add(events[one.event], longest(one.interval)) for one in counts]
    earliest = max((day for day in least if day is not None), default=dt.date.max)
    recommended = max((day for day in asked if day is not None), default=earliest)
    recommended = max(recommended, earliest)
    latest = min((day for day in most if day is not None), default=None)
    until = None if latest is None else day_after(latest, tolerance.doses)
    return DueDays(
        earliest=earliest,
        recommended=recommended,
        latest=None if latest is None else max(latest, earliest),
        accepted_from=day_before(earliest, tolerance.early),
        accepted_until=None if until is None else max(until, earliest),
    )
