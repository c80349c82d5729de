"""GDL521: a source that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, source in material.each(ast.Source):
        if source.authors is None and not source.missing:
            yield remark(
                RULE.code,
                f"the source `{source.name.text}` does not say who wrote it",
                (text, source.name),
                'write `by "...", YEAR`, or `missing` if the page does not list it',
            )


RULE = LintRule(
    code="GDL521",
    name="source-without-author",
    level=Level.WARNING,
    says="A source says who wrote it.",
    find=_find,
)
