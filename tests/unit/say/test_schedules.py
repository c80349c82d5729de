"""Regimens and other advice read as English, with every range and end kept."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.graph.model import (
    Advice,
    Continuation,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Regimens,
    Remark,
    Routes,
    Target,
    Technique,
    Value,
)
from b12guide.regimen.model import Dose, Every, ForTime, Phase, Regimen, Times
from b12guide.say.advice import advice_text, value_text
from b12guide.say.names import Audience
from b12guide.say.numbers import number_json, number_text
from b12guide.say.schedules import every_text, schedule_text
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.term import Operator
from tests.unit.show.handmade import (
    ALTERNATE_DAYS,
    BUTTOCK,
    CHECK,
    DOSE,
    FOLIC_ACID,
    FORMS,
    GRAPH,
    MONTHLY,
    NEEDLE,
    PRESSURE,
    TAPER,
    TARGET,
    THRICE_WEEKLY,
    TWO_TO_THREE_MONTHS,
    length,
)

CHOICE = "hydroxocobalamin (first choice) or mecobalamin "
DAY, WEEK, MONTH = TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH


@pytest.mark.parametrize(
    ("regimen", "text"),
    [
        (
            ALTERNATE_DAYS,
            CHOICE + "1000 µg by intramuscular injection on alternate days "
            "until the neurological improvement plateaus",
        ),
        (
            THRICE_WEEKLY,
            CHOICE + "1000 µg by intramuscular injection 3 times per week "
            "for 2 weeks (6 doses)",
        ),
        (
            TWO_TO_THREE_MONTHS,
            CHOICE + "1000 µg by intramuscular injection every 2 to 3 months for life",
        ),
        (MONTHLY, CHOICE + "1000 µg by intramuscular injection monthly for life"),
        (FOLIC_ACID, "folic acid 5 mg by mouth daily, after vitamin B12 is repleted"),
        (
            TAPER,
            (
                "1000 µg daily for 5 doses, then 0.5 to 0.75 mg by mouth "
                "1 to 2 times every 2 weeks indefinitely"
            ),
        ),
    ],
)
def test_a_regimen_reads_as_a_clinician_would_say_it(
    regimen: Regimen, text: str
) -> None:
    assert schedule_text(regimen, GRAPH) == text


def test_a_patient_reads_plain_words() -> None:
    text = schedule_text(TWO_TO_THREE_MONTHS, GRAPH, Audience.PATIENT, with_drugs=False)

    assert text == (
        "1000 micrograms as an injection into a muscle every 2 to 3 months "
        "for the rest of your life"
    )


def test_a_route_without_wording_goes_by_its_label() -> None:
    regimen = Regimen((Phase(dose=DOSE, route="rectal"),))

    assert schedule_text(regimen, GRAPH) == "1000 µg by the rectal route"


@pytest.mark.parametrize(
    ("low", "unit", "high", "text"),
    [
        (1, DAY, None, "daily"),
        (2, DAY, None, "on alternate days"),
        (1, WEEK, None, "weekly"),
        (1, TimeUnit.HOUR, None, "every hour"),
        (2, WEEK, None, "every 2 weeks"),
        (2, MONTH, 3, "every 2 to 3 months"),
        (1, TimeUnit.YEAR, None, "yearly"),
    ],
)
def test_intervals_have_the_usual_words(
    low: int, unit: TimeUnit, high: int | None, text: str
) -> None:
    assert every_text(length(low, unit, high)) == text


@pytest.mark.parametrize(
    ("frequency", "bound", "ending"),
    [
        (Times(3, 3, length(1, WEEK)), length(14, DAY), "for 14 days (6 doses)"),
        (Times(1, 1, length(1, MONTH)), length(1, TimeUnit.YEAR), "(12 doses)"),
        (Times(3, 3, length(2, WEEK)), length(3, WEEK), "for 3 weeks"),
        (Times(2, 3, length(1, WEEK)), length(2, WEEK), "for 2 weeks"),
        (Times(3, 3, length(1, WEEK)), length(1, MONTH), "for 1 month"),
        (Every(length(2, DAY)), length(2, WEEK), "for 2 weeks (7 doses)"),
        (Every(length(2, DAY)), length(1, WEEK), "for 1 week"),
        (Every(length(2, DAY, 3)), length(1, WEEK), "for 1 week"),
        (Times(2, 2, length(1, DAY)), length(1, DAY), "for 1 day (2 doses)"),
    ],
)
def test_doses_are_counted_only_where_the_words_fix_them(
    frequency: Every | Times, bound: object, ending: str
) -> None:
    phase = Phase(
        dose=DOSE,
        frequency=frequency,
        bound=ForTime(bound),  # type: ignore[arg-type]  # the table has lengths
    )

    assert schedule_text(Regimen((phase,)), GRAPH).endswith(ending)


@pytest.mark.parametrize(
    ("number", "text", "json"),
    [
        (Fraction(1000), "1000", 1000),
        (Fraction(5, 2), "2.5", 2.5),
        (Fraction(1, 8), "0.125", 0.125),
        (Fraction(-1, 2), "-0.5", -0.5),
        (Fraction(2, 3), "0.6667", 2 / 3),
        (Fraction(10**18 + 1, 10), "100000000000000000.1", 1e17),
    ],
)
def test_numbers_are_exact_where_decimals_end(
    number: Fraction, text: str, json: float
) -> None:
    assert number_text(number) == text
    assert number_json(number) == json


@pytest.mark.parametrize(
    ("advice", "text"),
    [
        (
            FormChoice(drugs=FORMS, excluded=("cyanocobalamin",)),
            "hydroxocobalamin or mecobalamin, not cyanocobalamin",
        ),
        (FormChoice(drugs=("mecobalamin",)), "mecobalamin"),
        (Exclusion(drugs=("cyanocobalamin",), outright=False), "avoid cyanocobalamin"),
        (
            Exclusion(drugs=("cyanocobalamin",), outright=True),
            "cyanocobalamin contraindicated",
        ),
        (
            Routes(routes=("intramuscular", "oral")),
            "by intramuscular injection or by mouth",
        ),
        (
            Prohibition(drugs=("folic_acid",), until="b12_repleted", unless="numbness"),
            "no folic acid until vitamin B12 is repleted unless numbness",
        ),
        (
            CHECK,
            (
                "serum B12 at 3, 6 and 12 months, directly before the next dose, "
                "together with ferritin and transferrin saturation"
            ),
        ),
        (
            Monitoring(
                tests=("ferritin",),
                every=length(6, MONTH),
                at_least=True,
                never_alone=True,
                after="b12_repleted",
                until="neurological_plateau",
            ),
            (
                "ferritin at least every 6 months, never relied on alone, after vitamin "
                "B12 is repleted, until the neurological improvement plateaus"
            ),
        ),
        (Monitoring(tests=("ferritin",), once=True), "ferritin once"),
        (
            Monitoring(tests=("ferritin",), at=(Duration(Fraction(1), MONTH),)),
            "ferritin at 1 month",
        ),
        (
            Monitoring(
                tests=("ferritin",),
                at=(Duration(Fraction(6), WEEK), Duration(Fraction(1), MONTH)),
            ),
            "ferritin at 6 weeks and 1 month",
        ),
        (NEEDLE, "needle of 25 to 27 G"),
        (Instruction(gauge=(25, 25)), "needle of 25 G"),
        (PRESSURE, "press on the site for 5 to 10 minutes"),
        (BUTTOCK, "avoid the buttock as a routine site"),
        (Instruction(site="buttock", avoid=True), "avoid the buttock"),
        (
            Instruction(site="buttock", quadrant="upper_outer"),
            "if the buttock is used, only its upper outer quadrant",
        ),
        (
            Instruction(site="buttock", direction="anteriorly"),
            "if the buttock is used, direct the needle anteriorly",
        ),
        (Instruction(site="buttock"), "inject into the buttock"),
        (TARGET, "homocysteine < 10 µmol/L"),
        (
            Target(
                measure="platelets",
                operator=Operator.AT_LEAST,
                low=Fraction(25),
                high=Fraction(50),
                unit="x10^9/L",
            ),
            "platelets ≥ 25 to 50 ×10⁹/L",  # noqa: RUF001 -- the sign of multiplication
        ),
        (
            Continuation(treatment="b12_treatment", for_life=True),
            "do not stop vitamin B12 treatment: it is for life",
        ),
        (Continuation(treatment="b12_treatment"), "do not stop vitamin B12 treatment"),
    ],
)
def test_every_kind_of_advice_has_words(advice: Advice, text: str) -> None:
    assert advice_text(advice, GRAPH) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NotNeeded(), "not needed"),
        (Remark(text="said"), "said"),
        (
            Technique(instructions=(NEEDLE, PRESSURE)),
            "needle of 25 to 27 G and press on the site for 5 to 10 minutes",
        ),
        (
            Regimens(
                regimens=(
                    Regimen((Phase(dose=DOSE, route="oral"),)),
                    Regimen((Phase(dose=Dose(Fraction(2), Fraction(2), "mg")),)),
                )
            ),
            "1000 µg by mouth, or 2 mg",
        ),
        (TARGET, "homocysteine < 10 µmol/L"),
    ],
)
def test_every_kind_of_rule_has_words(value: Value, text: str) -> None:
    assert value_text(value, GRAPH) == text
