"""`b12guide fmt`."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys
from pathlib import Path

import pytest

from b12guide.cli import main
from b12guide.syntax import formatted
from b12guide.text import Text

ROUGH = "language 1\nguideline g\nrule r # why\n  when a\n  form x"
TIDY = "language 1\nguideline g\nrule r  # why\n    when     a\n    form     x\n"
BROKEN = "language 1\nguideline g\nrule r\n  when and\n"


@pytest.fixture
def rough(tmp_path: Path) -> Path:
    file = tmp_path / "rough.gdl"
    file.write_text(ROUGH, encoding="utf-8")
    return file


def from_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_a_file_is_formatted_in_place(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert formatted(Text("rough.gdl", ROUGH)) == TIDY
    assert main(["fmt", str(rough)]) == 0
    assert rough.read_text(encoding="utf-8") == TIDY
    assert capsys.readouterr().out == f"formatted: {rough}\n1 file formatted\n"
    assert main(["fmt", str(rough)]) == 0
    assert capsys.readouterr().out == "1 file formatted already\n"


def test_a_file_that_is_formatted_is_not_touched(rough: Path) -> None:
    main(["fmt", str(rough)])
    os.utime(rough, (1, 1))

    assert main(["fmt", str(rough)]) == 0
    assert rough.stat().st_mtime == 1


def test_check_names_what_would_change(
    rough: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tidy.gdl").write_text(TIDY, encoding="utf-8")

    assert main(["fmt", "--check", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        f"would change: {rough}\n1 file would change, 1 file formatted already\n"
    )
    assert rough.read_text(encoding="utf-8") == ROUGH
    assert main(["fmt", "--check", str(tmp_path / "tidy.gdl")]) == 0


def test_diff_shows_what_would_change_and_nothing_else(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", "--diff", str(rough)]) == 1
    assert capsys.readouterr().out == (
        f"--- {rough}\n+++ {rough}\n@@ -1,5 +1,5 @@\n language 1\n guideline g\n"
        "-rule r # why\n-  when a\n-  form x\n\\ No newline at end of file\n"
        "+rule r  # why\n+    when     a\n+    form     x\n"
    )
    assert rough.read_text(encoding="utf-8") == ROUGH


def test_diff_of_what_is_formatted_is_empty(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["fmt", str(rough)])
    capsys.readouterr()

    assert main(["fmt", "--diff", "--check", str(rough)]) == 0
    assert capsys.readouterr().out == ""


def test_diff_has_colour_on_a_terminal(
    rough: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("b12guide.cli.writing.has_colour", lambda _: True)
    monkeypatch.setattr("b12guide.cli.output.has_colour", lambda _: True)
    main(["fmt", "--diff", str(rough)])

    assert "\x1b[32m+    when     a\x1b[0m\n" in capsys.readouterr().out


def test_a_file_with_errors_is_left_alone_and_the_others_are_formatted(
    rough: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.gdl"
    broken.write_text(BROKEN, encoding="utf-8")

    assert main(["fmt", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == (
        f"formatted: {rough}\n1 file formatted, 1 file with errors, left alone\n"
    )
    assert "broken.gdl:4:" in err
    assert broken.read_text(encoding="utf-8") == BROKEN
    assert rough.read_text(encoding="utf-8") == TIDY


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe", "GDL101"), (b"\x00" * 9, "GDL108")]
)
def test_bytes_that_are_no_text_are_an_error(
    tmp_path: Path, content: bytes, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "binary.gdl"
    file.write_bytes(content)

    assert main(["fmt", str(file)]) == 2
    assert code in capsys.readouterr().err
    assert file.read_bytes() == content


def test_folders_are_searched_but_not_those_with_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a/one.gdl", "b/c/two.gdl", ".hidden/three.gdl", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ROUGH, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert main(["fmt"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"formatted: {Path('a/one.gdl')}",
        f"formatted: {Path('b/c/two.gdl')}",
        "2 files formatted",
    ]
    assert main(["fmt", "--check", ".hidden", "a", "a/one.gdl", "a/notes.txt"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"would change: {Path('.hidden/three.gdl')}",
        f"would change: {Path('a/notes.txt')}",
        "2 files would change, 1 file formatted already",
    ]


def joined(shown: str) -> str:
    """What is shown without blanks and line ends, which fall where a path is long."""
    return "".join(shown.split())


def test_a_folder_without_guidelines_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", str(tmp_path)]) == 2
    assert "there is no .gdl file in" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told_with_the_nearest(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", str(rough.with_name("ruogh.gdl"))]) == 2
    assert f"didyoumean`{rough}`" in joined(capsys.readouterr().err)
    assert main(["fmt", "nul\0"]) == 2


def test_standard_input_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from_stdin(monkeypatch, ROUGH.encode())

    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == TIDY

    from_stdin(monkeypatch, ROUGH.encode())

    assert main(["fmt", "-", "--check"]) == 1
    assert capsys.readouterr().out == ("would change: <stdin>\n1 file would change\n")

    from_stdin(monkeypatch, BROKEN.encode())

    assert main(["fmt", "-"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "<stdin>:4:" in err


def test_standard_input_stands_alone(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fmt", "-", str(rough)]) == 2
    assert "- stands alone" in capsys.readouterr().err
    assert rough.read_text(encoding="utf-8") == ROUGH


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_end_as_the_first_one_does(tmp_path: Path, end: bytes) -> None:
    file = tmp_path / "ends.gdl"
    file.write_bytes(b"\xef\xbb\xbf" + ROUGH.encode().replace(b"\n", end, 2))

    assert main(["fmt", str(file)]) == 0
    assert file.read_bytes() == TIDY.encode().replace(b"\n", end)
    assert main(["fmt", "--check", str(file)]) == 0


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
def test_modes_and_links_stay_as_they_are(rough: Path, tmp_path: Path) -> None:
    rough.chmod(0o640)
    link = tmp_path / "link.gdl"
    link.symlink_to(rough.name)

    assert main(["fmt", str(link)]) == 0
    assert link.is_symlink()
    assert rough.read_text(encoding="utf-8") == TIDY
    assert stat.S_IMODE(rough.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.gdl", "rough.gdl"]


@pytest.mark.skipif(os.name != "posix", reason="modes as POSIX has them")
def test_a_read_only_file_is_left_as_it_is(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rough.chmod(0o444)

    assert main(["fmt", str(rough)]) == 2
    assert capsys.readouterr().err == (
        f"error: cannot write {rough}: permission denied\n"
    )
    assert rough.read_text(encoding="utf-8") == ROUGH
    assert main(["fmt", "--check", str(rough)]) == 1


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_a_link_to_nothing_and_a_device_are_no_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = tmp_path / "nowhere.gdl"
    link.symlink_to("gone")

    assert main(["fmt", str(tmp_path)]) == 2
    assert f"`{link}`isnotafile" in joined(capsys.readouterr().err)
    assert main(["fmt", os.devnull]) == 2
    assert "isnotafile" in joined(capsys.readouterr().err)


def test_a_full_disk_is_no_error_in_a_file(
    rough: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = rough.read_bytes()
    monkeypatch.setattr(os, "fsync", fail)
    code = main(["fmt", str(rough)])
    out, err = capsys.readouterr()

    assert code == 2
    assert err == f"error: cannot write {rough}: no space left on device\n"
    assert "with errors" not in out
    assert rough.read_bytes() == before
    assert [*rough.parent.iterdir()] == [rough]
