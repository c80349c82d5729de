"""Reads the text of a file or of standard input, within limits and as UTF-8 only."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits, told
from b12guide.text import Span, Text

__all__ = ["LARGEST_FILE", "decoded", "read_stream", "read_text", "unreadable"]

LARGEST_FILE = USUAL.bytes


def read_text(path: Path) -> Text:
    """The text of the file at `path`.

    Raises:
        PatientError: There is no such text (GDL701), or it is too long (GDL719).
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        remedy = _neighbours(path)
        raise unreadable(str(path), "there is no such file", remedy) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name cannot be used"
        message = f"this file cannot be opened: {reason.lower()}"
        raise unreadable(str(path), message) from error
    return decoded(str(path), content)


def read_stream(stream: TextIO | None) -> Text:
    """The text that `stream` has left, called standard input.

    Raises:
        PatientError: It is closed or cannot be read (GDL701), or it is too long (GDL719).
    """
    name = "standard input"
    if stream is None:  # as Python says that it is closed
        raise unreadable(name, "standard input is closed")
    raw = getattr(stream, "buffer", None)
    try:
        if raw is not None:
            return decoded(name, raw.read(LARGEST_FILE + 1))
        characters = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        raise unreadable(name, f"standard input cannot be read: {reason}") from error
    return decoded(name, characters.encode(errors="replace"))


def decoded(name: str, content: bytes, limits: Limits = USUAL) -> Text:
    """The text that the bytes of a file, or of a request, spell.

    Raises:
        PatientError: They are too many (GDL719), or not UTF-8 (GDL701).
    """
    if len(content) > limits.bytes:
        diagnostic = Diagnostic(
            code="GDL719",
            message=f"this is larger than {told(limits.bytes)}",
            labels=(_nowhere(name),),
        )
        message = f"{name} cannot be read"
        raise PatientError(message, (diagnostic,))
    try:
        return Text(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the file is not UTF-8 text"
        raise unreadable(name, message, "save the file as UTF-8") from error


def _neighbours(path: Path) -> str | None:
    """A file beside `path` that has nearly its name."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix == path.suffix]
    except OSError:
        return None
    near = get_close_matches(path.name, sorted(names), n=1)
    return f"did you mean `{path.parent / near[0]}`?" if near else None


def unreadable(name: str, message: str, remedy: str | None = None) -> PatientError:
    """GDL701: there is nothing to read."""
    diagnostic = Diagnostic(
        code="GDL701",
        message=message,
        labels=(_nowhere(name),),
        help=() if remedy is None else (Help(message=remedy),),
    )
    return PatientError(f"{name} cannot be read", (diagnostic,))


def _nowhere(name: str) -> Label:
    return Label(text=Text(name, ""), span=Span(0, 0))
