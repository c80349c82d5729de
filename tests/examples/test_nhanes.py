"""The script on the survey maps what is known, derives what it says, and invents nothing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from b12guide import load
from b12guide.cohort.columns import match_columns
from b12guide.cohort.histories import value_in
from b12guide.cohort.options import Options
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from tests.strategies.cohorts import alone


@pytest.fixture(scope="module")
def nhanes(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("nhanes", root / "examples/nhanes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def survey(third_party_data: Path) -> Path:
    return third_party_data / "nhanes" / "nhanes_b12.parquet"


def rate(nhanes: ModuleType, creatinine: float, age: float, *, female: bool) -> float:
    found = nhanes.egfr(np.array([creatinine]), np.array([age]), np.array([female]))
    return float(found[0])


def test_the_equation_gives_published_values(nhanes: ModuleType) -> None:
    # The National Kidney Foundation's calculator gives 71 for a man of 55 with 1.2 mg/dL.
    assert round(rate(nhanes, 1.2, 55, female=False)) == 71
    # At kappa both powers are one, and what remains is 142 x 0.9938^age (x 1.012).
    assert rate(nhanes, 0.9, 0, female=False) == pytest.approx(142)
    assert rate(nhanes, 0.7, 50, female=True) == pytest.approx(142 * 0.9938**50 * 1.012)
    # A worked example that is printed rounded: a woman of 55 with 0.9 mg/dL, about 76.
    assert rate(nhanes, 0.9, 55, female=True) == pytest.approx(76, abs=1)


def test_what_the_survey_does_not_know_stays_unknown(nhanes: ModuleType) -> None:
    rows = pa.table(
        {
            "SEQN": [1, 2, 3, 4, 5],
            "RIDAGEYR": [40.0, 40.0, 12.0, 40.0, 40.0],
            "RIAGENDR": [2, 2, 1, 1, 2],
            "RIDEXPRG": [2, 1, None, None, 3],
            "LBXB12": [150.0, None, 300.0, 400.0, 500.0],
            "LBXHCY": pa.nulls(5, pa.float64()),
            "LBXFER": pa.nulls(5, pa.float64()),
            "LBXSCR": [0.7, 0.7, 0.7, None, 0.7],
        }
    )
    facts = nhanes.participants(rows)
    known = [
        not np.isnan(value)
        for value in facts.column("egfr [mL/min/1.73 m2]").to_pylist()
    ]

    assert known == [
        True,
        False,
        False,
        False,
        True,
    ]  # pregnant, a child, no creatinine
    assert facts.column("pregnancy").to_pylist() == [False, True, None, None, None]
    assert "b12_deficiency" not in facts.column_names
    assert nhanes.declared(facts, 180.0).column("b12_deficiency").to_pylist() == [
        True,
        None,
        False,
        False,
        False,
    ]


def test_the_script_says_what_its_numbers_are(
    nhanes: ModuleType, survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert nhanes.main([str(survey)]) == 0
    said = " ".join(capsys.readouterr().out.split())

    assert "For education and research" in said
    assert "under review" in said
    assert (
        "19,195 participants of NHANES, unweighted. They stand for no population."
        in said
    )
    assert nhanes.CITATION in said
    assert "Deficiency: unknown of everybody" in said
    assert "Nothing needs to be asked of 3,321 of 19,195." in said
    table = pq.read_table(survey, columns=["RIDAGEYR"])
    ages = np.asarray(table.column("RIDAGEYR"))
    assert (
        int((ages < 18).sum()) == 3321
    )  # children, for whom the guideline is not written


def test_a_declared_deficiency_is_printed_with_its_source(
    nhanes: ModuleType, survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = [
        "--deficient-below",
        "180 pg/mL",
        "--according-to",
        "a source",
        "--otherwise",
    ]
    assert nhanes.main([str(survey), *declared, "absent"]) == 0
    said = " ".join(capsys.readouterr().out.split())

    assert "serum B12 below 180 pg/mL, according to a source" in said
    assert "loading_standard" in said


def test_participants_are_told_together_what_they_are_told_alone(
    nhanes: ModuleType, survey: Path
) -> None:
    table = pq.read_table(survey, columns=list(nhanes.COLUMNS))
    facts = nhanes.declared(nhanes.participants(table), 180.0).drop_columns(["SEQN"])
    rows = list(range(0, facts.num_rows, 400))
    guideline = load("mecobalamin_im")
    advice = guideline.cohort(facts).take(rows).to_pylist()
    columns = match_columns(facts.schema, guideline.graph, Options()).columns
    sample = facts.take(rows).to_pylist()
    patients = (
        Patient(facts={c.subject.name: value_in(row[c.name], c) for c in columns})
        for row in sample
    )

    assert advice == [
        alone(guideline.evaluator, state(patient, guideline.graph))
        for patient in patients
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--deficient-below", "180 pg/mL"],
        ["--deficient-below", "180", "--according-to", "x"],
        ["--deficient-below", "low pg/mL", "--according-to", "x"],
        [],
    ],
)
def test_what_cannot_be_used_is_refused(
    nhanes: ModuleType, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        nhanes.main([str(Path(sys.prefix) / "nothing.parquet"), *arguments])

    assert left.value.code == 2
    assert "error:" in capsys.readouterr().err
