"""The rules of the linter, a room for each subject; all of them in the order of their codes."""

from __future__ import annotations

from b12guide.lint.material import LintRule
from b12guide.lint.rules import (
    asking,
    definitions,
    doses,
    examples,
    logic,
    names,
    prose,
    sources,
    strength,
    texts,
    thresholds,
    writing,
)

_ROOMS = (
    logic,
    definitions,
    thresholds,
    writing,
    sources,
    texts,
    examples,
    names,
    doses,
    prose,
    strength,
    asking,
)

RULES: tuple[LintRule, ...] = tuple(
    sorted(
        (
            found
            for room in _ROOMS
            for found in vars(room).values()
            if isinstance(found, LintRule)
        ),
        key=lambda found: found.code,
    )
)
