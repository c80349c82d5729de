"""What a rule of the linter is: a code, a name, how much it matters, and a function that finds.

It is called a `LintRule`, because a rule without more is one of a guideline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeAlias

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.record import Record

__all__ = ["Find", "Level", "LintRule"]

Find: TypeAlias = Callable[[Material], Iterator[Diagnostic]]


class Level(Enum):
    """How much a finding matters; `off` silences it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"

    @property
    def severity(self) -> Severity | None:
        """The severity of the diagnostics; None where there are none."""
        return None if self is Level.OFF else Severity(self.value)


@frozen(kw_only=True, repr=False)
class LintRule(Record):
    """A rule of the linter.

    Attributes:
        name: What people call it, in a few words with hyphens.
        says: What it holds a guideline to, as one sentence for the table of rules.
        find: What it finds; the severity of the diagnostics is set from the level.
        fixes: Whether the edits of its remedies leave the meaning as it is.
        needs_day: Whether it has nothing to say unless a day is asked for.
    """

    code: str
    name: str
    level: Level
    says: str
    find: Find
    fixes: bool = False
    needs_day: bool = False
