"""What was known of a patient on each day, and what the guideline says to it.

A day knows the facts dated on or before it, those without a date, and what the history recorded
up to and including that day. Days on which the rules see the same share one answer, and so do
patients: what a guideline says to equal facts is remembered with it
(`b12guide.evaluate.memory`), and counts as work as if it were worked out anew.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from attrs import Factory, define, field, frozen

from b12guide.audit.event import Event, Noted, Tested
from b12guide.audit.targets import Targets, targets_of
from b12guide.evaluate import by_weight
from b12guide.evaluate.answer import Conflict, Decided, RuleVerdict, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.memory import Work, remembered
from b12guide.evaluate.patient_view import known_facts, view_of
from b12guide.evaluate.recommend import essentials
from b12guide.graph.model import Decision, Rule, RuleGraph, Silence
from b12guide.limits import USUAL
from b12guide.patient.model import Datum, FactValue, Patient, Stated, Units
from b12guide.patient.over_time import (
    DatedValue,
    ages_over_time,
    changes_of,
    ended,
    latest_on,
)
from b12guide.patient.plain_record import plainly_stated
from b12guide.patient.series_on_day import series_over_time
from b12guide.patient.stated import state
from b12guide.patient.worked_out import derived_over_time
from b12guide.truth import Truth


def recorded_in(
    events: Iterable[Event], graph: RuleGraph
) -> dict[str, list[DatedValue]]:
    """The facts that a history records: what was noted, and the values of tests."""
    found: dict[str, list[DatedValue]] = {}
    for event in events:
        match event:
            case Noted(fact=fact, value=value, on=on):
                found.setdefault(fact, []).append((on, value))
            case Tested(test=test, value=value, on=on) if value is not None:
                if test in graph.vocabulary.facts:
                    found.setdefault(test, []).append((on, value))
            case _:
                pass
    return found


def all_dated(
    entries: Mapping[str, Sequence[Datum]], recorded: Mapping[str, Sequence[DatedValue]]
) -> dict[str, list[DatedValue]]:
    """The value that counts from each day on; on one day, that of the history."""
    found: dict[str, list[DatedValue]] = {}
    for name, one in entries.items():
        own = list(changes_of(one))
        if own:
            found[name] = own
    for name, more in recorded.items():
        found.setdefault(name, []).extend(more)
    return found


T = TypeVar("T")

OPEN = (Verdict.APPLIES, Verdict.UNKNOWN, Verdict.INDETERMINATE)
"""Verdicts under which a rule may bind."""


@define(eq=False, repr=False)
class Kept:
    """What audits worked out from one ruling, to be found again for other events and patients.

    It lasts as long as the ruling is remembered. Each part is kept under everything that it
    depends on beside the ruling, so that finding it and working it out anew are the same.

    Attributes:
        weights: How grave departures are (`b12guide.audit.departure`).
        judged: What is said of events whatever their day (`b12guide.audit.telling`).
        by_verdict: The rules by their verdicts (`b12guide.audit.pattern`).
        others: Whatever else was asked, by the function that worked it out and what it was given.
    """

    weights: dict[Hashable, Any] = field(factory=dict)
    judged: dict[Hashable, Any] = field(factory=dict)
    by_verdict: Any = None
    others: dict[Hashable, Any] = field(factory=dict)


@frozen
class Ruling:
    """What the guideline says to equal facts, with its verdicts by rule and by decision.

    It holds nothing of a record, so that it can be remembered for other patients.

    Attributes:
        work: What it took to work it out.
    """

    scope: Truth
    verdicts: Mapping[str, RuleVerdict]
    decisions: Mapping[Decision, Decided]
    conflicts: tuple[Conflict, ...]
    silences: tuple[Silence, ...]
    assumed_absent: Mapping[str, FactValue]
    by_decision: Mapping[Decision, tuple[RuleVerdict, ...]]
    binding: Mapping[Decision, tuple[RuleVerdict, ...]]
    offering: Mapping[Decision, tuple[RuleVerdict, ...]]
    work: int
    kept: Kept = field(factory=Kept, eq=False, repr=False)

    @classmethod
    def of(cls, evaluator: Evaluator, stated: Stated, work: Work) -> Ruling:
        """What the guideline says to a patient.

        Raises:
            PatientError: The facts contradict each other, or it takes more work than it may.
        """
        before = work.done
        said = essentials(view_of(evaluator, stated, work=work), stated)
        by_decision: dict[Decision, list[RuleVerdict]] = {}
        for verdict in said.verdicts.by_name.values():
            speaks = verdict.verdict is not Verdict.DOES_NOT_APPLY
            if speaks and not verdict.rule.outside_scope:
                by_decision.setdefault(verdict.rule.decision, []).append(verdict)
        return cls(
            scope=said.scope,
            verdicts=said.verdicts.by_name,
            decisions=said.settled.decisions,
            conflicts=said.settled.conflicts,
            silences=said.silences,
            assumed_absent=said.assumed_absent,
            by_decision={one: tuple(found) for one, found in by_decision.items()},
            binding={
                d: _open(found, optional=False) for d, found in by_decision.items()
            },
            offering={
                d: _open(found, optional=True) for d, found in by_decision.items()
            },
            work=work.done - before,
        )


def _open(found: Iterable[RuleVerdict], *, optional: bool) -> tuple[RuleVerdict, ...]:
    return tuple(v for v in found if v.verdict in OPEN and v.rule.optional is optional)


def _ruling(evaluator: Evaluator, stated: Stated, key: Hashable, work: Work) -> Ruling:
    """What the guideline says to facts of which the rules see what `key` holds."""
    kept: dict[Hashable, Ruling] = evaluator.memory.rulings
    known = kept.get(key)
    if known is not None and known.work <= work.left:
        work.spend(known.work, "the history")
        return known
    # What is too much is worked out even so, and refused where it is refused without a memory.
    found = Ruling.of(evaluator, stated, work)
    return remembered(kept, key, lambda: found)


@frozen(kw_only=True)
class Situation:
    """What is known while it stays the same.

    Attributes:
        since: The first day of it; None from the beginning.
        until: The first day on which something else is known; None to the end.
        on_bounds: Which values lie on bounds of which a reading is ours.
    """

    since: dt.date | None
    until: dt.date | None
    stated: Stated
    answer: Ruling = field(repr=False)
    on_bounds: tuple[bool, ...] = ()

    @property
    def verdicts(self) -> Mapping[str, RuleVerdict]:
        """The verdict of every rule, by its name."""
        return self.answer.verdicts

    def of(self, decision: Decision, *verdicts: Verdict) -> tuple[RuleVerdict, ...]:
        """The rules on a decision, outside-scope remarks apart, that have one of `verdicts`."""
        found = self.answer.by_decision.get(decision, ())
        return tuple(v for v in found if v.verdict in verdicts)

    def binding(self, decision: Decision) -> tuple[RuleVerdict, ...]:
        """The rules on a decision that bind, or may bind."""
        return self.answer.binding.get(decision, ())

    def offering(self, decision: Decision) -> tuple[RuleVerdict, ...]:
        """The rules that offer, or may offer, something beside the default."""
        return self.answer.offering.get(decision, ())

    def once(self, ask: Callable[[Ruling], T]) -> T:
        """What `ask` finds in the ruling and nothing else: asked once of each ruling."""
        others = self.answer.kept.others
        if ask not in others:
            others[ask] = ask(self.answer)
        found: T = others[ask]
        return found

    def denies(self, fact: str) -> bool:
        """Whether somebody said outright that a finding is not so or has not happened."""
        return self.stated.values.get(fact) is False


@frozen
class _Piece:
    """The facts from one day on, with a key that is equal for facts that all rules take alike."""

    since: dt.date | None
    stated: Stated
    key: object


@frozen
class _Record:
    """What is recorded of a patient beside the history.

    Attributes:
        stated: What holds of the patient whatever the day.
        entries: Every value that the record has of a fact.
        first: What was known before anything was dated.
        undated: The facts that it has without a date.
    """

    stated: Stated
    entries: Mapping[str, Sequence[Datum]]
    first: Mapping[str, FactValue | None]
    undated: frozenset[str]

    @classmethod
    def of(cls, patient: Patient, evaluator: Evaluator) -> _Record:
        """The record of `patient`.

        Raises:
            PatientError: It cannot be used.
        """
        stated = stated_by(patient, evaluator, None, Units.ASSUME)
        derived = {one.fact for one in stated.worked_out}
        first: Mapping[str, FactValue | None] = {
            n: None if n in derived else v for n, v in stated.values.items()
        }
        entries: dict[str, list[Datum]] = {}
        if any(datum.on is not None for datum in stated.data):
            entries = {name: [] for name in stated.values}
            for datum in stated.data:
                entries[datum.fact].append(datum)
            timeless = {n: latest_on(data, dt.date.min) for n, data in entries.items()}
            first = {n: None if e is None else e.value for n, e in timeless.items()}
        undated = frozenset(
            datum.fact
            for datum in stated.data
            if datum.on is None and _is_so(datum.value)
        )
        return cls(stated, entries, first, undated)


def stated_by(
    patient: Patient, evaluator: Evaluator, on: dt.date | None, units: Units | None
) -> Stated:
    """The facts that hold of a patient on a day, as the guideline understands them.

    Raises:
        PatientError: The record cannot be used.
    """
    graph, known = evaluator.graph, evaluator.memory.values
    found = plainly_stated(patient, graph, known, on, units, USUAL)
    return state(patient, graph, on, units) if found is None else found


@define
class Knowledge:
    """Days with what was known on them; the guideline is asked once for equal facts.

    Attributes:
        _answers: What it said so far, by what the rules see of the facts.
    """

    evaluator: Evaluator
    _answers: dict[Hashable, Ruling]
    _record: _Record
    _pieces: tuple[_Piece, ...]
    _dated: Mapping[str, Sequence[DatedValue]]
    _starts: tuple[dt.date, ...]
    _work: Work | None = None
    _kept: dict[int, Situation] = field(factory=dict)
    _by_day: dict[dt.date | None, Situation] = field(factory=dict)
    _facts: dict[int, Facts] = field(factory=dict)
    targets: Targets = field(
        init=False,
        default=Factory(lambda self: targets_of(self.evaluator), takes_self=True),
    )

    @classmethod
    def of(
        cls,
        evaluator: Evaluator,
        patient: Patient,
        events: Iterable[Event],
        work: Work | None = None,
    ) -> Knowledge:
        """The knowledge of a patient whose history is `events`.

        Args:
            evaluator: The guideline.
            patient: What is recorded of the patient.
            events: The history, in order.
            work: What all answers may cost together; else each has its own limit.

        Raises:
            PatientError: The patient's record cannot be used.
        """
        return cls._from(evaluator, {}, _Record.of(patient, evaluator), events, work)

    @classmethod
    def _from(
        cls,
        evaluator: Evaluator,
        answers: dict[Hashable, Ruling],
        record: _Record,
        events: Iterable[Event],
        work: Work | None,
    ) -> Knowledge:
        graph = evaluator.graph
        dated = all_dated(record.entries, recorded_in(events, graph))
        several = {
            name: series_over_time(one, dated[one.fact], graph.currencies.get(one.fact))
            for name, one in graph.series.items()
            if one.fact in dated
        }
        dated = {n: ended(found, graph.currencies.get(n)) for n, found in dated.items()}
        for name, age in graph.ages.items():
            if age.fact in dated:
                dated[name] = ages_over_time(
                    age,
                    dated[age.fact],
                    is_event=age.is_ago,
                    before=record.first.get(age.fact),
                )
        dated |= several
        first, dated = derived_over_time(graph, record.first, dated)
        pieces = tuple(_pieces(record.stated, first, dated, targets_of(evaluator)))
        starts = tuple(p.since for p in pieces if p.since is not None)
        return cls(evaluator, answers, record, pieces, dated, starts, work)

    def with_events(self, events: Iterable[Event]) -> Knowledge:
        """The knowledge of the same patient whose history is `events`."""
        return self._from(
            self.evaluator, self._answers, self._record, events, self._work
        )

    @property
    def undated(self) -> frozenset[str]:
        """The facts that the patient's record has without a date."""
        return self._record.undated

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days on which something new became known."""
        return self._starts

    def on(self, day: dt.date | None) -> Situation:
        """What was known at the end of `day`; None is before anything was dated."""
        known = self._by_day.get(day)
        if known is None:
            index = 0 if day is None else bisect_right(self._starts, day)
            known = self._by_day[day] = self._at(index)
        return known

    def over(self, first: dt.date, last: dt.date) -> tuple[Situation, ...]:
        """What was known from `first` to `last`, piece by piece."""
        start = bisect_right(self._starts, first)
        end = bisect_right(self._starts, last)
        return tuple(self._at(index) for index in range(start, end + 1))

    def open(self, last: dt.date) -> frozenset[str]:
        """The rules that bound, or may have bound, at some time up to a day."""
        names = [known.once(_open_rules) for known in self.over(dt.date.min, last)]
        return names[0] if len(names) == 1 else frozenset().union(*names)

    def seen(self, day: dt.date) -> Hashable:
        """What the rules see of the facts of a day; equal for days on which they see the same."""
        return self._pieces[bisect_right(self._starts, day)].key

    def facts(self, day: dt.date) -> Facts:
        """What was known on a day, with all that follows from it."""
        index = bisect_right(self._starts, day)
        facts = self._facts.get(index)
        if facts is None:
            stated = self._pieces[index].stated
            facts = known_facts(self.evaluator, stated, Work())
            self._facts[index] = facts
        return facts

    def happened(self, day: dt.date) -> Mapping[str, dt.date]:
        """The findings and events that had come by a day, each with its first day.

        `dt.date.min` stands for the day of what is recorded without one.
        """
        found = {
            name: dt.date.min
            for name, value in self.on(None).stated.values.items()
            if value is True
        }
        for name, dated in self._dated.items():
            true = [on for on, value in dated if value is True and on <= day]
            if true:
                found.setdefault(name, min(true))
        return found

    def events(self, day: dt.date) -> Mapping[str, dt.date]:
        """The findings and events that were known to be so on a day, each with its latest day."""
        found: dict[str, dt.date] = {}
        for name, dated in self._dated.items():
            true = [on for on, value in dated if value is True and on <= day]
            if true:
                found[name] = max(true)
        return found

    def is_dated(self, name: str) -> bool:
        """Whether the record, or the history, has a fact with a day."""
        return name in self._dated

    def value(self, name: str, day: dt.date) -> FactValue | None:
        """What is known of a fact on a day, whether a rule reads it or not."""
        found = [(on, value) for on, value in self._dated.get(name, ()) if on <= day]
        if found:
            return max(reversed(found), key=lambda pair: pair[0])[1]
        return self.on(None).stated.values.get(name)

    def weights(self, day: dt.date) -> Mapping[str, Fraction | None]:
        """What the patient weighed on a day, by the measures that some dose goes by (M95)."""
        graph = self.evaluator.graph
        known = {name: self.value(name, day) for name in by_weight.measures(graph)}
        return by_weight.weights(
            graph, {n: v for n, v in known.items() if v is not None}
        )

    def latest(
        self, name: str, day: dt.date
    ) -> tuple[dt.date | None, FactValue] | None:
        """The latest value of a fact on or before a day, with its own day if it has one."""
        found = [
            (on, value)
            for on, value in self._dated.get(name, ())
            if value is not None and on <= day
        ]
        if found:
            # Of one day the last counts: the later of its times, the history's after the record's.
            return max(reversed(found), key=lambda pair: pair[0])
        value = self.on(None).stated.values.get(name)
        return None if value is None else (None, value)

    def since(self, rule: Rule, day: dt.date) -> dt.date | None:
        """The day from which, without a break up to `day`, `rule` has applied.

        None if it does not apply on that day, or has done so from the beginning.
        """
        index = bisect_right(self._starts, day)
        if not _applies(self._at(index), rule):
            return None
        while index > 0 and _applies(self._at(index - 1), rule):
            index -= 1
        return self._pieces[index].since

    def onset(self, rule: Rule, last: dt.date) -> dt.date | None:
        """The first day, up to `last`, on which `rule` applied and had not before."""
        for index, day in enumerate(self._starts, start=1):
            if day > last:
                return None
            if _applies(self._at(index), rule) and not _applies(
                self._at(index - 1), rule
            ):
                return day
        return None

    def _at(self, index: int) -> Situation:
        known = self._kept.get(index)
        if known is None:
            known = self._kept[index] = self._known(index)
        return known

    def _known(self, index: int) -> Situation:
        piece = self._pieces[index]
        answer = self._answers.get(piece.key)
        if answer is None:
            work = Work() if self._work is None else self._work
            answer = _ruling(self.evaluator, piece.stated, piece.key, work)
            self._answers[piece.key] = answer
        return Situation(
            since=piece.since,
            until=self._starts[index] if index < len(self._starts) else None,
            stated=piece.stated,
            answer=answer,
            on_bounds=self.targets.on_bounds(piece.stated.values),
        )


def _pieces(
    stated: Stated,
    first: Mapping[str, FactValue | None],
    dated: Mapping[str, Sequence[DatedValue]],
    targets: Targets,
) -> Iterator[_Piece]:
    """The facts from the beginning, then from each day on which a rule sees something new."""
    values = dict(first)
    seen = {name: targets.seen(name, value) for name, value in values.items()}

    def piece(since: dt.date | None) -> _Piece:
        # Without the data of the record: answers are shared by all whose facts look alike.
        facts = Stated(
            values=values,
            otherwise=stated.otherwise,
            on=since,
            places=stated.places,
            units=stated.units,
        )
        return _Piece(since, facts, (stated.otherwise, frozenset(seen.items())))

    yield piece(None)
    by_day: dict[dt.date, list[tuple[str, FactValue | None]]] = {}
    for name, found in dated.items():
        for on, value in found:
            by_day.setdefault(on, []).append((name, value))
    for day in sorted(by_day):
        is_new = False
        for name, value in by_day[day]:
            values[name] = value
            now = targets.seen(name, value)
            is_new |= name not in seen or seen[name] != now
            seen[name] = now
        if is_new:
            yield piece(day)


def _is_so(value: FactValue | None) -> bool:
    return value is not None and value is not False and value != "none"


def _open_rules(ruling: Ruling) -> frozenset[str]:
    return frozenset(n for n, v in ruling.verdicts.items() if v.verdict in OPEN)


def _applies(known: Situation, rule: Rule) -> bool:
    return known.verdicts[rule.name].verdict is Verdict.APPLIES
