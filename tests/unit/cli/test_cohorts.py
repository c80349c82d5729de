"""`b12guide cohort`: files in, files or a summary out."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import os
from pathlib import Path

import jsonschema
import pytest

from b12guide.cli.command import main

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    file = tmp_path / "patients.csv"
    rows = "id,egfr,b12_deficiency\r\n007,35,true\r\n008,,TRUE\r\n009,NA,false"
    file.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    return file


def test_the_advice_keeps_what_it_is_told_to_keep(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = patients.with_name("advice.parquet")
    code = main(["cohort", str(patients), "-o", str(advice), "--keep", "id"])
    found = pq.read_table(advice)

    assert (code, *capsys.readouterr()) == (0, "", "")
    assert found["id"].to_pylist() == ["007", "008", "009"]
    assert found["rule.renal_form"].to_pylist() == ["applies", "unknown", "unknown"]


def test_of_several_guidelines_it_is_told_how_they_stand_to_each_other(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = patients.with_name("advice.csv")
    several = ["-g", "mecobalamin_im", "-g", "bnf_2021", "--ignore", "id"]
    asked = ["cohort", str(patients), *several]
    code = main([*asked, "-o", str(advice), "--decisions", "loading"])
    with advice.open(encoding="utf-8", newline="") as rows:
        found = list(csv.DictReader(rows))

    assert (code, *capsys.readouterr()) == (0, "", "")
    assert [row["loading.accord"] for row in found] == [
        "differ",
        "differ",
        "one speaks, the others are silent",
    ]
    assert main(asked) == 2
    assert "several guidelines have no summary" in capsys.readouterr().err
    again = ["cohort", str(advice), "-o", str(patients.with_name("again.csv"))]
    assert main(again) == 2
    assert "an earlier run wrote it" in capsys.readouterr().err


def test_the_summary_says_for_whom_it_is_and_follows_its_schema(
    patients: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["cohort", str(patients), "--ignore", "id"]
    codes = [main(asked), main([*asked, "--format", "json"])]
    text, _, found = capsys.readouterr().out.partition("{")
    schema = json.loads((root / "schema" / "cohort.schema.json").read_text("utf-8"))
    summary = json.loads("{" + found)
    jsonschema.validate(summary, schema)

    assert codes == [0, 0]
    assert "education and research" in text
    assert "under review" in text
    assert summary["patients"] == 3


def test_a_part_is_written_under_names_without_dots(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = patients.with_name("advice.csv")
    asked = ["cohort", str(patients), "--keep", "id", "-o", str(advice)]
    code = main([*asked, "--decisions", "form", "--no-questions", "--names", "_"])
    head = advice.read_text("utf-8").splitlines()[0].replace('"', "").split(",")

    assert (code, *capsys.readouterr()) == (0, "", "")
    assert head[0] == "id"
    assert head[-4:] == ["form_outcome", "form_value", "form_certain", "silent"]
    assert all(name.startswith("rule_") for name in head[1:-4])


def test_doses_are_columns_lists_or_left_out(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advice = patients.with_name("advice.parquet")
    asked = ["cohort", str(patients), "--ignore", "id", "-o", str(advice)]
    found = []
    for told in ([], ["--regimen-lists"], ["--no-regimens"]):
        assert main([*asked, *told]) == 0
        names = pq.read_schema(advice).names
        found.append([one in names for one in ("loading.drug", "maintenance.regimens")])
    capsys.readouterr()

    assert found == [[True, False], [True, True], [False, False]]
    assert main([*asked, "--regimen-lists", "--no-regimens"]) == 2
    assert "exclude each other" in capsys.readouterr().err


@pytest.mark.parametrize("part", [["--verdicts-only"], ["--decisions", "form,route"]])
def test_the_summary_of_a_part_follows_its_schema(
    part: list[str], patients: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["cohort", str(patients), "--ignore", "id", *part]
    assert [main(asked), main([*asked, "--format", "json"])] == [0, 0]
    text, _, found = capsys.readouterr().out.partition("{")
    schema = json.loads((root / "schema" / "cohort.schema.json").read_text("utf-8"))
    summary = json.loads("{" + found)
    jsonschema.validate(summary, schema)

    assert set(summary["decisions"]) == set(part[1].split(",") if part[1:] else [])
    assert "maintenance" not in text.partition("rule")[0]


class Terminal(io.StringIO):
    """A terminal that remembers what it was shown."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_bar_knows_the_end_from_the_start(
    suffix: str, patients: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, unit = patients.stat().st_size, "bytes"
    if suffix == "parquet":
        of, unit = 3, "patients"
        patients = patients.with_name("patients.parquet")
        pq.write_table(pa.table({"egfr": [35.0, None, 90.0]}), patients)
    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    assert main(["cohort", str(patients), "--ignore", "*"]) == 0
    bars = [bar for bar in shown.getvalue().split("\r") if "/" in bar]

    assert all(unit in bar and f"/{of}" in bar for bar in bars)
    assert f" 0/{of}" in bars[0]
    assert f" {of}/{of}" in bars[-1]


