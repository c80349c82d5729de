"""A code stands where the name of a fact does."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import b12guide
from b12guide.errors import PatientError
from b12guide.values.code_system import SYSTEMS

GUIDELINE = b12guide.load("mecobalamin_im")
LOINC = next(one for one in SYSTEMS if one.name == "loinc")


def stated(facts: dict[str, Any]) -> dict[str, Any]:
    return dict(GUIDELINE.recommend(facts, on="2026-03-05").stated.values)


def refusal(facts: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(PatientError) as caught:
        GUIDELINE.recommend(facts)
    (found,) = caught.value.diagnostics
    return found.code, " ".join(one.message for one in found.help)


@pytest.mark.parametrize(
    "spelled", [LOINC.name, LOINC.uri, LOINC.oid, f"urn:oid:{LOINC.oid}", "LOINC"]
)
def test_each_spelling_of_a_terminology_means_the_same(spelled: str) -> None:
    by_name = stated({"serum_b12": "150 pmol/L"})

    assert stated({f"{spelled}|2132-9": "150 pmol/L"}) == by_name


def test_a_code_takes_all_that_a_name_takes() -> None:
    assert stated({"snomed|190634004": {"value": True, "on": "2025-01-01"}}) == {
        "b12_deficiency": True
    }
    assert stated({"loinc|33914-3": None}) == {"egfr": None}
    assert stated({"rxnorm|11289": True}) == {"anticoagulant": True}


@pytest.mark.parametrize(
    "value",
    [True, {"value": True, "on": "2020-01-01"}, [{"value": True, "on": "2020-01-01"}]],
)
def test_the_code_of_a_value_is_so_where_the_choice_has_it(value: Any) -> None:
    assert stated({"snomed|173747005": value})["bariatric_procedure"] == "roux_en_y"


def test_that_a_choice_has_not_one_value_cannot_be_said() -> None:
    assert refusal({"snomed|173747005": False})[0] == "GDL711"


def test_a_code_and_the_name_of_its_fact_are_the_same_fact() -> None:
    assert refusal({"loinc|2132-9": "1 pg/mL", "serum_b12": "1 pg/mL"})[0] == "GDL709"
    assert refusal({"loinc|2132-9": "1 pg/mL", "loinc|14685-2": None})[0] == "GDL709"


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("loinc|2132-8", "did you mean `loinc|2132-9`, which is `serum_b12`?"),
        ("loink|2132-9", "terminologies are"),
        ("cvx|1", "no fact has a code of `cvx`"),
        ("unii|Q40X8H422O", "several facts"),
    ],
)
def test_an_unknown_code_is_told_with_what_was_probably_meant(
    key: str, remedy: str
) -> None:
    code, told = refusal({key: True})

    assert code == "GDL707"
    assert remedy in told


def test_a_code_may_head_a_column() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"http://loinc.org|33914-3 [mL/min]": [35.0, None]})
    advice = GUIDELINE.cohort(table, questions=False)

    assert advice.num_rows == 2


@pytest.mark.parametrize(
    "said",
    [
        False,
        {"value": False, "on": "2026-01-01"},
        [{"value": False, "on": "2026-01-01"}],
    ],
)
def test_that_one_kind_is_not_so_leaves_the_others_open(said: Any) -> None:
    assert stated({"icd10cm|D51.0": True}) == {"b12_deficiency": True}
    assert stated({"icd10cm|D51.0": said}) == {"b12_deficiency": None}
    assert stated({"snomed|190634004": said}) == {"b12_deficiency": False}


def test_nor_does_a_column_of_one_kind_deny_the_others() -> None:
    told = [True, False, None]
    frames = [
        pa.table({name: pa.array(told), "age [years]": [50, 50, 50]})
        for name in ("icd10cm|D51.0", "snomed|190634004")
    ]
    kind, whole = (GUIDELINE.cohort(frame).to_pylist() for frame in frames)

    assert kind[1] == kind[2] == whole[2] != whole[1]
    assert kind[0] == whole[0] != whole[2]


def test_nor_does_it_in_the_table_of_patients_beside_a_history() -> None:
    events = pa.table({"patient": [1], "on": ["2026-01-05"], "dose": ["mecobalamin"]})

    def told(code: str, said: bool | None) -> list[dict[str, Any]]:
        facts = pa.table({"patient": [1], code: pa.array([said], pa.bool_())})
        found = GUIDELINE.due_cohort(facts, events, on="2026-01-06")
        return list(found.to_pylist())

    unknown = told("icd10cm|D51.0", None)
    assert told("icd10cm|D51.0", False) == unknown
    assert told("snomed|190634004", False) != unknown
