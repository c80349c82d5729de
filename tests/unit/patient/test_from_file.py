"""Patients from files and from standard input."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TextIO

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_file import patient_from_text, read_patient
from b12guide.patient.model import Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.text import Text

SAME = {
    "ann.json": '{"facts": {"egfr": "35 mL/min", "numbness": null}, "otherwise": "absent"}',
    "ann.toml": 'otherwise = "absent"\n[facts]\negfr = "35 mL/min"\n',
    "ann.yaml": "otherwise: absent\nfacts:\n  egfr: 35 mL/min\n  numbness: null\n",
    "ann.yml": '{"facts": {"egfr": "35 mL/min", "numbness": null}, "otherwise": "absent"}',
    "ANN.JSON": '\ufeff{"facts": {"egfr": "35 mL/min"}, "otherwise": "absent"}',
}


def refused(source: Path | str, stdin: TextIO | None = None) -> Diagnostic:
    with pytest.raises(PatientError) as caught:
        read_patient(source, stdin)
    return caught.value.diagnostics[0]


def shape(characters: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(PatientError) as caught:
        patient_from_text(Text("ann.json", characters), ".json")
    return caught.value.diagnostics


@pytest.mark.parametrize("name", SAME)
def test_the_suffix_says_the_format(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(SAME[name], encoding="utf-8")

    patient = read_patient(file)

    assert patient.facts["egfr"] == "35 mL/min"
    assert patient.facts.get("numbness") is None
    assert patient.otherwise is Otherwise.ABSENT
    assert patient.name == str(file)
    assert patient.places["egfr"].text.name == str(file)


def test_a_dash_is_json_from_standard_input() -> None:
    text = '{"facts": {"egfr": 35}}'

    from_text = read_patient("-", io.StringIO(text))
    from_bytes = read_patient("-", io.TextIOWrapper(io.BytesIO(text.encode())))

    assert from_text == from_bytes
    assert from_text == Patient(facts={"egfr": 35}, name="standard input")


def test_a_dash_reads_the_process_input_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"facts": {}}'))

    assert read_patient("-").facts == {}


def test_descriptive_keys_are_allowed() -> None:
    patient = patient_from_text(
        Text(
            "ann.json",
            '{"$schema": "x", "id": 7, "name": "Ann", "note": "n", "comment": [],'
            ' "facts": {}}',
        ),
        ".json",
    )

    assert patient.otherwise is Otherwise.UNKNOWN
    assert patient.name == "ann.json"


def test_a_missing_file_is_told_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text("{}", encoding="utf-8")

    near = refused(tmp_path / "anne.json")
    far = refused(tmp_path / "no" / "such.json")

    assert near.code == far.code == "GDL701"
    assert str(tmp_path / "ann.json") in near.help[0].message
    assert far.help == ()


@pytest.mark.parametrize("name", ["ann.csv", "ann", "ann.txt"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    diagnostic = refused(tmp_path / name)

    assert diagnostic.code == "GDL701"
    assert ".json" in diagnostic.help[0].message


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()

    assert refused(tmp_path / "folder.json").code == "GDL701"
    assert refused("nul\0.json").code == "GDL701"


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "ann.json"
    file.write_bytes('{"facts": {}}'.encode("utf-16"))

    diagnostic = refused(file)

    assert diagnostic.code == "GDL701"
    assert "UTF-8" in diagnostic.help[0].message


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    file = tmp_path / "ann.json"
    fits = '{"facts": {}}'.ljust(1024 * 1024)
    file.write_text(fits, encoding="utf-8")
    assert read_patient(file).facts == {}
    file.write_text(fits + " ", encoding="utf-8")

    assert refused(file).code == "GDL719"
    assert refused("-", io.StringIO(fits + " ")).code == "GDL719"


@pytest.mark.parametrize(
    ("characters", "code", "told"),
    [
        ("[]", "GDL703", '{"facts": {...}}'),
        ("3", "GDL703", '{"facts": {...}}'),
        ("{}", "GDL703", '{"facts": {...}}'),
        ('{"note": "n"}', "GDL703", '{"facts": {...}}'),
        ('{"egfr": 35}', "GDL703", '{"facts": {"egfr": ...}}'),
        ('{"fact": {}}', "GDL703", "`facts`"),
        ('{"Facts": {}}', "GDL703", "`facts`"),
        ('{"facts": []}', "GDL703", '"facts": {'),
        ('{"facts": null}', "GDL703", '"facts": {'),
        ('{"facts": {}, "egfr": 35}', "GDL704", "under `facts`"),
        ('{"facts": {}, "history": []}', "GDL704", "a file of its own"),
        ('{"facts": {}, "otherwize": "absent"}', "GDL704", "`otherwise`"),
        ('{"facts": {}, "facts": {}}', "GDL705", ""),
        ('{"facts": {}, "otherwise": "abscent"}', "GDL706", "`absent`"),
        ('{"facts": {}, "otherwise": "Unknown"}', "GDL706", "`unknown`"),
        ('{"facts": {}, "otherwise": false}', "GDL706", "`absent`"),
        ('{"facts": {}, "otherwise": null}', "GDL706", "`unknown` or `absent`"),
        ('{"facts": {}, "otherwise": ["absent"]}', "GDL706", ""),
    ],
)
def test_the_outermost_keys_are_checked(characters: str, code: str, told: str) -> None:
    diagnostics = shape(characters)

    assert [d.code for d in diagnostics] == [code]
    assert told in "".join(h.message for h in diagnostics[0].help)
    assert diagnostics[0].place is not None
    assert diagnostics[0].place.text.name == "ann.json"


def test_a_misspelled_key_comes_with_an_edit() -> None:
    (diagnostic,) = shape('{"fact": {}}')

    (edit,) = diagnostic.help[0].edits
    assert (edit.span.start, edit.span.end, edit.replacement) == (1, 7, '"facts"')


def test_several_wrong_keys_are_told_at_once() -> None:
    found = shape('{"egfr": 1, "facts": {"a": 1, "a": 2}, "otherwise": 3}')

    assert [d.code for d in found] == ["GDL704", "GDL705", "GDL706"]


@pytest.mark.parametrize(
    ("suffix", "characters", "told"),
    [
        (".json", '{"facts": {"egfr": [35]}}', '{"value": 35, "on": "YYYY-MM-DD"}'),
        (".toml", "facts.egfr = [35]", "{ value = 35, on = YYYY-MM-DD }"),
        (".yaml", "facts: {egfr: [35]}", "{value: 35, on: YYYY-MM-DD}"),
        (".json", '{"facts": {"egfr": "x"}}', "or `null` when it is not known"),
        (".toml", 'facts.egfr = "x"', "or leave the line out when it is not known"),
        (".yaml", "facts: {egfr: x}", "or `null` when it is not known"),
        (".json", '{"facts": {"paresthesia": "?"}}', "`null`"),
        (".toml", 'facts.paresthesia = "?"', "leave the line out when it is not known"),
        (".json", '{"egfr": 35}', '`{"facts": {"egfr": ...}}`'),
        (".toml", "egfr = 35", "`facts.egfr = ...`"),
        (".yaml", "egfr: 35", "`facts: {egfr: ...}`"),
        (".toml", "", "`[facts]`"),
        (".yaml", "3", "`facts: {...}`"),
        (
            ".json",
            '{"facts": {"roux_en_y": true}}',
            '`"bariatric_procedure": "roux_en_y"`',
        ),
        (".toml", "facts.roux_en_y = true", '`bariatric_procedure = "roux_en_y"`'),
        (".yaml", "facts: {roux_en_y: true}", "`bariatric_procedure: roux_en_y`"),
        (".json", '{"resourceType": "Patient", "id": "1"}', '`{"facts": {...}}`'),
        (".json", '{"facts": {"egfr": 1e999}}', "round it"),
    ],
)
def test_a_remedy_is_written_as_the_record_is(
    graph: RuleGraph, suffix: str, characters: str, told: str
) -> None:
    with pytest.raises(PatientError) as caught:
        state(patient_from_text(Text(f"ann{suffix}", characters), suffix), graph)

    (diagnostic,) = caught.value.diagnostics
    assert told in "; ".join(remedy.message for remedy in diagnostic.help)
