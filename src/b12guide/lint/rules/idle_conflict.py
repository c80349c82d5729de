"""GDL551: an expected conflict that never comes about."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    rules = everybody.search.graph.rules
    for text, conflict in material.each(ast.ExpectedConflict):
        names = (conflict.first.text, conflict.second.text)
        one, two = (rules[material.scope.name(Namespace.RULE, name)] for name in names)
        cone = everybody.cone_of((one, two))
        if cone is None:
            continue
        both = cone.applies(one.name) & cone.applies(two.name)
        if not both & everybody.search.in_scope(cone):
            yield remark(
                RULE.code,
                f"`{one.name}` and `{two.name}` never apply to the same patient",
                (text, conflict.first),
                "leave `conflict expected` out, or look for a slip in a condition",
            )


RULE = LintRule(
    code="GDL551",
    name="idle-conflict",
    level=Level.WARNING,
    says="A conflict that is expected can come about.",
    find=_find,
)
