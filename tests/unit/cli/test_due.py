"""`b12guide due` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from b12guide.cli.command import main

HISTORY = [
    {"on": "2026-01-05", "dose": "mecobalamin", "amount": "1000 µg", "route": "IM"}
]
PATIENT = {"facts": {"b12_deficiency": True, "paresthesia": True}}


@pytest.fixture
def case(tmp_path: Path) -> tuple[str, str]:
    patient, history = tmp_path / "patient.json", tmp_path / "history.json"
    patient.write_text(json.dumps(PATIENT), encoding="utf-8")
    history.write_text(json.dumps(HISTORY), encoding="utf-8")
    return str(patient), str(history)


@pytest.mark.parametrize("written", ["text", "markdown", "html", "json"])
def test_each_format_names_the_day_and_the_notice(
    case: tuple[str, str], capsys: pytest.CaptureFixture[str], written: str
) -> None:
    code = main(["due", *case, "--on", "2026-01-06", "--format", written])
    shown = capsys.readouterr().out

    assert code == 0
    assert "2026-01-07" in shown
    assert "For education and research." in shown
    assert "under review" in shown


def test_a_file_is_written_whole(case: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "due.json"

    assert (
        main(["due", *case, "--on", "2026-01-06", "--format", "json", "-o", str(file)])
        == 0
    )
    assert (
        json.loads(file.read_text("utf-8"))["doses"][0]["recommended"] == "2026-01-07"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--mark", "plateau"], "is not written as EVENT=1"),
        (["--mark", "nothing=1"], "there is no event `nothing`"),
        (["--mark", "neurological_plateau=0"], "a whole number"),
        (["--tolerance", "generous"], "there are usual and strict"),
        (["--on", "2026-02-30"], "there is no day"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(
    case: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    assert main(["due", *case, *options]) == 2
    assert said in capsys.readouterr().err


def test_two_files_cannot_both_come_from_the_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["due", "-", "-"]) == 2
    assert "only one of PATIENT and HISTORY" in capsys.readouterr().err
