"""GDL537: a schedule that does not say when it ends."""

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
            *_, last = regimen.phases
            if last.frequency is not None and last.bound is None:
                yield remark(
                    RULE.code,
                    f"the schedule of `{rule.name.text}` does not say how long it goes on",
                    (text, last),
                    "say `for ...`, `until ...`, `for life` or `indefinitely`",
                )


RULE = LintRule(
    code="GDL537",
    name="interval-without-bound",
    level=Level.WARNING,
    says="A schedule says when it ends.",
    find=_find,
)
