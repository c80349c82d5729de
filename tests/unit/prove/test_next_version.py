"""What the next version is called (M88), and what a version may not become (M89)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from b12guide.graph.model import Imprint, RuleGraph, Status
from b12guide.prove.difference import difference
from b12guide.prove.next_version import Level, life_cycle, next_version
from b12guide.prove.witness import given_text
from b12guide.show.reports import diff_text, diff_to_json, version_text, version_to_json
from tests.defects.drawer import SOUND
from tests.unit.prove.writing import read

OLD = read(SOUND).graph
OPTION = """
rule offered
    when      b12_deficiency
    load      1000 µg oral daily for 2 weeks
    strength  may
    cites     page
"""


def changed(old: str, new: str) -> RuleGraph:
    assert old in SOUND
    return read(SOUND.replace(old, new)).graph


@pytest.mark.parametrize(
    ("old", "new", "level", "version"),
    [
        ("numbness, paresthesia\n", "paresthesia, numbness\n", Level.NONE, "1.0.0"),
        ("rule form\n", 'rule form "A title"\n', Level.PATCH, "1.0.1"),
        (
            "when      folate_deficiency",
            "when      folate_deficiency or (folate_deficiency and numbness)",
            Level.PATCH,
            "1.0.1",
        ),
        ("\nrule loading\n", f"{OPTION}rule loading\n", Level.MINOR, "1.1.0"),
        (
            "egfr < 50 mL/min\n    form",
            "egfr <= 50 mL/min\n    form",
            Level.MAJOR,
            "2.0.0",
        ),
        ("for 2 weeks\n", "for 3 weeks\n", Level.MAJOR, "2.0.0"),
    ],
)
def test_the_level_is_what_is_proved(
    old: str, new: str, level: Level, version: str
) -> None:
    before = evolve(OLD, version="1.0.0")
    found = next_version(before, changed(old, new))

    assert (found.level, found.version) == (level, version)
    assert (found.treated is not None) == (level is Level.MAJOR)


def test_an_option_and_a_default_together_are_shown_by_the_default() -> None:
    both = SOUND.replace("for 2 weeks\n", "for 3 weeks\n")
    both = both.replace("\nrule loading\n", f"{OPTION}rule loading\n")
    found = next_version(OLD, read(both).graph)

    assert found.level is Level.MAJOR
    assert found.treated is not None
    witness = found.treated.compared.witness
    assert witness is not None
    assert given_text(witness.values, OLD) == (
        "b12_deficiency, not paresthesia, not numbness"
    )


@pytest.mark.parametrize(
    ("was", "now", "codes"),
    [
        ("1.0.0", "2.0.0", []),
        ("1.0.0", "3.1.0", []),
        ("1.0.0", "1.0.0", ["GDL428"]),
        ("1.0.0", "1.9.9", ["GDL432"]),
        ("1.1.0", "1.0.9", ["GDL431"]),
        ("1.9.0", "1.10.0", ["GDL432"]),
    ],
)
def test_a_number_promises_what_changed(was: str, now: str, codes: list[str]) -> None:
    new = evolve(changed("for 2 weeks\n", "for 3 weeks\n"), version=now)
    found = next_version(evolve(OLD, version=was), new)

    assert [diagnostic.code for diagnostic in found.diagnostics] == codes


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ({}, {}, []),
        ({"status": Status.UNDER_REVIEW}, {"status": Status.APPROVED}, []),
        ({"status": Status.APPROVED}, {"status": Status.UNDER_REVIEW}, ["GDL429"]),
        (
            {"status": Status.APPROVED},
            {"status": Status.UNDER_REVIEW, "version": "9.0.0"},
            [],
        ),
        ({"status": Status.APPROVED}, {"status": Status.SUBMITTED, "name": "b"}, []),
        ({}, {"imprint": Imprint(retired="2026")}, []),
        ({"imprint": Imprint(retired="2026")}, {}, ["GDL430"]),
    ],
)
def test_a_version_never_goes_back(
    old: dict[str, Any], new: dict[str, Any], codes: list[str]
) -> None:
    before, after = evolve(OLD, **old), evolve(OLD, **new)

    assert [diagnostic.code for diagnostic in life_cycle(before, after)] == codes


def test_both_commands_tell_it() -> None:
    old = evolve(OLD, imprint=Imprint(retired="2026"))
    found = next_version(old, changed("for 2 weeks\n", "for 3 weeks\n"))

    text = version_text(found)
    assert "-> 2.0.0 (major)" in text
    assert "a patient: b12_deficiency, not paresthesia, not numbness" in text
    assert "error[GDL430]" in text
    assert version_to_json(found)["level"] == "major"
    compared = difference(old, OLD)
    assert "GDL430" in diff_text(compared)
    assert diff_to_json(compared)["life_cycle"][0]["code"] == "GDL430"
