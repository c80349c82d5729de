"""The example files can be used as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from b12guide.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
HISTORIES = sorted(EXAMPLES.glob("*_history.*"))
PATIENTS = sorted({*EXAMPLES.glob("*.json"), *EXAMPLES.glob("*.toml")} - {*HISTORIES})


def test_the_readme_names_every_example_and_no_other() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    files = {
        path.name for path in EXAMPLES.iterdir() if not path.name.startswith((".", "_"))
    }

    assert set(re.findall(r"^\| \[([\w.]+)\]", text, re.MULTILINE)) == files - {
        "README.md"
    }


def named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("patient", PATIENTS, ids=named)
def test_every_patient_gets_an_answer(
    patient: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recommend", str(patient)]) == 0
    assert "What it says" in capsys.readouterr().out


@pytest.mark.parametrize("history", HISTORIES, ids=named)
def test_every_history_is_audited_beside_its_patient(
    history: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = history.name.partition("_history")[0]
    (patient,) = (path for path in PATIENTS if path.stem == name)

    assert main(["audit", str(patient), str(history), "--on", "2026-06-01"]) == 1
    assert "Violations\n  2026-01-12" in capsys.readouterr().out
