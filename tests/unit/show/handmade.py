"""A small guideline and an answer from it, made by hand: no parser, no evaluator."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from b12guide.evaluate.answer import (
    Conflict,
    Decided,
    Notice,
    Option,
    Outcome,
    Question,
    Recommendation,
    RuleVerdict,
    Side,
    Verdict,
)
from b12guide.graph.condition import Compare, Has
from b12guide.graph.model import (
    Assumption,
    Challenge,
    Continuation,
    Decision,
    Definition,
    Fact,
    FormChoice,
    Grounds,
    Instruction,
    Monitoring,
    Prohibition,
    Regimens,
    Remark,
    Routes,
    Rule,
    RuleGraph,
    Silence,
    Source,
    Status,
    Target,
    Technique,
    Vocabulary,
    Word,
)
from b12guide.patient.model import Otherwise, Stated
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
from b12guide.truth import Truth
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.term import Kind, Operator, Strength


def length(low: int, unit: TimeUnit, high: int | None = None) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(low if high is None else high), unit)


DOSE = Dose(Fraction(1000), Fraction(1000), "µg")
FORMS = ("hydroxocobalamin", "mecobalamin")
WEEK, MONTH = TimeUnit.WEEK, TimeUnit.MONTH

ALTERNATE_DAYS = Regimen(
    (
        Phase(
            drugs=FORMS,
            dose=DOSE,
            route="intramuscular",
            frequency=Every(length(2, TimeUnit.DAY)),
            bound=Until("neurological_plateau"),
        ),
    )
)
THRICE_WEEKLY = Regimen(
    (
        Phase(
            drugs=FORMS,
            dose=DOSE,
            route="intramuscular",
            frequency=Times(3, 3, length(1, WEEK)),
            bound=ForTime(length(2, WEEK)),
        ),
    )
)
TWO_TO_THREE_MONTHS = Regimen(
    (
        Phase(
            drugs=FORMS,
            dose=DOSE,
            route="intramuscular",
            frequency=Every(length(2, MONTH, 3)),
            bound=ForLife(),
        ),
    )
)
MONTHLY = Regimen(
    (
        Phase(
            drugs=FORMS,
            dose=DOSE,
            route="intramuscular",
            frequency=Every(length(1, MONTH)),
            bound=ForLife(),
        ),
    )
)
FOLIC_ACID = Regimen(
    (
        Phase(
            drugs=("folic_acid",),
            dose=Dose(Fraction(5), Fraction(5), "mg"),
            route="oral",
            frequency=Every(length(1, TimeUnit.DAY)),
            after="b12_repleted",
        ),
    )
)
TAPER = Regimen(
    (
        Phase(dose=DOSE, frequency=Every(length(1, TimeUnit.DAY)), bound=ForDoses(5)),
        Phase(
            dose=Dose(Fraction(1, 2), Fraction(3, 4), "mg"),
            route="oral",
            frequency=Times(1, 2, length(2, WEEK)),
            bound=ForLife(indefinitely=True),
        ),
    )
)

VOCABULARY = Vocabulary(
    facts={
        fact.name: fact
        for fact in (
            Fact(kind=Kind.MEASURE, name="age", label="age", unit="years"),
            Fact(
                kind=Kind.FINDING, name="b12_deficiency", label="vitamin B12 deficiency"
            ),
            Fact(kind=Kind.FINDING, name="paresthesia", label="paresthesia"),
            Fact(kind=Kind.FINDING, name="numbness", label="numbness"),
            Fact(kind=Kind.MEASURE, name="egfr", label="eGFR", unit="mL/min"),
            Fact(
                kind=Kind.MEASURE, name="platelets", label="platelets", unit="x10^9/L"
            ),
            Fact(
                kind=Kind.MEASURE,
                name="homocysteine",
                label="homocysteine",
                unit="µmol/L",
            ),
            Fact(
                kind=Kind.CHOICE,
                name="bariatric_procedure",
                label="bariatric procedure",
                values=("none", "roux_en_y"),
                value_labels=("none", "Roux-en-Y gastric bypass"),
            ),
            Fact(
                kind=Kind.EVENT,
                name="neurological_plateau",
                label="the neurological improvement plateaus",
            ),
            Fact(kind=Kind.EVENT, name="b12_repleted", label="vitamin B12 is repleted"),
            Fact(
                kind=Kind.FINDING, name="b12_treatment", label="vitamin B12 treatment"
            ),
            Fact(kind=Kind.FINDING, name="nitrous_oxide", label="nitrous oxide"),
        )
    },
    drugs={
        name: Word(kind=Kind.DRUG, name=name, label=name.replace("_", " "))
        for name in (*FORMS, "cyanocobalamin", "folic_acid")
    },
    tests={
        name: Word(kind=Kind.TEST, name=name, label=label)
        for name, label in (
            ("serum_b12", "serum B12"),
            ("ferritin", "ferritin"),
            ("transferrin_saturation", "transferrin saturation"),
        )
    },
    routes={
        name: Word(kind=Kind.ROUTE, name=name, label=name)
        for name in ("intramuscular", "oral", "rectal")
    },
    sites={"buttock": Word(kind=Kind.SITE, name="buttock", label="buttock")},
)


def grounds(strength: Strength, *statements: str, **further: object) -> Grounds:
    return Grounds(
        strength=strength,
        statements=statements,
        sources=("injections",),
        **further,  # type: ignore[arg-type]  # the names are those of Grounds
    )


CHECK = Monitoring(
    tests=("serum_b12",),
    at=tuple(Duration(Fraction(n), MONTH) for n in (3, 6, 12)),
    before_next_dose=True,
    companions=("ferritin", "transferrin_saturation"),
)
NEEDLE = Instruction(gauge=(25, 27))
PRESSURE = Instruction(pressure=length(5, TimeUnit.MINUTE, 10))
BUTTOCK = Instruction(site="buttock", avoid=True, routinely=True)
TARGET = Target(
    measure="homocysteine",
    operator=Operator.LESS,
    low=Fraction(10),
    high=Fraction(10),
    unit="µmol/L",
)

RULES = (
    Rule(
        name="first_line",
        title="Hydroxocobalamin first",
        decision=Decision.FORM,
        value=FormChoice(drugs=("hydroxocobalamin",)),
        grounds=grounds(
            Strength.SHOULD,
            "S03",
            because="it is the first-line injectable form",
            patient="the usual vitamin B12 for injections is hydroxocobalamin",
        ),
    ),
    Rule(
        name="renal_form",
        title="Form in renal dysfunction",
        decision=Decision.FORM,
        condition=Compare("egfr", Operator.LESS, Fraction(50), Fraction(50)),
        value=FormChoice(drugs=FORMS, excluded=("cyanocobalamin",)),
        grounds=grounds(Strength.SHOULD, "S05"),
    ),
    Rule(
        name="loading_neurological",
        title="Loading when the nervous system is involved",
        decision=Decision.LOADING,
        condition=Has("neurological_symptoms"),
        value=Regimens(regimens=(ALTERNATE_DAYS,)),
        grounds=grounds(
            Strength.REQUIRED,
            "S09",
            because="nerves recover only while they are treated",
            patient="an injection every other day until you no longer improve",
        ),
        exception_to=("loading_standard",),
    ),
    Rule(
        name="loading_standard",
        title="Loading otherwise",
        decision=Decision.LOADING,
        value=Regimens(regimens=(THRICE_WEEKLY,)),
        grounds=grounds(Strength.REQUIRED, "S13"),
        exceptions=("loading_neurological",),
    ),
    Rule(
        name="maintenance_standard",
        title="Standard maintenance",
        decision=Decision.MAINTENANCE,
        value=Regimens(regimens=(TWO_TO_THREE_MONTHS,)),
        grounds=grounds(Strength.SHOULD, "S14", "S15"),
    ),
    Rule(
        name="monthly",
        title="Monthly instead",
        decision=Decision.MAINTENANCE,
        value=Regimens(regimens=(MONTHLY,)),
        optional=True,
        grounds=grounds(
            Strength.ACCEPTABLE_ALTERNATIVE,
            "S16",
            patient="some people have an injection every month",
        ),
    ),
    Rule(
        name="folate_gate",
        title="No folic acid first",
        decision=Decision.PERMISSION,
        value=Prohibition(drugs=("folic_acid",), until="b12_repleted"),
        grounds=grounds(Strength.DO_NOT, "S25", "S45"),
    ),
    Rule(
        name="folate_treatment",
        title="Folic acid",
        decision=Decision.ADJUNCT,
        value=Regimens(regimens=(FOLIC_ACID,)),
        grounds=grounds(Strength.REQUIRED, "S26"),
    ),
    Rule(
        name="first_year",
        title="Checks in the first year",
        decision=Decision.MONITORING,
        value=CHECK,
        assumptions=("T35",),
        grounds=grounds(Strength.REQUIRED, "S32", "S33", "S34"),
    ),
    Rule(
        name="fine_needle",
        title="Fine needle",
        decision=Decision.TECHNIQUE,
        value=Technique(instructions=(NEEDLE, PRESSURE)),
        grounds=grounds(Strength.REQUIRED, "S30", "S31"),
    ),
    Rule(
        name="buttock",
        title="Not the buttock",
        decision=Decision.TECHNIQUE,
        value=Technique(instructions=(BUTTOCK,)),
        grounds=grounds(Strength.AVOID, "S27"),
    ),
    Rule(
        name="homocysteine_target",
        title="Homocysteine",
        decision=Decision.TARGETS,
        value=TARGET,
        grounds=grounds(Strength.TARGET, "S36"),
    ),
    Rule(
        name="go_on",
        title="Go on",
        decision=Decision.CONTINUATION,
        value=Continuation(treatment="b12_treatment", for_life=True),
        grounds=grounds(Strength.DO_NOT, "S41"),
    ),
    Rule(
        name="by_muscle",
        title="Into the muscle",
        decision=Decision.ROUTE,
        value=Routes(routes=("intramuscular",)),
        grounds=grounds(Strength.REQUIRED, "S19"),
    ),
    Rule(
        name="equivalence",
        title="Oral is said to be equivalent",
        decision=Decision.NOTE,
        value=Remark(text="oral treatment is said to be as good"),
        grounds=Grounds(
            strength=Strength.CLAIM, statements=("S47",), sources=("review", "gone")
        ),
    ),
)

GRAPH = RuleGraph(
    name="handmade",
    title="A guideline made by hand",
    version="1.2.3",
    revised="2026-02-24",
    status=Status.UNDER_REVIEW,
    vocabulary=VOCABULARY,
    definitions={
        "neurological_symptoms": Definition(
            name="neurological_symptoms",
            label="neurological symptoms",
            condition=Has("paresthesia"),
        )
    },
    rules={rule.name: rule for rule in RULES},
    sources={
        "injections": Source(
            name="injections",
            title="Injection Guidelines",
            authors="Somebody",
            year=2026,
            kind="summary",
            printed=1,
            inferred=True,
        ),
        "review": Source(
            name="review", title="A Review", printed=3, link="https://example.org/3"
        ),
        "gone": Source(name="gone", title="", printed=4, missing=True),
        "trial": Source(name="trial", title="A Trial <1>"),
    },
    assumptions={
        "T35": Assumption(name="T35", text="months count from the first dose")
    },
    challenges={
        "T07": Challenge(name="T07", text="the trial gave a tablet", by=("trial",))
    },
    statements=("S03", "S05", "S09", "S13", "S14", "S15", "S16"),
    digest="sha256:" + "0" * 64,
)


def option(
    rule: str,
    *,
    certain: bool = True,
    alternative: bool = False,
    withheld: bool = False,
) -> tuple[Option, ...]:
    """What one rule adds to its decision."""
    value = GRAPH.rules[rule].value
    match value:
        case Regimens(regimens=regimens):
            advices: tuple[object, ...] = regimens
        case Technique(instructions=instructions):
            advices = instructions
        case _:
            advices = (value,)
    strength = GRAPH.rules[rule].grounds.strength
    assert strength is not None
    return tuple(
        Option(
            advice=advice,  # type: ignore[arg-type]  # every other value is an advice
            strength=strength,
            rules=(rule,),
            certain=certain,
            alternative=alternative,
            withheld=withheld,
        )
        for advice in advices
    )


def decided(decision: Decision, *options: Option, **further: object) -> Decided:
    rules = tuple(dict.fromkeys(rule for o in options for rule in o.rules))
    values: dict[str, object] = {
        "outcome": Outcome.DETERMINED,
        "rules": rules,
        **further,
    }
    return Decided(
        decision=decision,
        options=options,
        **values,  # type: ignore[arg-type]  # the names are those of Decided
    )


def verdict(name: str, verdict: Verdict = Verdict.APPLIES) -> RuleVerdict:
    return RuleVerdict(rule=GRAPH.rules[name], verdict=verdict)


DECISIONS = {
    d.decision: d
    for d in (
        decided(
            Decision.FORM,
            *option("first_line"),
            *option("renal_form", certain=False),
            preferred=("hydroxocobalamin",),
            acceptable=("mecobalamin",),
            depends_on=("egfr",),
        ),
        decided(Decision.LOADING, *option("loading_neurological")),
        decided(
            Decision.MAINTENANCE,
            *option("maintenance_standard"),
            *option("monthly", alternative=True),
        ),
        decided(Decision.ROUTE, outcome=Outcome.SILENT),
        decided(Decision.ADJUNCT, *option("folate_treatment", withheld=True)),
        decided(Decision.PERMISSION, *option("folate_gate")),
        decided(
            Decision.TECHNIQUE,
            *option("buttock"),
            *option("fine_needle", certain=False),
            outcome=Outcome.DEPENDS,
            depends_on=("platelets",),
        ),
        decided(Decision.MONITORING, *option("first_year")),
        decided(Decision.TARGETS, *option("homocysteine_target")),
        decided(Decision.CONTINUATION, *option("go_on")),
    )
}

RECOMMENDATION = Recommendation(
    graph=GRAPH,
    stated=Stated(
        values={
            "age": Fraction(58),
            "b12_deficiency": True,
            "paresthesia": True,
            "numbness": False,
            "egfr": None,
            "bariatric_procedure": "roux_en_y",
        },
        otherwise=Otherwise.UNKNOWN,
    ),
    on=dt.date(2026, 3, 1),
    scope=Truth.TRUE,
    rules=(
        verdict("first_line"),
        RuleVerdict(
            rule=GRAPH.rules["renal_form"], verdict=Verdict.UNKNOWN, needs=("egfr",)
        ),
        verdict("loading_neurological"),
        RuleVerdict(
            rule=GRAPH.rules["loading_standard"],
            verdict=Verdict.OVERRIDDEN,
            overridden_by=("loading_neurological",),
        ),
        verdict("maintenance_standard"),
        verdict("monthly"),
        verdict("folate_gate"),
        verdict("folate_treatment"),
        verdict("first_year"),
        RuleVerdict(
            rule=GRAPH.rules["fine_needle"],
            verdict=Verdict.UNKNOWN,
            needs=("platelets",),
        ),
        verdict("buttock"),
        verdict("homocysteine_target"),
        verdict("go_on"),
        verdict("by_muscle", Verdict.DOES_NOT_APPLY),
        verdict("equivalence"),
    ),
    decisions=DECISIONS,
    questions=(
        Question(fact="platelets", label="platelets", decides=(Decision.TECHNIQUE,)),
        Question(
            fact="neurological_symptoms",
            label="neurological symptoms",
            decides=(Decision.LOADING, Decision.MAINTENANCE),
            behind=("paresthesia", "numbness"),
        ),
    ),
    conflicts=(
        Conflict(
            decision=Decision.MAINTENANCE,
            sides=(
                Side(rules=("maintenance_standard",), advice=TWO_TO_THREE_MONTHS),
                Side(rules=("monthly",), advice=MONTHLY),
            ),
            note="the source leaves their order open",
            certain=False,
            expected=True,
            facts=("egfr",),
        ),
    ),
    assumptions=tuple(GRAPH.assumptions.values()),
    challenges=tuple(GRAPH.challenges.values()),
    silences=(
        Silence(
            topics=("nitrous_oxide",),
            noted_as=("T50",),
            text="not mentioned",
            condition=None,
        ),
    ),
    notices=(
        Notice(text="oral treatment is said to be as good", rule="equivalence"),
        Notice(text="no rule covers fewer platelets"),
    ),
)
