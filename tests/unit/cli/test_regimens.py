"""`b12guide compare-regimens`: regimens in, their numbers side by side out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from b12guide.cli.command import main

REGIMENS = ("two = 1000 µg IM every 2 months", "1000 µg orally daily")
LOADING = ("--loading", "1000 µg IM 3 times a week for 2 weeks")


def run(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> tuple[int, str, str]:
    code = main(["compare-regimens", *map(str, arguments)])
    return (code, *capsys.readouterr())


def test_names_are_given_or_are_what_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, *REGIMENS, *LOADING, "--format", "json")
    found = json.loads(out)

    assert (code, err) == (0, "")
    assert [one["name"] for one in found["regimens"]] == ["two", "1000 µg orally daily"]
    assert found["regimens"][0]["years"][0]["injections"] == {"low": 11, "high": 11}
    assert found["guideline"] is None


def test_every_number_is_a_row_of_csv(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, REGIMENS[0], "--years", "2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))

    assert code == 0
    assert {row["year"] for row in rows} == {"1", "2", ""}
    assert [r["low"] for r in rows if r["quantity"] == "injections"] == [
        "6.0",
        "6.0",
        "12.0",
    ]


@pytest.mark.parametrize(
    ("format_", "first"),
    [("text", "Regimens"), ("markdown", "# "), ("html", "<!DOCTYPE"), ("svg", "<svg")],
)
def test_it_is_written_in_every_format(
    format_: str, first: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"found.{format_}"
    code, out, err = run(capsys, *REGIMENS, "--format", format_, "-o", file)

    assert (code, out, err) == (0, "", "")
    assert file.read_text(encoding="utf-8").startswith(first)


def test_what_was_asked_for_is_what_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(
        capsys,
        *("1 mg IM every 3 months", "--years", "3", "--discount", "0-0.05"),
        *("--missed", "0.05-0.2", "--late-days", "0-21", "--tolerance-days", "7"),
        *("--people", "10", "--seed", "4", "--from-planned", "--cost", "uk_2006"),
        *("--loading-weeks", "3-12", "--format", "json"),
    )
    found = json.loads(out)

    assert found["model"] == {
        "missed": {"low": 0.05, "high": 0.2},
        "late_days": {"low": 0, "high": 21},
        "from_given": False,
        "tolerance_days": 7,
    }
    assert found["discount"] == {"low": 0, "high": 0.05}
    assert found["loading_weeks"] == {"low": 3, "high": 12}
    assert (found["years"], found["people"], found["seed"]) == (3, 10, 4)
    assert found["costs"]["currency"] == "GBP"
    assert found["regimens"][0]["adherence"]["doses"] is not None


def test_costs_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, REGIMENS[0], "--cost", "none", "--format", "json")

    assert json.loads(out)["costs"] is None


def test_a_rule_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "maintenance_standard", "--years", "1")

    assert code == 0
    assert "every 2 to 3 months" in " ".join(out.split())
    assert "under review" in out


def test_patients_are_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = tmp_path / "patients.csv"
    patients.write_text("id;b12_deficiency\n1;ja\n2;nein\n", encoding="utf-8")
    code, out, err = run(
        capsys,
        *("tablets = 1 mg orally daily", "--patients", patients),
        *("--ignore", "id", "--otherwise", "absent", "--divider", ";"),
        *("--true", "ja", "--false", "nein", "--format", "json"),
    )
    found = json.loads(out)

    assert (code, err) == (0, "")
    assert found["guideline"]["status"] == "under review"
    assert found["cohort"]["patients"] == 2
    assert found["regimens"][0]["standing"]["silent"] == 1
    assert found["regimens"][0]["standing"]["option"] == 1


def test_patients_alone_are_told_what_is_recommended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = tmp_path / "patients.csv"
    patients.write_text("b12_deficiency\ntrue\n", encoding="utf-8")
    code, out, _ = run(capsys, "--patients", patients, "--format", "csv")

    assert code == 0
    assert "As recommended, 1 open patient together" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a REGIMEN"),
        (("two =",), "is no regimen"),
        (("a = 1 mg IM monthly", "a = 1 mg IM weekly"), "two regimens of the name"),
        (("1 mg IM sometimes",), "`sometimes` is not understood"),
        (("1 mg IM monthly", "--loading-weeks", "some"), "no range such as 3-12"),
        (("1 mg IM monthly", "--loading-weeks", "12-3"), "`--loading-weeks` has to be"),
        (("1 mg IM monthly", "--discount", "3"), "`--discount` has to be a rate"),
        (("1 mg IM monthly", "--people", "10"), "--missed"),
        (("1 mg IM monthly", "--years", "99"), "1<=x<=50"),
        (("1 mg IM monthly", "--cost", "mine"), "published costs"),
    ],
)
def test_what_cannot_be_used_is_refused(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *arguments)

    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--people", "10"), "--people says nothing without --missed or --late-days"),
        (("--from-planned",), "--from-planned says nothing without --missed or"),
        (("--drug", "mecobalamin"), "--drug says nothing without --levels"),
        (("--ignore", "x"), "--ignore says nothing without --patients"),
        (("--false", "no"), "--false says nothing without --patients"),
        (("--levels", "--drug", "water"), "of `water` no numbers are published"),
        (("--missed", "2"), "`--missed` has to be a probability from 0 to 1,"),
        (("--missed", "2"), "this is `2`"),
        (("--missed", "0.1", "--people", "100001"), "`--people` has to be a whole"),
        (("--loading-weeks", "600"), "0 to 520, or a pair such as `3-12`; this is `60"),
        (("--cost", "nope"), "known: `ontario_1996`, `ontario_2013`, `uk_2006`"),
        (("--cost", "nope.toml"), "`--cost` has to be a TOML file that is there, or"),
    ],
)
def test_a_slip_in_an_option_is_told_by_its_name(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare-regimens", "1 mg IM monthly", *options]) == 2
    assert said in capsys.readouterr().err
