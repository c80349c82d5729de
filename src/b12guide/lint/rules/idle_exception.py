"""GDL504: an exception that never takes anything away from the rule it is an exception to."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.everybody import Everybody
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for text, rule in material.each(ast.Rule):
        for name in rule.exception_to:
            parent = material.scope.name(Namespace.RULE, name.text)
            reason = _idle(rule.name.text, parent, material.everybody)
            if reason is not None:
                yield remark(
                    RULE.code,
                    f"`{rule.name.text}` never takes `{parent}` from anybody: {reason}",
                    (text, name),
                    f"leave `exception to {parent}` out, or look for a slip in a condition",
                )


def _idle(exception: str, parent: str, everybody: Everybody) -> str | None:
    """Why the exception makes no difference; None where it does, or nobody knows."""
    rules = everybody.search.graph.rules
    names = dict.fromkeys((parent, exception, *rules[parent].exceptions))
    cone = everybody.cone_of(rules[name] for name in names)
    if cone is None:
        return None
    conditions = everybody.search.evaluator.program.conditions
    true = {name: cone.true(conditions[name]) for name in names}
    both = everybody.search.in_scope(cone) & true[parent] & true[exception]
    if not true[exception]:
        return None  # it is never true, which another rule says
    if not both:
        return "nobody has the conditions of both"
    for name in names:
        if name not in {parent, exception}:
            both &= ~true[name]
    return None if both else "whoever has both conditions has another exception as well"


RULE = LintRule(
    code="GDL504",
    name="idle-exception",
    level=Level.WARNING,
    says="An exception takes its rule away from somebody.",
    find=_find,
)
