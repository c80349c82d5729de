"""What rules conclude together, and what later rules are told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide import Guideline, Recommendation, load
from b12guide.errors import PatientError

TEXT = """language 1
guideline small "Small"
    version 1.0.0
    revised 2026-01-01
    uses b12
source page "A page"
conclusion deficiency "vitamin B12 deficiency"
    values confirmed, indeterminate, unlikely
rule low
    when serum_b12 < 180 pg/mL
    conclude deficiency confirmed
    strength definition
    cites page
rule supplemented
    exception to low
    when b12_treatment
    note "It says little."
    strength claim
    cites page
rule middle
    when serum_b12 from 180 to 350 pg/mL
    conclude deficiency indeterminate
    strength definition
    cites page
rule tingling
    when paresthesia
    conclude deficiency confirmed
    strength should consider
    cites page
rule numb
    when numbness
    conclude deficiency confirmed
    strength should
    cites page
rule treated
    when deficiency is confirmed
    form hydroxocobalamin
    strength should
    cites page
conflict expected between middle and numb
"""


@pytest.fixture(scope="module")
def guideline(tmp_path_factory: pytest.TempPathFactory) -> Guideline:
    path = Path(tmp_path_factory.mktemp("small")) / "small.gdl"
    path.write_text(TEXT, encoding="utf-8")
    return load(path)


def verdict(answer: Recommendation, name: str) -> str:
    return next(v.verdict.value for v in answer.rules if v.rule.name == name)


KNOWN = {"b12_treatment": False, "numbness": False, "paresthesia": False}


@pytest.mark.parametrize(
    ("facts", "outcome", "treated"),
    [
        ({**KNOWN, "serum_b12": "100 pg/mL"}, "determined", "applies"),
        ({**KNOWN, "serum_b12": "200 pg/mL"}, "determined", "does not apply"),
        ({**KNOWN, "serum_b12": "400 pg/mL"}, "silent", "does not apply"),
        (KNOWN, "depends", "unknown"),
        ({**KNOWN, "serum_b12": "200 pg/mL", "numbness": True}, "conflict", "applies"),
        # An exception that holds defeats; one that is open leaves it open.
        (
            {**KNOWN, "serum_b12": "100 pg/mL", "b12_treatment": True},
            "silent",
            "does not apply",
        ),
        (
            {"numbness": False, "paresthesia": False, "serum_b12": "100 pg/mL"},
            "depends",
            "unknown",
        ),
        # What is merely offered is no fact.
        (
            {**KNOWN, "serum_b12": "400 pg/mL", "paresthesia": True},
            "silent",
            "does not apply",
        ),
    ],
)
def test_a_conclusion_and_the_rule_that_asks_for_it(
    guideline: Guideline, facts: dict[str, object], outcome: str, treated: str
) -> None:
    answer = guideline.recommend({"facts": facts, "otherwise": "unknown"})

    assert answer.conclusion.outcome.value == outcome
    assert verdict(answer, "treated") == treated


def test_a_conflict_names_its_rules(guideline: Guideline) -> None:
    facts = {**KNOWN, "serum_b12": "200 pg/mL", "numbness": True}
    answer = guideline.recommend({"facts": facts})

    (conflict,) = answer.conflicts
    assert {rule for side in conflict.sides for rule in side.rules} == {
        "middle",
        "numb",
    }


def test_nobody_tells_a_conclusion(guideline: Guideline) -> None:
    with pytest.raises(PatientError, match="is a conclusion, not a fact"):
        guideline.recommend({"facts": {"deficiency": "confirmed"}})
    with pytest.raises(PatientError):
        guideline.recommend({"facts": {"deficiency.confirmed": True}})


def test_nobody_is_asked_for_a_conclusion(guideline: Guideline) -> None:
    answer = guideline.recommend({"facts": {}, "otherwise": "unknown"})

    asked = {question.fact for question in answer.questions}
    assert {"serum_b12", "numbness"} <= asked
    assert not [name for name in asked if "." in name or name == "deficiency"]
