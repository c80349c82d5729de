"""GDL516: a list with a single entry."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.everybody import every_part
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        for condition in every_part(asked.condition):
            if isinstance(condition, ast.Listed) and len(condition.operands) == 1:
                word = condition.quantifier.value
                yield finding(
                    RULE.code,
                    f"`{word} of` is followed by one condition only",
                    (asked.text, condition),
                    help_=_help(asked.text, condition),
                    severity=Severity.WARNING,
                )


def _help(text: Text, listed: ast.Listed) -> Help:
    is_none = listed.quantifier is ast.Quantifier.NONE
    (operand,) = listed.operands
    words = Span(listed.span.start, operand.span.start)
    return Help(
        message="write `not` and the condition" if is_none else "write it alone",
        edits=()
        if "#" in text.slice(words)
        else (Edit(text=text, span=words, replacement="not " if is_none else ""),),
    )


RULE = LintRule(
    code="GDL516",
    name="list-of-one",
    level=Level.WARNING,
    says="`any of`, `all of` and `none of` are followed by several conditions.",
    find=_find,
    fixes=True,
)
