"""`b12guide page`: a file for a browser, or the data that it works with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from b12guide.cli import main


def test_a_page_is_written_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b12.html"

    assert main(["page", "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "mecobalamin_im" in text


def test_several_guidelines_stand_in_one_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["page", "mecobalamin_im", "nice_ng239"]) == 0
    assert capsys.readouterr().out.count('class="program"') == 2


def test_the_data_of_one_guideline_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page", "nice_ng239", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)

    assert found["schema"] == "b12guide.program/1"
    assert found["guideline"]["name"] == "nice_ng239"


def test_the_data_of_several_are_refused_with_a_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["page", "mecobalamin_im", "nice_ng239", "--format", "json"]) == 2
    assert "name one" in capsys.readouterr().err


def test_a_guideline_that_is_not_there_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["page", "nice_ng23"]) == 2
    said = capsys.readouterr().err
    assert "nice_ng239" in said
    assert "Traceback" not in said
