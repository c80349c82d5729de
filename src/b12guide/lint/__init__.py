"""The linter of guidelines: what is right and could be clearer, or is likely to be a slip.

What the checks of a guideline call an error makes it unusable. The linter begins where they end:
its rules, a function each in `b12guide.lint.rules`, look at a guideline that can be used.
"""

from __future__ import annotations

from b12guide.lint.run import lint, lint_written
from b12guide.lint.settings import Settings, settings_for

__all__ = ["Settings", "lint", "lint_written", "settings_for"]