def test_a_decision_that_there_is_not_is_refused(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["cohort", str(patients), "--keep", "id", "--decisions", "forms"])

    assert code == 2
    assert "`form`" in capsys.readouterr().err


def test_a_column_that_is_no_fact_is_refused_with_what_can_be_done(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["cohort", str(patients)])

    assert code == 2
    assert "--keep id" in capsys.readouterr().err


def test_cells_that_cannot_be_believed_are_counted_and_set_aside_on_request(
    patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patients.write_text("egfr,diabetes\n<15,yes\n35,false\n", encoding="utf-8")
    refused = main(["cohort", str(patients)])
    before = capsys.readouterr().err
    taken = main(["cohort", str(patients), "--on-bad", "unknown"])
    after = capsys.readouterr()

    assert (refused, taken) == (2, 0)
    assert "error[GDL731]: `egfr` is implausible in 1 of 2 rows" in before
    assert "warning[GDL731]: `diabetes` is implausible in 1 of 2 rows" in after.err
    assert "cells set aside" in after.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.parquet"], "there is no file"),
        (["."], "holds"),
        (["patients.txt"], "no known kind"),
        (["empty.csv"], "cannot be read"),
        (["broken.parquet"], "cannot be read"),
        (["patients.csv", "--ignore", "id", "-o", "x.txt"], "no known kind"),
        (["patients.csv", "--ignore", "id", "-o", "no/x.csv"], "cannot write"),
        (["patients.csv", "--units", "egfr"], "write it as egfr=mL/min"),
        (["patients.csv", "--ignore", "id", "--units", "eg=x"], "no column `eg`"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    arguments: list[str],
    said: str,
    patients: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(patients.parent)
    Path("patients.txt").touch()
    Path("empty.csv").touch()
    Path("broken.parquet").write_bytes(b"PAR1 and no more")
    code = main(["cohort", *arguments])

    assert code == 2
    assert said in capsys.readouterr().err
    assert not list(Path().glob(".*.part"))


def test_cells_are_read_as_the_options_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, advice = tmp_path / "export.csv.gz", tmp_path / "advice.parquet"
    rows = "Größe;eGFR;diabetes;nephropathy\n1;35,5;Ja;1\n2;90;nein;0\n"
    file.write_bytes(gzip.compress(rows.encode("latin-1")))
    asked = ["cohort", str(file), "-o", str(advice), "--ignore", "*"]
    told = ["--encoding", "latin-1", "--decimal", ",", "--divider", ";"]
    words = ["--true", "1,ja", "--false", "0", "--false", "nein"]

    assert main([*asked, *told, *words]) == 0
    found = pq.read_table(advice)
    assert found["rule.renal_form"].to_pylist() == ["applies", "does not apply"]
    rule = found["rule.safer_in_diabetic_nephropathy"].to_pylist()
    assert rule == ["applies", "does not apply"]
    capsys.readouterr()
    assert main([*asked, *told]) == 2
    error = capsys.readouterr().err
    assert "--true yes --false no" in error
    assert "--true 1 --false 0" in error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--true", "ja", "--false", "ja"], "mean both yes and no"),
        (["--true", "ja", "--false", "JA"], "mean both yes and no"),
        (["--decimal", ";"], "decimal sign"),
        (["--divider", "ab"], "one sign"),
        (["--encoding", "base64"], "no encoding `base64`"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    arguments: list[str], said: str, patients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cohort", str(patients), "--ignore", "id", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["csv", "tsv", "arrow", "parquet"])
def test_a_table_of_any_kind_is_not_replaced_by_its_advice(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"patients.{suffix}"
    table = pa.table({"egfr": ["35"]})
    match suffix:
        case "parquet":
            pq.write_table(table, file)
        case "arrow":
            feather.write_feather(table, file)
        case _:
            file.write_text("egfr\n35\n", encoding="utf-8")
    before = file.read_bytes()

    assert main(["cohort", str(file), "-o", str(file)]) == 2
    assert "would be replaced" in capsys.readouterr().err
    assert file.read_bytes() == before
    assert main(["cohort", str(tmp_path), "-o", str(tmp_path / f"b.{suffix}")]) == 2
    assert list(tmp_path.iterdir()) == [file]


def test_no_command_that_reads_tables_writes_over_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, events = tmp_path / "people.csv", tmp_path / "events.csv"
    people.write_text("patient,egfr\na,35\n", encoding="utf-8")
    events.write_text("patient,on,dose\na,2025-01-06,hydroxocobalamin\n", "utf-8")
    before = (people.read_bytes(), events.read_bytes())
    change = ["--instead", "egfr < 50 mL/min => egfr < 30 mL/min"]
    compare = ["compare", "--patients", str(people), "--id", "patient", *change]
    audit = ["audit", str(people), str(events), "--on", "2025-03-01"]
    for asked in (
        [*compare, "--format", "csv", "-o", str(people)],
        [*audit, "--format", "csv", "-o", str(people)],
        [*audit, "--format", "csv", "-o", str(events)],
    ):
        assert main(asked) == 2
        assert "would be replaced" in capsys.readouterr().err

    assert (people.read_bytes(), events.read_bytes()) == before


def test_tables_of_an_audit_are_read_as_the_options_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people, events = tmp_path / "people.csv", tmp_path / "events.csv"
    people.write_text("patient;egfr;b12_deficiency\na;35,5;ja\n", encoding="utf-8")
    events.write_text("patient;on;dose\na;2025-01-06;hydroxocobalamin\n", "utf-8")
    asked = ["audit", str(people), str(events), "--on", "2025-03-01"]

    assert main([*asked, "--true", "ja", "--decimal", ","]) in {0, 1}
    assert "Patients    1" in capsys.readouterr().out
    assert main(asked) == 2
    error = capsys.readouterr().err
    assert "--true yes --false no" in error
    assert "--decimal ," in error
    assert main(["audit", "patient.json", "history.json", "--decimal", ","]) == 2
    assert "are for tables" in capsys.readouterr().err


FORMATS = ["advice.parquet", "advice.arrow", "advice.csv", "advice.tsv"]


@pytest.mark.skipif(os.name != "posix", reason="rights are other elsewhere")
@pytest.mark.parametrize("name", FORMATS)
def test_advice_is_written_as_carefully_as_any_file(
    patients: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = patients.parent
    private, link = folder / name, folder / f"link{Path(name).suffix}"
    private.write_bytes(b"before")
    private.chmod(0o600)
    link.symlink_to(private)
    asked = ["cohort", str(patients), "--ignore", "id", "-o"]
    assert main([*asked, str(link)]) == 0
    advice = private.read_bytes()

    assert link.is_symlink()
    assert advice != b"before"
    assert private.stat().st_mode & 0o777 == 0o600
    private.chmod(0o444)
    assert main([*asked, str(private)]) == 2
    assert f"cannot write {private}" in capsys.readouterr().err
    assert private.read_bytes() == advice
    assert not list(folder.glob(".*.part"))


def test_advice_on_a_full_disk_leaves_what_there_was(
    patients: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    advice = patients.with_name("advice.csv")
    advice.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", fail)
    code = main(["cohort", str(patients), "--ignore", "id", "-o", str(advice)])

    assert code == 2
    assert "no space left on device" in capsys.readouterr().err
    assert advice.read_bytes() == b"before"
    assert not list(patients.parent.glob(".*.part"))
