"""What is written gets out, or somebody is told why not."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from b12guide import __version__
from b12guide.cli import command, main
from b12guide.cli.output import (
    Exit,
    Output,
    has_colour,
    put,
    width_of_terminal,
    write_whole,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colour: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert has_colour(Terminal()) is colour
    assert not has_colour(io.StringIO())


def test_the_width_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "47")

    assert width_of_terminal() == 47


class Broken(io.TextIOWrapper):
    """A stream that fails, with a file behind it as real ones have."""

    def __init__(self, number: int, file: io.BufferedWriter) -> None:
        super().__init__(file, encoding="utf-8")
        self.number = number

    def flush(self) -> None:
        raise OSError(self.number, os.strerror(self.number))

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.EPIPE, (Exit.FINDINGS, "")),
        (errno.ENOSPC, (Exit.UNUSABLE, "error: cannot write the output: no space")),
    ],
)
def test_a_stream_that_fails_is_dealt_with(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    number: int,
    told: tuple[Exit, str],
) -> None:
    with (tmp_path / "out").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Broken(number, file))
        found = put(Output(text="text", code=Exit.FINDINGS))

    code, words = told
    assert found is code
    assert capsys.readouterr().err.startswith(words)


def test_errors_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    put(Output(text="out", errors="err"))

    assert capsys.readouterr() == ("out", "err")


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_whole(Path(os.devnull), "text")

    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before", encoding="utf-8")
    link.symlink_to(target)
    write_whole(link, "after")

    assert link.is_symlink()
    assert target.read_text("utf-8") == "after"


def test_half_a_file_is_never_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answer"
    file.write_text("before", encoding="utf-8")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_whole(file, "after")

    assert file.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [file]


class Interrupted(io.StringIO):
    def read(self, _: int | None = None) -> str:
        raise KeyboardInterrupt


def test_an_interruption_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Interrupted())

    assert main(["recommend", "-"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_the_last_words_about_a_mistake_name_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    command._own_mistake(ValueError, ValueError("boom"), None)

    assert codes == [70]
    assert "ValueError: boom" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--version"])

    assert code == 0
    assert capsys.readouterr().out == f"b12guide {__version__}\n"
