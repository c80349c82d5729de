"""The command `decode`: tables with codes in, patients out, and what became of each code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from b12guide.cli import main

ROWS = """patient,system,code,on,value,unit
1,icd10cm,D510,2025-03-01,,
1,loinc,33914-3,2025-05-01 10:00,40,mL/min
2,loinc,2132-9,2025-05-01,150,pg/mL
2,loinc,718-7,2025-05-01,13,g/dL
"""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("B12GUIDE_CACHE", "")


def test_rows_become_patients_and_codes_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, patients = tmp_path / "rows.csv", tmp_path / "patients.csv"
    rows.write_text(ROWS, encoding="utf-8")
    call = ["decode", str(rows), "-o", str(patients), "--on", "2025-06-01"]

    assert main([*call, "--complete", "diabetes"]) == 0
    told = capsys.readouterr()
    assert patients.read_text("utf-8").splitlines() == [
        '"patient","b12_deficiency","egfr","diabetes","serum_b12"',
        '"1",true,"40 mL/min",false,',
        '"2",,,false,"150 pg/mL"',
    ]
    assert told.out == ""
    assert told.err.splitlines()[0] == "read: 3 rows with 3 codes"
    assert told.err.splitlines()[-2:] == [
        "not read: 1 row with 1 code",
        "  loinc 718-7: 1 row of 1 patient not read: no fact has this code",
    ]


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "tsv"])
def test_the_patients_can_be_asked(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, patients = tmp_path / "rows.csv", tmp_path / f"patients.{suffix}"
    rows.write_text(ROWS, encoding="utf-8")

    assert main(["decode", str(rows), "-o", str(patients), "--on", "2025-06-01"]) == 0
    capsys.readouterr()
    assert main(["cohort", str(patients), "--keep", "patient"]) == 0
    assert "Patients: 2" in capsys.readouterr().out


def test_a_table_without_codes_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, patients = tmp_path / "rows.csv", tmp_path / "patients.csv"
    rows.write_text("patient,egfr\n1,40\n", encoding="utf-8")

    assert main(["decode", str(rows), "-o", str(patients)]) == 2
    assert "no column of codes" in capsys.readouterr().err
    assert not patients.exists()


def test_a_file_of_no_known_kind_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(ROWS, encoding="utf-8")

    assert main(["decode", str(rows), "-o", str(tmp_path / "patients.xlsx")]) == 2
    assert "no kind that is written" in capsys.readouterr().err
