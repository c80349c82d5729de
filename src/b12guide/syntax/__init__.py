"""Reads and writes the text of guidelines.

Nothing outside this package knows of the parser that does it.
"""

from __future__ import annotations

from b12guide.syntax.parse import parse, parse_bytes, parse_partial

__all__ = ["parse", "parse_bytes", "parse_partial"]
