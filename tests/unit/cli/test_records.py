"""Files of FHIR where a patient or a history is expected."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from b12guide.cli.command import main
from tests.strategies.resources import (
    administration,
    condition,
    observation,
    patient,
    quantity,
)

BUNDLE: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": one}
        for one in (
            patient(),
            condition(),
            observation("33914-3", quantity(35.5, "mL/min"), "2026-03-01"),
            administration(on="2026-02-01"),
            {"resourceType": "Encounter", "id": "e"},
        )
    ],
}


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(BUNDLE), encoding="utf-8")
    return str(path)


Run = Any


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_bundle_is_a_patient_and_what_was_not_read_is_told(
    bundle: str, run: Run
) -> None:
    code, out, told = run("recommend", bundle, "--on", "2026-03-05", "--format", "json")

    assert code == 0
    assert json.loads(out)["decisions"]["form"]["preferred"] == ["hydroxocobalamin"]
    assert told.splitlines() == [
        f"{bundle}: FHIR, of which 3 facts and 2 rows of a history were read; not read: 1",
        "  Encounter/e: resources of the type `Encounter` are not read",
    ]


def test_a_bundle_may_come_through_a_pipe(run: Run, monkeypatch: Any) -> None:
    content = io.BytesIO(json.dumps(BUNDLE).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(content, encoding="utf-8"))
    code, out, told = run("explain", "renal_form", "-", "--on", "2026-03-05")

    assert code == 0
    assert "applies" in out
    assert told.startswith("standard input: FHIR")


def test_a_bundle_is_a_history_too(bundle: str, run: Run) -> None:
    code, out, _ = run(
        *("audit", bundle, bundle, "--on", "2026-03-05", "--format", "json")
    )

    assert code in {0, 1}
    assert json.loads(out)["findings"]


def test_a_bundle_that_is_wrong_is_refused_with_the_place(
    tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "bundle.json"
    path.write_text('{"resourceType": "Bundle", "entry": 3}')
    code, _, told = run("recommend", str(path))

    assert code == 2
    assert "GDL760" in told
    assert "/entry" in told


def test_a_key_that_stands_twice_is_refused(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "bundle.json"
    path.write_text('[{"resourceType": "Patient", "id": "1", "id": "2"}]')
    code, _, told = run("recommend", str(path))

    assert code == 2
    assert "`id` stands twice" in told


def test_a_timeline_and_a_panel_take_a_bundle(bundle: str, run: Run) -> None:
    assert run("timeline", bundle, "--start", "2026-03-05")[0] == 0
    assert run("panel", bundle, "--on", "2026-03-05")[0] in {0, 1}
