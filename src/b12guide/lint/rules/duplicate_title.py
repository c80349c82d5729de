"""GDL529: one title twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, Said, said
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    first: dict[Hashable, Said] = {}
    for one in said(material, Role.TITLE):
        if isinstance(one.item, ast.Rule | ast.Definition | ast.Example):
            key = (type(one.item), " ".join(one.prose.text.casefold().split()))
            if key in first:
                yield finding(
                    RULE.code,
                    f"{first[key].owner} has this title as well",
                    (one.text, one.prose),
                    others=((first[key].text, first[key].prose, "the first one"),),
                    help_="say what is special about each",
                    severity=Severity.WARNING,
                )
            first.setdefault(key, one)


RULE = LintRule(
    code="GDL529",
    name="duplicate-title",
    level=Level.WARNING,
    says="Rules, definitions and examples have titles of their own.",
    find=_find,
)
