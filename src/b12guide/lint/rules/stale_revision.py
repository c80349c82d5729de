"""GDL530: a revision that is old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.header is None or material.on is None:
        return
    text, header = material.header
    if header.revised is None:
        return
    revised = dt.date.fromisoformat(header.revised)
    months = (material.on.year - revised.year) * 12 + material.on.month - revised.month
    months -= material.on.day < revised.day
    if months >= material.stale_after:
        yield remark(
            RULE.code,
            f"the guideline was revised on {header.revised}, {months} months before"
            f" {material.on}",
            (text, header.name),
            "see whether the source has a newer version, and revise the guideline",
        )


RULE = LintRule(
    code="GDL530",
    name="stale-revision",
    level=Level.WARNING,
    says="The guideline was revised lately.",
    find=_find,
    needs_day=True,
)
