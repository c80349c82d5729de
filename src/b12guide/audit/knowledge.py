"""What was known of a patient on each day, and what the guideline says to it.

A day knows the facts dated on or before it, those without a date, and what the history recorded
up to and including that day. Days on which the same is known share one recommendation.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from attrs import define, evolve, field, frozen

from b12guide.audit.event import Event, Noted, Tested
from b12guide.evaluate.answer import Recommendation, RuleVerdict, Verdict
from b12guide.evaluate.facts import compare
from b12guide.evaluate.recommend import Evaluator, recommend
from b12guide.graph.condition import Compare, Condition, atoms
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.patient.dated import Entries, read_entries, value_on
from b12guide.patient.model import FactValue, Patient, Stated
from b12guide.patient.name import Names
from b12guide.patient.places import places_of
from b12guide.patient.resolve import state
from b12guide.truth import Truth

__all__ = ["Knowledge", "Known"]


@frozen(kw_only=True)
class Known:
    """What is known while it stays the same.

    Attributes:
        since: The first day of it; None from the beginning.
        until: The first day on which something else is known; None to the end.
    """

    since: dt.date | None
    until: dt.date | None
    stated: Stated
    recommendation: Recommendation = field(repr=False)
    verdicts: Mapping[str, RuleVerdict] = field(repr=False)

    def of(
        self,
        decision: Decision,
        *verdicts: Verdict,
    ) -> tuple[RuleVerdict, ...]:
        """The rules on a decision, outside-scope remarks apart, that have one of `verdicts`."""
        return tuple(
            v
            for v in self.verdicts.values()
            if v.rule.decision is decision
            and v.verdict in verdicts
            and not v.rule.outside_scope
        )

    def denies(self, fact: str) -> bool:
        """Whether somebody said outright that a finding is not so or has not happened."""
        return self.stated.values.get(fact) is False


@define
class Knowledge:
    """Days with what was known on them; recommendations are worked out once for equal facts."""

    evaluator: Evaluator
    _changes: tuple[dt.date, ...]
    _stated_on: Callable[[dt.date | None], Stated]
    _bounds: Mapping[str, tuple[Compare, ...]]
    _dated: Mapping[str, Sequence[tuple[dt.date, FactValue]]]
    _kept: dict[int, Known] = field(factory=dict)
    _answers: dict[object, tuple[Recommendation, Mapping[str, RuleVerdict]]] = field(
        factory=dict
    )

    @classmethod
    def of(
        cls, evaluator: Evaluator, patient: Patient, events: Iterable[Event]
    ) -> Knowledge:
        """The knowledge of a patient whose history is `events`.

        Raises:
            PatientError: The patient's record cannot be used.
        """
        graph = evaluator.graph
        stated = state(patient, graph)
        recorded = _recorded(events, graph)
        entries = _entries(patient, graph)
        days = {
            e.on for one in entries.values() for e in one.entries if e.on is not None
        }
        days |= {on for dated in recorded.values() for on, _ in dated}

        def stated_on(day: dt.date | None) -> Stated:
            values: dict[str, FactValue | None] = {
                name: value_on(one, day or dt.date.min) for name, one in entries.items()
            }
            for name, dated in recorded.items():
                found = _latest(dated, day)
                if found is None:
                    continue
                own = entries.get(name)
                dates = [e.on for e in own.entries if e.on is not None] if own else []
                newer = [on for on in dates if day is not None and found[0] < on <= day]
                if not newer:
                    values[name] = found[1]
            return evolve(stated, values=values, on=day)

        return cls(
            evaluator,
            tuple(sorted(days)),
            stated_on,
            _bounds(graph),
            _all_dated(entries, recorded),
        )

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days on which something new became known."""
        return self._changes

    def on(self, day: dt.date | None) -> Known:
        """What was known at the end of `day`; None is before anything was dated."""
        index = 0 if day is None else bisect_right(self._changes, day)
        if index not in self._kept:
            self._kept[index] = self._known(index)
        return self._kept[index]

    def over(self, first: dt.date, last: dt.date) -> tuple[Known, ...]:
        """What was known from `first` to `last`, piece by piece."""
        start = bisect_right(self._changes, first)
        end = bisect_right(self._changes, last)
        return tuple(self._at(index) for index in range(start, end + 1))

    def events(self, day: dt.date) -> Mapping[str, dt.date]:
        """The findings and events that were known to be so on a day, each with its latest day."""
        found: dict[str, dt.date] = {}
        for name, dated in self._dated.items():
            true = [on for on, value in dated if value is True and on <= day]
            if true:
                found[name] = max(true)
        return found

    def since(self, rule: Rule, day: dt.date) -> dt.date | None:
        """The day from which, without a break up to `day`, `rule` has applied.

        None if it does not apply on that day, or has done so from the beginning.
        """
        index = bisect_right(self._changes, day)
        if not _applies(self._at(index), rule):
            return None
        while index > 0 and _applies(self._at(index - 1), rule):
            index -= 1
        return self._changes[index - 1] if index > 0 else None

    def _at(self, index: int) -> Known:
        return self.on(self._changes[index - 1] if index > 0 else None)

    def _known(self, index: int) -> Known:
        since = self._changes[index - 1] if index > 0 else None
        until = self._changes[index] if index < len(self._changes) else None
        stated = self._stated_on(since)
        key = self._key(stated)
        if key not in self._answers:
            answer = recommend(self.evaluator, stated)
            self._answers[key] = (answer, {v.rule.name: v for v in answer.rules})
        recommendation, verdicts = self._answers[key]
        return Known(
            since=since,
            until=until,
            stated=stated,
            recommendation=recommendation,
            verdicts=verdicts,
        )

    def _key(self, stated: Stated) -> object:
        """Equal for facts that every rule takes for the same: measures count by region."""
        return frozenset(
            (name, self._region(name, value)) for name, value in stated.values.items()
        )

    def _region(self, name: str, value: FactValue | None) -> object:
        if value is None or isinstance(value, bool | str):
            return value
        bounds = self._bounds.get(name, ())
        return tuple(
            compare(b.operator, Fraction(value), end)
            for b in bounds
            for end in (b.low, b.high)
        )


