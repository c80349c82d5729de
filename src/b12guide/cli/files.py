"""From the guideline that a command is given to its files; `-` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from b12guide.diagnostics import Diagnostic
from b12guide.errors import GuidelineError
from b12guide.library import LARGEST_FILE, Library, SourceFile, locate

__all__ = ["STDIN", "STDIN_NAME", "library_of", "standard_input"]

STDIN = "-"
STDIN_NAME = "<stdin>"


def library_of(guideline: str) -> Library:
    """The library of a shipped guideline's name, of a path, or of standard input.

    Raises:
        GuidelineError: There is no such file, or it cannot be read.
    """
    return standard_input() if guideline == STDIN else locate(guideline)


def standard_input() -> Library:
    """What stands on standard input; what it uses is looked for in the current folder.

    Raises:
        GuidelineError: It is closed, or cannot be read.
    """
    if sys.stdin is None:  # as Python says that it is closed
        closed = "it is closed"
        raise _unreadable(closed)
    try:
        data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        raise _unreadable(reason) from error
    return Library(SourceFile(STDIN_NAME, data), Path())


def _unreadable(reason: str) -> GuidelineError:
    message = f"standard input cannot be read: {reason}"
    return GuidelineError(message, (Diagnostic(code="GDL229", message=message),))
