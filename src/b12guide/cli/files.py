"""From the guideline that a command is given to its files; `-` is standard input."""

from __future__ import annotations

import sys
from pathlib import Path

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
    """What stands on standard input; what it uses is looked for in the current folder."""
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    return Library(SourceFile(STDIN_NAME, data), Path())
