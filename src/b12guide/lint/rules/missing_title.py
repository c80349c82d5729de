"""GDL522: an item that has no title."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import owner_of
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for header in file.headers:
            if header.title is None and header.kind in {"guideline", "vocabulary"}:
                kind = f"the {header.kind} `{header.name.text}`"
                yield _finding(kind, file.text, header.name)
        for item in file.items:
            if isinstance(item, ast.Rule | ast.Definition) and item.title is None:
                yield _finding(owner_of(item), file.text, item.name)


def _finding(owner: str, text: Text, name: ast.Name) -> Diagnostic:
    return remark(
        RULE.code,
        f"{owner} has no title, so people are shown its name",
        (text, name),
        f'write the title after the name: `{name.text} "..."`',
    )


RULE = LintRule(
    code="GDL522",
    name="missing-title",
    level=Level.WARNING,
    says="Guidelines, rules and definitions have a title.",
    find=_find,
)
