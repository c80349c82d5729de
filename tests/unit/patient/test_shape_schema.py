"""The JSON Schema of a patient file accepts what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from b12guide import resources
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.stated import state
from b12guide.text import Text


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(resources.read("schema", "patient.schema.json"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def is_accepted(characters: str, graph: RuleGraph) -> bool:
    try:
        state(patient_from_text(Text("ann.json", characters), ".json"), graph)
    except PatientError:
        return False
    return True


@pytest.mark.parametrize(
    "characters",
    [
        '{"facts": {}}',
        '{"facts": {"egfr": "35 mL/min", "paresthesia": null}, "otherwise": "absent"}',
        '{"facts": {"egfr": 35.5, "bariatric_procedure": "none"}, "note": [1]}',
        '{"facts": {"egfr": {"value": 35}}, "id": 7, "name": "Ann", "comment": ""}',
        '{"facts": {"egfr": [{"value": null}]}, "$schema": "patient.schema.json"}',
        """{"facts": {"egfr": [
            {"value": 1, "on": "2025-03-05"}, {"value": 2, "on": "2025-03-06"}
        ]}}""",
        """{"facts": {"egfr": [
            {"value": 35, "unit": "mL/min", "on": "2025-03-05T10:00"},
            {"value": 36, "code": "mL/min/{1.73_m2}", "on": "2025-03-05T23:59:59.5",
             "system": "http://unitsofmeasure.org", "unit": null}
        ]}}""",
        '{"facts": {"egfr": {"value": 35, "on": "2025-03-05 10:00+02:00"}}}',
    ],
)
def test_what_the_reader_accepts_is_valid(
    characters: str, validator: Draft202012Validator, graph: RuleGraph
) -> None:
    assert is_accepted(characters, graph)
    validator.validate(json.loads(characters))


@pytest.mark.parametrize(
    "characters",
    [
        "[]",
        "{}",
        '{"egfr": 35}',
        '{"facts": []}',
        '{"facts": {}, "otherwise": "none"}',
        '{"facts": {}, "otherwize": "absent"}',
        '{"facts": {"egfr": []}}',
        '{"facts": {"egfr": [35]}}',
        '{"facts": {"egfr": {"on": "2025-03-05"}}}',
        '{"facts": {"egfr": {"value": 35, "on": "March"}}}',
        '{"facts": {"egfr": {"value": 35, "on": null}}}',
        '{"facts": {"egfr": {"value": 35, "unit": 7}}}',
        '{"facts": {"egfr": {"value": 35, "code": "x", "system": "urn:oid:1"}}}',
        '{"facts": {"egfr": {"value": 35, "on": "2025-03-05T24:00"}}}',
        '{"facts": {"egfr": {"value": 35, "on": "2025-03-05T10"}}}',
        '{"facts": {"egfr": {"value": 35, "on": "2025-03-05T10:00 CET"}}}',
        '{"facts": {"egfr": {"value": {"value": 35}}}}',
        '{"facts": {"egfr": [{"value": 1, "on": "2025-03-05"}, {"value": 2}]}}',
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(
    characters: str, validator: Draft202012Validator, graph: RuleGraph
) -> None:
    assert not validator.is_valid(json.loads(characters))
    assert not is_accepted(characters, graph)


def test_the_example_patients_are_valid(
    root: Path, validator: Draft202012Validator
) -> None:
    files = sorted((root / "examples").glob("*.json"))

    assert files
    for file in files:
        document = json.loads(file.read_text("utf-8"))
        if isinstance(document, dict):  # a history is a list
            validator.validate(document)
