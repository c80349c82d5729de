"""GDL531: dates that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.header is None or material.header[1].revised is None:
        return
    text, header = material.header
    revised = header.revised or ""
    if material.on is not None and revised > material.on.isoformat():
        yield remark(
            RULE.code,
            f"the guideline was revised on {revised}, which is still to come",
            (text, header.name),
        )
    approval = header.approval
    if approval is not None and approval.on < revised:
        yield remark(
            RULE.code,
            f"the guideline was approved on {approval.on} and revised later,"
            f" on {revised}",
            (text, approval),
            "have the revision approved",
        )
    for where, source in material.each(ast.Source):
        if source.year is not None and source.year > int(revised[:4]):
            yield remark(
                RULE.code,
                f"the guideline was revised on {revised}, and `{source.name.text}` is of"
                f" {source.year}",
                (where, source.name),
                "give the later date of revision, if the source was read for it",
            )


RULE = LintRule(
    code="GDL531",
    name="contradictory-dates",
    level=Level.WARNING,
    says="Dates come in the order in which things happen.",
    find=_find,
)
