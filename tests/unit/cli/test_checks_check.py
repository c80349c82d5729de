"""`b12guide check`: everything that is broken is told in one go, each fault once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from b12guide.cli import main
from b12guide.editor.desk import Desk

Told: TypeAlias = Callable[..., str]

HEAD = """\
language 1
guideline small "Small"
    version   1.0.0
    revised   2026-01-01
    uses      b12
"""
RULES = """\
rule one
    when      b12_defficiency
    load      1000 µg IM daily
    strenth   should
rule two
    when      b12_deficiency and egfr < 50 mmol
    chekc     serum_b12 every year
rule three
    when      glossitiss
    form      mecobalamine
    strength  should
rule four
    when      numbness
    check     serum_b12 as needed
    strength  should
"""
SOURCED = """\
rule one
    form      mecobalamin
    cites     page
rule two
    check     serum_b12 every year
    cites     page
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "small.gdl"


@pytest.fixture
def told(file: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """What `check` prints of a guideline with these rules."""

    def told(characters: str, *options: str) -> str:
        file.write_text(HEAD + characters, encoding="utf-8")
        main(["check", str(file), *options])
        return capsys.readouterr().out

    return told


def codes(told: Told, characters: str) -> list[str]:
    found = json.loads(told(characters, "--format", "json"))["diagnostics"]
    return [d["code"] for d in found if d["severity"] == "error"]


def test_a_misspelt_clause_hides_no_unknown_name_in_its_rule_or_others(
    told: Told,
) -> None:
    assert codes(told, RULES) == [
        *("GDL202", "GDL124"),
        *("GDL304", "GDL124"),
        *("GDL202", "GDL203"),
        "GDL165",
    ]


def test_the_command_line_says_what_the_editor_says(file: Path, told: Told) -> None:
    found = json.loads(told(RULES, "--format", "json"))["diagnostics"]
    desk = Desk()
    name = file.as_uri()
    desk.put(name, HEAD + RULES)
    analysis = desk.analysis(name)
    seen = analysis.placed(analysis.diagnostics)

    assert [(d["code"], d["message"]) for d in found] == [
        (d.code, d.message) for d in seen
    ]


def test_what_only_follows_from_a_broken_item_is_not_told(told: Told) -> None:
    broken = "finding brittle_nails brittle nails\nrule one\n    when brittle_nails\n"

    assert codes(told, f"{broken}    form mecobalamin\n    strength should\n") == [
        "GDL121"
    ]


def test_a_source_that_is_missing_is_told_once_with_every_place(told: Told) -> None:
    text = told(SOURCED)

    assert text.count("GDL207") == 1
    assert text.count("and here") == 1
    assert text.count("cites     page") == 2
    assert "1 error" in text


def test_a_program_is_told_every_place_on_a_line_of_its_own(
    file: Path, told: Told
) -> None:
    lines = told(SOURCED, "--format", "line").splitlines()

    assert [line.split(": ")[0] for line in lines if "GDL207" in line] == [
        f"{file}:8:15",
        f"{file}:11:15",
    ]


TWICE = """\
rule one
    form      mecobalamin
    strength  should
rule two
    form      mecobalamin
    strength  should
"""


def test_a_rule_written_twice_is_told_without_the_linter(told: Told) -> None:
    assert "GDL506" in told(TWICE, "--on", "2026-06-01")


def test_a_date_still_to_come_is_told_on_the_day_before_it(told: Told) -> None:
    assert "GDL531" not in told(TWICE, "--on", "2026-01-01")
    assert "GDL531" in told(TWICE, "--on", "2025-12-31")
