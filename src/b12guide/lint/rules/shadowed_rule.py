"""GDL505: a rule that its exceptions take away from everybody."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.asked import Addressed
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for text, written in material.each(ast.Rule):
        rule = everybody.search.graph.rules[written.name.text]
        cone = everybody.cone_of((rule,)) if rule.exceptions else None
        if cone is None:
            continue
        whom = Addressed.OUTSIDE if rule.outside_scope else Addressed.IN_SCOPE
        condition = everybody.search.evaluator.program.conditions[rule.name]
        reached = everybody.addressed(cone, whom) & cone.true(condition)
        if reached and not reached & cone.applies(rule.name):
            others = ", ".join(f"`{name}`" for name in rule.exceptions)
            yield remark(
                RULE.code,
                f"`{rule.name}` applies to nobody: whoever has its condition has an"
                f" exception, {others}",
                (text, written.name),
                "leave it out, or narrow the exception",
            )


RULE = LintRule(
    code="GDL505",
    name="shadowed-rule",
    level=Level.WARNING,
    says="The exceptions to a rule leave somebody to it.",
    find=_find,
)
