"""GDL538: a dose without a route or a frequency."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.dosing import regimens
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        for regimen in regimens(rule):
            for phase in regimen.phases:
                lacking = tuple(_lacking(phase))
                if lacking:
                    yield remark(
                        RULE.code,
                        f"a dose of `{rule.name.text}` does not say"
                        f" {' or '.join(lacking)}",
                        (text, phase),
                        "write it as the source does: `1000 µg IM every 2 months`",
                    )


def _lacking(phase: ast.Phase) -> Iterator[str]:
    if phase.route is None:
        yield "by which route"
    is_single = isinstance(phase.bound, ast.ForDoses) and phase.bound.count == 1
    if phase.frequency is None and not is_single:
        yield "how often"


RULE = LintRule(
    code="GDL538",
    name="incomplete-dose",
    level=Level.WARNING,
    says="A dose says by which route and how often.",
    find=_find,
)
