"""What an audit holds a history against: the rules of a guideline, sorted once for all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise, product
from operator import itemgetter

from attrs import evolve, field, frozen

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import compare
from b12guide.graph import model as m
from b12guide.graph.condition import Compare, Condition, Resting, atoms, children
from b12guide.graph.query import assumptions_behind, facts_read_by
from b12guide.patient.model import FactValue
from b12guide.regimen.interval import CountedDose, counted
from b12guide.regimen.model import Every, ForTime, Phase, Regimen, Times
from b12guide.say.names import topic_text
from b12guide.say.schedules import frequency_text, length_text, schedule_text
from b12guide.values.duration import Duration


def regimens_of(rule: m.Rule) -> tuple[Regimen, ...]:
    """The regimens that a rule names, the first being named first by the source."""
    return rule.value.regimens if isinstance(rule.value, m.Regimens) else ()


def scheduled(rule: m.Rule) -> tuple[Regimen, ...]:
    """The regimens of a rule that are judged from dose to dose.

    A series, every dose of which is counted from an event, is judged by its events.
    """
    return tuple(r for r in regimens_of(rule) if not all(counted(p) for p in r.phases))


def _readings(regimen: Regimen) -> Iterator[Regimen]:
    """The regimen with each range that says how long a phase takes at either of its ends.

    Which of the doses "for 1 to 2 months, then ..." already belong to the next phase, nobody wrote
    down. To keep to one end of each range is to follow the regimen.
    """
    lengths = [
        [
            evolve(bound.length, high=bound.length.low),
            evolve(bound.length, low=bound.length.high),
        ]
        if isinstance(bound := phase.bound, ForTime)
        and bound.length.low < bound.length.high
        else [None]
        for phase in regimen.phases
    ]
    yield regimen
    if all(each == [None] for each in lengths) or len(lengths) > _MOST_PHASES:
        return
    for chosen in product(*lengths):
        yield Regimen(
            tuple(
                phase if length is None else evolve(phase, bound=ForTime(length))
                for phase, length in zip(regimen.phases, chosen, strict=True)
            )
        )


_MOST_PHASES = 4


def phases_of(rule: m.Rule) -> tuple[Phase, ...]:
    """Every phase of every regimen that a rule names."""
    return tuple([phase for regimen in regimens_of(rule) for phase in regimen.phases])


def _resting(condition: Condition) -> Iterator[Resting]:
    """The parts of a condition that rest on assumptions."""
    if isinstance(condition, Resting):
        yield condition
    for child in children(condition):
        yield from _resting(child)


def most_days(phase: Phase) -> int | None:
    """About how many days lie between two doses of a phase; enough to compare."""
    match phase.frequency:
        case Every(interval=length):
            share = 1
        case Times(low=low, per=length):
            share = max(low, 1)
        case None:
            return None
    size = 30 * 86_400 if length.unit.is_calendar else 1
    return int(length.smallest[1] * size / share / 86_400)


@frozen(slots=False, eq=False)
class Targets:
    """The rules of a guideline as an audit looks for them; nothing here is about a patient."""

    graph: m.RuleGraph = field(repr=False)

    @cached_property
    def loading(self) -> tuple[m.Rule, ...]:
        """The rules on loading, options apart."""
        rules = self.graph.rules.values()
        return tuple(
            r for r in rules if r.decision is m.Decision.LOADING and not r.optional
        )

    @cached_property
    def maintenance(self) -> tuple[m.Rule, ...]:
        """The rules that name a long-term regimen."""
        return tuple(
            rule
            for rule in self.graph.rules.values()
            if rule.decision is m.Decision.MAINTENANCE and phases_of(rule)
        )

    @cached_property
    def alike(self) -> Mapping[str, str]:
        """For each of them the first whose doses are judged by the same regimens."""
        first: dict[tuple[Regimen, ...], str] = {}
        return {
            r.name: first.setdefault(scheduled(r), r.name) for r in self.maintenance
        }

    def after_loading(self, regimen: Regimen) -> tuple[Phase, ...]:
        """The phase of maintenance, if any, by which the end of a loading course is recognised.

        Of all phases by the route of its last doses, it is that with the shortest interval which
        is longer than theirs.
        """
        found = self._after_loading.get(id(regimen))
        if found is None:
            last = regimen.last_phase
            mine = most_days(last)
            longer = [
                (days, phase)
                for days, phase in self.long_term_phases
                if (mine is None or days > mine)
                and (last.route is None or phase.route in {None, last.route})
            ]
            after = (min(longer, key=itemgetter(0))[1],) if longer else ()
            found = self._after_loading[id(regimen)] = (regimen, after)
        return found[1]

    @cached_property
    def _after_loading(self) -> dict[int, tuple[Regimen, tuple[Phase, ...]]]:
        """Those that were asked for; none but regimens of the guideline are, or readings."""
        return {}

    @cached_property
    def long_term_phases(self) -> tuple[tuple[int, Phase], ...]:
        """All phases of theirs that say how often, with about how many days lie between doses."""
        return tuple(
            (days, phase)
            for rule in self.maintenance
            for phase in phases_of(rule)
            if (days := most_days(phase)) is not None
        )

    @cached_property
    def counting(self) -> Mapping[str, tuple[CountedDose, ...]]:
        """The rules on doses of which none is judged from dose to dose, with what they count from.

        Rules that count nothing are left out.
        """
        rules = self.graph.rules.values()
        found = {
            rule.name: tuple([one for one in map(counted, phases_of(rule)) if one])
            for rule in rules
            if rule.decision in {m.Decision.LOADING, m.Decision.MAINTENANCE}
            and not scheduled(rule)
        }
        return {name: counts for name, counts in found.items() if counts}

    @cached_property
    def monitoring(self) -> tuple[tuple[m.Rule, m.Monitoring], ...]:
        """The rules that ask for tests, with what they ask for."""
        return tuple(
            (rule, rule.value)
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.Monitoring)
        )

    @cached_property
    def asked_tests(self) -> tuple[tuple[m.Rule, m.Monitoring], ...]:
        """Those of them that are no options."""
        return tuple([one for one in self.monitoring if not one[0].optional])

    @cached_property
    def check_times(self) -> Mapping[str, tuple[tuple[Duration, Duration, str], ...]]:
        """For each of them its single checks: the least and the longest time, and in words."""
        return {
            rule.name: tuple(
                (
                    Duration(time.low, time.unit),
                    Duration(time.high, time.unit),
                    f"at {length_text(time)}",
                )
                for time in value.times
            )
            for rule, value in self.monitoring
        }

    @cached_property
    def single_checks(self) -> Mapping[str, tuple[Duration, ...]]:
        """For each of them how long after the first dose single checks of the same tests are."""
        return {
            rule.name: tuple(
                Duration(time.high, time.unit)
                for _, other in self.monitoring
                if not set(other.tests).isdisjoint(value.tests)
                for time in other.times
            )
            for rule, value in self.monitoring
        }

    @cached_property
    def spaced(self) -> tuple[m.Rule, ...]:
        """The rules beside loading that say how far doses lie apart at least."""
        return tuple(
            rule
            for rule in self.graph.rules.values()
            if rule.decision in {m.Decision.MAINTENANCE, m.Decision.ADJUNCT}
            and any(phase.apart for one in scheduled(rule) for phase in one.phases)
        )

    @cached_property
    def not_checked(self) -> tuple[tuple[m.Rule, m.NotChecked], ...]:
        """The rules that advise against tests, with what they advise against."""
        return tuple(
            (rule, rule.value)
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.NotChecked)
        )

    @cached_property
    def values(self) -> tuple[tuple[m.Rule, m.Target], ...]:
        """The rules that set a target for a measure, with what they set."""
        return tuple(
            (rule, rule.value)
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.Target)
        )

    @cached_property
    def technique(self) -> tuple[tuple[m.Rule, m.Technique], ...]:
        """The rules on technique, with their instructions."""
        return tuple(
            (rule, rule.value)
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.Technique)
        )

    @cached_property
    def withheld(self) -> frozenset[str]:
        """The drugs that some rule withholds."""
        return frozenset(
            drug
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.Prohibition)
            for drug in rule.value.drugs
        )

    @cached_property
    def treatments(self) -> frozenset[str]:
        """The facts that say that somebody is treated."""
        return frozenset(
            rule.value.treatment
            for rule in self.graph.rules.values()
            if isinstance(rule.value, m.Continuation | m.Stop)
        )

    @cached_property
    def drugs(self) -> frozenset[str]:
        """The drugs among which the guideline's form decision chooses."""
        found: set[str] = set()
        for rule in self.graph.rules.values():
            match rule.value:
                case m.FormChoice(drugs=drugs, excluded=excluded):
                    found.update(drugs, excluded)
                case m.Exclusion(drugs=drugs):
                    found.update(drugs)
                case m.Regimens() if rule.decision in {
                    m.Decision.LOADING,
                    m.Decision.MAINTENANCE,
                }:
                    found.update(d for phase in phases_of(rule) for d in phase.drugs)
                case _:
                    pass
        return frozenset(found)

    @cached_property
    def injected_routes(self) -> frozenset[str | None]:
        """The routes by which each rule on loading and maintenance gives its first regimen.

        A guideline that speaks of needles gives its doses by injection; tablets stand second.
        """
        return frozenset(
            route
            for rule in self.graph.rules.values()
            if rule.decision in {m.Decision.LOADING, m.Decision.MAINTENANCE}
            and not rule.optional
            for regimen in regimens_of(rule)[:1]
            for route in (regimen.routes or (None,))
        )

    @cached_property
    def ends_of_loading(self) -> tuple[str, ...]:
        """The events for which maintenance waits and that end loading.

        One for which it waits need not be the end of loading ("after the stores are full"), so a
        rule by which loading is not needed has to read it as well.
        """
        rules = self.graph.rules.values()
        ends = {
            fact
            for rule in rules
            if rule.decision is m.Decision.LOADING
            and isinstance(rule.value, m.NotNeeded)
            for fact in self.read_by(rule)
        }
        return tuple(
            dict.fromkeys(
                event
                for rule in rules
                if rule.decision is m.Decision.MAINTENANCE
                for phase in phases_of(rule)
                for event in phase.after
                if event in ends
            )
        )

    def seen(self, name: str, value: FactValue | None) -> Hashable:
        """What the rules can see of a value: of a measure, where it lies among their bounds.

        Two numbers on the same side of each bound are the same to every rule.
        """
        if value is None or isinstance(value, bool | str):
            return value
        cuts, cells = self._cells.get(name, ((), (0,)))
        number = value.numerator if value.denominator == 1 else value
        return cells[bisect_left(cuts, number) + bisect_right(cuts, number)]

    @cached_property
    def _cells(
        self,
    ) -> Mapping[str, tuple[tuple[Fraction | int, ...], tuple[int, ...]]]:
        """The bounds of each measure in order, and a number for each place among them.

        The places are: below all bounds, on the first, between it and the second, and so on. What
        no comparison tells apart has one number.
        """
        found = {}
        for name, bounds in self._bounds.items():
            ends = sorted({end for bound in bounds for end in (bound.low, bound.high)})
            inside = [(a + b) / 2 for a, b in pairwise(ends)]
            places = [ends[0] - 1, ends[0]]
            for between, end in zip([*inside], ends[1:], strict=True):
                places += [between, end]
            places.append(ends[-1] + 1)
            numbers: dict[tuple[bool, ...], int] = {}
            cells = tuple(
                numbers.setdefault(
                    tuple(
                        compare(bound.operator, place, end)
                        for bound in bounds
                        for end in (bound.low, bound.high)
                    ),
                    len(numbers),
                )
                for place in places
            )
            cuts = tuple(end.numerator if end.denominator == 1 else end for end in ends)
            found[name] = (cuts, cells)
        return found

    @cached_property
    def _bounds(self) -> Mapping[str, tuple[Compare, ...]]:
        """Every comparison that the guideline makes, by measure."""
        found: dict[str, dict[Compare, None]] = {}
        for condition in self._conditions:
            for atom in atoms(condition):
                if isinstance(atom, Compare):
                    found.setdefault(atom.fact, {})[atom] = None
        return {name: tuple(bounds) for name, bounds in found.items()}

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        """Every condition that the guideline has."""
        graph = self.graph
        conditions: list[Condition] = [graph.scope]
        conditions += [rule.condition for rule in graph.rules.values()]
        conditions += [one.condition for one in graph.definitions.values()]
        conditions += [s.condition for s in graph.silences if s.condition is not None]
        for implication in graph.implications:
            conditions += [implication.premise, implication.conclusion]
        return tuple(conditions)

    def readings(self, regimen: Regimen) -> tuple[Regimen, ...]:
        """The readings of a regimen of the guideline."""
        found = self._read_as.get(id(regimen))
        if found is None:
            found = self._read_as[id(regimen)] = tuple(_readings(regimen))
        return found

    @cached_property
    def _read_as(self) -> dict[int, tuple[Regimen, ...]]:
        """Those that were asked for; none but regimens of the guideline are."""
        return {}

    def how_often(self, phase: Phase) -> str:
        """How often a phase of the guideline prints its doses; nothing where it does not say."""
        found = self._how_often.get(id(phase))
        if found is None:
            often = phase.frequency
            text = "" if often is None else frequency_text(often)
            # The phase is kept so that no other is taken for it.
            found = self._how_often[id(phase)] = (phase, text)
        return found[1]

    @cached_property
    def _how_often(self) -> dict[int, tuple[Phase, str]]:
        """Those that were asked for; none but phases of the guideline are."""
        return {}

    def printed(self, regimen: Regimen) -> str:
        """A regimen of the guideline in words."""
        found = self._printed.get(id(regimen))
        if found is None:
            text = schedule_text(regimen, self.graph)
            found = self._printed[id(regimen)] = (regimen, text)
        return found[1]

    @cached_property
    def _printed(self) -> dict[int, tuple[Regimen, str]]:
        """Those that were asked for; none but regimens of the guideline are."""
        return {}

    def called(self, name: str) -> str:
        """What a drug, route, test, site, fact or definition is called."""
        found = self._called.get(name)
        if found is None:
            found = self._called[name] = topic_text(self.graph, name)
        return found

    @cached_property
    def _called(self) -> dict[str, str]:
        """Those that were asked for; none but words of the guideline are."""
        return {}

    def behind(self, rule: m.Rule) -> tuple[str, ...]:
        """The assumptions on which the condition of a rule rests, or a part of it."""
        return self._behind[rule.name]

    @cached_property
    def _behind(self) -> Mapping[str, tuple[str, ...]]:
        return {
            rule.name: tuple(assumptions_behind(rule.condition, self.graph.definitions))
            for rule in self.graph.rules.values()
        }

    def on_bounds(self, values: Mapping[str, FactValue | None]) -> tuple[bool, ...]:
        """Which values lie exactly on a bound that is read as included, or as not.

        To a condition that rests on such a reading this is another matter than a value beyond
        the bound, which `seen` need not tell apart from it.
        """
        return tuple([values.get(name) in bounds for name, bounds in self._read_bounds])

    @cached_property
    def _read_bounds(self) -> tuple[tuple[str, frozenset[Fraction]], ...]:
        found: dict[str, set[Fraction]] = {}
        for condition in self._conditions:
            for one in _resting(condition):
                for atom in atoms(one.operand):
                    if isinstance(atom, Compare):
                        found.setdefault(atom.fact, set()).update((atom.low, atom.high))
        return tuple((name, frozenset(bounds)) for name, bounds in found.items())

    def read_by(self, rule: m.Rule) -> frozenset[str]:
        """The facts that a rule reads, directly or through definitions."""
        return self._read[rule.name]

    @cached_property
    def _read(self) -> Mapping[str, frozenset[str]]:
        return {
            rule.name: facts_read_by(rule.condition, self.graph.definitions)
            for rule in self.graph.rules.values()
        }


MOST_GUIDELINES = 64


@lru_cache(maxsize=MOST_GUIDELINES)
def targets_of(evaluator: Evaluator) -> Targets:
    """What audits against this guideline look for."""
    return Targets(evaluator.graph)
