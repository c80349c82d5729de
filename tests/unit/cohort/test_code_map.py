"""The codes that tables may use: each with where it was seen, and a project's own beside them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from b12guide import PatientError, load
from b12guide.cohort.code_map import COLUMNS, SHIPPED, code_map, key_of
from b12guide.library import shipped
from b12guide.resources import read
from b12guide.values.unit import parse_unit

GRAPH = load("mecobalamin_im").graph
HEAD = "system,code,fact,for,unit,label,seen_in\n"


def test_every_code_that_ships_says_where_it_was_seen() -> None:
    rows = [*csv.DictReader(read("guidelines", SHIPPED).splitlines())]

    assert len(rows) > 40
    assert tuple(rows[0]) == COLUMNS
    assert len({(row["system"], row["code"]) for row in rows}) == len(rows)
    for row in rows:
        assert row["seen_in"]
        assert row["label"]
        assert bool(row["fact"]) is not bool(row["unit"])
        assert row["fact"] in {"", *GRAPH.vocabulary.facts}
        assert not row["unit"] or parse_unit(row["unit"]) is not None


@pytest.mark.parametrize("name", sorted(n for n in shipped() if "." not in n))
def test_every_guideline_has_its_codes(name: str) -> None:
    if name == "b12":
        pytest.skip("a vocabulary is no guideline")
    found = code_map(load(name).graph)

    assert found.facts[key_of("icd10cm", "D51.0")][0].fact.name == "b12_deficiency"
    assert found.units[key_of("omop", "8845")] == "pg/mL"
    assert all(found.seen[key] for key in found.facts if key in found.seen)


def test_a_project_adds_codes_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(
        HEAD + "local,B12DEF,b12_deficiency,,,,our warehouse\n"
        "local,RYGB,bariatric_procedure,roux_en_y,,,our warehouse\n",
        encoding="utf-8",
    )
    found = code_map(GRAPH, [file])

    assert found.facts["local", "B12DEF"][0].fact.name == "b12_deficiency"
    assert found.facts["local", "RYGB"][0].value == "roux_en_y"
    assert found.seen["local", "RYGB"] == "our warehouse"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("system,code\n", "no column `seen_in`"),
        (HEAD.replace("label", "name"), "has a column `name`"),
        (HEAD + "local,1,b12_deficiency,,,,\n", "does not say where the code was seen"),
        (HEAD + ",1,b12_deficiency,,,,here\n", "names no code"),
        (HEAD + "local,1,b12_deficiencies,,,,here\n", "no fact `b12_deficiencies`"),
        (HEAD + "local,1,bariatric_procedure,,,,here\n", "has no value ``"),
        (HEAD + "local,1,metformin,drug,,,here\n", "`for` cannot be `drug`"),
        (HEAD + "local,1,,,furlong,,here\n", "`furlong` is not a known unit"),
        (HEAD + "local,1,,,,,here\n", "a code stands for a fact or for a unit"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "own.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(PatientError, match=message):
        code_map(GRAPH, [file])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PatientError, match="cannot be read"):
        code_map(GRAPH, [tmp_path / "none.csv"])
