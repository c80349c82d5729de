"""The words of guidelines and vocabularies, listed and looked for."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import b12guide
from b12guide import resources
from b12guide.cli import main
from b12guide.show.words_page import words_to_json
from b12guide.wordlist import KINDS, word_list

MINE = """language 1.1
guideline mine "Mine"
    uses small
finding tired "tiredness"
    asks "Are you tired?"
    lay "worn to the bone"
define worn_out "worn out" as tired and level < 5 mg/L
"""
SMALL = """language 1
vocabulary small "Few words"
measure level "level in serum"
    unit mg/L
    synonyms "serum level"
choice stage
    values early, late "late, or not known to be early"
route oral
    synonyms PO
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "small.gdl").write_text(SMALL, encoding="utf-8")
    path = tmp_path / "mine.gdl"
    path.write_text(MINE, encoding="utf-8")
    return path


def names(path: Path | str, text: str = "", kind: str | None = None) -> list[str]:
    return [word.name for word in b12guide.words(path, text, kind=kind)]


def test_a_guideline_lists_its_own_words_and_those_that_it_uses(mine: Path) -> None:
    assert names(mine) == ["tired", "worn_out", "level", "stage", "oral"]
    assert names(mine.with_name("small.gdl")) == ["level", "stage", "oral"]
    assert names(mine, kind="definition") == ["worn_out"]


def test_a_word_says_all_that_is_known_of_it(mine: Path) -> None:
    tired, worn_out, level, stage, _ = b12guide.words(mine)

    assert (tired.asks, tired.declared_in) == ("Are you tired?", str(mine))
    assert (worn_out.kind, worn_out.label) == ("definition", "worn out")
    assert (level.unit, level.synonyms) == ("mg/L", ("serum level",))
    assert stage.label == "stage"
    assert stage.values == (
        ("early", "early"),
        ("late", "late, or not known to be early"),
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("tingling", "paresthesia"),
        ("tingeling", "paresthesia"),
        ("Pins-and-Needles", "paresthesia"),
        ("GFR", "egfr"),
        ("by mouth", "oral"),
        ("methylcobalamin", "mecobalamin"),
        ("duodenal switch", "bariatric_procedure"),
        ("kidney", "nephropathy"),
        ("vitamin B12", "serum_b12"),
    ],
)
def test_a_word_is_found_by_anything_that_it_is_called(text: str, first: str) -> None:
    assert names("b12", text)[0] == first


def test_short_words_are_not_guessed() -> None:
    assert "thiamine" in names("b12", "B1")
    assert "thiamine" not in names("b12", "B12", kind="test")
    assert names("b12", "zzzz") == []


def test_what_cannot_be_listed_is_refused(mine: Path) -> None:
    with pytest.raises(b12guide.UnknownNameError, match="did you mean `drug`"):
        b12guide.words("b12", kind="drugs")
    with pytest.raises(b12guide.ArgumentError):
        b12guide.words("b12", 5)  # type: ignore[arg-type]
    mine.write_text(MINE + "rule\n", encoding="utf-8")
    with pytest.raises(b12guide.GuidelineError, match="cannot be listed"):
        b12guide.words(mine)


@pytest.mark.parametrize("text", ["", "kidney", "zzzz"])
def test_json_is_as_its_schema_says(text: str) -> None:
    schema = json.loads(resources.read("schema", "words.schema.json"))

    for name in ("b12", "mecobalamin_im"):
        jsonschema.validate(words_to_json(word_list(name), text), schema)
    assert schema["$defs"]["word"]["properties"]["kind"]["enum"] == list(KINDS)


def test_the_command_shows_what_was_looked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["words", "pins", "and", "needels", "-g", "b12"]) == 0
    out = capsys.readouterr().out
    assert "Words like \u201cpins and needels\u201d\n  paresthesia  tingling" in out
    assert main(["words", "-g", "b12", "--kind", "route", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["words"]
    assert [word["name"] for word in listed] == names("b12", kind="route")
    assert main(["words", "zzzz", "-g", "b12"]) == 0
    assert "`b12guide words -g b12` lists all" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["doc", "b12"], ["graph", "-g", "b12"]])
def test_commands_that_need_rules_say_where_words_are_listed(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 2
    assert "`b12guide words -g b12` lists them" in capsys.readouterr().err


def test_a_word_is_found_by_what_patients_call_it(mine: Path) -> None:
    (found, *_) = word_list(mine).like("to the bone")

    assert found.name == "tired"
    assert found.lay == ("worn to the bone",)
