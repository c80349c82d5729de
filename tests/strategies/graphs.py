"""Small guidelines drawn at random, with all that the language can say, and their patients.

One `Random` decides everything: a number gives back the same guideline, which is how many thousands
of comparisons are made quickly and alike each time, and Hypothesis can play the `Random`, so that
what it finds is made small. Each guideline asks for few facts: its completions can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from b12guide.evaluate import reference
from b12guide.graph import model as m
from b12guide.graph.conclusions import is_any_of, with_conclusions, written
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
    atoms,
    record_claims,
)
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.regimen import model as r
from b12guide.regimen.phase import can_be_apart
from b12guide.truth import Truth
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.term import Kind, Operator, Strength

T = TypeVar("T")

FINDINGS = ("f0", "f1", "f2", "f3")
EVENTS = ("e0", "e1")
MEASURES = ("m0", "m1")
CHOICES = {"c0": ("none", "a", "b"), "c1": ("x", "y")}
DRUGS = ("p", "q", "r")
ROUTES = ("intramuscular", "oral", "subcutaneous")
SITES = ("deltoid", "gluteal")
SERVICES = ("v0", "v1", "v2")
TESTS = ("t0", "t1", "t2")
CONCLUSIONS = {"k0": ("so", "not_so", "open"), "k1": ("high", "low")}
THRESHOLDS = tuple(Fraction(n) for n in (0, 20, 30, 50, 60))


def vocabulary() -> m.Vocabulary:
    """Findings, events, a measure that may be nothing, one that may not, two kinds of choice."""
    plausible = (Fraction(0), Fraction(100))
    facts = [m.Fact(kind=Kind.FINDING, name=name, label=name) for name in FINDINGS]
    facts += [m.Fact(kind=Kind.EVENT, name=name, label=name) for name in EVENTS]
    facts += [
        m.Fact(
            kind=Kind.MEASURE, name=name, label=name, plausible=plausible, absent=absent
        )
        for name, absent in zip(MEASURES, (None, Fraction(0)), strict=True)
    ]
    facts += [
        m.Fact(
            kind=Kind.CHOICE, name=name, label=name, values=values, value_labels=values
        )
        for name, values in CHOICES.items()
    ]

    def words(kind: Kind, names: Sequence[str]) -> dict[str, m.Word]:
        return {name: m.Word(kind=kind, name=name, label=name) for name in names}

    return m.Vocabulary(
        facts={fact.name: fact for fact in facts},
        drugs=words(Kind.DRUG, DRUGS),
        tests=words(Kind.TEST, TESTS),
        routes=words(Kind.ROUTE, ROUTES),
        sites=words(Kind.SITE, SITES),
        services=words(Kind.SERVICE, SERVICES),
        conclusions={
            name: m.Conclusion(
                name=name, label=name, values=values, value_labels=values
            )
            for name, values in CONCLUSIONS.items()
        },
    )


VOCABULARY = vocabulary()


def length(low: int, high: int, unit: TimeUnit) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high), unit)


DAY, WEEK, MONTH, YEAR = TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR

DOSES = tuple(
    r.Dose(
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
        unit,
    )
    for low, high, unit in (
        (1000, 1000, "µg"),
        (1000, 1000, "µg"),
        (1, 1, "mg"),
        (500, 1000, "µg"),
        (1, 2, "mg"),
        (5, 5, "mg"),
        (1, None, "mg"),
        (None, 2000, "µg"),
    )
)
OFTEN: tuple[r.Frequency | None, ...] = (
    None,
    r.Every(length(1, 1, DAY)),
    r.Every(length(2, 2, DAY)),
    r.Every(length(2, 3, DAY)),
    r.Every(length(1, 1, WEEK)),
    r.Every(length(1, 2, WEEK)),
    r.Every(length(1, 1, MONTH)),
    r.Every(length(2, 3, MONTH)),
    r.Every(length(1, 1, YEAR)),
    r.Times(1, 1, length(1, 1, DAY)),
    r.Times(1, 1, length(1, 1, WEEK)),
    r.Times(2, 3, length(1, 1, WEEK)),
    r.Times(3, 3, length(1, 1, WEEK)),
    r.Times(1, 2, length(1, 1, MONTH)),
)
BOUNDS: tuple[r.Bound | None, ...] = (
    None,
    r.ForLife(),
    r.ForLife(indefinitely=True),
    r.ForTime(length(1, 1, WEEK)),
    r.ForTime(length(7, 7, DAY)),
    r.ForTime(length(1, 3, WEEK)),
    r.ForTime(length(1, 1, MONTH)),
    r.ForTime(length(6, 12, MONTH)),
    r.ForDoses(5),
    r.ForDoses(6),
    r.Until("e0"),
    r.Until("e1"),
)
APART: tuple[Duration | None, ...] = (
    *(None,) * 6,
    Duration(Fraction(2), DAY),
    Duration(Fraction(7), DAY),
    Duration(Fraction(1), WEEK),
    Duration(Fraction(1), MONTH),
)
INTERVALS = (
    length(1, 1, MONTH),
    length(3, 3, MONTH),
    length(2, 3, MONTH),
    length(1, 1, YEAR),
    length(12, 12, MONTH),
    length(2, 2, WEEK),
)
LASTING = (
    length(1, 1, YEAR),
    length(12, 12, MONTH),
    length(6, 6, MONTH),
    length(8, 8, WEEK),
)
AT = (*(Duration(Fraction(n), MONTH) for n in (3, 6, 12)), Duration(Fraction(1), YEAR))
DOSING = (m.Decision.LOADING, m.Decision.MAINTENANCE, m.Decision.ADJUNCT)
OPTIONAL = (Strength.MAY, Strength.ACCEPTABLE_ALTERNATIVE, Strength.SHOULD_CONSIDER)
BINDING = (Strength.REQUIRED, Strength.SHOULD, Strength.DO_NOT, Strength.AVOID, None)


def possible(phase: r.Phase) -> r.Phase:
    """The phase without a spacing that it cannot keep, which `check` refuses (GDL326)."""
    apart = phase.apart
    if apart is None or can_be_apart(apart, phase.frequency, phase.bound):
        return phase
    return evolve(phase, apart=None)


@frozen
class Draw:
    """Draws the parts of a guideline.

    Attributes:
        facts: The facts that its conditions ask for.
        claims: The chance, in percent, that a condition asks what is on record.
        definitions: Those drawn so far.
    """

    random: Random
    facts: tuple[str, ...] = ()
    claims: int = 12
    definitions: dict[str, m.Definition] = field(factory=dict)

    def one(self, things: Sequence[T]) -> T:
        return things[self.random.randrange(len(things))]

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def some(self, things: Sequence[T], least: int, most: int) -> tuple[T, ...]:
        """Between `least` and `most` different things."""
        left = list(things)
        count = min(self.random.randint(least, most), len(left))
        return tuple(left.pop(self.random.randrange(len(left))) for _ in range(count))

    # ---- conditions

    def comparison(self, measure: str) -> Condition:
        """A measure against a bound, which may be a range; never always or never so."""
        low = high = self.one(THRESHOLDS)
        if self.chance(40):
            high = self.one([t for t in THRESHOLDS if t >= low])
        operators = list(Operator) if low == high else list(Operator)[:4]
        if high == 0:
            operators = [Operator.AT_MOST, Operator.MORE, Operator.EQUAL]
        how = self.one(operators)
        return Compare(measure, how, low, high)

    def plain(self, name: str) -> Condition:
        """An atom on a fact."""
        match VOCABULARY.facts[name].kind:
            case Kind.MEASURE:
                return self.comparison(name)
            case Kind.CHOICE:
                return OneOf(name, self.some(CHOICES[name], 1, 2))
            case _:
                return Has(name)

    def claim(self) -> Condition:
        """What is said of the record."""
        name = self.one(self.facts)
        asked: Any = Has(name)
        if VOCABULARY.facts[name].kind in {Kind.MEASURE, Kind.CHOICE}:
            asked = HasValue(name)
        elif self.definitions and self.chance(30):
            asked = Defined(self.one(list(self.definitions)))
        if isinstance(asked, HasValue) or self.chance(50):
            return Recorded(asked)
        return Established(asked)

    def atom(self) -> Condition:
        if self.chance(self.claims):
            return self.claim()
        if self.definitions and self.chance(30):
            return Defined(self.one(list(self.definitions)))
        return self.plain(self.one(self.facts))

    def condition(self, depth: int = 2) -> Condition:
        """A condition of at most some depth."""
        if depth == 0 or self.chance(45):
            return self.atom()
        shape = self.random.randrange(7)
        if shape == 0:
            return Not(self.condition(depth - 1))
        if shape == 1:
            return Resting(self.condition(depth - 1), ("A1",))
        parts = tuple(
            self.condition(depth - 1) for _ in range(self.random.randint(2, 3))
        )
        if shape == 2:
            parts += (self.condition(depth - 1),)
            return AtLeast(self.random.randint(1, len(parts)), parts)
        return AllOf(parts) if shape % 2 else AnyOf(parts)

    # ---- what a rule says

    def phase(self, drug: str | None) -> r.Phase:
        return possible(
            r.Phase(
                drugs=() if drug is None else (drug,),
                dose=self.one(DOSES),
                route=self.one((None, None, "intramuscular", "oral")),
                frequency=self.one(OFTEN),
                bound=self.one(BOUNDS),
                apart=self.one(APART),
                as_needed=self.chance(10),
                with_food=self.chance(10),
                after=self.some(EVENTS, 1, 1) if self.chance(50) else (),
            )
        )

    def regimen(self, *, is_adjunct: bool, like: r.Regimen | None) -> r.Regimen:
        """A regimen, or one that differs little from another."""
        if like is not None and self.chance(75):
            place = self.random.randrange(len(like.phases))
            other = self.phase(self.one((None, *DRUGS)))
            part = self.one(
                (
                    "drugs",
                    "dose",
                    "route",
                    "frequency",
                    "bound",
                    "apart",
                    "after",
                    "after",
                )
            )
            if part == "drugs" and is_adjunct and not other.drugs:
                part = "after"
            phases = list(like.phases)
            phase = evolve(phases[place], **{part: getattr(other, part)})
            phases[place] = possible(phase)
            return r.Regimen(tuple(phases))
        drug = self.one(DRUGS if is_adjunct else (None, None, *DRUGS))
        count = self.one((1, 1, 1, 2, 3))
        return r.Regimen(tuple(self.phase(drug) for _ in range(count)))

    def regimens(self, decision: m.Decision, before: Sequence[m.Value]) -> m.Value:
        is_adjunct = decision is m.Decision.ADJUNCT
        if not is_adjunct and self.chance(12):
            return m.NotNeeded()
        others = [x for v in before if isinstance(v, m.Regimens) for x in v.regimens]
        found: dict[r.Regimen, None] = {}
        for _ in range(self.one((1, 1, 1, 2))):
            like = self.one(others) if others else None
            found[self.regimen(is_adjunct=is_adjunct, like=like)] = None
        return m.Regimens(regimens=tuple(found))

    def monitoring(self) -> m.Monitoring:
        shape = self.random.randrange(6)
        tests = self.some(TESTS[:2], 1, 1) if self.chance(80) else TESTS[:2]
        times = self.some(AT, 1, 2) if shape in {0, 1} else ()
        wide = [time for time in times if shape == 1 and time.value > 3]
        every = self.one(INTERVALS) if shape in {2, 3} or self.chance(5) else None
        has_end = every is not None and self.chance(45)
        return m.Monitoring(
            tests=tests,
            at=tuple(time for time in times if time not in wide),
            windows=tuple(length(1, int(time.value), time.unit) for time in wide),
            every=every,
            at_least=shape == 2 and self.chance(30),
            lasts=self.one(LASTING) if has_end else None,
            then=self.recurrences() if has_end and self.chance(70) else (),
            once=shape == 4,
            before_next_dose=self.chance(15),
            companions=("t2",) if self.chance(25) else (),
            never_alone=self.chance(15),
            after=self.one(EVENTS) if self.chance(25) else None,
            until=self.one(EVENTS) if self.chance(20) else None,
            during=self.one(DOSING[:2]) if self.chance(10) else None,
        )

    def recurrences(self) -> tuple[m.Recurrence, ...]:
        found = [m.Recurrence(every=self.one(INTERVALS), lasts=self.one(LASTING))]
        if self.chance(50):
            found.append(m.Recurrence(every=self.one(INTERVALS)))
        return tuple(found) if self.chance(60) else tuple(found[-1:])

    def instruction(self) -> m.Instruction:
        match self.random.randrange(4):
            case 0 | 1:
                return m.Instruction(gauge=self.one(((25, 27), (26, 30), (21, 23))))
            case 2:
                return m.Instruction(
                    pressure=self.one(
                        (
                            length(5, 10, TimeUnit.MINUTE),
                            length(300, 300, TimeUnit.SECOND),
                        )
                    )
                )
            case _:
                site = self.one(SITES)
                if self.chance(50):
                    return m.Instruction(
                        site=site, avoid=True, routinely=self.chance(50)
                    )
                return m.Instruction(site=site, quadrant="upper outer")

    def change(self, before: Sequence[m.Value]) -> m.Change:
        if self.chance(20):
            drugs = self.some(DRUGS, 1, 2)
            return m.Change(of=m.Decision.FORM, to=m.FormChoice(drugs=drugs))
        if self.chance(20):
            routes = m.Routes(routes=self.some(ROUTES, 1, 2))
            return m.Change(of=m.Decision.ROUTE, to=routes)
        into = [value.to for value in before if isinstance(value, m.Change)]
        found = self.regimens(m.Decision.ADJUNCT, into)
        assert isinstance(found, m.Regimens)
        if self.chance(40):  # the drug is left to the form
            found = m.Regimens(
                regimens=tuple(
                    dict.fromkeys(
                        r.Regimen(tuple(evolve(p, drugs=()) for p in one.phases))
                        for one in found.regimens
                    )
                )
            )
        of = self.one((m.Decision.MAINTENANCE, m.Decision.LOADING))
        return m.Change(of=of, to=found)

    def value(self, decision: m.Decision, before: Sequence[m.Value]) -> m.Value:
        """Something that a rule may say about a decision, of which `before` is said already."""
        match decision:
            case m.Decision.FORM:
                if self.chance(45):
                    drugs = self.some(DRUGS, 1, 2 if self.chance(30) else 1)
                    return m.Exclusion(drugs=drugs, outright=self.chance(65))
                drugs = self.some(DRUGS, 1, 2)
                rest = [drug for drug in DRUGS if drug not in drugs]
                return m.FormChoice(
                    drugs=drugs, excluded=self.some(rest, 0, self.one((0, 0, 1)))
                )
            case m.Decision.ROUTE:
                return m.Routes(routes=self.some(ROUTES, 1, 2))
            case m.Decision.PERMISSION:
                return m.Prohibition(
                    drugs=self.some(DRUGS, 1, self.one((1, 1, 2))),
                    until=self.one((None, *EVENTS)),
                    unless=self.one((None, None, *FINDINGS[:2])),
                )
            case m.Decision.TECHNIQUE:
                several = [self.instruction() for _ in range(self.one((1, 1, 2)))]
                # One needle and one time of pressure: a rule does not contradict itself.
                found = {(x.gauge and 1, x.pressure and 1, x.site): x for x in several}
                return m.Technique(instructions=tuple(found.values()))
            case m.Decision.MONITORING:
                visit = self.monitoring()
                if visit.once and visit.after is None:
                    return m.NotChecked(tests=visit.companions or visit.tests)
                return visit
            case m.Decision.TARGETS:
                low = self.one((Fraction(10), Fraction(20), Fraction(30)))
                high = low + (5 if self.chance(25) else 0)
                how = self.one(list(Operator)[: 4 if high > low else 5])
                return m.Target(
                    measure=self.one(("m0", "m0", "m1")),
                    operator=how,
                    low=low,
                    high=high,
                    unit=None,
                )
            case m.Decision.CONTINUATION:
                treatment = self.one(("f0", "p"))
                if self.chance(35):
                    return m.Stop(treatment=treatment)
                return m.Continuation(treatment=treatment, for_life=self.chance(50))
            case m.Decision.CHANGE:
                return self.change(before)
            case m.Decision.REFERRAL:
                return m.Referral(services=self.some(SERVICES, 1, 2))
            case m.Decision.CONCLUSION:
                conclusion = self.one(tuple(CONCLUSIONS))
                value = self.one(CONCLUSIONS[conclusion])
                return m.Concluded(conclusion=conclusion, value=value)
            case m.Decision.NOTE:
                return m.Remark(text="A remark.")
            case _:
                return self.regimens(decision, before)

    def rule(
        self, name: str, decision: m.Decision, rules: Mapping[str, m.Rule]
    ) -> m.Rule:
        value = self.value(
            decision, [x.value for x in rules.values() if x.decision is decision]
        )
        is_offer = not isinstance(value, m.Exclusion | m.NotChecked)
        optional = is_offer and self.chance(22)
        condition = self.condition(self.one((0, 1, 1, 2)))
        if isinstance(value, m.Prohibition):
            assured = [
                Has(name) for name in (value.until, value.unless) if name is not None
            ]
            condition = AllOf((condition, *(Not(Established(one)) for one in assured)))
        exception_to = self.some(sorted(rules), 1, 2) if self.chance(25) else ()
        parents = [rules[name].value for name in exception_to]
        asked = self.asked_of_conclusions([value, *parents], rules)
        if asked is not None:
            both = (condition, Not(asked) if self.chance(30) else asked)
            condition = AllOf(both) if self.chance(60) else AnyOf(both)
        return m.Rule(
            name=name,
            title=name,
            decision=decision,
            condition=condition,
            value=value,
            optional=optional,
            exception_to=exception_to,
            grounds=m.Grounds(strength=self.one(OPTIONAL if optional else BINDING)),
        )

    def asked_of_conclusions(
        self, deciding: Sequence[m.Value], rules: Mapping[str, m.Rule]
    ) -> Condition | None:
        """What a rule asks of conclusions, if it asks of any.

        Args:
            deciding: What it says, or the rules say that give way to it: where that is a
                conclusion, it may depend on those before only, and never in a circle.
            rules: Those drawn so far.
        """
        order = list(CONCLUSIONS)
        said = [v.conclusion for v in deciding if isinstance(v, m.Concluded)]
        names = order[: min(map(order.index, said), default=len(order))]
        is_said = any(isinstance(x.value, m.Concluded) for x in rules.values())
        if not names or not self.chance(40 if is_said else 3):
            return None
        conclusion = self.one(names)
        values = self.some(CONCLUSIONS[conclusion], 1, self.one((1, 1, 2)))
        return is_any_of(conclusion, values)

    def implication(self, name: str) -> m.Implication:
        """Something that follows from something; now and then from two facts together.

        Of a measure only that it has one value: a bound would be an answer of another kind, see
        docs/reference-evaluator.md.
        """
        others = [f for f in self.facts if f not in MEASURES]

        def literal() -> Condition:
            one = self.plain(self.one(others))
            return Not(one) if self.chance(35) else one

        premise, conclusion = literal(), literal()
        if self.chance(25):
            premise = AllOf((premise, literal()))
        if self.chance(25):
            conclusion = AnyOf((conclusion, literal()))
        measures = [f for f in self.facts if f in MEASURES]
        if measures and self.chance(15):
            value = self.one(THRESHOLDS)
            conclusion = Compare(measures[0], Operator.EQUAL, value, value)
        return m.Implication(name=name, premise=premise, conclusion=conclusion)

    def graph(self, most: int) -> m.RuleGraph:
        for name in ("d0", "d1")[: self.one((0, 1, 2))]:
            condition = self.condition()
            self.definitions[name] = m.Definition(
                name=name, label=name, condition=condition
            )
        # A prohibition asks what is established.
        apart = {
            m.Decision.FORM,
            *((m.Decision.PERMISSION,) if not self.claims else ()),
        }
        decisions = self.some([d for d in m.Decision if d not in apart], 1, 3)
        if self.chance(50):
            decisions = (self.one(DOSING), *decisions[:1])
        rules: dict[str, m.Rule] = {}
        for number in range(self.random.randint(1, most)):
            name = f"r{number}"
            decision = m.Decision.FORM if self.chance(30) else self.one(decisions)
            rules[name] = self.rule(name, decision, rules)
        scope = self.condition(1) if self.chance(30) else ALWAYS
        if scope is not ALWAYS:
            rules = {
                n: evolve(x, outside_scope=self.chance(12) and not is_concluding(x))
                for n, x in rules.items()
            }
        graph = m.RuleGraph(
            name="drawn",
            title="Drawn",
            version="1.0.0",
            scope=scope,
            vocabulary=VOCABULARY,
            implications=self.implications(),
            definitions=dict(self.definitions),
            silences=tuple(self.silence() for _ in range(self.one((0, 0, 1, 2)))),
        )
        return with_rules(graph, rules)

    def silence(self) -> m.Silence:
        return m.Silence(
            topics=self.some((*self.facts, "p"), 1, 2),
            noted_as=(),
            text="Nothing is said.",
            condition=self.condition(1) if self.chance(40) else None,
        )

    def implications(self) -> tuple[m.Implication, ...]:
        """Implications under which every fact can still be so, and not be so (M8)."""
        found = tuple(
            self.implication(f"i{n}") for n in range(self.one((0, 0, 1, 2, 3)))
        )
        while found and not leaves_room(found):
            found = found[:-1]
        return found


def leaves_room(implications: tuple[m.Implication, ...]) -> bool:
    """Whether each fact can still have each of its values."""
    nobody = Stated(values={}, otherwise=Otherwise.UNKNOWN)
    graph = m.RuleGraph(
        name="room",
        title="Room",
        version="1",
        vocabulary=VOCABULARY,
        implications=implications,
    )
    worlds = reference.completions(graph, nobody)
    return bool(worlds) and all(
        sample in {s for world in worlds for s in world.possible[name]}
        for name in worlds[0].possible
        for sample in reference.samples(VOCABULARY.facts[name], graph, nobody)
    )


def with_rules(graph: m.RuleGraph, rules: Mapping[str, m.Rule]) -> m.RuleGraph:
    """The guideline with these rules, each knowing its exceptions."""
    exceptions = {
        name: tuple(sorted(x.name for x in rules.values() if name in x.exception_to))
        for name in rules
    }
    found = {n: evolve(x, exceptions=exceptions[n]) for n, x in rules.items()}
    return with_conclusions(evolve(graph, rules=found))


def is_concluding(rule: m.Rule) -> bool:
    """Whether a rule concludes something, or asks for what is concluded."""
    asked = [x.name for x in atoms(rule.condition) if isinstance(x, Defined)]
    return isinstance(rule.value, m.Concluded) or any("." in name for name in asked)


def draw_graph(random: Random, most: int = 8, claims: int = 12) -> m.RuleGraph:
    """A guideline of at most so many rules, about two to five facts.

    Args:
        random: Decides everything.
        most: The greatest number of rules.
        claims: The chance, in percent, that a condition asks what is on record.
    """
    pick = Draw(random)
    facts = [*pick.some(FINDINGS, 2, 3), *pick.some(EVENTS, 0, 1)]
    facts += [*pick.some(MEASURES, 0, 1), *pick.some(tuple(CHOICES), 0, 1)]
    return Draw(random, tuple(facts), claims).graph(most)


@frozen
class Cohort:
    """Patients of whom the same facts are mentioned; None is an explicit `null`."""

    otherwise: Otherwise
    rows: tuple[Mapping[str, FactValue | None], ...]

    def stated(self) -> Iterator[Stated]:
        for row in self.rows:
            yield Stated(values=row, otherwise=self.otherwise)


MOST_COMPLETIONS = 48


def draw_cohort(random: Random, graph: m.RuleGraph, size: int) -> Cohort:
    """Patients at the thresholds of a guideline, few of whose facts are open."""
    pick = Draw(random)
    facts, nobody = (
        graph.vocabulary.facts,
        Stated(values={}, otherwise=Otherwise.UNKNOWN),
    )
    read = sorted({x.fact for x in reference.asked(graph)} | {"f3"})
    weight = {name: len(reference.samples(facts[name], graph, nobody)) for name in read}
    otherwise = pick.one((Otherwise.UNKNOWN, Otherwise.ABSENT))
    mentioned, room = [], MOST_COMPLETIONS
    for name in pick.some(read, len(read), len(read)):
        if otherwise is Otherwise.ABSENT and pick.chance(50) and weight[name] <= room:
            room //= weight[name]
        else:
            mentioned.append(name)
    # What a stated definition says of a measure is a bound, see `implication`.
    plain = [
        name
        for name, one in written(graph.definitions).items()
        if reference.facts_behind(one.condition, graph).isdisjoint(MEASURES)
    ]
    mentioned += pick.some(plain, 0, 1) if pick.chance(30) else ()
    rows = []
    for _ in range(size):
        world, left = draw_world(pick, graph, read), room
        row: dict[str, FactValue | None] = {}
        share = pick.one((0, 20, 50))
        for name in mentioned:
            if name in graph.definitions:
                so = reference.truth(Defined(name), world) is Truth.TRUE
                row[name] = pick.one((None, so, so, so if pick.chance(80) else not so))
            elif pick.chance(share) and weight[name] <= left:
                row[name], left = None, left // weight[name]
            else:
                (row[name],) = world.values(name)
        rows.append(row)
    return Cohort(otherwise, tuple(rows))


def draw_world(pick: Draw, graph: m.RuleGraph, names: Sequence[str]) -> reference.View:
    """Somebody of whom everything is known; as a rule somebody who can be."""
    kept = AllOf(
        tuple(AnyOf((Not(i.premise), i.conclusion)) for i in graph.implications)
    )
    for _ in range(25):
        possible = {
            n: frozenset([(draw_value(pick, n, graph), pick.chance(50))]) for n in names
        }
        world = reference.View(graph=graph, possible=possible)
        if reference.truth(kept, world) is Truth.TRUE or pick.chance(3):
            break
    return world


def draw_value(pick: Draw, name: str, graph: m.RuleGraph) -> FactValue:
    """A value of a fact: of a measure one at, or just beside, something it is compared with."""
    fact = graph.vocabulary.facts[name]
    if fact.kind is Kind.CHOICE:
        return pick.one(fact.values)
    if fact.kind is not Kind.MEASURE:
        return pick.chance(50)
    asked = [x for x in reference.asked(graph) if isinstance(x, Compare)]
    bounds = [(x.low, x.high) for x in asked if x.fact == name] or [(Fraction(45),) * 2]
    near = [end + by for ends in bounds for end in ends for by in (-1, 0, 0, 1)]
    near += [(low + high) / 2 for low, high in bounds]
    return pick.one([value for value in near if 0 <= value <= 100])


def speaks_of_record(condition: Condition, graph: m.RuleGraph) -> bool:
    """Whether a condition asks what is recorded, itself or in a definition."""
    names = [x.name for x in atoms(condition) if isinstance(x, Defined)]
    behind = [graph.definitions[name].condition for name in names]
    return any(True for _ in record_claims(condition)) or any(
        speaks_of_record(one, graph) for one in behind
    )


def claims_nothing(graph: m.RuleGraph) -> bool:
    """Whether no rule asks what is recorded."""
    conditions = [graph.scope, *(rule.condition for rule in graph.rules.values())]
    return not any(speaks_of_record(one, graph) for one in conditions)


# ------------------------------------------------------------------- for Hypothesis


@st.composite
def graphs(draw: st.DrawFn, most: int = 8, claims: int = 12) -> m.RuleGraph:
    """Guidelines of at most so many rules."""
    random = draw(st.randoms(use_true_random=False))
    return draw_graph(random, most, claims)


@st.composite
def pairs(draw: st.DrawFn, most: int = 4) -> tuple[m.RuleGraph, m.RuleGraph]:
    """Two guidelines over the same facts, of which none asks what is recorded.

    The second is as a rule the first with one rule dropped, added or otherwise conditioned.
    """
    random = draw(st.randoms(use_true_random=False))
    old = draw_graph(random, most, claims=0)
    # Who is out of scope is told nothing by either.
    inside = {name: evolve(x, outside_scope=False) for name, x in old.rules.items()}
    old = evolve(old, rules=inside)
    asked = tuple({x.fact: None for x in reference.asked(old)}) or FINDINGS[:2]
    pick = Draw(random, asked, 0, written(old.definitions))
    rules = dict(old.rules)
    name, change = pick.one(list(rules)), random.randrange(3)
    if change == 0:
        rules = {n: evolve(x, exception_to=()) for n, x in rules.items() if n != name}
    elif change == 1:
        rules["new"] = pick.rule("new", rules[name].decision, rules)
    else:
        rules[name] = evolve(rules[name], condition=pick.condition(1))
    return old, with_rules(old, rules)


@st.composite
def cases(draw: st.DrawFn, most: int = 8, size: int = 8) -> tuple[m.RuleGraph, Cohort]:
    """A guideline and some patients."""
    random = draw(st.randoms(use_true_random=False))
    graph = draw_graph(random, most)
    return graph, draw_cohort(random, graph, size)
