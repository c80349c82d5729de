"""What may be stated of a patient, as a page, as JSON and as the JSON Schema of a patient."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide import resources
from b12guide.cli import main
from b12guide.errors import PatientError
from b12guide.guideline import Guideline, load

ROOT = Path(__file__).parents[3]

MINE = """\
language 1
guideline mine "Mine"
    version 1.0.0
    status  under review
    uses    words
    scope   age >= 18 years

define sick as ulcer or wound is deep
    asks "Are you ill?"

rule one "One"
    when   sick
    note   "One."
rule two "Two"
    when   fever > 38
    check  blood every 1 month until healed
silent on luck "Nothing is said of luck."
"""
WORDS = """\
language 1
vocabulary words "Words"

finding ulcer "ulcer"
    synonyms sore, "open sore"
    code snomed "1" from "a list"
    implies sick_leave
finding sick_leave "sick leave"
finding luck "luck"
    asks "Are you lucky?"
measure age "age"
    unit years
    plausible 0 to 130 years
measure fever "fever"
    plausible 30 to 45
measure size "size"
    unit mm
    also written millimetre
    plausible 0 to 10 cm
    absent 0 mm
choice wound "wound"
    values none "no wound", deep "a deep one"
    code snomed "2" for deep from "a list"
event healed "healed"
test blood "blood"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Guideline:
    (tmp_path / "words.gdl").write_text(WORDS)
    (tmp_path / "mine.gdl").write_text(MINE)
    return load(tmp_path / "mine.gdl")


def test_facts_of_a_guideline_of_ones_own(mine: Guideline) -> None:
    facts = mine.facts
    assert list(facts) == [
        *("ulcer", "sick_leave", "luck", "age", "fever", "size", "wound", "healed"),
        "sick",
    ]
    assert facts["ulcer"].read_by == ("one",)
    assert facts["ulcer"].tied_to == ("sick_leave",)
    assert facts["sick_leave"].read_by == ()
    assert facts["wound"].codes[0].value == "deep"
    assert facts["wound"].values == (("none", "no wound"), ("deep", "a deep one"))
    assert facts["healed"].read_by == ("two",)
    assert facts["sick"].kind == "definition"
    assert facts["sick"].read_by == ("one",)
    assert facts["sick"].tied_to == ("ulcer", "wound")
    asked = {fact.name: fact.asks for fact in facts.values() if fact.asks}
    assert asked == {"luck": "Are you lucky?", "sick": "Are you ill?"}
    assert [name for name, fact in facts.items() if fact.in_scope] == ["age"]
    assert [name for name, fact in facts.items() if fact.silent] == ["luck"]
    size = facts["size"]
    assert size.unit == "mm"
    assert size.plausible == (Fraction(0), Fraction(100))
    assert size.absent == Fraction(0)
    assert size.also_written == ("millimetre",)


def test_nobody_can_change_them(mine: Guideline) -> None:
    with pytest.raises(TypeError):
        mine.facts["ulcer"] = None  # type: ignore[index]


def test_the_command_prints_each_fact_with_its_readers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["facts"]) == 0
    text = capsys.readouterr().out
    assert "For education and research" in text
    assert "under review" in text
    for name in load("mecobalamin_im").facts:
        assert f"  {name} " in text
    assert main(["facts", "--format", "markdown"]) == 0
    assert "- **egfr:** estimated glomerular" in capsys.readouterr().out


def test_the_json_is_as_its_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    schema = json.loads(resources.read("schema", "facts.schema.json"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(found)
    egfr = next(fact for fact in found["facts"] if fact["name"] == "egfr")
    assert egfr["unit"] == "mL/min"
    assert egfr["plausible"] == {"low": 0, "high": 250}
    assert {"loinc", "snomed"} == {code["system"] for code in egfr["codes"]}
    assert "renal_form" in egfr["read_by"]


# ------------------------------------------------------------------------------ schema


def accepts(schema: dict[str, Any], patient: object) -> bool:
    return Draft202012Validator(schema).is_valid(patient)


def test_the_command_prints_the_schema_of_a_patient(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["facts", "--format", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert schema == load("mecobalamin_im").json_schema()
    properties = schema["properties"]["facts"]["properties"]
    assert set(properties) == set(load("mecobalamin_im").facts)


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*.json")), ids=str)
def test_the_schema_accepts_the_example_patients(file: Path) -> None:
    patient = json.loads(file.read_text("utf-8"))
    if isinstance(patient, dict):
        assert accepts(load("mecobalamin_im").json_schema(), patient)


GOOD: list[dict[str, Any]] = [
    {"ulcer": True, "wound": "deep", "healed": False, "sick": None},
    {"age": 40, "fever": 38.5, "size": "12 mm"},
    {"size": {"value": "1.2 cm", "on": "2025-01-01"}},
    {"size": [{"value": "1 cm", "on": "2025-01-01"}, {"value": 3, "on": "2025-02-01"}]},
    {"ulcer": {"value": True, "on": "2025-01-01"}},
    {"wound": None},
]
BAD: list[dict[str, Any]] = [
    {"ulcerr": True},
    {"ulcer": "yes"},
    {"ulcer": 1},
    {"wound": "shallow"},
    {"age": 131},
    {"size": True},
    {"size": "large"},
    {"size": {"value": 3, "when": "2025-01-01"}},
    {"size": {"on": "2025-01-01"}},
    {"size": []},
]


@pytest.mark.parametrize("facts", GOOD, ids=str)
def test_what_the_schema_accepts_is_read(
    mine: Guideline, facts: dict[str, Any]
) -> None:
    assert accepts(mine.json_schema(), {"facts": facts})
    mine.recommend({"facts": facts})


@pytest.mark.parametrize("facts", BAD, ids=str)
def test_what_the_schema_refuses_is_refused(
    mine: Guideline, facts: dict[str, Any]
) -> None:
    assert not accepts(mine.json_schema(), {"facts": facts})
    with pytest.raises(PatientError):
        mine.recommend({"facts": facts})


def test_the_schema_can_ask_for_units(mine: Guideline) -> None:
    schema = mine.json_schema(units="required")
    assert accepts(schema, {"facts": {"size": "12 mm", "fever": 38}})
    assert not accepts(schema, {"facts": {"size": 12}})
    assert not accepts(schema, {"facts": {"size": {"value": 12}}})
    assert accepts(schema, {"facts": {"size": {"value": 12, "unit": "mm"}}})


# ------------------------------------------------------------------------------- codes


def test_a_code_means_one_fact_or_value() -> None:
    """What a record has under a code can be only one thing, or it would have to be guessed."""
    facts = b12guide.load("mecobalamin_im").facts.values()
    codes = [
        (
            code.system,
            code.code,
            code.value == "allergy",
        )  # of the substance, not the drug
        for fact in facts
        for code in fact.codes
    ]
    assert len(codes) == len(set(codes))