def _applies(known: Known, rule: Rule) -> bool:
    return known.verdicts[rule.name].verdict is Verdict.APPLIES


def _entries(patient: Patient, graph: RuleGraph) -> Mapping[str, Entries]:
    names, written = Names(graph), places_of(patient)
    found = {}
    for key, raw in patient.facts.items():
        subject = names.find(key)
        if subject is not None:
            found[subject.name] = read_entries(subject, raw, written, key)
    return found


def _recorded(
    events: Iterable[Event], graph: RuleGraph
) -> dict[str, list[tuple[dt.date, FactValue]]]:
    """The facts that a history records: what was noted, and the values of tests."""
    found: dict[str, list[tuple[dt.date, FactValue]]] = {}
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


def _latest(
    dated: list[tuple[dt.date, FactValue]], day: dt.date | None
) -> tuple[dt.date, FactValue] | None:
    counting = [one for one in dated if day is not None and one[0] <= day]
    return counting[-1] if counting else None


def _all_dated(
    entries: Mapping[str, Entries],
    recorded: Mapping[str, Sequence[tuple[dt.date, FactValue]]],
) -> dict[str, list[tuple[dt.date, FactValue]]]:
    """Every dated value that the patient's record or the history has of a fact."""
    found = {name: list(dated) for name, dated in recorded.items()}
    for name, one in entries.items():
        for entry in one.entries:
            if entry.on is not None and entry.value is not None:
                found.setdefault(name, []).append((entry.on, entry.value))
    return found


def _bounds(graph: RuleGraph) -> Mapping[str, tuple[Compare, ...]]:
    """Every comparison that the guideline makes, by measure."""
    conditions: list[Condition] = [graph.scope]
    conditions += [rule.condition for rule in graph.rules.values()]
    conditions += [definition.condition for definition in graph.definitions.values()]
    conditions += [s.condition for s in graph.silences if s.condition is not None]
    for implication in graph.implications:
        conditions += [implication.premise, implication.conclusion]
    found: dict[str, dict[Compare, None]] = {}
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Compare):
                found.setdefault(atom.fact, {})[atom] = None
    return {name: tuple(bounds) for name, bounds in found.items()}


def in_scope(known: Known) -> bool:
    """Whether the guideline speaks to this patient, as far as is known."""
    return known.recommendation.scope is not Truth.FALSE
