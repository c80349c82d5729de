"""`recommend --format fhir`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from b12guide.cli import main

PATIENT = {"resourceType": "Patient", "id": "7", "birthDate": "1968-01-01"}
TINGLING = {
    "resourceType": "Condition",
    "id": "t",
    "subject": {"reference": "Patient/7"},
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "verificationStatus": {"coding": [{"code": "confirmed"}]},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91019004"}]},
}
LACK = {
    **TINGLING,
    "id": "b",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "190634004"}]},
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["recommend", *arguments, "--on", "2026-11-29"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [each for each in found if each["resourceType"] == kind]


def test_the_answer_is_a_bundle(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "patient.json"
    path.write_text('{"facts": {"age": 40, "b12_deficiency": true}}', encoding="utf-8")
    bundle = printed(capsys, str(path), "--format", "fhir", "--subject", "Patient/1")
    (response,) = of_kind(bundle, "GuidanceResponse")

    assert bundle["type"] == "collection"
    assert response["subject"] == {"reference": "Patient/1"}
    assert response["occurrenceDateTime"] == "2026-11-29"


def test_drafts_are_about_the_patient_of_the_resources(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bundle.json"
    entries = [{"resource": each} for each in (PATIENT, TINGLING, LACK)]
    written = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    path.write_text(json.dumps(written), encoding="utf-8")
    bundle = printed(capsys, str(path), "--format", "fhir")
    requests = of_kind(bundle, "ServiceRequest")
    references = {
        each["reference"]
        for request in [*requests, *of_kind(bundle, "MedicationRequest")]
        for each in request.get("reasonReference", [])
    }

    assert requests
    assert {each["subject"]["reference"] for each in requests} == {"Patient/7"}
    assert "Condition/b" in references
    assert references <= {"Condition/b", "Condition/t"}


def test_a_subject_is_for_fhir_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "patient.json"
    path.write_text('{"facts": {}}', encoding="utf-8")

    assert main(["recommend", str(path), "--subject", "Patient/1"]) != 0
    assert "--subject is for --format fhir" in capsys.readouterr().err


def test_a_subject_that_is_no_reference_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "patient.json"
    path.write_text('{"facts": {}}', encoding="utf-8")
    arguments = ["recommend", str(path), "--format", "fhir", "--subject", "Jane Doe"]

    assert main(arguments) != 0
    assert "a reference, such as `Patient/1`" in capsys.readouterr().err
