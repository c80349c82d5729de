"""Puts out what a command found: to standard output, to a file whole or not at all, to errors.

Commands return an `Output` and print nothing, so that closed pipes, full disks and terminals
that lack a character are dealt with here and nowhere else. Two kinds of content differ. *Data* is
for programs, and is UTF-8 whatever the console's encoding. *Text* is for people: it goes by the
encoding of the console, and no character in it that would command a terminal gets out.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
from enum import Enum, IntEnum
from pathlib import Path
from typing import TextIO

from attrs import frozen

from b12guide.frozen import Record
from b12guide.saving import save
from b12guide.show.terminal import Ink, visible


class Exit(IntEnum):
    """What a command tells the program that called it."""

    FINE = 0
    FINDINGS = 1
    UNUSABLE = 2
    INTERRUPTED = 130


class Content(Enum):
    """For whom something is written."""

    TEXT = "text"
    DATA = "data"
    JSON = "JSON"


@frozen(kw_only=True, repr=False)
class Output(Record):
    """What a command has to say.

    Attributes:
        text: For standard output, or the file that was asked for; bytes for a file only.
        errors: For standard error.
        file: Where `text` goes instead of standard output.
        content: What `text` is.
        errors_content: What `errors` are.
    """

    text: str | bytes = ""
    errors: str = ""
    code: Exit = Exit.FINE
    file: Path | None = None
    content: Content = Content.TEXT
    errors_content: Content = Content.TEXT


def has_colour(stream: TextIO | None) -> bool:
    """Whether colour is welcome: on a terminal, unless NO_COLOR says no."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at what is written there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed
        return False


def width_of_terminal() -> int:
    """The columns of the terminal; 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def put(output: Output) -> Exit:
    """Write everything, and give the exit code that then holds."""
    if output.errors:
        say(output.errors, output.errors_content)
    if output.file is None:
        return _put_out(output)
    try:
        save(output.file, _encoded(output.text, output.content))
    except OSError as error:
        say(f"error: cannot write {output.file}: {_reason(error)}\n")
        return Exit.UNUSABLE
    return output.code


def say(text: str, content: Content = Content.TEXT) -> None:
    """Write to standard error; where that is closed, there is nobody to tell."""
    try:
        _write(sys.stderr, text, content)
    except OSError:
        _abandon(sys.stderr)


def write_whole(file: Path, text: str) -> None:
    """Replace `file` by `text` in one step, so that nobody ever finds half of it.

    Raises:
        OSError: It cannot be written; `file` is as it was.
    """
    save(file, text.encode("utf-8"))


def _put_out(output: Output) -> Exit:
    if not output.text:
        return output.code
    if sys.stdout is None:
        say("error: cannot write the output: standard output is closed\n")
        return Exit.UNUSABLE
    try:
        _write(sys.stdout, output.text, output.content)
    except OSError as error:
        _abandon(sys.stdout)
        if error.errno in {errno.EPIPE, errno.EINVAL}:  # the reader has seen enough
            return output.code
        say(f"error: cannot write the output: {_reason(error)}\n")
        return Exit.UNUSABLE
    return output.code


def _reason(error: OSError) -> str:
    return (error.strerror or "it cannot be written").lower()


def _abandon(stream: TextIO) -> None:
    """Send what is still buffered nowhere, or Python would complain when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())


def _write(stream: TextIO | None, text: str | bytes, content: Content) -> None:
    if stream is None:
        return
    if isinstance(text, bytes):
        text = text.decode()
    binary = getattr(stream, "buffer", None)
    if content is Content.TEXT or binary is None or is_terminal(stream):
        shown = _safe(text, content, is_coloured=has_colour(stream))
        stream.write(in_encoding(shown, stream.encoding or "utf-8"))
    else:
        stream.flush()
        binary.write(_encoded(text, content))
    stream.flush()


# --------------------------------------------------------------------------- characters


def _encoded(text: str | bytes, content: Content) -> bytes:
    """The bytes of a file, or of data on standard output."""
    if isinstance(text, bytes):
        return text
    if content is not Content.DATA:
        text = _safe(text, content, is_coloured=False)
    # The name of a file may hold bytes that are no text; a question mark stands for them.
    return text.encode("utf-8", "replace")


_OURS = "|".join(re.escape(ink.value) for ink in Ink if ink.value)
_DOUBTFUL = re.compile(rf"\x1b\[(?:0|{_OURS})m|[^\n\t -~]")


def _safe(text: str, content: Content, *, is_coloured: bool) -> str:
    """The text without characters that command a terminal or turn the direction of writing.

    JSON has a spelling for them; elsewhere they are named. Our own colours stay, if any.
    """

    def shown(found: re.Match[str]) -> str:
        doubtful = found[0]
        if len(doubtful) > 1 and is_coloured:
            return doubtful
        named = visible(doubtful)
        if named == doubtful or content is not Content.JSON:
            return named
        return json.dumps(doubtful)[1:-1]

    return _DOUBTFUL.sub(shown, text)


_PLAIN = {
    "\u00a0": " ",
    "\u00b1": "+/-",
    "\u00b2": "2",
    "\u00b3": "3",
    "\u00b5": "u",
    "\u00b7": "|",
    "\u00b9": "1",
    "\u00d7": "x",
    "\u03bc": "u",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2022": "*",
    "\u2026": "...",
    "\u2192": "->",
    "\u2212": "-",
    "\u2260": "!=",
    "\u2264": "<=",
    "\u2265": ">=",
}
"""What a reader takes for the same thing. All else is spelled out, such as \\xe9 for an accent."""

_RAISED = re.compile("(?<=10)[\u207a\u207b]?[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
_LEVEL = str.maketrans(
    "\u207a\u207b\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079",
    "+-1230456789",
)


def in_encoding(text: str, encoding: str) -> str:
    r"""The text in characters that an encoding has, with the same meaning: 10⁹ is 10^9, not 109.

    >>> in_encoding("5 \u00b5g, 150 \u00d710\u2079/L, Andr\u00e9", "ascii")
    '5 ug, 150 x10^9/L, Andr\\xe9'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = _RAISED.sub(lambda found: "^" + found[0].translate(_LEVEL), text)
        lacking = {c for c in set(text) if not _has(encoding, c)}
        table = {ord(c): _PLAIN.get(c) or _spelled(c) for c in lacking}
        return text.translate(table)
    return text


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spelled(character: str) -> str:
    return character.encode("ascii", "backslashreplace").decode()
