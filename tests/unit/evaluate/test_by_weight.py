"""Doses by weight: composed as rules, worked out for the patient, asked for, audited (M95)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest

from b12guide import written
from b12guide.evaluate import reference
from b12guide.evaluate.answer import Outcome
from b12guide.graph.model import Decision
from b12guide.guideline import Guideline
from b12guide.library import Library, SourceFile
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.regimen.model import Dose
from tests.strategies.told import asked, differences

WRITTEN = """\
language 1.1
vocabulary words "Words"
finding tired "tiredness"
finding weak "weakness"
measure weight "body weight"
    unit g
    plausible 1000 to 300000 g
drug iron "iron"
    plausible dose 10 to 2000 mg
route intravenous "intravenous"
    synonyms IV
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
rule course
    when     tired
    load     iron 15 mg/kg at most 1000 mg IV weekly for 4 weeks
    strength required
    states   S01
rule other
    when     weak
    load     iron 20 mg/kg at most 1000 mg IV weekly for 4 weeks
"""
GUIDELINE = Guideline(
    written.compiled(written.check(Library(SourceFile("w.gdl", WRITTEN.encode()))))
)
TIRED: dict[str, Any] = {"tired": True, "weak": False}


def number(value: float) -> Fraction:
    return Fraction(str(value))


def per_kg(amount: float, limit: float | None = None, unit: str = "mg/kg") -> Dose:
    most = None if limit is None else Dose(number(limit), number(limit), "mg")
    return Dose(number(amount), number(amount), unit, limit=most)


def test_it_comes_to_so_much_for_each_kilogram_up_to_its_limit() -> None:
    assert per_kg(15).for_weight(Fraction(72)) == Dose(
        Fraction(1080), Fraction(1080), "mg"
    )
    assert per_kg(15, 1000).for_weight(Fraction(72)) == Dose(
        Fraction(1000), Fraction(1000), "mg"
    )
    ranged = Dose(Fraction(10), Fraction(15), "mg/kg", limit=per_kg(15, 1000).limit)
    assert ranged.for_weight(Fraction(72)) == Dose(Fraction(720), Fraction(1000), "mg")
    fixed = Dose(Fraction(5), Fraction(5), "mg")
    assert fixed.for_weight(Fraction(72)) == fixed


def test_it_is_a_rule_and_meets_its_like_alone() -> None:
    assert per_kg(15) == per_kg(15_000, unit="µg/kg")
    assert per_kg(15, 1000) != per_kg(15)
    assert per_kg(15, 1000).intersection(per_kg(15)) is None
    assert per_kg(15).intersection(Dose(Fraction(15), Fraction(15), "mg")) is None
    assert per_kg(15).intersection(per_kg(20)) is None
    ranged = Dose(Fraction(10), Fraction(20), "mg/kg")
    assert ranged.intersection(per_kg(15)) == per_kg(15)


def test_the_answer_says_what_it_comes_to() -> None:
    answer = GUIDELINE.recommend(TIRED | {"weight": "72 kg"})

    text = answer.decisions[Decision.LOADING].text
    assert "15 mg/kg, at most 1000 mg (for 72 kg: 1000 mg)" in text
    assert answer.questions == ()
    (option,) = answer.to_dict()["decisions"]["loading"]["options"]
    assert option["dose"] == {
        "low": 15,
        "high": 15,
        "unit": "mg/kg",
        "limit": {"value": 1000, "unit": "mg"},
        "by": "weight",
        "for_weight": {
            "weight": {"value": 72, "unit": "kg"},
            "low": 1000,
            "high": 1000,
            "unit": "mg",
        },
    }


def test_without_the_weight_it_is_asked_for() -> None:
    answer = GUIDELINE.recommend(TIRED)
    decided = answer.decisions[Decision.LOADING]

    assert decided.outcome is Outcome.DETERMINED
    assert "(for" not in decided.text
    assert [(q.fact, q.decides) for q in answer.questions] == [
        ("weight", (Decision.LOADING,))
    ]


def test_another_rule_of_dose_is_a_conflict_whatever_the_weight() -> None:
    answer = GUIDELINE.recommend({"tired": True, "weak": True, "weight": "80 kg"})

    assert answer.decisions[Decision.LOADING].outcome is Outcome.CONFLICT


@pytest.mark.parametrize("weight", ["72 kg", None])
@pytest.mark.parametrize("weak", [True, False, None])
@pytest.mark.parametrize("tired", [True, False, None])
def test_the_answer_is_that_of_the_reference(
    tired: bool | None, weak: bool | None, weight: str | None
) -> None:
    evaluator = GUIDELINE.evaluator
    facts = {"tired": tired, "weak": weak, "weight": weight}
    stated = state(Patient(facts=facts), GUIDELINE.graph)

    found = differences(
        asked(evaluator, stated), reference.answer(GUIDELINE.graph, stated)
    )
    assert list(found) == []


def test_a_cohort_asks_for_the_weight_as_the_answer_does() -> None:
    rows = [
        TIRED | {"weight": 72_000},
        TIRED | {"weight": None},
        {"tired": False, "weak": False, "weight": None},
    ]
    advice = pa.table(GUIDELINE.cohort(pa.Table.from_pylist(rows)))

    assert advice.column("questions").to_pylist() == [
        [q.fact for q in GUIDELINE.recommend(row).questions] for row in rows
    ]


def test_a_timeline_lists_what_is_given() -> None:
    timeline = GUIDELINE.timeline(TIRED | {"weight": "50 kg"}, start="2026-01-05")

    doses = [entry.dose for entry in timeline.entries if entry.dose is not None]
    assert doses
    assert {dose.low for dose in doses} == {Fraction(750)}


@pytest.mark.parametrize(
    ("weight", "amount", "found"),
    [
        ("50 kg", "750 mg", []),
        ("72 kg", "1000 mg", []),
        ("50 kg", "1000 mg", ["warning"]),
        (None, "750 mg", ["info"]),
    ],
)
def test_an_audit_judges_by_the_weight_of_the_day(
    weight: str | None, amount: str, found: list[str]
) -> None:
    history = [
        {"on": "2026-01-05", "dose": "iron", "amount": amount, "route": "intravenous"}
    ]
    facts = TIRED | {"weight": weight}
    audit = GUIDELINE.audit(facts, history, on="2026-01-06")

    amounts = [f for f in audit.findings if "the dose was" in f.text]
    assert [f.gravity.value for f in amounts] == found


def test_a_weight_of_another_day_does_not_count() -> None:
    weights = [
        {"value": "50 kg", "on": "2026-01-01"},
        {"value": "60 kg", "on": "2026-01-10"},
    ]
    history = [
        {
            "on": "2026-01-05",
            "dose": "iron",
            "amount": "750 mg",
            "route": "intravenous",
        },
        {
            "on": "2026-01-12",
            "dose": "iron",
            "amount": "900 mg",
            "route": "intravenous",
        },
    ]
    audit = GUIDELINE.audit(TIRED | {"weight": weights}, history, on="2026-01-13")

    assert [f.text for f in audit.findings if "the dose was" in f.text] == []
