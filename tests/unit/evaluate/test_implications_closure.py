"""What follows from stated facts, and what holds of those that nobody mentioned."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.implications import implied_facts
from b12guide.patient.from_file import read_patient
from b12guide.patient.from_mapping import patient_from
from b12guide.patient.stated import state

GUIDELINE = b12guide.load("mecobalamin_im")
PAGE = Path(__file__).parents[3] / "docs" / "diagnostics" / "GDL790.md"


def closed(otherwise: str = "unknown", **facts: Any) -> Facts:
    patient = patient_from(facts, otherwise=otherwise)
    program = GUIDELINE.evaluator.program
    return implied_facts(state(patient, GUIDELINE.graph), GUIDELINE.graph, program)


def test_a_procedure_is_a_surgery() -> None:
    assert closed(bariatric_procedure="roux_en_y").values["bariatric_surgery"] is True
    assert closed("absent", bariatric_procedure="gastric_band").values[
        "bariatric_surgery"
    ]


def test_a_surgery_of_unknown_procedure_is_any_procedure_but_none() -> None:
    for otherwise in ("unknown", "absent"):
        found = closed(otherwise, bariatric_surgery=True, bariatric_procedure=None)

        assert "bariatric_procedure" not in found.values
        assert "none" not in found.possible["bariatric_procedure"]
        assert "roux_en_y" in found.possible["bariatric_procedure"]


def test_an_explicit_null_stays_unknown_whatever_else_is_absent() -> None:
    found = closed("absent", bariatric_procedure=None, paresthesia=None)

    assert "bariatric_procedure" not in found.values
    assert "paresthesia" not in found.values
    assert found.values["numbness"] is False


def test_what_is_not_mentioned_is_absent_if_the_patient_says_so() -> None:
    found = closed("absent", b12_deficiency=True)

    assert found.values["paresthesia"] is False
    assert found.values["b12_repleted"] is False
    assert found.values["bariatric_procedure"] == "none"
    assert "egfr" not in found.values


def test_a_measure_that_declares_it_is_absent_if_nobody_mentions_it() -> None:
    assert closed("absent", b12_deficiency=True).values["ileal_resection"] == 0
    assert closed("absent", ileal_resection="12 cm").values["ileal_resection"] == 12
    assert "ileal_resection" not in closed("absent", ileal_resection=None).values
    assert "ileal_resection" not in closed(b12_deficiency=True).values


@pytest.mark.parametrize(
    ("facts", "otherwise", "assumed"),
    [
        ({"b12_deficiency": True}, "absent", {"ileal_resection": 0}),
        ({"ileal_resection": "0 cm"}, "absent", {}),
        ({"ileal_resection": None}, "absent", {}),
        ({"b12_deficiency": True}, "unknown", {}),
    ],
)
def test_an_answer_says_which_measures_it_takes_for_absent(
    facts: dict[str, Any], otherwise: str, assumed: dict[str, int]
) -> None:
    answer = GUIDELINE.recommend(patient_from(facts, otherwise=otherwise))

    assert answer.assumed_absent == assumed


def test_without_that_it_is_unknown() -> None:
    assert set(closed(b12_deficiency=True).values) == {"b12_deficiency"}


def test_a_definition_can_be_stated_and_settles_what_is_behind_it() -> None:
    denied = closed(neurological_symptoms=False)
    stated = closed("absent", neurological_symptoms=True)

    assert denied.values["paresthesia"] is False
    assert denied.values["severe_neurological_symptoms"] is False
    assert stated.definitions["neurological_symptoms"] is True
    assert "paresthesia" not in stated.values
    assert stated.values["severe_neurological_symptoms"] is False


def test_severe_symptoms_are_symptoms_though_none_is_named() -> None:
    found = closed("absent", severe_neurological_symptoms=True)

    assert found.definitions["neurological_symptoms"] is True
    assert "numbness" not in found.values


def test_a_denied_surgery_leaves_no_procedure() -> None:
    assert closed(bariatric_surgery=False).values["bariatric_procedure"] == "none"


@pytest.mark.parametrize(
    "facts",
    [
        {"bariatric_surgery": True, "bariatric_procedure": "none"},
        {"severe_neurological_symptoms": True, "neurological_symptoms": False},
        {"neurological_symptoms": False, "numbness": True},
        {"cobalamin_gene": "TCN2", "inherited_cobalamin_defect": False},
    ],
)
def test_contradictions_are_refused_and_named(facts: dict[str, Any]) -> None:
    with pytest.raises(b12guide.PatientError) as raised:
        closed(**facts)
    (found,) = raised.value.diagnostics

    assert found.code == "GDL790"
    assert all(f"`{name}`" in found.message for name in facts)
    assert len(found.labels) == len(facts)


def test_the_page_about_it_shows_what_it_says(tmp_path: Path) -> None:
    codes = []
    for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        file = tmp_path / "patient.json"
        file.write_text(block, encoding="utf-8")
        try:
            GUIDELINE.recommend(read_patient(file))
        except b12guide.PatientError as error:
            codes.append([diagnostic.code for diagnostic in error.diagnostics])
        else:
            codes.append([])

    assert codes == [["GDL790"], []]
