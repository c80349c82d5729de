"""What an error says of itself is enough to mend what caused it, and holds no patient's values."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from b12guide import PatientError, errors, load, patient_from_json
from b12guide.resources import read

GUIDELINE = load("mecobalamin_im")
DAY = "1987-06-05"


def refused(patient: Any) -> PatientError:
    with pytest.raises(PatientError) as caught:
        GUIDELINE.recommend(patient)
    return caught.value


def test_the_text_of_an_error_has_its_remedies() -> None:
    with pytest.raises(PatientError, match=r"help: did you mean `egfr`\?"):
        GUIDELINE.recommend({"egfrr": 35})


@pytest.mark.parametrize(
    ("facts", "pointer", "fact"),
    [
        ({"egfr": "thirty-seven"}, "/facts/egfr", "egfr"),
        ({"egfr": "37373 mL/min"}, "/facts/egfr", "egfr"),
        ({"egfr": "37 g/L"}, "/facts/egfr", "egfr"),
        ({"egfr": "37 florps"}, "/facts/egfr", "egfr"),
        ({"egfr": {"value": "37x", "on": DAY}}, "/facts/egfr/value", "egfr"),
        ({"egfr": [{"value": 37, "on": f"{DAY}Q"}]}, "/facts/egfr/0/on", "egfr"),
        ({"paresthesia": "373737"}, "/facts/paresthesia", "paresthesia"),
        ({"cobalamin_gene": "3737"}, "/facts/cobalamin_gene", "cobalamin_gene"),
        ({"GFR": "373737 x"}, "/facts/GFR", "egfr"),
        ({"a/b~c": True}, "/facts/a~1b~0c", None),
        ({"egfr": 37, "GFR": 37}, "/facts/GFR", "egfr"),
    ],
)
def test_a_diagnostic_names_the_fact_and_points_into_the_data(
    facts: Mapping[str, Any], pointer: str, fact: str | None
) -> None:
    error = refused(facts)
    found = error.diagnostics[0].to_dict()

    assert found["pointer"] == pointer
    assert found["fact"] == fact
    assert found["place"] is None, "nobody wrote a text of which this is a line"
    assert f"patient{pointer}: " in str(error)
    assert "patient:1" not in error.detailed()
    assert "37" not in str(error)
    assert DAY not in str(error)
    assert "37" not in json.dumps(error.problem())


def test_contradicting_facts_are_pointed_at_without_their_values() -> None:
    error = refused({"bariatric_surgery": False, "bariatric_procedure": "roux_en_y"})

    assert "roux_en_y" not in str(error)
    assert "/facts/bariatric_procedure" in str(error)
    assert "roux_en_y" in error.detailed()


def test_the_values_are_there_for_those_who_ask() -> None:
    error = refused({"egfr": "thirty-seven"})

    assert "thirty-seven" in error.detailed()
    assert "thirty-seven" in error.diagnostics[0].message
    assert "thirty-seven" in json.dumps(error.to_dict())


def test_a_record_of_no_kind_is_not_repeated() -> None:
    assert "37" not in str(refused('{"facts": {"egfr": 37}}'))


def test_a_row_of_a_history_is_pointed_at() -> None:
    rows = [{"on": "2025-01-06", "dose": "mecobalamin", "amount": "37373 mg"}]
    with pytest.raises(PatientError) as caught:
        GUIDELINE.audit({}, rows, on=dt.date(2026, 1, 5))

    assert caught.value.diagnostics[0].pointer == "/0/amount"
    assert "37373" not in str(caught.value)


def test_a_body_is_read_with_its_doubled_keys_and_its_places() -> None:
    with pytest.raises(PatientError) as caught:
        patient_from_json('{"facts": {"egfr": 37,\n "egfr": 38}}')
    (found,) = caught.value.to_dict()["diagnostics"]

    assert (found["code"], found["pointer"]) == ("GDL705", "/facts/egfr")
    assert found["place"]["start"] == {"offset": 24, "line": 2, "column": 2}
    assert "37" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff37",
        b'{"facts": 37}',
        b'{"facts": {"egfr": 37 mL}}',
        b"[" * 100,
        b'{"otherwise": "3737", "facts": {}}',
        b" " * (1 << 20) + b"{}",
        37,
        None,
        {"facts": {"egfr": 37}},
    ],
)
def test_bodies_that_cannot_be_read_are_refused_without_being_repeated(
    body: Any,
) -> None:
    with pytest.raises(PatientError) as caught:
        patient_from_json(body)

    assert "37" not in str(caught.value)
    assert "37" not in json.dumps(caught.value.problem())


def test_errors_are_plain_data_of_their_schema() -> None:
    schema = json.loads(read("schema", "diagnostics.schema.json"))
    one = {"$ref": "#/$defs/diagnostic", "$defs": schema["$defs"]}
    found = refused({"egfr": "x", "numbness": "y"}).to_dict()

    assert found["error"] == "PatientError"
    assert found["codes"] == ["GDL712", "GDL710"]
    for diagnostic in found["diagnostics"]:
        Draft202012Validator(one).validate(diagnostic)


def test_a_problem_tells_a_client_what_to_mend() -> None:
    assert refused({"egfr": "x"}).problem() == {
        "type": "urn:b12guide:error:PatientError",
        "title": "patient cannot be used",
        "status": 422,
        "errors": [
            {
                "code": "GDL712",
                "fact": "egfr",
                "pointer": "/facts/egfr",
                "detail": "a measure is not one number",
                "remedy": "write one number with its unit, or null where it is not known",
            }
        ],
    }


def test_an_error_in_a_sentence_is_data_as_well() -> None:
    with pytest.raises(errors.UnknownNameError) as caught:
        GUIDELINE.explain("renal_frm")

    assert caught.value.to_dict()["codes"] == []
    assert "renal_form" in caught.value.problem(404)["title"]


@pytest.mark.parametrize("code", sorted(errors._WITHOUT_VALUES))
def test_what_is_said_without_values_is_the_title_of_the_page(
    root: Path, code: str
) -> None:
    page = (root / "docs" / "diagnostics" / f"{code}.md").read_text("utf-8")

    assert page.splitlines()[0] == f"# {code}: {errors._WITHOUT_VALUES[code]}"
