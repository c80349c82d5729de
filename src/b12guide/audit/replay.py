"""A history laid beside what was known on each of its days: what every family of findings reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from attrs import field, frozen

from b12guide.audit.event import Event, Given, Started, Stopped, Tested
from b12guide.audit.finding import Tolerance
from b12guide.audit.knowledge import Knowledge
from b12guide.evaluate.answer import Conflict, RuleVerdict
from b12guide.graph.model import (
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Regimens,
    Rule,
    RuleGraph,
)
from b12guide.regimen.interval import shortest
from b12guide.regimen.model import Every, Phase
from b12guide.values.duration import Duration, DurationRange

__all__ = ["Course", "Replay", "phases_of", "treatment_drugs"]


def treatment_drugs(graph: RuleGraph) -> frozenset[str]:
    """The drugs among which the guideline's form decision chooses."""
    found: set[str] = set()
    for rule in graph.rules.values():
        match rule.value:
            case FormChoice(drugs=drugs, excluded=excluded):
                found.update(drugs, excluded)
            case Exclusion(drugs=drugs):
                found.update(drugs)
            case Regimens() if rule.decision in {
                Decision.LOADING,
                Decision.MAINTENANCE,
            }:
                found.update(d for phase in phases_of(rule) for d in phase.drugs)
            case _:
                pass
    return frozenset(found)


def phases_of(rule: Rule) -> tuple[Phase, ...]:
    """Every phase of every regimen that a rule names."""
    if not isinstance(rule.value, Regimens):
        return ()
    return tuple(phase for r in rule.value.regimens for phase in r.phases)


@frozen
class Course:
    """A drug taken without a dose-by-dose record, up to and including `until`; None: still."""

    start: Started
    until: dt.date | None

    def covers(self, first: dt.date, last: dt.date) -> bool:
        """Whether the course ran on every day from `first` to `last`."""
        return self.start.on <= first and (self.until is None or last <= self.until)


@frozen(kw_only=True, slots=False, eq=False)
class Replay:
    """A history up to the day of the audit.

    Attributes:
        events: Those on or before `on`, in order.
        done: Facts that the history itself shows, with their day, which nobody recorded as such.
    """

    graph: RuleGraph = field(repr=False)
    knowledge: Knowledge = field(repr=False)
    events: tuple[Event, ...]
    on: dt.date
    tolerance: Tolerance

    @cached_property
    def drugs(self) -> frozenset[str]:
        """The drugs of the treatment itself, all forms of it."""
        return treatment_drugs(self.graph)

    @cached_property
    def doses(self) -> tuple[Given, ...]:
        """The doses of the treatment."""
        return tuple(
            e for e in self.events if isinstance(e, Given) and e.drug in self.drugs
        )

    @cached_property
    def dose_days(self) -> tuple[dt.date, ...]:
        """The days of the doses, in order."""
        return tuple(dose.on for dose in self.doses)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """The courses of any drug."""
        found = []
        for index, event in enumerate(self.events):
            if isinstance(event, Started):
                found.append(Course(event, self._end(event, index)))
        return tuple(found)

    def _end(self, start: Started, index: int) -> dt.date | None:
        for later in self.events[index + 1 :]:
            if isinstance(later, Stopped | Started) and later.drug == start.drug:
                return later.on
        return None

    @cached_property
    def treatment(self) -> tuple[Given | Started, ...]:
        """Doses and courses of the treatment, in order."""
        return tuple(
            e
            for e in self.events
            if isinstance(e, Given | Started) and e.drug in self.drugs
        )

    @cached_property
    def monthly_lengths(self) -> frozenset[Duration]:
        """The shortest that maintenance is counted in months by any rule."""
        return frozenset(
            shortest(phase.frequency.interval)
            for rule in self.graph.rules.values()
            if rule.decision is Decision.MAINTENANCE
            for phase in phases_of(rule)
            if isinstance(phase.frequency, Every)
            and phase.frequency.interval.unit.is_calendar
        )

    @cached_property
    def intervals(self) -> Mapping[str, DurationRange]:
        """The intervals of maintenance by the name of their rule, by its first route.

        A gap is one between doses by that route; what waits for an event has no interval yet.
        """
        found = {}
        for rule in self.graph.rules.values():
            phases = phases_of(rule)
            if rule.decision is Decision.MAINTENANCE and phases:
                first = phases[0]
                if isinstance(first.frequency, Every) and not first.after:
                    found[rule.name] = first.frequency.interval
        return found

    @cached_property
    def injected_phases(self) -> tuple[Phase, ...]:
        """The phases of loading and maintenance by the first route of their rule.

        A guideline that speaks of needles gives its doses by injection; tablets stand second.
        """
        rules = self.graph.rules.values()
        decisions = {Decision.LOADING, Decision.MAINTENANCE}
        return tuple(
            phases_of(rule)[0]
            for rule in rules
            if rule.decision in decisions and not rule.optional and phases_of(rule)
        )

    @property
    def first(self) -> dt.date | None:
        """The day of the first dose: what months of follow-up are counted from."""
        return self.treatment[0].on if self.treatment else None

    @cached_property
    def was_treated_before(self) -> bool:
        """Whether treatment is on record before the history's first dose."""
        first = self.first
        if first is None:
            return False
        treatments = {
            rule.value.treatment
            for rule in self.graph.rules.values()
            if isinstance(rule.value, Continuation)
        }
        values = self.knowledge.on(first - dt.timedelta(days=1)).stated.values
        return any(values.get(name) is True for name in treatments)

    @cached_property
    def tests_by_name(self) -> Mapping[str, tuple[Tested, ...]]:
        """All tests, by their names, in order."""
        found: dict[str, list[Tested]] = {}
        for event in self.events:
            if isinstance(event, Tested):
                found.setdefault(event.test, []).append(event)
        return {name: tuple(tests) for name, tests in found.items()}

    def tests(self, name: str) -> tuple[Tested, ...]:
        """The tests of one name."""
        return self.tests_by_name.get(name, ())

    def verdict(self, rule: Rule, day: dt.date) -> RuleVerdict:
        """What was true of a rule with what was known on `day`."""
        return self.knowledge.on(day).verdicts[rule.name]

    def binding(self, decision: Decision, day: dt.date) -> tuple[RuleVerdict, ...]:
        """The rules on a decision that bind, or may bind, on a day."""
        return self.knowledge.on(day).binding(decision)

    def offering(self, decision: Decision, day: dt.date) -> tuple[RuleVerdict, ...]:
        """The rules that offer, or may offer, something beside the default on a day."""
        return self.knowledge.on(day).offering(decision)

    def conflict(self, rule: Rule, day: dt.date) -> Conflict | None:
        """The certain conflict of the source in which a rule takes a side on a day."""
        for one in self.knowledge.on(day).recommendation.conflicts:
            if one.certain and any(rule.name in side.rules for side in one.sides):
                return one
        return None
