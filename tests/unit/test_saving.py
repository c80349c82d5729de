"""A file is written whole or not at all, and what it was stays as it was."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from b12guide.saving import save, whole

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights are other elsewhere")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answer"
    path.write_bytes(b"before")
    return path


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_a_new_file_has_the_mode_of_a_new_file(tmp_path: Path) -> None:
    save(tmp_path / "saved", b"after")
    (tmp_path / "written").write_bytes(b"after")

    assert (tmp_path / "saved").read_bytes() == b"after"
    assert mode_of(tmp_path / "saved") == mode_of(tmp_path / "written")


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660, 0o200])
def test_a_file_keeps_its_mode(file: Path, mode: int) -> None:
    file.chmod(mode)
    save(file, b"after")

    assert mode_of(file) == mode


@POSIX
def test_nobody_else_can_read_the_draft_of_a_private_file(file: Path) -> None:
    file.chmod(0o600)
    with whole(file):
        (draft,) = (each for each in file.parent.iterdir() if each != file)
        assert mode_of(draft) == 0o600


@POSIX
def test_a_read_only_file_is_refused(file: Path) -> None:
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        save(file, b"after")

    assert file.read_bytes() == b"before"
    assert [*file.parent.iterdir()] == [file]


@POSIX
def test_a_link_is_followed_and_stays_a_link(file: Path) -> None:
    link = file.parent / "link"
    link.symlink_to(file.name)
    save(link, b"after")

    assert link.is_symlink()
    assert file.read_bytes() == b"after"


@POSIX
def test_a_link_to_nothing_makes_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    save(tmp_path / "link", b"after")

    assert (tmp_path / "target").read_bytes() == b"after"


@POSIX
def test_a_planted_draft_is_neither_followed_nor_removed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even somebody who foresees the name of the draft only gets in the way."""
    monkeypatch.setattr(os, "urandom", bytes)
    victim = file.parent / "victim"
    victim.write_bytes(b"mine")
    planted = file.with_name(f".answer.{'00' * 8}.part")
    planted.symlink_to(victim)
    with pytest.raises(FileExistsError):
        save(file, b"after")

    assert victim.read_bytes() == b"mine"
    assert planted.is_symlink()
    assert file.read_bytes() == b"before"


def test_drafts_have_names_that_nobody_foresees(file: Path) -> None:
    names = set()
    for _ in range(20):
        with whole(file):
            names |= {each.name for each in file.parent.iterdir()}

    assert len(names) == 21


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()]
)
def test_a_failure_leaves_what_there_was(file: Path, failure: BaseException) -> None:
    def write() -> None:
        with whole(file) as stream:
            stream.write(b"half")
            raise failure

    with pytest.raises(type(failure)):
        write()

    assert file.read_bytes() == b"before"
    assert [*file.parent.iterdir()] == [file]


def test_a_full_disk_is_noticed_before_the_file_is_replaced(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        save(file, b"after")

    assert file.read_bytes() == b"before"
    assert [*file.parent.iterdir()] == [file]


def test_the_longest_name_is_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / ("x" * 255)
    save(file, b"one")
    save(file, b"two")

    assert file.read_bytes() == b"two"


def test_a_device_is_written_to_and_not_replaced() -> None:
    save(Path(os.devnull), b"text")

    assert not Path(os.devnull).is_file()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"."):
        save(tmp_path, b"text")


@POSIX
def test_two_processes_write_one_file_and_both_leave_it_whole(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from b12guide.saving import save\n"
        "for _ in range(50): save(Path(sys.argv[1]), sys.argv[2].encode() * 5000)"
    )
    file = tmp_path / "both"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(file), letter], env=environment
        )
        for letter in "ab"
    ]

    assert [each.wait() for each in processes] == [0, 0]
    assert file.read_bytes() in {b"a" * 5000, b"b" * 5000}
    assert [*tmp_path.iterdir()] == [file]
