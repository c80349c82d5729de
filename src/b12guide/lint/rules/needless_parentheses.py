"""GDL515: parentheses that change nothing and tell nothing."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.everybody import parts
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.aloud import list_at_the_end
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Span, Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        waiting: list[tuple[ast.Condition | None, ast.Condition]]
        waiting = [(None, asked.condition)]
        while waiting:
            around, condition = waiting.pop()
            waiting += [(condition, part) for part in reversed(parts(condition))]
            if isinstance(condition, ast.Group) and _is_needless(
                condition, around, asked.text
            ):
                yield finding(
                    RULE.code,
                    "these parentheses change nothing",
                    (asked.text, condition),
                    help_=Help(
                        message="leave them out", edits=_edits(asked.text, condition)
                    ),
                    severity=Severity.INFO,
                )


def _is_needless(group: ast.Group, around: ast.Condition | None, text: Text) -> bool:
    if group.assuming:
        return False
    if around is None or (isinstance(around, ast.Group) and not around.assuming):
        return True
    joins = isinstance(around, ast.And | ast.Or)
    if joins and list_at_the_end(group.operand, text) is not None:
        return False  # nothing may follow a list without them
    match group.operand:
        case ast.Reference() | ast.Comparison() | ast.Between():
            return True
        case ast.Is(values=values):
            return len(values) == 1
        case ast.And():
            return isinstance(around, ast.And)
        case ast.Or():
            return isinstance(around, ast.Or)
        case _:
            return False


def _edits(text: Text, group: ast.Group) -> tuple[Edit, ...]:
    """The parentheses replaced by nothing, or by a space where words would touch."""
    start, end = group.span.start, group.span.end
    before = text.characters[start - 1 : start]
    after = text.characters[end : end + 1]
    return (
        Edit(
            text=text,
            span=Span(start, start + 1),
            replacement=" " if before.isalnum() or before == "_" else "",
        ),
        Edit(
            text=text,
            span=Span(end - 1, end),
            replacement=" " if after.isalnum() or after == "_" else "",
        ),
    )


RULE = LintRule(
    code="GDL515",
    name="needless-parentheses",
    level=Level.INFO,
    says="Parentheses stand where they change or tell something.",
    find=_find,
    fixes=True,
)
