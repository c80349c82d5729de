"""Measures that nobody states are worked out, with their day and their parts (M93, M94)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from b12guide import written
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.guideline import Guideline
from b12guide.library import Library, SourceFile
from b12guide.limits import USUAL
from b12guide.patient.model import Derived, Hindrance, Patient, Stated
from b12guide.patient.plain_record import plainly_stated
from b12guide.patient.stated import state

WORDS = """\
language 1
vocabulary words "Words"
measure age "age"
    unit years
    plausible 0 to 130 years
measure creatinine "serum creatinine"
    unit µmol/L
    plausible 0 to 5000 µmol/L
    molar mass 113.12 g/mol
    current for 24 months
choice sex "sex"
    values female, male, other
measure weight "weight"
    unit kg
measure height "height"
    unit cm
measure bmi "body mass index (BMI)"
    unit kg/m²
    plausible 5 to 250 kg/m²
measure egfr "eGFR"
    unit mL/min
    also written "mL/min/1.73 m²"
    plausible 0 to 250 mL/min
derive bmi from body_mass_index(weight, height)
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
assumption A1 "An estimate by this equation will do."
derive egfr from ckd_epi_2021(creatinine, age, sex) assuming A1
regard egfr as current for 12 months
rule kidneys
    when     egfr < 50 mL/min
    note     "Reduced."
    strength claim
rule light
    when     bmi < 20 kg/m²
    note     "Light."
    strength claim
