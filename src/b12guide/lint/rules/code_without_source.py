"""GDL556: a code of a terminology, and nobody knows where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, declaration in material.each(ast.Declaration):
        for code in declaration.codes:
            if code.seen is None:
                yield remark(
                    RULE.code,
                    f"the code `{code.code}` does not say where it was seen with the meaning"
                    f" of `{declaration.name.text}`",
                    (text, code),
                    'name the publication: `from "..."`',
                )


RULE = LintRule(
    code="GDL556",
    name="code-without-source",
    level=Level.WARNING,
    says="A code of a terminology names the publication in which it was seen.",
    find=_find,
)
