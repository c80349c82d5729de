"""The page of a guideline: its compiled program as data, and the one file that answers from it."""

from __future__ import annotations

from b12guide.page.document import page, program

__all__ = ["page", "program"]
