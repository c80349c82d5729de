"""GDL554: an expectation that nothing could break."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.trial.vacuous import is_vacuous

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    graph = material.graph
    if graph is None:
        return
    for text, example in material.each(ast.Example):
        for expectation in example.expectations:
            if is_vacuous(expectation, graph, material.scope):
                written = " ".join(text.slice(expectation.span).split())
                yield remark(
                    RULE.code,
                    f"`{written}` is vacuous: nothing here could give this",
                    (text, expectation),
                    "expect what is said instead, or look for a slip",
                )


RULE = LintRule(
    code="GDL554",
    name="vacuous-expectation",
    level=Level.WARNING,
    says="What an example rules out could be said to somebody.",
    find=_find,
)
