"""Reads and writes the text of guidelines.

Nothing outside this package knows of the parser that does it.
"""

from __future__ import annotations

from b12guide.syntax.parse import parse, parse_bytes, parse_partial
from b12guide.syntax.phrases import action_to_text, condition_to_text, plan_to_text
from b12guide.syntax.printing import formatted, item_to_text, to_text

__all__ = [
    "action_to_text",
    "condition_to_text",
    "formatted",
    "item_to_text",
    "parse",
    "parse_bytes",
    "parse_partial",
    "plan_to_text",
    "to_text",
]
