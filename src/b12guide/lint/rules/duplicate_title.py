"""GDL529: one title twice."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said, said_again
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    titles = (
        one
        for one in said(material, Role.TITLE)
        if isinstance(one.item, ast.Rule | ast.Definition | ast.Example)
    )
    for first, again in said_again(titles, lambda one: type(one.item)):
        yield finding(
            RULE.code,
            f"{first.owner} has this title as well",
            (again.text, again.prose),
            others=((first.text, first.prose, "the first one"),),
            help_="say what is special about each",
            severity=Severity.WARNING,
        )


RULE = LintRule(
    code="GDL529",
    name="duplicate-title",
    level=Level.WARNING,
    says="Rules, definitions and examples have titles of their own.",
    find=_find,
)
