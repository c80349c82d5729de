"""What was known of a patient on each day, and what the guideline says to it.

A day knows the facts dated on or before it, those without a date, and what the history recorded
up to and including that day. Days on which the same is known share one recommendation.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from attrs import define, evolve, field, frozen

from b12guide.audit.event import Event, Noted, Tested
from b12guide.audit.targets import targets_of
from b12guide.evaluate.answer import Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, compare
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import Compare
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.patient.model import Datum, FactValue, Patient, Stated, Units
from b12guide.patient.stated import latest_on, state

DatedValue: TypeAlias = tuple[dt.date, FactValue | None]


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
        own = list(_day_by_day(one))
        if own:
            found[name] = own
    for name, more in recorded.items():
        found.setdefault(name, []).extend(more)
    return found


def _day_by_day(entries: Sequence[Datum]) -> Iterator[DatedValue]:
    """What the record says from each of its days on: of the values of one day, the latest."""
    dated = sorted(
        ((entry.on, entry) for entry in entries if entry.on is not None),
        key=itemgetter(0),
    )
    latest: list[Datum] = []
    for day, group in groupby(dated, key=itemgetter(0)):
        found = latest_on((*latest, *(entry for _, entry in group)), day)
        if found is not None:
            latest = [found]
            yield day, found.value


OPEN = (Verdict.APPLIES, Verdict.UNKNOWN, Verdict.INDETERMINATE)
"""Verdicts under which a rule may bind."""


@frozen
class Ruling:
    """What the guideline says to equal facts, with its verdicts by rule and by decision."""

    recommendation: Recommendation
    verdicts: Mapping[str, RuleVerdict]
    by_decision: Mapping[Decision, tuple[RuleVerdict, ...]]
    binding: Mapping[Decision, tuple[RuleVerdict, ...]]
    offering: Mapping[Decision, tuple[RuleVerdict, ...]]

    @classmethod
    def of(cls, recommendation: Recommendation) -> Ruling:
        """The answer that a recommendation gives."""
        by_decision: dict[Decision, list[RuleVerdict]] = {}
        for verdict in recommendation.rules:
            speaks = verdict.verdict is not Verdict.DOES_NOT_APPLY
            if speaks and not verdict.rule.outside_scope:
                by_decision.setdefault(verdict.rule.decision, []).append(verdict)
        return cls(
            recommendation,
            {v.rule.name: v for v in recommendation.rules},
            {decision: tuple(found) for decision, found in by_decision.items()},
            {d: _open(found, optional=False) for d, found in by_decision.items()},
            {d: _open(found, optional=True) for d, found in by_decision.items()},
        )


def _open(found: Iterable[RuleVerdict], *, optional: bool) -> tuple[RuleVerdict, ...]:
    return tuple(v for v in found if v.verdict in OPEN and v.rule.optional is optional)


Rulings: TypeAlias = dict[object, Ruling]


@frozen(kw_only=True)
class Situation:
    """What is known while it stays the same.

    Attributes:
        since: The first day of it; None from the beginning.
        until: The first day on which something else is known; None to the end.
    """

    since: dt.date | None
    until: dt.date | None
    stated: Stated
    answer: Ruling = field(repr=False)

    @property
    def recommendation(self) -> Recommendation:
        """What the guideline says to it."""
        return self.answer.recommendation

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
    def of(cls, patient: Patient, graph: RuleGraph) -> _Record:
        """The record of `patient`.

        Raises:
            PatientError: It cannot be used.
        """
        stated = state(patient, graph, units=Units.ASSUME)
        entries: dict[str, list[Datum]] = {name: [] for name in stated.values}
        for datum in stated.data:
            entries[datum.fact].append(datum)
        timeless = {n: latest_on(data, dt.date.min) for n, data in entries.items()}
        first = {n: None if e is None else e.value for n, e in timeless.items()}
        undated = frozenset(
            name
            for name, data in entries.items()
            if any(e.on is None and _is_so(e.value) for e in data)
        )
        # Answers are shared by all who agree in what the rules see, so the record stays out.
        return cls(evolve(stated, data=()), entries, first, undated)


@define
class Knowledge:
    """Days with what was known on them; recommendations are worked out once for equal facts.

    Attributes:
        answers: Those worked out so far, by the key of their facts.
    """

    evaluator: Evaluator
    answers: Rulings
    _record: _Record
    _pieces: tuple[_Piece, ...]
    _dated: Mapping[str, Sequence[DatedValue]]
    _starts: tuple[dt.date, ...]
    _work: Work | None = None
    _kept: dict[int, Situation] = field(factory=dict)
    _by_day: dict[dt.date | None, Situation] = field(factory=dict)
    _facts: dict[int, Facts] = field(factory=dict)

    @classmethod
    def of(
        cls,
        evaluator: Evaluator,
        patient: Patient,
        events: Iterable[Event],
        answers: Rulings | None = None,
        work: Work | None = None,
    ) -> Knowledge:
        """The knowledge of a patient whose history is `events`.

        Args:
            evaluator: The guideline.
            patient: What is recorded of the patient.
            events: The history, in order.
            answers: Those worked out before, for this patient or others with the same `otherwise`.
            work: What all answers may cost together; else each has its own limit.

        Raises:
            PatientError: The patient's record cannot be used.
        """
        record = _Record.of(patient, evaluator.graph)
        kept = {} if answers is None else answers
        return cls._from(evaluator, kept, record, events, work)

    @classmethod
    def _from(
        cls,
        evaluator: Evaluator,
        answers: Rulings,
        record: _Record,
        events: Iterable[Event],
        work: Work | None,
    ) -> Knowledge:
        dated = all_dated(record.entries, recorded_in(events, evaluator.graph))
        bounds = targets_of(evaluator).bounds
        pieces = tuple(_pieces(record.stated, record.first, dated, bounds))
        starts = tuple(p.since for p in pieces if p.since is not None)
        return cls(evaluator, answers, record, pieces, dated, starts, work)

    def with_events(self, events: Iterable[Event]) -> Knowledge:
        """The knowledge of the same patient whose history is `events`."""
        return self._from(
            self.evaluator, self.answers, self._record, events, self._work
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

    def facts(self, day: dt.date) -> Facts:
        """What was known on a day, with all that follows from it."""
        index = bisect_right(self._starts, day)
        facts = self._facts.get(index)
        if facts is None:
            stated, program = self._pieces[index].stated, self.evaluator.program
            facts = self._facts[index] = implied_facts(
                stated, self.evaluator.graph, program
            )
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
        answer = self.answers.get(piece.key)
        if answer is None:
            answer = Ruling.of(recommend(self.evaluator, piece.stated, work=self._work))
            self.answers[piece.key] = answer
        return Situation(
            since=piece.since,
            until=self._starts[index] if index < len(self._starts) else None,
            stated=piece.stated,
            answer=answer,
        )


def _pieces(
    stated: Stated,
    first: Mapping[str, FactValue | None],
    dated: Mapping[str, Sequence[DatedValue]],
    bounds: Mapping[str, tuple[Compare, ...]],
) -> Iterator[_Piece]:
    """The facts from the beginning, then from each day on which a rule sees something new."""
    values = dict(first)
    regions = {name: _region(bounds, name, value) for name, value in values.items()}
    yield _Piece(None, evolve(stated, values=dict(values)), frozenset(regions.items()))
    by_day: dict[dt.date, list[tuple[str, FactValue | None]]] = {}
    for name, found in dated.items():
        for on, value in found:
            by_day.setdefault(on, []).append((name, value))
    for day, news in sorted(by_day.items()):
        is_new = False
        for name, value in news:
            values[name] = value
            region = _region(bounds, name, value)
            is_new |= name not in regions or regions[name] != region
            regions[name] = region
        if is_new:
            facts = evolve(stated, values=dict(values), on=day)
            yield _Piece(day, facts, frozenset(regions.items()))


def _region(
    bounds: Mapping[str, tuple[Compare, ...]], name: str, value: FactValue | None
) -> object:
    """What the rules can see of a value: of a measure, on which side of each bound it lies."""
    if value is None or isinstance(value, bool | str):
        return value
    return tuple(
        compare(bound.operator, Fraction(value), end)
        for bound in bounds.get(name, ())
        for end in (bound.low, bound.high)
    )


def _is_so(value: FactValue | None) -> bool:
    return value is not None and value is not False and value != "none"


def _applies(known: Situation, rule: Rule) -> bool:
    return known.verdicts[rule.name].verdict is Verdict.APPLIES
