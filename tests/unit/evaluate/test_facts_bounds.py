"""A measure stated by its ends: what all numbers between them have in common is known."""

from __future__ import annotations

from typing import Any

import pytest

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation

GUIDELINE = b12guide.load("mecobalamin_im")
CROHN = {"b12_deficiency": True, "crohns_disease": True}


def involved(written: str, **options: Any) -> str:
    """The verdict of a rule about `ileal_involvement > 30 to 60 cm`, which the source prints."""
    facts = {**CROHN, "ileal_involvement": {"value": written, "unit": "cm"}}
    answer = GUIDELINE.recommend(facts, **options)
    (rule,) = (one for one in answer.rules if one.rule.name == "crohns_screening")
    return rule.verdict.value


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        (">60", "applies"),
        (">40", "unknown"),
        ("40 to 50", "unknown"),
        ("<=30", "does not apply"),
        ("<40", "unknown"),
    ],
)
def test_within_a_printed_range_nothing_is_decided(written: str, verdict: str) -> None:
    assert involved(written) == verdict


def test_each_reading_of_a_printed_range_decides_for_itself() -> None:
    assert involved(">40", fuzzy_threshold="lower") == "applies"
    assert involved("<50", fuzzy_threshold="upper") == "does not apply"


def test_what_follows_from_other_facts_has_to_lie_within() -> None:
    bound = {"ileal_involvement": {"value": ">10", "unit": "cm"}}
    with pytest.raises(PatientError, match="GDL790"):
        GUIDELINE.recommend({"crohns_disease": False, **bound})
    fine = {"ileal_involvement": {"value": "<10", "unit": "cm"}}
    answer = GUIDELINE.recommend({"crohns_disease": False, **fine})

    assert answer.stated.bounds.keys() == {"ileal_involvement"}


def test_only_the_latest_bound_counts_and_an_answer_can_be_repeated() -> None:
    egfr = [
        {"value": 70, "unit": "mL/min", "on": "2026-01-01"},
        {"value": 40, "comparator": "<", "unit": "mL/min", "on": "2026-02-01"},
    ]
    facts = {"b12_deficiency": True, "egfr": egfr}
    before = GUIDELINE.recommend(facts, on="2026-01-15")
    after = GUIDELINE.recommend(facts, on="2026-03-01")

    assert before.stated.bounds == {}
    assert after.form.excluded == ("cyanocobalamin",)
    assert Recommendation.from_dict(after.to_dict()) == after
    assert "eGFR <40 mL/min" in " ".join(after.to_text().split())


def test_a_measure_that_could_be_worked_out_has_its_stated_bound() -> None:
    parts = {"creatinine": "90 µmol/L", "age": "50 years", "sex": "male"}
    alone = GUIDELINE.recommend(parts).stated
    beside = GUIDELINE.recommend(
        {**parts, "egfr": {"value": "<40", "unit": "mL/min"}}
    ).stated

    assert alone.values.get("egfr") is None or beside.values["egfr"] is None
    assert beside.bounds.keys() == {"egfr"}
