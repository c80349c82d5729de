"""GDL514: a comparison that is negated instead of turned round."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.diagnostics import Diagnostic
from b12guide.lint.everybody import every_part
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.syntax.condition_to_text import condition_to_text
from b12guide.values.term import Operator

__all__ = ["RULE"]

_OPPOSITE = {
    Operator.LESS: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.LESS,
    Operator.MORE: Operator.AT_MOST,
    Operator.AT_MOST: Operator.MORE,
}


def _find(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            turned = _turned(condition)
            if turned is not None:
                yield remark(
                    RULE.code,
                    f"`{condition_to_text(condition)}` has to be turned round to be read",
                    (asked.text, condition),
                    f"write `{condition_to_text(turned)}`",
                )


def _turned(condition: ast.Condition) -> ast.Condition | None:
    match condition:
        case ast.Not(operand=ast.Group(operand=operand, assuming=())):
            return _turned(ast.Not(span=condition.span, operand=operand))
        case ast.Not(operand=ast.Comparison() as comparison):
            opposite = _OPPOSITE.get(comparison.operator)
            return opposite and evolve(comparison, operator=opposite)
        case ast.Not(operand=ast.Is(negated=False) as choice):
            return evolve(choice, negated=True)
        case ast.Not(operand=ast.OnRecord(negated=False) as claim):
            return evolve(claim, negated=True)
        case _:
            return None


RULE = LintRule(
    code="GDL514",
    name="negated-comparison",
    level=Level.INFO,
    says="A comparison is turned round, not negated.",
    find=_find,
)
