"""GDL523: a rule that says nothing to patients."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        if rule.grounds.patient is None:
            yield remark(
                RULE.code,
                f"the rule `{rule.name.text}` has no words for the patient",
                (text, rule.name),
                'say the same in plain words: `patient "..."`',
            )


RULE = LintRule(
    code="GDL523",
    name="missing-patient-text",
    level=Level.WARNING,
    says="A rule says what it means for the patient.",
    find=_find,
)
