"""Doses that are counted from events, and the events that doses themselves bring about.

A series such as "the second dose six months after the first" counts from events. Which events a
dose brings about, the caller says: `{"first_dose": 1, "any_dose": "dose"}`. So each dose is judged
with what the doses before it brought about, and nothing of it stands in this program.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import define, evolve, field, frozen

from b12guide.audit.event import Event, Given, Noted, by_day
from b12guide.audit.finding import Missing, What
from b12guide.audit.loading import counting
from b12guide.audit.replay import Replay
from b12guide.due.counting import judged_doses
from b12guide.due.model import Counting, DueDays, DueDose, JudgedDose
from b12guide.due.weighing import (
    Certainty,
    certainty,
    first_in_time,
    held_back,
    last_in_time,
)
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
    "for each event what brings it about: `dose` (each dose), the name of a drug (each dose of "
    "it), a whole number (so many doses that count), or both, as in `DRUG 2`"
)


@frozen
class _Mark:
    """What brings an event about: doses of a drug, or of any; so many that count, or each."""

    drug: str | None = None
    number: int | None = None

    @classmethod
    def of(cls, what: object, drugs: Container[str]) -> _Mark | None:
        """What was written, as it is meant; None where it means nothing."""
        if what == EACH_DOSE:
            return cls()
        if isinstance(what, int) and not isinstance(what, bool):
            return cls(number=what) if 1 <= what <= _MOST else None
        drug, _, number = str(what).rpartition(" ")
        if number in drugs and not drug:
            return cls(drug=number)
        is_number = number.isdecimal() and len(number) < len(str(_MOST))
        if drug in drugs and is_number and int(number):
            return cls(drug=drug, number=int(number))
        return None


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
        if not isinstance(what, int | str) or not _Mark.of(
            what, graph.vocabulary.drugs
        ):
            argument = f"marks[{name!r}]"
            raise ArgumentError(argument, _EXPECTED, what, is_told=True)
    return dict(asked)


@define
class _Counted:
    """How many doses counted so far, of each drug and of all (None)."""

    numbers: Counter[str | None] = field(factory=Counter)

    def events(
        self, marks: Mapping[str, _Mark], dose: Given, *, counts: bool
    ) -> Iterator[Event]:
        """The events that the next dose brings about; one that is in doubt does not count."""
        if counts:
            self.numbers.update((None, dose.drug))
        for event, mark in marks.items():
            is_its = mark.drug in {None, dose.drug}
            reached = counts and mark.number == self.numbers[mark.drug]
            if is_its and (mark.number is None or reached):
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
    words = replay.graph.vocabulary.drugs
    wanted = {
        event: mark for event, what in marks.items() if (mark := _Mark.of(what, words))
    }
    named = {mark.drug for mark in wanted.values()}
    found: dict[int, JudgedDose] = {}
    so_far = _Counted()
    for dose in [e for e in replay.events if isinstance(e, Given)]:
        if dose.drug in replay.drugs:
            before = [e for e in known if e.on <= dose.on]
            judged = _judged_alone(_with(replay, before), dose)
            found[dose.row] = judged
            counts = judged.counting is Counting.COUNTS
            known += so_far.events(wanted, dose, counts=counts)
        elif dose.drug in named:
            of_it = {n: m for n, m in wanted.items() if m.drug == dose.drug}
            known += so_far.events(of_it, dose, counts=False)
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

    Counts of the same drugs that are certain are taken together; others stand by themselves.
    """
    if not replay.targets.counting:
        return
    counts = [
        (verdict, one)
        for verdict, one in _open_counts(replay)
        if not verdict.rule.optional
    ]
    certain: dict[tuple[str, ...], list[_Count]] = {}
    open_: list[list[_Count]] = []
    for verdict, one in counts:
        if verdict.verdict is Verdict.APPLIES:
            certain.setdefault(one.phase.drugs, []).append((verdict, one))
        else:
            open_.append([(verdict, one)])
    for group in (*certain.values(), *open_):
        yield _counted(replay, group, number)


_Count: TypeAlias = tuple[RuleVerdict, CountedDose]
"""A count, and what is true of its rule."""


def _open_counts(replay: Replay) -> Iterator[tuple[RuleVerdict, CountedDose]]:
    yield from counting(replay, replay.on, optional=False)
    known = replay.knowledge.on(replay.on)
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for verdict in known.binding(decision):
            if verdict.verdict is not Verdict.APPLIES:
                for one in replay.targets.counting.get(verdict.rule.name, ()):
                    yield verdict, one


def _counted(replay: Replay, group: list[_Count], number: int) -> DueDose:
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
    firsts, asked, lasts = [], [], []
    accepted_from, accepted_until = [], []
    for one in counts:
        since = events[one.event]
        first, most = add(since, one.least), add(since, longest(one.interval))
        if first is not None:
            firsts.append(first)
            accepted_from.append(
                first_in_time(since, first, one.least, tolerance.early)
            )
        if (soonest := add(since, shortest(one.interval))) is not None:
            asked.append(soonest)
        if most is not None:
            lasts.append(most)
            length = longest(one.interval)
            accepted_until.append(last_in_time(since, most, length, tolerance.doses))
    earliest = max(firsts, default=dt.date.max)
    recommended = max([earliest, *asked])
    latest = min(lasts, default=None)
    until = min(accepted_until, default=None)
    return DueDays(
        earliest=earliest,
        recommended=recommended,
        latest=None if latest is None else max(latest, earliest),
        accepted_from=max(accepted_from, default=earliest),
        accepted_until=None if until is None else max(until, earliest),
    )
