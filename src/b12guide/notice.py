"""What stands on every answer: which b12guide gave it, and what it is not for."""

from __future__ import annotations

VERSION = "0.1.0"

EDUCATION_NOTICE = (
    "For education and research. It does not replace clinical judgement: "
    "verify it against the primary literature before acting on it."
)
