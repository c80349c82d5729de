"""A history laid beside what was known on each of its days: what every family of findings reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property

from attrs import field, frozen

from b12guide.audit.course import Loading, regimens_of
from b12guide.audit.event import Event, Given, Started, Stopped, Tested
from b12guide.audit.finding import Missing, Tolerance, What
from b12guide.audit.knowledge import Knowledge
from b12guide.evaluate.answer import Conflict, RuleVerdict, Verdict
from b12guide.graph.model import (
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Regimens,
    Rule,
    RuleGraph,
)
from b12guide.regimen.model import Every, Phase
from b12guide.values.duration import DurationRange

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
    return tuple(phase for regimen in regimens_of(rule) for phase in regimen.phases)


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
        loading: The course of each loading rule.
    """

    graph: RuleGraph = field(repr=False)
    knowledge: Knowledge = field(repr=False)
    events: tuple[Event, ...]
    on: dt.date
    tolerance: Tolerance
    loading: tuple[Loading, ...] = ()

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
    def happened(self) -> Mapping[str, dt.date]:
        """The events that had come by the day of the audit, each with its first day."""
        return self.knowledge.happened(self.on)

    def interval_on(self, day: dt.date) -> DurationRange | None:
        """The interval of maintenance that holds on a day, in its phase, where a rule applies."""
        loading = frozenset(row for course in self.loading for row in course.rows)
        given = [dose.on for dose in self.doses if dose.row not in loading]
        for verdict in self.binding(Decision.MAINTENANCE, day):
            if verdict.verdict is not Verdict.APPLIES:
                continue
            for regimen in regimens_of(verdict.rule):
                stage = regimen.phase_on(day, given, self.happened)
                frequency = None if stage is None else stage.phase.frequency
                if isinstance(frequency, Every):
                    return frequency.interval
        return None

    @cached_property
    def injected_routes(self) -> frozenset[str | None]:
        """The routes by which each rule on loading and maintenance gives its first regimen.

        A guideline that speaks of needles gives its doses by injection; tablets stand second.
        """
        return frozenset(
            route
            for rule in self.graph.rules.values()
            if rule.decision in {Decision.LOADING, Decision.MAINTENANCE}
            and not rule.optional
            for regimen in regimens_of(rule)[:1]
            for route in (regimen.routes or (None,))
        )

    def is_not_offered(self, rule: Rule, day: dt.date) -> bool:
        """Whether what a rule asks for is contraindicated on a day."""
        decided = self.knowledge.on(day).recommendation.decisions[rule.decision]
        return any(rule.name in one.rules for one in decided.not_offered)

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

    def contradiction(self, rule: Rule, day: dt.date) -> Iterator[Missing]:
        """That the source contradicts itself where a rule takes a side, if it does on a day."""
        if self.conflict(rule, day) is not None:
            yield Missing(What.CONFLICT, "the source contradicts itself here")

    def conflict(self, rule: Rule, day: dt.date) -> Conflict | None:
        """The certain conflict of the source in which a rule takes a side on a day."""
        for one in self.knowledge.on(day).recommendation.conflicts:
            if one.certain and any(rule.name in side.rules for side in one.sides):
                return one
        return None
