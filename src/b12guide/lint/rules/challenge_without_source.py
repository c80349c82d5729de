"""GDL520: a challenge that nobody raises."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, challenge in material.each(ast.Challenge):
        if not challenge.by:
            yield remark(
                RULE.code,
                f"the challenge `{challenge.name.text}` does not say whose evidence it is",
                (text, challenge.name),
                "name the source: `by ...`",
            )


RULE = LintRule(
    code="GDL520",
    name="challenge-without-source",
    level=Level.WARNING,
    says="A challenge says who raises it.",
    find=_find,
)
