"""Rule graphs over a small vocabulary, and patients who stand at their thresholds."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve
from hypothesis import strategies as st

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Has,
    Not,
    OneOf,
)
from b12guide.graph.model import (
    Decision,
    Definition,
    Exclusion,
    Fact,
    FormChoice,
    Grounds,
    Implication,
    Instruction,
    NotNeeded,
    Regimens,
    Routes,
    Rule,
    RuleGraph,
    Technique,
    Value,
    Vocabulary,
    Word,
)
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.regimen.model import Dose, Every, ForLife, Phase, Regimen
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.term import Kind, Operator, Strength

FINDINGS = ("f0", "f1", "f2", "f3", "f4", "f5")
MEASURES = ("m0", "m1")
CHOICES = ("none", "a", "b")
DRUGS = ("hydroxocobalamin", "mecobalamin", "cyanocobalamin")
ROUTES = ("intramuscular", "oral", "subcutaneous")
THRESHOLDS = tuple(Fraction(n) for n in (20, 30, 50, 60))


def vocabulary() -> Vocabulary:
    """Six findings, two measures and a choice that one finding follows."""
    plausible = (Fraction(0), Fraction(100))
    facts = [Fact(kind=Kind.FINDING, name=name, label=name) for name in FINDINGS]
    facts += [
        Fact(kind=Kind.MEASURE, name=name, label=name, plausible=plausible)
        for name in MEASURES
    ]
    facts.append(Fact(kind=Kind.CHOICE, name="c0", label="c0", values=CHOICES))
    return Vocabulary(
        facts={fact.name: fact for fact in facts},
        drugs={n: Word(kind=Kind.DRUG, name=n, label=n) for n in DRUGS},
        routes={n: Word(kind=Kind.ROUTE, name=n, label=n) for n in ROUTES},
    )


IMPLICATIONS = (
    Implication(
        name="procedure", premise=Not(OneOf("c0", ("none",))), conclusion=Has("f0")
    ),
    Implication(
        name="surgery", premise=Has("f0"), conclusion=Not(OneOf("c0", ("none",)))
    ),
)


@st.composite
def comparisons(draw: st.DrawFn) -> Condition:
    """A measure against a threshold, which may be a range."""
    low = draw(st.sampled_from(THRESHOLDS))
    high = draw(st.sampled_from([t for t in THRESHOLDS if t >= low]))
    operator = draw(st.sampled_from(Operator))
    if operator is Operator.EQUAL:
        high = low
    return Compare(draw(st.sampled_from(MEASURES)), operator, low, high)


def atoms(definitions: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """Any atom, references to `definitions` included."""
    plain: list[st.SearchStrategy[Condition]] = [
        st.sampled_from([Has(name) for name in FINDINGS]),
        comparisons(),
        st.sampled_from([OneOf("c0", ("a",)), OneOf("c0", ("none", "b"))]),
    ]
    if definitions:
        plain.append(st.sampled_from([Defined(name) for name in definitions]))
    return st.one_of(plain)


def conditions(definitions: tuple[str, ...] = ()) -> st.SearchStrategy[Condition]:
    """Conditions of some depth."""
    return st.recursive(
        atoms(definitions),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


def regimens() -> st.SearchStrategy[Regimen]:
    """A dose every few months for life."""

    def build(low: int, more: int, route: str) -> Regimen:
        interval = DurationRange(Fraction(low), Fraction(low + more), TimeUnit.MONTH)
        dose = Dose(Fraction(1000), Fraction(1000), "µg")
        phase = Phase(
            dose=dose, route=route, frequency=Every(interval), bound=ForLife()
        )
        return Regimen((phase,))

    return st.builds(
        build, st.integers(1, 3), st.integers(0, 1), st.sampled_from(ROUTES[:2])
    )


def values(decision: Decision) -> st.SearchStrategy[Value]:
    """Something that a rule may say about `decision`."""
    match decision:
        case Decision.FORM:
            some = st.lists(st.sampled_from(DRUGS), min_size=1, max_size=2, unique=True)
            return st.one_of(
                some.map(lambda drugs: FormChoice(drugs=tuple(drugs))),
                some.map(lambda d: Exclusion(drugs=tuple(d), outright=False)),
            )
        case Decision.ROUTE:
            some = st.lists(
                st.sampled_from(ROUTES), min_size=1, max_size=2, unique=True
            )
            return some.map(lambda routes: Routes(routes=tuple(routes)))
        case Decision.TECHNIQUE:
            gauge = st.sampled_from([(25, 27), (21, 23)])
            return gauge.map(lambda g: Technique(instructions=(Instruction(gauge=g),)))
        case _:
            some_regimens = st.lists(regimens(), min_size=1, max_size=2, unique=True)
            return st.one_of(
                some_regimens.map(lambda found: Regimens(regimens=tuple(found))),
                st.just(NotNeeded()),
            )


DECISIONS = (
    Decision.FORM,
    Decision.LOADING,
    Decision.MAINTENANCE,
    Decision.ROUTE,
    Decision.TECHNIQUE,
)


@st.composite
def graphs(draw: st.DrawFn, max_rules: int = 6) -> RuleGraph:
    """A rule graph with definitions, exceptions and ranges as thresholds."""
    definitions: dict[str, Definition] = {}
    for name in ("d0", "d1")[: draw(st.integers(0, 2))]:
        condition = draw(conditions(tuple(definitions)))
        definitions[name] = Definition(name=name, label=name, condition=condition)
    rules: dict[str, Rule] = {}
    for index in range(draw(st.integers(1, max_rules))):
        name = f"r{index}"
        decision = draw(st.sampled_from(DECISIONS))
        parents = (
            draw(st.lists(st.sampled_from(sorted(rules)), max_size=2, unique=True))
            if rules
            else []
        )
        optional = draw(st.sampled_from([False, False, True]))
        rules[name] = Rule(
            name=name,
            title=name,
            decision=decision,
            condition=draw(conditions(tuple(definitions))),
            value=draw(values(decision)),
            optional=optional,
            exception_to=tuple(parents),
            grounds=Grounds(strength=Strength.MAY if optional else Strength.SHOULD),
        )
    return with_exceptions(definitions, rules)


def with_exceptions(
    definitions: dict[str, Definition], rules: dict[str, Rule]
) -> RuleGraph:
    """The graph of `rules`, each knowing its exceptions."""
    inverse = {
        name: tuple(r.name for r in rules.values() if name in r.exception_to)
        for name in rules
    }
    return RuleGraph(
        name="generated",
        title="Generated",
        version="1.0.0",
        vocabulary=vocabulary(),
        implications=IMPLICATIONS,
        definitions=definitions,
        rules={n: evolve(r, exceptions=inverse[n]) for n, r in rules.items()},
    )


def fact_values(name: str) -> st.SearchStrategy[FactValue]:
    """A value of the fact, at, just below or just above a threshold."""
    if name in FINDINGS:
        return st.booleans()
    if name in MEASURES:
        near = [t + d for t in THRESHOLDS for d in (-1, 0, 1)]
        return st.sampled_from(near)
    return st.sampled_from(CHOICES)


@st.composite
def patients(draw: st.DrawFn, unknown: int | None = None) -> Stated:
    """A patient of whom each fact is unknown with a chance of `unknown` percent."""
    share = draw(st.sampled_from([0, 30, 70])) if unknown is None else unknown
    stated: dict[str, FactValue | None] = {}
    for name in (*FINDINGS, *MEASURES, "c0"):
        if draw(st.integers(0, 99)) >= share:
            stated[name] = draw(fact_values(name))
    if stated.get("c0") is not None and "f0" in stated:
        stated["f0"] = stated["c0"] != "none"
    return Stated(values=stated, otherwise=Otherwise.UNKNOWN)
