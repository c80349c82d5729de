"""What lowering makes of each clause of the language."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

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
    Not,
    OneOf,
    Resting,
)
from b12guide.graph.model import (
    Code,
    Continuation,
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Remark,
    Routes,
    Rule,
    RuleGraph,
    Target,
    Technique,
    Value,
)
from b12guide.regimen.model import (
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.term import Kind, Operator, Strength
from tests.strategies.graph_invariants import broken
from tests.unit.semantics.writing import checked


def graph_of(block: str) -> RuleGraph:
    graph = checked(block).graph
    assert graph is not None
    assert broken(graph) == ()
    return graph


def rule_of(block: str) -> Rule:
    return next(iter(graph_of(block).rules.values()))


def condition_of(condition: str) -> Condition:
    return rule_of(
        'assumption T1 "one"\nassumption T2 "two"\n'
        "define nerves as paresthesia or numbness\n"
        f'rule tried\n    when {condition}\n    note "x"\n'
    ).condition


def value_of(action: str) -> Value:
    return rule_of(f"rule tried\n    {action}\n").value


def months(low: int, high: int | None = None) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high or low), TimeUnit.MONTH)


def days(count: int) -> DurationRange:
    return DurationRange(Fraction(count), Fraction(count), TimeUnit.DAY)


def compare(
    fact: str, operator: Operator, low: int, high: int | None = None
) -> Compare:
    return Compare(
        fact, operator, Fraction(low), Fraction(low if high is None else high)
    )


# ----------------------------------------------------------------------- conditions

FINDING = Has("paresthesia")
BYPASS = OneOf("bariatric_procedure", ("roux_en_y",))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("paresthesia", FINDING),
        ("neurological_plateau", Has("neurological_plateau")),
        ("tingling", FINDING),
        ("nerves", Defined("nerves")),
        ("egfr < 50 mL/min", compare("egfr", Operator.LESS, 50)),
        ("egfr < 0.5 mL/s", compare("egfr", Operator.LESS, 30)),
        ("ileal_resection >= 0.2 m", compare("ileal_resection", Operator.AT_LEAST, 20)),
        (
            "ileal_involvement > 30 to 60 cm",
            compare("ileal_involvement", Operator.MORE, 30, 60),
        ),
        (
            "platelets from 25 to 50 x10^9/L",
            AllOf(
                (
                    compare("platelets", Operator.AT_LEAST, 25),
                    compare("platelets", Operator.AT_MOST, 50),
                )
            ),
        ),
        ("bariatric_procedure is roux_en_y", BYPASS),
        ("bariatric_procedure is not roux_en_y", Not(BYPASS)),
        (
            "bariatric_procedure is any of roux_en_y, sleeve_gastrectomy",
            OneOf("bariatric_procedure", ("roux_en_y", "sleeve_gastrectomy")),
        ),
        (
            "bariatric_procedure is none of roux_en_y, sleeve_gastrectomy",
            Not(OneOf("bariatric_procedure", ("roux_en_y", "sleeve_gastrectomy"))),
        ),
        ("bariatric_procedure is none", OneOf("bariatric_procedure", ("none",))),
        ("not paresthesia", Not(FINDING)),
        ("paresthesia and numbness", AllOf((FINDING, Has("numbness")))),
        ("paresthesia or numbness", AnyOf((FINDING, Has("numbness")))),
        ("all of paresthesia, numbness", AllOf((FINDING, Has("numbness")))),
        ("any of paresthesia, numbness", AnyOf((FINDING, Has("numbness")))),
        ("none of paresthesia, numbness", Not(AnyOf((FINDING, Has("numbness"))))),
        (
            "at least 2 of paresthesia, numbness, (glossitis assuming T1)",
            AtLeast(2, (FINDING, Has("numbness"), Resting(Has("glossitis"), ("T1",)))),
        ),
        ("at least 1 of paresthesia, numbness", AnyOf((FINDING, Has("numbness")))),
        ("at least 2 of paresthesia, numbness", AllOf((FINDING, Has("numbness")))),
        ("paresthesia assuming T1", Resting(FINDING, ("T1",))),
        (
            "(paresthesia or numbness) assuming T1 assuming T2",
            Resting(AnyOf((FINDING, Has("numbness"))), ("T1", "T2")),
        ),
    ],
)
def test_a_condition_means(written: str, meant: Condition) -> None:
    assert condition_of(written) == meant


def test_an_amount_of_substance_becomes_a_mass() -> None:
    lowered = condition_of("serum_b12 < 150 pmol/L")

    assert isinstance(lowered, Compare)
    assert lowered.low == Fraction(150) * Fraction("1355.4") / 1000


def test_a_rule_without_a_condition_always_applies() -> None:
    assert rule_of("rule tried\n    check ferritin every year\n").condition == ALWAYS


# -------------------------------------------------------------------------- actions

MICROGRAMS = Dose(Fraction(1000), Fraction(1000), "µg")


def phase(**said: Any) -> Phase:
    return Phase(**{"dose": MICROGRAMS, "route": "intramuscular", **said})


def plan(*phases: Phase) -> Regimens:
    return Regimens(regimens=(Regimen(phases),))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            "load 1 mg IM on alternate days until neurological_plateau",
            plan(phase(frequency=Every(days(2)), bound=Until("neurological_plateau"))),
        ),
        (
            "load 1000 mcg IM 3 times per week for 2 weeks",
            plan(
                phase(
                    frequency=Times(
                        3, 3, DurationRange(Fraction(1), Fraction(1), TimeUnit.WEEK)
                    ),
                    bound=ForTime(
                        DurationRange(Fraction(2), Fraction(2), TimeUnit.WEEK)
                    ),
                )
            ),
        ),
        (
            "load 1000 µg IM daily for 6 doses then 1000 µg IM every month for life",
            plan(
                phase(frequency=Every(days(1)), bound=ForDoses(6)),
                phase(frequency=Every(months(1)), bound=ForLife()),
            ),
        ),
        (
            (
                "maintain 1000 µg IM every 3 months indefinitely"
                " or 1000 to 2000 µg orally daily indefinitely"
            ),
            Regimens(
                regimens=(
                    Regimen((phase(frequency=Every(months(3)), bound=ForLife(True)),)),
                    Regimen(
                        (
                            phase(
                                dose=Dose(Fraction(1000), Fraction(2000), "µg"),
                                route="oral",
                                frequency=Every(days(1)),
                                bound=ForLife(True),
                            ),
                        )
                    ),
                )
            ),
        ),
        (
            (
                "give folic_acid 5000 µg orally daily for 1 month then 1 mg orally daily"
                " after b12_repleted"
            ),
            plan(
                phase(
                    drugs=("folic_acid",),
                    dose=Dose(Fraction(5), Fraction(5), "mg"),
                    route="oral",
                    frequency=Every(days(1)),
                    bound=ForTime(months(1)),
                ),
                phase(
                    drugs=("folic_acid",),
                    dose=Dose(Fraction(1), Fraction(1), "mg"),
                    route="oral",
                    frequency=Every(days(1)),
                    after="b12_repleted",
                ),
            ),
        ),
        ("load not needed", NotNeeded()),
        (
            "form hydroxocobalamin or methylcobalamin, not cyanocobalamin",
            FormChoice(
                drugs=("hydroxocobalamin", "mecobalamin"), excluded=("cyanocobalamin",)
            ),
        ),
        ("avoid cyanocobalamin", Exclusion(drugs=("cyanocobalamin",), outright=False)),
        (
            "contraindicated cyanocobalamin",
            Exclusion(drugs=("cyanocobalamin",), outright=True),
        ),
        ("route IM or orally", Routes(routes=("intramuscular", "oral"))),
        (
            "withhold folic_acid until b12_repleted unless b12_treatment",
            Prohibition(
                drugs=("folic_acid",), until="b12_repleted", unless="b12_treatment"
            ),
        ),
        (
            (
                "check serum_b12 at 3, 6 and 12 months, before the next dose,"
                " with ferritin and transferrin_saturation, never alone"
            ),
            Monitoring(
                tests=("serum_b12",),
                at=tuple(Duration(Fraction(n), TimeUnit.MONTH) for n in (3, 6, 12)),
                before_next_dose=True,
                companions=("ferritin", "transferrin_saturation"),
                never_alone=True,
            ),
        ),
        (
            "check thiamine, calcium at least every 6 months",
            Monitoring(tests=("thiamine", "calcium"), every=months(6), at_least=True),
        ),
        (
            "check serum_b12 yearly after levels_stable",
            Monitoring(
                tests=("serum_b12",),
                every=DurationRange(Fraction(1), Fraction(1), TimeUnit.YEAR),
                after="levels_stable",
            ),
        ),
        (
            "inject with needle 25 to 27 G and pressure for 5 to 10 minutes",
            Technique(
                instructions=(
                    Instruction(gauge=(25, 27)),
                    Instruction(
                        pressure=DurationRange(
                            Fraction(5), Fraction(10), TimeUnit.MINUTE
                        )
                    ),
                )
            ),
        ),
        (
            "inject not at buttock routinely",
            Technique(
                instructions=(Instruction(site="gluteal", avoid=True, routinely=True),)
            ),
        ),
        (
            "inject at gluteal in the upper_outer quadrant",
            Technique(
                instructions=(Instruction(site="gluteal", quadrant="upper outer"),)
            ),
        ),
        (
            "inject at gluteal directed anteriorly",
            Technique(
                instructions=(Instruction(site="gluteal", direction="anteriorly"),)
            ),
        ),
        (
            "target homocysteine < 0.01 mmol/L",
            Target(
                measure="homocysteine",
                operator=Operator.LESS,
                low=Fraction(10),
                high=Fraction(10),
                unit="µmol/L",
            ),
        ),
        (
            "continue b12_treatment for life",
            Continuation(treatment="b12_treatment", for_life=True),
        ),
        ('note "Think."', Remark(text="Think.")),
    ],
)
def test_an_action_means(written: str, meant: Value) -> None:
    assert value_of(written) == meant


def test_a_prohibition_holds_until_its_end_is_known() -> None:
    rule = rule_of(
        "rule gate\n    when folate_deficiency\n"
        "    withhold folic_acid until b12_repleted unless b12_treatment\n"
    )

    assert rule.condition == AllOf(
        (
            Has("folate_deficiency"),
            Not(Established(Has("b12_repleted"))),
            Not(Established(Has("b12_treatment"))),
        )
    )


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ("load not needed", Decision.LOADING),
        ("maintain not needed", Decision.MAINTENANCE),
        ("avoid cyanocobalamin", Decision.FORM),
        ("route IM", Decision.ROUTE),
        ("give folic_acid 5 mg", Decision.ADJUNCT),
        ("withhold folic_acid", Decision.PERMISSION),
        ("inject not at gluteal", Decision.TECHNIQUE),
        ("check ferritin once", Decision.MONITORING),
        ("target vitamin_d >= 75 nmol/L", Decision.TARGETS),
        ("continue b12_treatment", Decision.CONTINUATION),
        ('note "x"', Decision.NOTE),
    ],
)
def test_a_verb_is_a_decision(action: str, decision: Decision) -> None:
    assert rule_of(f"rule tried\n    {action}\n").decision is decision


# ---------------------------------------------------------------------------- rules


@pytest.mark.parametrize(
    ("prefix", "strength", "is_optional"),
    [
        ("may ", "", True),
        ("", "strength may", True),
        ("", "strength acceptable alternative", True),
        ("", "strength should consider", True),
        ("", "strength should", False),
        ("", "", False),
    ],
)
def test_what_only_may_be_done_is_an_option(
    prefix: str, strength: str, is_optional: bool
) -> None:
    rule = rule_of(f"rule tried\n    {prefix}route IM\n    {strength}\n")

    assert rule.optional is is_optional


def test_may_is_a_strength_of_its_own() -> None:
    assert rule_of("rule tried\n    may route IM\n").grounds.strength is Strength.MAY


def test_no_strength_stays_no_strength() -> None:
    assert rule_of("rule tried\n    route IM\n").grounds.strength is None


def test_an_exception_is_drawn_at_both_ends() -> None:
    rules = graph_of(
        "rule one\n    route IM\n"
        "rule two\n    exception to one\n    when vegan_diet\n    route orally\n"
    ).rules

    assert rules["two"].exception_to == ("one",)
    assert rules["one"].exceptions == ("two",)


def test_a_rule_rests_on_what_its_definitions_rest_on() -> None:
    graph = graph_of(
        'assumption T1 "a"\nassumption T2 "b"\nassumption T3 "c"\nassumption T4 "d"\n'
        "define inner as numbness assuming T1\n"
        "define outer as inner or paresthesia\n    assumes T2\n"
        "rule tried\n    when outer and (glossitis) assuming T3\n    route IM\n"
        "    assumes T4\n"
    )

    assert set(graph.rules["tried"].assumptions) == {"T1", "T2", "T3", "T4"}


def test_a_title_that_is_not_written_is_the_name_in_words() -> None:
    assert rule_of("rule fine_needle\n    route IM\n").title == "fine needle"


def test_the_scope_knows_what_it_rests_on() -> None:
    graph = graph_of(
        'language 1\nguideline tried "Tried"\n    uses b12\n'
        "    scope age >= 18 years assuming T47\n"
        'assumption T47 "adults"\nrule tried\n    outside scope\n    route IM\n'
    )

    assert graph.scope == Resting(compare("age", Operator.AT_LEAST, 18), ("T47",))
    assert graph.scope_assumptions == ("T47",)
    assert graph.rules["tried"].outside_scope


# ----------------------------------------------------------------------- vocabulary


def test_what_implies_something_is_an_implication() -> None:
    graph = graph_of(
        'finding sprue "sprue"\n    implies glossitis\n'
        'choice stage "stage"\n    values none, early, late\n    implies sprue\n'
        "implication late_is_numb\n    when stage is late\n    then numbness\n"
    )
    found = {i.name: (i.premise, i.conclusion) for i in graph.implications}

    assert found["sprue_implies"] == (Has("sprue"), Has("glossitis"))
    assert found["stage_implies"] == (OneOf("stage", ("early", "late")), Has("sprue"))
    assert found["late_is_numb"] == (OneOf("stage", ("late",)), Has("numbness"))


def test_a_fact_keeps_what_was_declared() -> None:
    graph = graph_of(
        'measure ulcer "ulcer size"\n    asks "How large" "is it?"\n'
        '    synonyms sore, "size of the sore"\n'
        '    unit mm\n    plausible 0 to 10 cm\n    code loinc "1-2" from "a list"\n'
    )
    fact = graph.vocabulary.facts["ulcer"]

    assert (fact.kind, fact.label, fact.unit) == (Kind.MEASURE, "ulcer size", "mm")
    assert fact.asks == "How large is it?"
    assert fact.synonyms == ("sore", "size of the sore")
    assert fact.codes == (Code(system="loinc", code="1-2", seen="a list"),)
    assert fact.plausible == (Fraction(0), Fraction(100))


@pytest.mark.parametrize(
    ("clause", "value"),
    [
        ("", None),
        ("    absent 0 cm\n", Fraction(0)),
        ("    absent 0\n", Fraction(0)),
        ("    absent 1.5 cm\n", Fraction(15)),
    ],
)
def test_a_measure_says_what_it_is_where_nothing_is(
    clause: str, value: Fraction | None
) -> None:
    graph = graph_of(f'measure ulcer "ulcer"\n    unit mm\n{clause}').vocabulary

    assert graph.facts["ulcer"].absent == value


def test_a_spelling_of_the_unit_that_the_measure_allows_is_taken_for_it() -> None:
    block = (
        'measure filtration "filtration"\n    unit mL/min\n'
        '    also written "mL/min/1.73 m²"\n'
        "rule tried\n    when filtration < 50 mL/min/1.73 m2\n    route IM\n"
    )

    assert rule_of(block).condition == compare("filtration", Operator.LESS, 50)


def test_a_silence_may_be_about_any_word_by_any_of_its_names() -> None:
    graph = graph_of('silent on tingling, methylcobalamin, IM "Nothing is said."\n')

    assert graph.silences[0].topics == ("paresthesia", "mecobalamin", "intramuscular")
