"""GDL528: two examples that are the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    first: dict[Hashable, tuple[Text, ast.Example]] = {}
    for text, example in material.each(ast.Example):
        key = (frozenset(example.given), frozenset(example.expectations))
        if key in first:
            where, before = first[key]
            yield finding(
                RULE.code,
                f'this example is the same as "{before.title.text}"',
                (text, example.title),
                others=((where, before.title, "the first one"),),
                help_="leave one of the two out, or look for a slip",
                severity=Severity.WARNING,
            )
        first.setdefault(key, (text, example))


RULE = LintRule(
    code="GDL528",
    name="duplicate-example",
    level=Level.WARNING,
    says="No two examples are the same.",
    find=_find,
)
