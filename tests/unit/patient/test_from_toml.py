"""TOML, with places found after the standard library has read it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b12guide.errors import PatientError
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.from_toml import read_toml, toml_places
from b12guide.patient.notation import plain
from b12guide.text import Text

PATIENT = '''\
otherwise = "absent"  # egfr = 3
note = """
egfr = "not this one"
"""

[facts]
age = "45 years" # a comment
b12_deficiency = true
"paresthesia" = false # "x" = [
'numbness' = true
ferritin = 35.5
surgery_day = 2025-03-05 10:00:00
egfr = [
    { value = "52 mL/min", on = 2025-03-05 },  # the "first"
    { value = '35 mL/min', on = "2026-01-20" },
]
bariatric . procedure = "none"

[[facts.platelets]]
value = 30
on = "2025-01-01"

[[facts.platelets]]
value = """31"""

[facts.platelets.more]
deep = [[1, 2], []]
'''


def test_places_are_those_of_the_values() -> None:
    patient = patient_from_text(Text("ann.toml", PATIENT), ".toml")
    places = {
        path: label.text.slice(label.span) for path, label in patient.places.items()
    }

    assert places["age"] == '"45 years"'
    assert places["age:"] == "age"
    assert places["b12_deficiency"] == "true"
    assert places["paresthesia:"] == '"paresthesia"'
    assert places["numbness:"] == "'numbness'"
    assert places["ferritin"] == "35.5"
    assert places["surgery_day"] == "2025-03-05 10:00:00"
    assert places["egfr"].startswith("[\n")
    assert places["egfr"].endswith("]")
    assert places["egfr[0]"] == '{ value = "52 mL/min", on = 2025-03-05 }'
    assert places["egfr[0].on"] == "2025-03-05"
    assert places["egfr[1].value"] == "'35 mL/min'"
    assert places["bariatric.procedure"] == '"none"'
    assert places["platelets[0].value"] == "30"
    assert places["platelets[1].value"] == '"""31"""'
    assert places["platelets[1].more.deep[0][1]"] == "2"
    lines = {
        p: patient.places[p].text.position(patient.places[p].span.start).line
        for p in ("egfr[0]", "platelets[1].value", "platelets[1].more.deep")
    }
    assert lines == {
        "egfr[0]": 14,
        "platelets[1].value": 24,
        "platelets[1].more.deep": 27,
    }


def test_values_are_exact_and_dates_are_text() -> None:
    facts = patient_from_text(Text("ann.toml", PATIENT), ".toml").facts

    assert facts["ferritin"] == Decimal("35.5")
    assert facts["surgery_day"] == "2025-03-05T10:00:00"
    assert facts["egfr"][0] == {"value": "52 mL/min", "on": "2025-03-05"}


@pytest.mark.parametrize(
    ("characters", "line", "column"),
    [
        ("a = \n", 1, 5),
        ("a = 1\na = 2\n", 2, 6),
        ("[facts\n", 1, 7),
        ('a = "b', 1, 7),
        ("\r\n\r\na = ?", 3, 5),
    ],
)
def test_a_mistake_is_told_with_its_place(
    characters: str, line: int, column: int
) -> None:
    text = Text("ann.toml", characters)
    with pytest.raises(PatientError) as caught:
        read_toml(text)

    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "GDL702"
    assert diagnostic.message.startswith("this is not valid TOML: ")
    assert "(at" not in diagnostic.message
    assert diagnostic.place is not None
    position = text.position(diagnostic.place.span.start)
    assert (position.line, position.column) == (line, column)


@pytest.mark.parametrize("depth", [65, 100_000])
def test_nesting_has_a_limit(depth: int) -> None:
    with pytest.raises(PatientError) as caught:
        read_toml(Text("x", "a = " + "[" * depth + "]" * depth))

    assert caught.value.diagnostics[0].code == "GDL719"


def test_an_integer_of_many_digits_is_refused() -> None:
    with pytest.raises(PatientError):
        read_toml(Text("x", "a = " + "9" * 5000))


def test_keys_nested_by_their_dots_have_a_limit() -> None:
    deep = ".".join("a" * 64)
    assert plain(read_toml(Text("x", f"{deep[2:]} = 1")))

    with pytest.raises(PatientError) as caught:
        read_toml(Text("x", ".".join("a" * 500_000) + " = 1"))

    assert caught.value.diagnostics[0].code == "GDL719"


def test_finding_places_ends_on_any_text() -> None:
    for characters in ("= = =", "[[", "]", "a = [1", "a = {", "a", "[a]]]"):
        assert toml_places(characters) is not None


def test_an_empty_file_is_an_empty_table() -> None:
    assert plain(read_toml(Text("x", ""))) == {}
