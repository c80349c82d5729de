"""The tolerances that can be asked for by name."""

from __future__ import annotations

from collections.abc import Mapping

from b12guide.audit.finding import Tolerance

__all__ = ["STRICT", "TOLERANCES", "USUAL"]

STRICT = Tolerance(name="strict", doses=0, tests=0)
USUAL = Tolerance(name="usual", doses=7, tests=14)

TOLERANCES: Mapping[str, Tolerance] = {t.name: t for t in (USUAL, STRICT)}
