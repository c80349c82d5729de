"""The commands over several guidelines, as people and programs see them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from b12guide.cli import main
from tests.unit.cli.test_proofs import valid
from tests.unit.several.small import WEEKLY, small

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("B12GUIDE_CACHE", "")
    monkeypatch.setenv("COLUMNS", "80")
    daily = WEEKLY.replace("every week", "daily")
    for name, body in (("weekly", WEEKLY), ("daily", daily)):
        (tmp_path / f"{name}.gdl").write_text(small(name, body), encoding="utf-8")
    return str(tmp_path / "weekly.gdl"), str(tmp_path / "daily.gdl")


@pytest.fixture
def patient(tmp_path: Path) -> str:
    path = tmp_path / "patient.json"
    path.write_text(json.dumps({"facts": {"b12_deficiency": True}}), encoding="utf-8")
    return str(path)


def test_a_panel_is_text_json_and_html(
    files: tuple[str, str], patient: str, capsys: Capture
) -> None:
    one, two = files
    asked = ["panel", patient, "-g", one, "-g", two, "--on", "2026-03-05"]

    assert main(asked) == 1
    assert "cannot both be followed: weekly and daily" in capsys.readouterr().out
    assert main([*asked, "--format", "json"]) == 1
    found = valid(capsys.readouterr().out, "panel")
    assert found["on"] == "2026-03-05"
    assert found["decisions"]["monitoring"]["accord"] == "say the same"
    assert main([*asked, "--format", "html"]) == 1
    assert '<th scope="col">All who speak say</th>' in capsys.readouterr().out


def test_a_panel_without_a_clash_is_fine(
    files: tuple[str, str], patient: str, capsys: Capture
) -> None:
    assert main(["panel", patient, "-g", files[0], "-g", files[0]]) == 0
    assert "all say the same" in capsys.readouterr().out


def test_a_table_is_text_json_csv_and_html(
    files: tuple[str, str], capsys: Capture
) -> None:
    assert main(["table", *files]) == 1
    assert "1 different for somebody" in capsys.readouterr().out
    assert main(["table", *files, "--format", "json"]) == 1
    found = valid(capsys.readouterr().out, "table")
    assert found["summary"]["somebody is treated differently"] == 1
    assert main(["table", *files, "--format", "csv"]) == 1
    assert capsys.readouterr().out.count("\nweekly,daily,") == 15
    assert main(["table", files[0], files[0]]) == 0


def test_a_table_counts_the_patients_of_a_cohort(
    files: tuple[str, str], tmp_path: Path, capsys: Capture
) -> None:
    lucky = tmp_path / "lucky.gdl"
    lucky.write_text(
        small("lucky", 'finding lucky "a lucky person"\n' + LUCKY), encoding="utf-8"
    )
    patients = tmp_path / "patients.csv"
    patients.write_text(
        "b12_deficiency,lucky\ntrue,true\ntrue,false\ntrue,true\nfalse,true\n"
    )
    asked = ["table", *files, str(lucky), "--cohort", str(patients)]

    assert main([*asked, "--format", "json"]) == 1
    found = valid(capsys.readouterr().out, "table")
    assert found["cohort"] == 4
    counted = {
        (*cell["guidelines"], cell["about"]): cell["patients"]
        for cell in found["cells"]
        if cell["patients"]
    }
    assert counted == {
        ("weekly", "daily", "loading"): 3,
        ("weekly", "lucky", "form"): 2,
        ("daily", "lucky", "form"): 2,
        ("daily", "lucky", "loading"): 3,
    }
    main(asked)
    assert "differently; 2 patients" in " ".join(capsys.readouterr().out.split())


LUCKY = (
    WEEKLY
    + """
rule lucky
    exception to form
    when      b12_deficiency and lucky
    form      mecobalamin
    ...
"""
)


def test_prove_with_another_finds_who_cannot_follow_both(
    files: tuple[str, str], capsys: Capture
) -> None:
    one, two = files

    assert main(["prove", one, "--with", two, "--format", "json"]) == 1
    found = valid(capsys.readouterr().out, "clashes")
    (loading,) = [one for one in found["decisions"] if one["clashes"]]
    assert loading["decision"] == "loading"
    assert loading["patient"]["facts"] == {"b12_deficiency": True}
    assert main(["prove", one, "--with", one]) == 0
    assert "proved, nobody is advised incompatible" in capsys.readouterr().out


def test_prove_with_another_takes_no_examples(files: tuple[str, str]) -> None:
    assert main(["prove", files[0], "--with", files[1], "--second-opinion"]) == 2
