"""Cohorts on the command line: `audit` of two tables, and `compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from jsonschema import Draft202012Validator

from b12guide.cli import main
from b12guide.resources import read

PATIENTS = """patient,b12_deficiency,egfr,paresthesia,age,ileal_resection,platelets
ann,true,48,true,54,0,200
bob,true,,false,61,0,
cÿd,TRUE,90 mL/min,,70,0,210
"""
EVENTS = (
    "patient,on,dose,amount,route,event\r\n"
    "ann,2025-01-06,cyanocobalamin,1000 µg,IM,\r\n"
    "ann,2025-06-20,hydroxocobalamin,,,\r\n"
    "bob,2025-02-01,,,,b12_repleted"
)


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "p.csv").write_text(PATIENTS, encoding="utf-8")
    (tmp_path / "e.csv").write_bytes(EVENTS.encode())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    code = main(arguments)
    said = capsys.readouterr()
    return code, said.out, said.err


def as_json(capsys: pytest.CaptureFixture[str], name: str, *arguments: str) -> Any:
    _, out, _ = printed(capsys, *arguments, "--format", "json")
    found = json.loads(out)
    schema = json.loads(read("schema", f"{name}.schema.json"))
    Draft202012Validator(schema).validate(found)
    return found


# ---------------------------------------------------------------------------- audit


def test_two_tables_are_the_audit_of_a_cohort(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("audit", "p.csv", "e.csv", "--on", "2026-01-31")
    code, out, err = printed(capsys, *call)

    assert (code, err) == (1, "")
    assert "Patients    3, 1 of them without an event" in out
    assert "For education and research" in out
    assert "under review, not approved" in out
    found = as_json(capsys, "cohort-audit", *call)
    assert found["summary"]["events"] == 3
    assert {row["patient"] for row in found["findings"]} <= {"ann", "bob", "cÿd"}
    _, rows, _ = printed(capsys, *call, "--format", "csv")
    assert rows.startswith("patient,on,severity,family,rule,statements,text,limit")
    assert len(rows.splitlines()) == len(found["findings"]) + 1
    assert tables.exists()


def test_files_of_every_kind_say_the_same(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("--on", "2026-01-31")
    expected = as_json(capsys, "cohort-audit", "audit", "p.csv", "e.csv", *call)
    for name in ("p", "e"):
        text = (tables / f"{name}.csv").read_text(encoding="utf-8")
        (tables / f"{name}.tsv").write_text(text.replace(",", "\t"), encoding="utf-8")
        (tables / f"{name}2.csv").write_text(text.replace(",", ";"), encoding="utf-8")
        convert = pa.csv.ConvertOptions(strings_can_be_null=True)
        table = pa.csv.read_csv(tables / f"{name}.csv", convert_options=convert)
        pa.parquet.write_table(table, tables / f"{name}.parquet")
    for suffix in (".tsv", "2.csv", ".parquet"):
        files = (f"p{suffix}", f"e{suffix}")
        assert as_json(capsys, "cohort-audit", "audit", *files, *call) == expected


def test_patients_who_cannot_be_read_are_refused_or_left_out(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tables / "e.csv").open("a", encoding="utf-8") as file:
        file.write(
            "\r\nbob,tomorrow,hydroxocobalamin,,,\r\nzed,2025-01-01,mecobalamin,,,"
        )
    call = ("audit", "p.csv", "e.csv", "--on", "2026-01-31")
    code, _, err = printed(capsys, *call)

    assert code == 2
    assert "events, row 4 (patient bob)" in err
    assert "events, row 5 (patient zed)" in err
    found = as_json(capsys, "cohort-audit", *call, "--on-bad", "skip")
    assert found["summary"]["patients"] == 2
    assert [one["patient"] for one in found["skipped"]] == ["bob", "zed"]
    assert "Left out" in printed(capsys, *call, "--on-bad", "skip")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["p.csv", "nope.csv"], "there is no file nope.csv"),
        (["p.csv", "e.json"], "e.json is of no known kind"),
        (["nope.parquet", "e.csv"], "there is no file nope.parquet"),
        (
            ["p.csv", "e.csv", "--id", "person"],
            "`patients` has no column `person` of ids",
        ),
        (["empty.csv", "e.csv"], "empty.csv cannot be read"),
        (["broken.parquet", "e.csv"], "broken.parquet cannot be read"),
        (["p.json", "e.csv", "--workers", "2"], "are for tables"),
        (["p.csv", "e.csv", "--units", "egfr"], "names no column and unit"),
        (["p.csv", "e.csv", "--units", "egfr=furlong"], "furlong"),
    ],
)
def test_what_cannot_be_used_is_told(
    tables: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tables / "empty.csv").write_bytes(b"")
    (tables / "broken.parquet").write_bytes(b"PAR1 and no more")
    code, out, err = printed(capsys, "audit", *arguments)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


# -------------------------------------------------------------------------- compare


def test_a_change_shows_who_is_told_something_else(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = "egfr < 50 mL/min => egfr < 45 mL/min"
    call = ("compare", "--patients", "p.csv", "--id", "patient", "--instead", change)
    code, out, _ = printed(capsys, *call)

    assert code == 1
    assert "Advice differs  for 1 of" in out
    assert "(patient ann)" in out
    assert "For education and research" in out
    found = as_json(capsys, "comparison", *call)
    assert found["differing"] == 1
    assert found["change"] == ["egfr < 45 mL/min instead of egfr < 50 mL/min"]
    changed = [cell for cell in found["cells"] if not cell["same"]]
    assert {tuple(cell["witnesses"]) for cell in changed} == {("ann",)}
    _, rows, _ = printed(capsys, *call, "--format", "csv")
    assert len(rows.splitlines()) == len(found["cells"]) + 1
    assert tables.exists()


def test_a_guideline_says_what_it_says(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("compare", "mecobalamin_im", "--patients", "p.csv", "--ignore", "patient")
    code, out, _ = printed(capsys, *call)

    assert code == 0
    assert "Nothing differs in" in out
    assert as_json(capsys, "comparison", *call)["differing"] == 0
    assert tables.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name OTHER, or a change"),
        (["mecobalamin_im", "--without", "T01"], "name OTHER, or a change"),
        (["--without", "T99"], "there is no assumption `T99`"),
        (["--instead", "egfr < 50 mL/min"], "is no change"),
        (
            ["--instead", "egfr < 41 mL/min => egfr < 40 mL/min"],
            "there is no condition",
        ),
        (["--instead", "egfr < 50 mL/min => egfr <"], "error"),
        (["nope.gdl"], "there is no guideline `nope.gdl`"),
    ],
)
def test_what_cannot_be_compared_is_told(
    tables: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    call = ["compare", *arguments, "--patients", "p.csv", "--ignore", "patient"]
    code, out, err = printed(capsys, *call)

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert tables.exists()
