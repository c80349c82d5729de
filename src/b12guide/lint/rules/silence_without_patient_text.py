"""GDL552: a silence that says nothing to patients."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, silent in material.each(ast.Silent):
        if silent.grounds.patient is None:
            topic = silent.topics[0]
            yield remark(
                RULE.code,
                f"the silence on `{topic.text}` has no words for the patient",
                (text, topic),
                'say neutrally what the guideline leaves open: `patient "..."`',
            )


RULE = LintRule(
    code="GDL552",
    name="silence-without-patient-text",
    level=Level.WARNING,
    says="A silence says what it means for the patient.",
    find=_find,
)
