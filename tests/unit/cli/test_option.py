"""What the commands of an author make of the names that they are given."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from b12guide import resources
from b12guide.cli import main

WORKS = ("check", "lint", "doc", "test", "fmt")


GUIDELINE = resources.read("templates", "guideline.gdl")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", WORKS)
def test_standard_input_is_a_guideline(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(GUIDELINE.encode()), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)

    assert main([command, "-"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", WORKS)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "there is no guideline ``"),
        ("firts.gdl", "did you mean `first.gdl`"),
        ("gone.gdl", "`gone.gdl` is not a file that can be read"),
    ],
)
def test_what_is_no_file_is_told_alike(
    command: str, name: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "first.gdl").write_text(GUIDELINE, encoding="utf-8")
    (here / "gone.gdl").symlink_to("nowhere")

    assert main([command, name]) == 2
    shown = capsys.readouterr()
    assert said in shown.out + shown.err


@pytest.mark.parametrize("command", ["check", "lint", "fmt"])
def test_a_folder_stands_for_the_guidelines_in_it_and_below(
    command: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("below/further", "empty", ".hidden"):
        (here / folder).mkdir(parents=True)
    (here / "below/further/one.gdl").write_text(GUIDELINE, encoding="utf-8")
    (here / ".hidden/broken.gdl").write_text("no guideline", encoding="utf-8")

    assert main([command, "."]) == 0
    assert main([command, "empty"]) == 2
    shown = capsys.readouterr()
    assert "there is no .gdl file in `empty`" in shown.out + shown.err
