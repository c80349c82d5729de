"""Questions in plain words on the page: understood and answered as in Python."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.page.data import program_json
from tests.clinical.asking_questions import given_questions, guideline, own_questions
from tests.page.in_node import in_node

QUESTIONS = [*own_questions(), *given_questions()]
ASKED = """data => data.questions.map(
    ({ question, patient }) => b12guide.ask(data.program, question, patient)
)"""
KEYS = (
    "question",
    "understood",
    "answers",
    "conflicts",
    "silent",
    "unknown_words",
    "is_silent",
)
PATIENTS: tuple[dict[str, bool | str], ...] = (
    {},
    {"b12_deficiency": True, "paresthesia": True},
    {"b12_treatment": True, "diabetes": True, "pregnancy": False},
    {"bariatric_procedure": "roux_en_y", "egfr": "38"},
)
ODD = (
    "no numbness but tingling, eGFR 38 ml/min and platelets of 32,000",
    "her mother had diabetes; perhaps she is numb. Is he pregnant?",
    "can't she take cynocobalamin? what of hydroxycobalamine",
    "Anaemia: B-12 is 250 pmol/l, a 45-year-old woman; 40 cm of ileum removed",
    "How often?",
    "?",
    "1000",
    "eGFR below 50",
    "platelets 25 to 50",
)


@pytest.mark.parametrize("name", sorted({one.guideline for one in QUESTIONS}))
def test_the_page_answers_a_question_as_the_library_does(name: str) -> None:
    asked = guideline(name)
    texts = [one.asks for one in QUESTIONS if one.guideline == name] + [*ODD]
    cases: list[dict[str, Any]] = [
        {"question": text, "patient": {"facts": facts, "otherwise": "unknown"}}
        for text in texts
        for facts in PATIENTS
        if all(fact in asked.facts for fact in facts)
    ]
    data = {"program": program_json(asked.graph), "questions": cases}

    said = in_node(ASKED, data)

    for case, found in zip(cases, said, strict=True):
        facts = case["patient"]["facts"]
        expected = asked.ask(case["question"], facts).to_dict()
        assert found == {
            key: found[key] if key == "schema" else expected[key] for key in found
        }, case["question"]
        assert set(KEYS) < set(found)
