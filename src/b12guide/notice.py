"""What stands on every answer."""

from __future__ import annotations

__all__ = ["EDUCATION_NOTICE"]

EDUCATION_NOTICE = (
    "For education and research. It does not replace clinical judgement: "
    "verify it against the primary literature before acting on it."
)
