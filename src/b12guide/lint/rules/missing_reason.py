"""GDL524: a rule that does not say why."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        if rule.grounds.because is None:
            yield finding(
                RULE.code,
                f"the rule `{rule.name.text}` does not say why",
                (text, rule.name),
                help_='give the reason: `because "..."`',
                severity=Severity.INFO,
            )


RULE = LintRule(
    code="GDL524",
    name="missing-reason",
    level=Level.INFO,
    says="A rule says why.",
    find=_find,
)
