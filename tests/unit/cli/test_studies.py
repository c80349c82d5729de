"""`b12guide study`: what is counted of a file of patients."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from b12guide import load
from b12guide.cli.command import main
from b12guide.notice import EDUCATION_NOTICE

pa = pytest.importorskip("pyarrow", reason="the extra `cohort` is not installed")

ROWS = 24


def table() -> Any:
    return pa.table(
        {
            "age": [20.0 + 3 * n for n in range(ROWS)],
            "b12_deficiency": [True] * ROWS,
            "egfr": [None if n % 4 == 3 else 30.0 + 2 * n for n in range(ROWS)],
            "ward": ["east" if n % 2 else "west" for n in range(ROWS)],
            "people": [10 + n for n in range(ROWS)],
            "county": [n // 4 for n in range(ROWS)],
        }
    )


@pytest.fixture
def patients(tmp_path: Path) -> str:
    file = tmp_path / "patients.csv"
    table().to_pandas().to_csv(file, index=False)
    return str(file)


SURVEY = ("--weights", "people", "--psu", "county", "--otherwise", "absent")


def told(capsys: pytest.CaptureFixture[str], *call: str) -> str:
    code = main(["study", *call])
    said = capsys.readouterr()

    assert (code, said.err) == (0, "")
    return said.out


def test_it_says_what_the_library_says(
    patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, patients, *SURVEY, "--ignore", "ward", "--format", "json")
    study = load("mecobalamin_im").study(
        table(), weights="people", psu="county", ignore="ward", otherwise="absent"
    )

    assert json.loads(said) == study.prevalence.to_dict()


def test_parts_are_made_by_columns_that_are_no_facts(
    patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = ("--by", "ward,age", "--cut", "age=50")
    said = told(capsys, patients, *SURVEY, *cut, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    renal = [
        row for row in rows if (row["name"], row["answer"]) == ("renal_form", "applies")
    ]

    assert [(row["ward"], row["age"]) for row in renal] == [
        ("east", "below 50 years"),
        ("east", "50 years and more"),
        ("west", "below 50 years"),
        ("west", "50 years and more"),
    ]
    assert all(float(row["low"]) <= float(row["share"]) for row in renal)
    assert all(float(row["most"]) >= float(row["share"]) for row in renal)


def test_measures_with_cutoffs_of_ones_own(
    patients: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("--what", "measures", "--cutoff", "egfr < 0.75 mL/s")
    said = told(capsys, patients, *SURVEY, "--ignore", "ward", *call)

    assert EDUCATION_NOTICE in " ".join(said.split())
    assert "under review" in said
    assert "egfr < 0.75 mL/s (asked for)" in said


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "latex", "csv"])
def test_table_one_on_every_paper(
    patients: str, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    call = ("--what", "table-one", "--columns", "age,egfr,ward", "--by", "ward")
    said = told(capsys, patients, *SURVEY, *call, "--format", format_)

    assert "ward: east" in said
    assert format_ == "csv" or EDUCATION_NOTICE in " ".join(said.split())


@pytest.mark.parametrize("what", ["hinges", "burden"])
def test_the_other_counts(
    patients: str, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    assert "Patients" in told(
        capsys, patients, *SURVEY, "--ignore", "ward", "--what", what
    )


def test_it_is_written_to_a_file(
    patients: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out.html"
    call = ("--ignore", "ward", "--format", "html", "-o", str(file))

    assert not told(capsys, patients, *SURVEY, *call)
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("--cutoff", "egfr < 50 mL/min"), "--cutoff goes with --what measures"),
        (("--columns", "age"), "--columns goes with --what table-one"),
        (("--what", "hinges", "--by", "ward"), "leave out --by"),
        (("--what", "burden", "--format", "csv"), "is not written as csv"),
        (("--format", "latex"), "is not written as latex"),
        (("--cut", "age"), "write it as age=18,40,65"),
        (("--what", "measures", "--cutoff", "egfr"), "is no cut-off"),
        (("--weights", "ward"), "holds no numbers"),
        (("--by", "wrad", "--ignore", "ward"), "wrad"),
        (("--level", "95", "--ignore", "ward"), "`--level`"),
    ],
)
def test_what_makes_no_study_is_refused(
    patients: str, capsys: pytest.CaptureFixture[str], call: tuple[str, ...], said: str
) -> None:
    code = main(["study", patients, "--ignore", "people,county", *call])

    assert code == 2
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cut", "age=40"), "--cut says nothing without --by"),
        (("--what", "hinges", "--cut", "age=40"), "--cut says nothing without --by"),
        (("--by", "age", "--cut", "age=65,40"), "`--cut age` has to be of cuts that"),
        (("--by", "sex", "--cut", "age=65"), "`--cut` has to be of the columns that"),
        (("--level", "95"), "`--level` has to be a number from 0.5 to 0.9999"),
        (("--lonely", "adjust"), "`--lonely` has to be left out where no column"),
    ],
)
def test_a_slip_in_an_option_is_told_by_its_name(
    options: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("age,sex,b12_deficiency\n54,male,true\n70,female,true\n")

    assert main(["study", str(file), *options]) == 2
    assert said in capsys.readouterr().err
