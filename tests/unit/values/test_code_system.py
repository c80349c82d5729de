from __future__ import annotations

import pytest

from b12guide.values.code_system import (
    SYSTEMS,
    CodeSystem,
    canonical,
    split_code,
    system_of,
    uri_of,
)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_each_spelling_means_the_same_terminology(system: CodeSystem) -> None:
    oids = [] if system.oid is None else [system.oid, f"urn:oid:{system.oid}"]

    for spelled in (system.name, system.uri, f"{system.uri}/", *oids):
        assert system_of(spelled) is system


def test_no_two_terminologies_share_a_spelling() -> None:
    spelled = [s for one in SYSTEMS for s in (one.name, one.uri, one.oid) if s]

    assert len(set(spelled)) == len(spelled)


def test_what_is_not_in_the_table_is_only_the_same_as_itself() -> None:
    assert system_of("http://hospital.example/codes") is None
    assert canonical("http://hospital.example/codes") == "http://hospital.example/codes"
    assert uri_of("our codes") is None


@pytest.mark.parametrize(
    ("written", "pair"),
    [
        ("http://loinc.org|2132-9", ("loinc", "2132-9")),
        ("urn:oid:2.16.840.1.113883.6.1|2132-9", ("loinc", "2132-9")),
        ("loinc|2132-9", ("loinc", "2132-9")),
        ("LOINC | 2132-9", ("loinc", "2132-9")),
        ("http://hospital.example|x|y", ("http://hospital.example|x", "y")),
        ("egfr", None),
        ("|2132-9", None),
        ("loinc|", None),
    ],
)
def test_a_code_is_taken_apart(written: str, pair: tuple[str, str] | None) -> None:
    assert split_code(written) == pair
