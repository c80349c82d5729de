"""YAML, with the places that its library gives."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.errors import MissingExtraError, PatientError
from b12guide.patient.from_file import patient_from_text
from b12guide.patient.from_yaml import read_yaml
from b12guide.patient.notation import plain
from b12guide.text import Text

PATIENT = """\
facts:
  age: 45 years
  b12_deficiency: true
  paresthesia: no
  ferritin: 35.5
  zip: 12
  quoted: "true"
  empty:
  tilde: ~
  egfr:
    - value: 52 mL/min
      on: 2025-03-05
    - {value: 35 mL/min, on: 2026-01-20}
otherwise: unknown
"""


def refused(characters: str) -> Diagnostic:
    with pytest.raises(PatientError) as caught:
        read_yaml(Text("ann.yaml", characters))
    return caught.value.diagnostics[0]


def test_plain_words_mean_what_yaml_1_2_says() -> None:
    facts = patient_from_text(Text("ann.yaml", PATIENT), ".yaml").facts

    assert facts == {
        "age": "45 years",
        "b12_deficiency": True,
        "paresthesia": "no",
        "ferritin": Decimal("35.5"),
        "zip": 12,
        "quoted": "true",
        "empty": None,
        "tilde": None,
        "egfr": (
            {"value": "52 mL/min", "on": "2025-03-05"},
            {"value": "35 mL/min", "on": "2026-01-20"},
        ),
    }


def test_places_are_those_of_the_values() -> None:
    patient = patient_from_text(Text("ann.yaml", PATIENT), ".yaml")
    places = {
        path: label.text.slice(label.span) for path, label in patient.places.items()
    }

    assert places["age"] == "45 years"
    assert places["age:"] == "age"
    assert places["quoted"] == '"true"'
    assert places["egfr[0].on"] == "2025-03-05"
    assert places["egfr[1]"] == "{value: 35 mL/min, on: 2026-01-20}"


def test_a_repeated_key_is_refused() -> None:
    text = Text("ann.yaml", "facts:\n  egfr: 1\n  egfr: 2\n")
    with pytest.raises(PatientError) as caught:
        patient_from_text(text, ".yaml")

    assert [d.code for d in caught.value.diagnostics] == ["GDL705"]


@pytest.mark.parametrize(
    ("characters", "code", "told"),
    [
        ("facts: {", "GDL702", "not valid YAML"),
        ("a: b: c", "GDL702", "not valid YAML"),
        ("\t- a", "GDL702", "not valid YAML"),
        ("a: \x00", "GDL702", "character that YAML does not allow"),
        ("a: &x [1]\nb: *x", "GDL702", "anchors and aliases"),
        ("a: &x [*x]", "GDL702", "anchors and aliases"),
        ("? [a]\n: b", "GDL702", "a name is one word"),
        ('a: "\\ud800"', "GDL702", "half of a character"),
        ("--- a\n--- b", "GDL702", "not valid YAML"),
        ("a: " + "[" * 65 + "]" * 65, "GDL719", "nested"),
        ("a: " + "[" * 50_000, "GDL719", "nested"),
        ("a: " + "9" * 31, "GDL719", "digits"),
    ],
)
def test_what_cannot_be_read_is_told(characters: str, code: str, told: str) -> None:
    diagnostic = refused(characters)

    assert diagnostic.code == code
    assert told in diagnostic.message


@pytest.mark.parametrize(
    ("characters", "offset", "told"),
    [
        ("!!python/object/apply:os.system ['true']", 0, "python/object"),
        ("facts: {egfr: !foo 35}", 14, "`!foo`"),
        ("facts: {egfr: !!binary MzU=}", 14, "`!!binary`"),
        ("facts: {egfr: !!null 35}", 14, "`!!null`"),
        ("facts: {egfr: !!float '35'}", 14, "`!!float`"),
        ("facts: {egfr: !<tag:example.org,2026:x> 35}", 14, "example.org"),
        ("facts: !!set {egfr, age}", 7, "`!!set`"),
        ("facts: !!omap [egfr: 35]", 7, "`!!omap`"),
        ("facts: {!foo egfr: 35}", 8, "`!foo`"),
        ("facts: {egfr: 010}", 14, "`010` begins with 0"),
        ("facts: {egfr: -007.5}", 14, "`-007.5` begins with 0"),
    ],
)
def test_what_says_something_else_than_it_looks_like_is_refused(
    characters: str, offset: int, told: str
) -> None:
    diagnostic = refused(characters)

    assert (diagnostic.code, bool(diagnostic.help)) == ("GDL702", True)
    assert told in diagnostic.message
    assert diagnostic.place is not None
    assert diagnostic.place.span.start == offset


def test_a_tag_that_says_what_is_so_anyway_is_read() -> None:
    written = read_yaml(
        Text("x", "{a: !!str 35, b: !!int 35, c: !!map {d: 0.5, e: 0}}")
    )

    assert plain(written) == {"a": "35", "b": 35, "c": {"d": Decimal("0.5"), "e": 0}}


def test_an_empty_file_is_null() -> None:
    assert plain(read_yaml(Text("x", "# nothing"))) is None


def test_without_a_yaml_library_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(MissingExtraError, match=r"b12guide\[yaml\]"):
        read_yaml(Text("x", "a: 1"))
