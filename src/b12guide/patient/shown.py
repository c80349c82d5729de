"""Values of a record as a message shows them."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from b12guide.text import shortened

__all__ = ["as_json", "shown"]


def shown(raw: Any) -> str:
    """`raw` in short, on one line, without characters that a terminal would act on."""
    text = raw if isinstance(raw, str) else as_json(raw)
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shortened(text)


def as_json(raw: Any) -> str:
    """`raw` as JSON, or as Python prints it where JSON cannot carry it."""
    if isinstance(raw, Decimal | Fraction):
        return str(raw)
    try:
        return json.dumps(raw, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return str(raw)
