"""The command `export`: a text for a warehouse, and what is left out of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from b12guide import load
from b12guide.cli import main
from tests.defects.drawer import SOUND
from tests.unit.prove.writing import GROUNDS, HEAD

RECORDED = """
rule recorded
    when      folate_deficiency and b12_deficiency is established
    check     serum_b12 every year
    ...
"""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setenv("B12GUIDE_CACHE", "")


@pytest.mark.parametrize("dialect", ["polars", "sql"])
def test_the_text_is_what_the_library_gives(
    dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["export", f"--{dialect}", "--keep", "id,ward", "--names", "_"]
    expected = load("mecobalamin_im").export(
        "polars" if dialect == "polars" else "sql", keep=["id", "ward"], names="_"
    )

    assert main(call) == 0
    assert capsys.readouterr().out == expected.text


def test_whoever_does_not_say_what_for_is_told_how(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["export"]) == 2
    assert "--polars, --sql, --fhir or --grammar" in capsys.readouterr().err


def test_a_rule_that_is_left_out_is_told_and_ends_with_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, text = tmp_path / "short.gdl", tmp_path / "verdicts.sql"
    rules = (SOUND.partition("invariant")[0] + RECORDED).replace("    ...\n", GROUNDS)
    file.write_text(HEAD + rules, encoding="utf-8")

    assert main(["export", str(file), "--sql", "-o", str(text)]) == 1
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith(
        "left out: recorded: it asks what is on record about b12"
    )
    assert '"rule.folate"' in text.read_text("utf-8")
    assert '"rule.recorded"' not in text.read_text("utf-8")


def test_fhir_is_the_whole_guideline(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "bnf_2021", "--fhir"]) == 0
    assert json.loads(capsys.readouterr().out) == load("bnf_2021").to_fhir()


def test_fhir_has_no_columns_to_keep(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "bnf_2021", "--fhir", "--keep", "id"]) == 2
    assert "--keep is for tables" in capsys.readouterr().err
