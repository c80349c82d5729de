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


COURSE = ("simulate", "1 mg mecobalamin IM monthly", "--years", "0.1", "--people", "5")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("p.png", b"\x89PNG"),
        ("p.SVG", b"<svg"),
        ("p.html", b"<!DOCTYPE"),
        ("p.json", b"{"),
        ("p.md", b"# "),
        ("p.csv", b"day,"),
        ("p.txt", b"The course"),
        ("p.notes", b"The course"),
        ("p", b"The course"),
    ],
)
def test_an_answer_has_the_format_in_which_the_name_of_its_file_ends(
    name: str, first: bytes, here: Path
) -> None:
    assert main([*COURSE, "-o", name]) == 0
    assert (here / name).read_bytes().startswith(first)


@pytest.mark.parametrize(
    "options",
    [
        ("--format", "json", "-o", "p.txt"),
        ("-o", "p.txt", "--format", "json"),
        ("--format", "JSON", "-o", "p.json"),
        ("--format", "json", "-o", "p.record"),
    ],
)
def test_a_format_that_is_given_counts_where_the_name_does_not_contradict_it(
    options: tuple[str, ...], here: Path
) -> None:
    assert main([*COURSE, *options]) == 0
    assert (here / options[options.index("-o") + 1]).read_text().startswith("{")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--format", "text", "-o", "p.png"), "--format text writes no `.png` file"),
        (("-o", "p.html", "--format", "md"), "`md` is not one of text, json, markdown"),
        (("-o", "p.ics"), "this command writes no `.ics` file; it writes text, json,"),
        (("-o", "p.pdf"), "this command writes no `.pdf` file"),
        (("--format", "json", "-o", "p.xlsx"), "this command writes no `.xlsx` file"),
    ],
)
def test_a_name_that_contradicts_the_format_is_refused(
    options: tuple[str, ...], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*COURSE, *options]) == 2
    assert said in capsys.readouterr().err
    assert not list(here.iterdir())


def test_one_name_may_be_that_of_several_formats(here: Path) -> None:
    assert main(["lint", "-o", "found.json"]) == 0
    assert main(["lint", "--format", "sarif", "-o", "found.sarif.json"]) == 0
    assert '"runs"' in (here / "found.sarif.json").read_text()
    assert '"runs"' not in (here / "found.json").read_text()