"""
LOADED = written.compiled(
    written.check(Library(SourceFile("derived.gdl", WORDS.encode())))
)
GRAPH, GUIDELINE = LOADED.graph, Guideline(LOADED)
KNOWN: dict[str, Any] = {"creatinine": "150 µmol/L", "age": 70, "sex": "female"}


def stated(facts: dict[str, Any], on: str | None = None) -> Stated:
    day = None if on is None else dt.date.fromisoformat(on)
    return state(Patient(facts=facts), GRAPH, day)


def derived(facts: dict[str, Any], on: str | None = None) -> Derived:
    found = stated(facts, on)
    (one,) = found.derived
    return one


def test_a_measure_is_worked_out_where_all_its_parts_are_known() -> None:
    found = stated(KNOWN)

    # 142 x (1.6968 / 0.7)^-1.2 x 0.9938^70 x 1.012, at 88.402 µmol/L for each mg/dL
    assert found.values["egfr"] == 32
    assert found.derived == (
        Derived(
            fact="egfr",
            equation="ckd_epi_2021",
            parts=(
                ("creatinine", Fraction(150)),
                ("age", Fraction(70)),
                ("sex", "female"),
            ),
            value=Fraction(32),
        ),
    )
    assert "egfr" not in found.recorded


def test_units_convert() -> None:
    found = stated({"weight": "70 kg", "height": "1.75 m"})

    assert found.values["bmi"] == Fraction("22.9")


@pytest.mark.parametrize("missing", KNOWN)
@pytest.mark.parametrize("left_out", [True, False])
def test_without_a_part_it_is_unknown(missing: str, left_out: bool) -> None:
    facts = {n: v for n, v in KNOWN.items() if n != missing}
    facts |= {} if left_out else {missing: None}
    found = stated(facts)

    assert found.values.get("egfr") is None
    assert found.derived == ()


def test_what_is_stated_goes_before_it() -> None:
    found = stated(KNOWN | {"egfr": "60 mL/min"})

    assert found.values["egfr"] == 60
    assert found.derived[0].hindrance is Hindrance.STATED
    assert found.worked_out == ()


def test_what_is_stated_to_be_unknown_is_worked_out() -> None:
    found = stated(KNOWN | {"egfr": None})

    assert found.values["egfr"] == 32


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (KNOWN | {"age": 17}, Hindrance.NOT_MADE_FOR),
        (KNOWN | {"sex": "other"}, Hindrance.NOT_MADE_FOR),
        (KNOWN | {"creatinine": 0}, Hindrance.NOT_MADE_FOR),
        (KNOWN | {"creatinine": "0.5 µmol/L"}, Hindrance.IMPLAUSIBLE),
    ],
)
def test_it_does_not_count_for_everybody(facts: dict[str, Any], why: Hindrance) -> None:
    assert derived(facts).hindrance is why
    assert stated(facts).values.get("egfr") is None


def on(day: str, value: object) -> dict[str, object]:
    return {"value": value, "on": day}


def test_it_is_as_old_as_the_oldest_measure_that_it_took() -> None:
    facts = {
        "creatinine": on("2025-03-05", "150 µmol/L"),
        "age": on("2025-01-05", 70),
        "sex": on("1955-01-05", "female"),
    }
    one = derived(facts, "2025-04-01")

    assert one.on == dt.date(2025, 1, 5)
    assert one.until == dt.date(2026, 1, 5)
    assert stated(facts, "2026-01-05").holds_until == dt.date(2026, 1, 5)
    assert derived(facts, "2026-01-06").hindrance is Hindrance.OUTDATED
    assert stated(facts, "2026-01-06").values.get("egfr") is None


def test_it_is_gone_when_a_part_is_too_old() -> None:
    facts = KNOWN | {"creatinine": on("2020-01-01", "150 µmol/L")}

    assert stated(facts, "2024-01-01").derived == ()


def test_an_old_value_does_not_stand_in_the_way() -> None:
    facts = KNOWN | {
        "egfr": on("2020-01-01", "90 mL/min"),
        "creatinine": on("2025-03-05", "150 µmol/L"),
    }
    found = stated(facts, "2025-04-01")

    assert found.values["egfr"] == 32
    assert found.outdated == ()


def test_however_a_record_is_read_it_says_the_same() -> None:
    plain = plainly_stated(Patient(facts=KNOWN), GRAPH, {}, None, None, USUAL)

    assert plain == stated(KNOWN)
    assert plain is not None
    assert plain.derived == stated(KNOWN).derived


def test_verdicts_are_those_of_the_answer() -> None:
    for facts in (KNOWN, KNOWN | {"age": 17}, {"egfr": 30}, {"creatinine": 150}):
        answer = GUIDELINE.recommend(facts)
        verdicts = GUIDELINE.verdicts(facts)

        assert {r.rule.name: r.verdict for r in answer.rules} == dict(verdicts)


def test_the_answer_says_what_was_worked_out() -> None:
    answer = GUIDELINE.recommend(KNOWN)
    said = "eGFR 32 mL/min, worked out from serum creatinine 150 µmol/L, age 70 years and sex: "

    assert f"{said}female by CKD-EPI 2021" in " ".join(answer.to_text().split())
    assert "worked out from" in answer.to_html()
    assert [a.name for a in answer.assumptions] == ["A1"]
    explained = GUIDELINE.explain("kidneys", KNOWN).to_text()
    assert said in " ".join(explained.split())


def test_the_answer_says_where_two_values_differ() -> None:
    answer = GUIDELINE.recommend(KNOWN | {"egfr": "60 mL/min"})

    assert any("60 mL/min is stated and counts" in one.text for one in answer.notices)


def test_the_questions_name_the_parts_that_would_do() -> None:
    answer = GUIDELINE.recommend({"age": 70})
    asked = {question.fact: question.instead for question in answer.questions}

    assert asked.get("egfr") in {None, ("creatinine", "sex")}


def test_a_record_is_asked_again() -> None:
    answer = GUIDELINE.recommend(KNOWN)

    assert answer.replay().to_dict() == answer.to_dict()


def test_what_is_worked_out_may_contradict_what_is_stated() -> None:
    tied = WORDS + "implication low when egfr < 40 mL/min then bmi < 10 kg/m²\n"
    loaded = written.compiled(
        written.check(Library(SourceFile("tied.gdl", tied.encode())))
    )

    with pytest.raises(PatientError, match="contradict each other"):
        Guideline(loaded).recommend(KNOWN | {"bmi": 30})


def test_only_facts_that_some_rule_reads_are_read() -> None:
    answer = GUIDELINE.recommend(KNOWN | {"weight": 70})

    assert answer.unread == ()
    assert Evaluator.of(GRAPH).heeded >= {
        "creatinine",
        "age",
        "sex",
        "weight",
        "height",
    }
