"""`b12guide lint`, from the command line."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from b12guide.cli import main
from tests.unit.lint.linting import ASKING_FOR_MORE
from tests.unit.semantics.writing import HEAD

CLEAN = 'rule r "R"\n    note "One."\n    strength claim\n'
REMARK = CLEAN.replace("    note", "    when (numbness)\n    note")
WARNING = CLEAN.replace("    note", "    when numbness and numbness\n    note")
BROKEN = CLEAN.replace("    note", "    when numbnesss\n    note")


SETTINGS = "[lint.levels]\n" + "".join(f'{code} = "off"\n' for code in ASKING_FOR_MORE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b12guide.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def write(folder: Path, name: str, block: str) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    head = "" if block.startswith("language") else HEAD
    path.write_text(head + block, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["lint", "--on", "2026-06-01", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("block", "code", "said"),
    [
        (CLEAN, 0, "nothing to report"),
        (REMARK, 0, "1 info"),
        (WARNING, 1, "1 warning"),
        (BROKEN, 2, "1 error"),
        ("language 1\nguideline g\nrule", 2, "1 error"),
        ("language 1\n", 0, "nothing to report"),
    ],
)
def test_the_exit_code_tells_what_was_found(
    folder: Path, capsys: pytest.CaptureFixture[str], block: str, code: int, said: str
) -> None:
    write(folder, "g.gdl", block)

    exit_code, out, _ = run(capsys, "g.gdl")

    assert exit_code == code
    assert out.splitlines()[-1] == said


def test_a_broken_file_does_not_keep_the_others_from_being_linted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "a.gdl", BROKEN)
    write(folder, "b.gdl", WARNING)

    code, out, _ = run(capsys, "a.gdl", "absent.gdl", "b.gdl", "--format", "line")

    assert code == 2
    assert [line.split()[1] for line in out.splitlines()] == [
        *(line.split()[1] for line in out.splitlines()[:1]),
        "GDL202",
        "GDL503",
    ]
    assert "there is no guideline `absent.gdl`" in out.splitlines()[0]


def test_a_folder_stands_for_what_is_in_it_and_below(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "here/g.gdl", WARNING)
    write(folder / "here", "deeper/g.gdl", WARNING)
    write(folder / "here", ".hidden/g.gdl", BROKEN)
    write(folder, "here/notes.txt", BROKEN)

    code, out, _ = run(capsys, "here", "--format", "line")

    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        str(Path("here", "deeper", "g.gdl")),
        str(Path("here", "g.gdl")),
    ]


def test_a_folder_without_guidelines_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, str(folder))

    assert code == 2
    assert "there is no .gdl file in" in " ".join(out.split())


def test_a_part_is_linted_with_its_guideline(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = "language 1\npart doses\nfinding odd\n" + WARNING.replace(
        "rule r", "rule p"
    ).replace("One", "Two").replace('"R"', '"P"')
    write(folder, "parts/doses.gdl", part)
    head = HEAD.replace("uses      b12", "uses      b12, parts/doses")
    write(folder, "g.gdl", head + CLEAN)

    code, out, _ = run(capsys, "parts/doses.gdl", "g.gdl", "--format", "line")

    assert code == 1
    assert [line.split()[1] for line in out.splitlines()] == ["GDL503"]
    assert out.startswith(str(Path("parts", "doses.gdl")))


def test_a_part_of_no_guideline_is_linted_as_far_as_it_can_be(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "doses.gdl", "language 1\npart doses\n" + BROKEN)

    assert run(capsys, "doses.gdl")[0] == 0


def test_standard_input_is_linted(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    buffer = io.BytesIO((HEAD + WARNING).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer))

    code, out, _ = run(capsys, "-", "--format", "line")

    assert code == 1
    assert out.startswith("<stdin>:7:23: GDL503")


def test_a_fix_is_written_and_comments_stay(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder, "g.gdl", "# mine\n" + REMARK)
    before = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n"))

    code, out, _ = run(capsys, "g.gdl", "--fix")

    assert (code, out) == (0, "nothing to report, 1 fixed\n")
    after = before.replace(b"(numbness)", b"numbness").replace(b"\n", b"\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + after


def test_a_fix_of_standard_input_goes_to_standard_output(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    buffer = io.BytesIO((HEAD + REMARK).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer))

    code, out, err = run(capsys, "-", "--fix")

    assert code == 0
    assert out == HEAD + REMARK.replace("(numbness)", "numbness")
    assert err == "nothing to report, 1 fixed\n"


def test_standard_input_with_errors_gives_nothing_to_standard_output(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    buffer = io.BytesIO((HEAD + BROKEN).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=buffer))

    code, out, err = run(capsys, "-", "--fix")

    assert (code, out) == (2, "")
    assert "GDL202" in err


def test_a_file_with_errors_is_not_touched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder, "g.gdl", BROKEN.replace("numbnesss", "(numbnesss)"))
    before = path.read_bytes()

    assert run(capsys, "g.gdl", "--fix")[0] == 2
    assert path.read_bytes() == before


def test_json_is_that_of_all_diagnostics(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "g.gdl", WARNING)

    _, out, _ = run(capsys, "g.gdl", "--format", "json")

    found = json.loads(out)
    assert found["schema"] == "b12guide.diagnostics/1"
    assert found["summary"] == {"error": 0, "warning": 1, "info": 0}


def test_settings_that_cannot_be_used_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "g.gdl", CLEAN)
    (folder / "b12guide.toml").write_text("[lint.levles]\n", encoding="utf-8")

    code, out, err = run(capsys, "g.gdl")

    assert (code, out) == (2, "")
    assert "there is no setting `levles`" in err
    assert "did you mean `levels`?" in err
