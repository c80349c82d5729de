"""Puts out what a command found: to standard output, to a file whole or not at all, to errors.

Commands return an `Output` and print nothing, so that closed pipes, full disks and terminals
that lack a character are dealt with here and nowhere else.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from enum import IntEnum
from pathlib import Path
from typing import TextIO

from attrs import frozen

from b12guide.record import Record

__all__ = ["Exit", "Output", "has_colour", "put", "width_of_terminal", "write_whole"]


class Exit(IntEnum):
    """What a command tells the program that called it."""

    FINE = 0
    FINDINGS = 1
    UNUSABLE = 2
    INTERRUPTED = 130


@frozen(kw_only=True, repr=False)
class Output(Record):
    """What a command has to say.

    Attributes:
        text: For standard output, or the file that was asked for.
        errors: For standard error.
        file: Where `text` goes instead of standard output.
    """

    text: str = ""
    errors: str = ""
    code: Exit = Exit.FINE
    file: Path | None = None


def has_colour(stream: TextIO) -> bool:
    """Whether colour is welcome: on a terminal, unless NO_COLOR says no."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def width_of_terminal() -> int:
    """The columns of the terminal; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def put(output: Output) -> Exit:
    """Write everything, and give the exit code that then holds."""
    if output.errors:
        _write(sys.stderr, output.errors)
    if output.file is None:
        return _put_out(output)
    try:
        write_whole(output.file, output.text)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        _write(sys.stderr, f"error: cannot write {output.file}: {reason}\n")
        return Exit.UNUSABLE
    return output.code


def _put_out(output: Output) -> Exit:
    try:
        _write(sys.stdout, output.text)
    except OSError as error:
        _abandon(sys.stdout)
        if error.errno in {errno.EPIPE, errno.EINVAL}:  # the reader has seen enough
            return output.code
        reason = (error.strerror or "it cannot be written").lower()
        _write(sys.stderr, f"error: cannot write the output: {reason}\n")
        return Exit.UNUSABLE
    return output.code


def _abandon(stream: TextIO) -> None:
    """Send what is still buffered nowhere, or Python would complain when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())


_PLAIN = str.maketrans(
    {
        "\u00b5": "u",
        "\u2264": "<=",
        "\u2265": ">=",
        "\u00d7": "x",
        "\u2070": "0",
        "\u00b9": "1",
        "\u00b2": "2",
        "\u00b3": "3",
        "\u2079": "9",
        "\u00b7": "|",
        "\u2013": "-",
        "\u2019": "'",
        "\u2026": ".",
        "\u2192": "->",
    }
)


def _write(stream: TextIO, text: str) -> None:
    """Write `text`, spelling out the characters that the stream does not know."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        spelled = text.replace("\u00d710\u2079", "x10^9").translate(_PLAIN)
        text = spelled.encode(encoding, errors="backslashreplace").decode(encoding)
    stream.write(text)
    stream.flush()


def write_whole(file: Path, text: str) -> None:
    """Replace `file` by `text` in one step, so that nobody ever finds half of it.

    What may be done with the file stays as it was; a file that nobody may write is not replaced.

    Raises:
        OSError: It cannot be written; `file` is as it was.
    """
    if file.exists() and not file.is_file():
        file.write_text(text, encoding="utf-8")  # a device or a pipe
        return
    target = file.resolve()
    is_there = target.exists()
    if is_there and not _may_be_written(target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if is_there:
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _may_be_written(file: Path) -> bool:
    """Whether the file can be written; a file that is read-only is so for root as well."""
    return os.access(file, os.W_OK) and bool(file.stat().st_mode & 0o222)
