"""Rows with codes as one row of facts for each patient: what is stated, and what is not read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from b12guide import PatientError, load
from b12guide.cohort.decoding import DecodedPatients

GUIDELINE = load("mecobalamin_im")
ON = dt.date(2026, 3, 1)


def rows(*said: dict[str, Any]) -> pa.Table:
    columns = ("patient", "system", "code", "for", "on", "end", "value", "unit")
    return pa.table(
        {
            name: pa.array([row.get(name) for row in said], type=kind)
            for name, kind in zip(
                columns, [pa.int64(), *[pa.string()] * 7], strict=True
            )
        }
    )


def row(code: str, patient: int = 1, of: Any = None, **more: Any) -> dict[str, Any]:
    system, _, own = code.partition("|")
    said = {"patient": patient, "system": system, "code": own, "for": of}
    return said | {"on": "2026-01-05"} | more


def decode(*said: dict[str, Any], **options: Any) -> DecodedPatients:
    return GUIDELINE.decode(rows(*said), on=ON, **options)


def facts(*said: dict[str, Any], **options: Any) -> dict[str, Any]:
    """What is stated of the one patient."""
    (found,) = decode(*said, **options).frame.to_pylist()
    return {k: v for k, v in found.items() if v is not None and k != "patient"}


def reasons(*said: dict[str, Any], **options: Any) -> set[str | None]:
    return {one.reason for one in decode(*said, **options).unread}


@pytest.mark.parametrize(
    "code",
    [
        "icd10cm|D51.0",
        "icd10cm|D510",
        "http://hl7.org/fhir/sid/icd-10-cm|D51.0",
        "urn:oid:2.16.840.1.113883.6.90|d51.0",
        "http://snomed.info/sct|190634004",
    ],
)
def test_a_code_means_the_same_however_it_is_written(code: str) -> None:
    assert facts(row(code)) == {"b12_deficiency": True}


def test_the_latest_value_on_or_before_the_day_counts() -> None:
    found = facts(
        row("loinc|33914-3", value="40", unit="mL/min", on="2026-01-05"),
        row("loinc|33914-3", value="55.5", unit="mL/min", on="2026-02-05 08:00"),
        row("loinc|33914-3", value="30", unit="mL/min", on="2026-03-02"),
    )

    assert found == {"egfr": "55.5 mL/min"}


def test_two_values_of_one_day_leave_it_open() -> None:
    said = [row("loinc|33914-3", value=v, unit="mL/min") for v in ("40", "60")]

    assert facts(*said) == {}
    assert reasons(*said) == {"they state several values of its latest day"}


def test_two_values_of_a_choice_leave_it_open() -> None:
    said = [row("snomed|173747005"), row("snomed|427074001")]

    assert facts(said[0]) == {"bariatric_procedure": "roux_en_y"}
    assert facts(*said) == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (row("loinc|718-7", value="13", unit="g/dL"), "no fact has this code"),
        (row("icd10cm|D51.0", on=None), "it has no day"),
        (row("icd10cm|D51.0", on="2026-03-02"), "it is after the day asked for"),
        (row("icd10cm|D51.0", end="2026-02-01"), "it ended before the day asked for"),
        (row("icd10cm|D51.0", value="0"), "it has a value of its own"),
        (row("loinc|33914-3", unit="mL/min"), "it has no number"),
        (row("loinc|33914-3", value="40"), "it has no unit"),
        (
            row("loinc|33914-3", value="40", unit="mg/dL"),
            "`mg/dL` is no unit of `egfr`",
        ),
        (
            row("loinc|33914-3", value="40", unit="mL/min", on="2025-02-28"),
            "it is too old to count",
        ),
        (
            row("rxnorm|11289", of="medication"),
            "it does not say until when the drug was taken",
        ),
        (row("atc|B03BA01"), "say in a column `for` whether it is an allergy"),
    ],
)
def test_what_is_not_read_has_a_reason(said: dict[str, Any], reason: str) -> None:
    assert facts(said) == {}
    assert reasons(said) == {reason}


def test_a_year_old_kidney_test_still_counts_and_the_day_before_it_does_not() -> None:
    last = row("loinc|33914-3", value="40", unit="mL/min", on="2025-03-01")

    assert facts(last) == {"egfr": "40 mL/min"}


def test_a_number_may_be_taken_in_its_measure_s_own_unit() -> None:
    said = row("loinc|33914-3", value="40")

    assert facts(said, units="assume") == {"egfr": "40 mL/min"}


def test_a_drug_that_is_taken_on_the_day_counts() -> None:
    said = row("rxnorm|11289", end="2026-03-01", of="medication")

    assert facts(said) == {"anticoagulant": True}


def test_the_substance_of_an_allergy_is_no_treatment() -> None:
    said = row("atc|B03BA01", end="2026-04-01", of="allergy")
    treated = row("atc|B03BA01", end="2026-04-01", of="medication")

    assert facts(said) == {"cobalamin_hypersensitivity": True}
    assert facts(treated) == {"b12_treatment": True}


def test_a_missing_row_is_no_no_unless_rows_are_complete() -> None:
    said = [row("icd10cm|D51.0"), row("snomed|73211009", patient=2)]
    plain, complete = decode(*said), decode(*said, complete=["diabetes"])

    assert plain.frame["diabetes"].to_pylist() == [None, True]
    assert complete.frame["diabetes"].to_pylist() == [False, True]


@pytest.mark.parametrize(
    "said",
    [
        row("icd10cm|D51.0", on=None),
        row("icd10cm|D51.0", end="2026-02-01"),
        row("icd10cm|D51"),
        row("icd10cm|D51.01"),
    ],
)
def test_what_comes_near_is_not_absent(said: dict[str, Any]) -> None:
    assert facts(said, complete=["b12_deficiency"]) == {}
    assert facts(row("icd10cm|E11"), complete=["b12_deficiency"]) == {
        "b12_deficiency": False
    }


def test_a_complete_choice_without_a_row_has_no_such_thing() -> None:
    found = facts(row("icd10cm|D51.0"), complete=["bariatric_procedure"])

    assert found["bariatric_procedure"] == "none"


def test_patients_without_rows_are_there_and_strays_are_told() -> None:
    people = pa.table({"patient": [1, 3], "age": [60, 70]})
    found = decode(row("icd10cm|D51.0"), row("icd10cm|D51.0", 2), patients=people)

    assert found.frame.to_pylist() == [
        {"patient": 1, "age": 60, "b12_deficiency": True},
        {"patient": 3, "age": 70, "b12_deficiency": None},
    ]
    assert [one.reason for one in found.unread] == [
        "the table of patients lacks the patient"
    ]


def test_it_says_where_a_code_was_seen() -> None:
    (one,) = decode(row("omop|432295"), row("omop|432295", 2)).read

    assert one.seen_in == "OHDSI PhenotypeLibrary, cohort 29"
    assert one.text == "omop 432295: 2 rows of 2 patients state pernicious_anaemia"


def day(*iso: str) -> pa.Array:
    return pa.array([dt.date.fromisoformat(one) for one in iso])


def test_tables_of_omop_are_read_by_their_columns() -> None:
    conditions = pa.table(
        {
            "person_id": [1, 2, 2],
            "condition_concept_id": [432295, 0, 201820],
            "condition_source_value": ["D51.0", "D51.3", "E11"],
            "condition_start_date": day("2025-01-01", "2025-01-01", "2025-01-01"),
        }
    )
    results = pa.table(
        {
            "person_id": [1, 2],
            "measurement_concept_id": [3000593, 3000593],
            "measurement_date": day("2026-01-01", "2026-01-01"),
            "value_as_number": [150.5, 200.0],
            "unit_concept_id": [8845, 8845],
            "operator_concept_id": [4172703, 4171756],
        }
    )
    drugs = pa.table(
        {
            "person_id": [1, 2],
            "drug_concept_id": [1503297, 1503297],
            "drug_era_start_date": day("2025-01-01", "2025-01-01"),
            "drug_era_end_date": day("2026-02-28", "2026-03-01"),
        }
    )
    found = GUIDELINE.decode(
        [conditions, results, drugs], on=ON, source="icd10cm", complete=["diabetes"]
    )

    assert found.frame.to_pylist() == [
        {
            "person_id": 1,
            "b12_deficiency": True,
            "diabetes": False,
            "pernicious_anaemia": True,
            "metformin": None,
            "serum_b12": "150.5 pg/mL",
        },
        {
            "person_id": 2,
            "b12_deficiency": True,
            "diabetes": True,
            "pernicious_anaemia": None,
            "metformin": True,
            "serum_b12": None,
        },
    ]
    assert {one.reason for one in found.unread} == {
        "its number is a bound of the value",
        "it ended before the day asked for",
    }


def test_the_frame_is_of_the_kind_of_the_rows_and_can_be_asked() -> None:
    polars = pytest.importorskip("polars")
    said = rows(row("icd10cm|D51.0"), row("loinc|33914-3", value="40", unit="mL/min"))
    found = GUIDELINE.decode(polars.from_arrow(said), on="2026-03-01")

    advice = GUIDELINE.cohort(found.frame, keep=[found.patient])

    assert isinstance(advice, polars.DataFrame)
    assert advice["form.value"].to_list() == [
        "hydroxocobalamin or mecobalamin, not cyanocobalamin"
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"system": ["loinc"], "code": ["1"]}), "no column `patient` of ids"),
        (pa.table({"patient": [1], "code": ["1"]}), "no column of codes"),
        (
            pa.table(
                {"patient": [1], "system": ["a"], "code": ["b"], "on": ["yesterday"]}
            ),
            "the column `on` of `rows` has no days",
        ),
    ],
)
def test_rows_that_cannot_be_used_are_refused(table: pa.Table, message: str) -> None:
    with pytest.raises(PatientError, match=message):
        GUIDELINE.decode(table, on=ON)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"complete": ["diabetis"]}, "there is no fact `diabetis`"),
        ({"complete": ["egfr"]}, "without a row, `egfr` has no value"),
        ({"patient": "person"}, "no column `person` of ids"),
        ({"on": "soon"}, "is not a date"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(PatientError, match=message):
        GUIDELINE.decode(rows(row("icd10cm|D51.0")), **({"on": ON} | options))


def test_a_fact_that_both_tables_state_is_refused() -> None:
    people = pa.table({"patient": [1], "b12_deficiency": [False]})

    with pytest.raises(PatientError, match="rows state it as well"):
        decode(row("icd10cm|D51.0"), patients=people)
