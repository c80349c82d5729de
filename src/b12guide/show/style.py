"""Colour on a terminal, or none: the only place that knows escape sequences."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

__all__ = ["COLOURED", "PLAIN", "Ink", "Style"]


class Ink(Enum):
    """What a stretch of text is, which decides how it is coloured."""

    BOLD = "1"
    HEADING = "1;36"
    CAUTION = "33"
    ERROR = "1;31"
    WARNING = "1;33"
    INFO = "1;34"
    HELP = "32"
    QUIET = "2"
    NONE = ""


@frozen
class Style:
    """Whether there is colour."""

    coloured: bool

    def __call__(self, ink: Ink, text: str) -> str:
        """The text in this ink."""
        if not self.coloured or not text or ink is Ink.NONE:
            return text
        return f"\x1b[{ink.value}m{text}\x1b[0m"


PLAIN = Style(coloured=False)
COLOURED = Style(coloured=True)
