"""When `recommend` prints one screen, and when everything; and `explain` of any name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from b12guide.cli import answers as command
from b12guide.cli import main

PATIENT = {"facts": {"age": 45, "b12_deficiency": True, "paresthesia": True}}


@pytest.fixture
def patient(tmp_path: Path) -> str:
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(PATIENT))
    return str(file)


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert main(words) == 0
    return capsys.readouterr().out.splitlines()


def test_what_is_piped_is_whole(
    patient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(printed(capsys, "recommend", patient)) > 60


def test_a_terminal_gets_one_screen(
    patient: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "is_terminal", lambda _: True)

    assert len(printed(capsys, "recommend", patient)) <= 24
    assert len(printed(capsys, "recommend", patient, "--full")) > 60


def test_a_file_is_whole_even_from_a_terminal(
    patient: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "is_terminal", lambda _: True)
    out = tmp_path / "answer.txt"

    assert main(["recommend", patient, "-o", str(out)]) == 0
    assert len(out.read_text().splitlines()) > 60


def test_a_pipe_gets_one_screen_when_it_asks(
    patient: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(printed(capsys, "recommend", patient, "--short")) <= 24


@pytest.mark.parametrize("words", [("--format", "json"), ("--audience", "patient")])
def test_only_text_for_professionals_can_be_short(
    patient: str, words: tuple[str, str]
) -> None:
    assert main(["recommend", patient, "--short", *words]) == 2


@pytest.mark.parametrize(
    ("name", "title", "told"),
    [
        ("S13", "Statement: S13", "loading_standard"),
        ("T31", "Silence: T31", "Folic acid for a planned or current pregnancy"),
        ("T17", "Challenge: T17", "own third reference"),
        ("T01", "Assumption: T01", "Mecobalamin follows"),
        ("egfr", "Fact: estimated glomerular", "renal_form"),
        ("folic_acid", "Drug: folic acid", "folate_gate"),
        ("oral", "Route: oral", "oral_after_loading"),
        ("serum_b12", "Fact: serum vitamin B12", "three_month_check"),
        ("neurological_symptoms", "Definition: neurological", "loading_neurological"),
    ],
)
def test_anything_with_a_name_is_explained(
    patient: str, capsys: pytest.CaptureFixture[str], name: str, title: str, told: str
) -> None:
    for lines in (
        printed(capsys, "explain", name),
        printed(capsys, "explain", name, patient),
    ):
        assert lines[0].startswith(title)
        assert told in " ".join(" ".join(lines).split())


def test_its_json_names_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads("\n".join(printed(capsys, "explain", "S13", "--format", "json")))

    assert found["target"] == {"kind": "statement", "name": "S13"}
    assert [rule["rule"] for rule in found["rules"]] == [
        "loading_standard",
        "route_without_neurology",
    ]


def test_a_name_that_there_is_not_is_met_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "folic_acd"]) == 2
    assert "did you mean `folic_acid`" in capsys.readouterr().err
