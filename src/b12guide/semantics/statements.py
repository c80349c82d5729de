"""The ids of the statements that a source is divided into: `statements S01 to S51`."""

from __future__ import annotations

import re

from b12guide.syntax.ast import Header

__all__ = ["is_range", "statement_range"]

_ID = re.compile(r"(?P<stem>[A-Za-z_]*)(?P<number>[0-9]+)$")
_MOST = 10_000


def statement_range(header: Header | None) -> tuple[str, ...]:
    """Every id from the first to the last one; none when the header names no range."""
    if header is None or header.statements is None:
        return ()
    first, last = (_ID.match(name.text) for name in header.statements)
    if first is None or last is None or first["stem"] != last["stem"]:
        return ()
    width = len(first["number"]) if first["number"].startswith("0") else 0
    low, high = int(first["number"]), int(last["number"])
    if high - low >= _MOST:
        return ()
    return tuple(f"{first['stem']}{n:0{width}}" for n in range(low, high + 1))


def is_range(header: Header) -> bool:
    """Whether the header names a range of ids, if it names one at all."""
    return header.statements is None or bool(statement_range(header))
