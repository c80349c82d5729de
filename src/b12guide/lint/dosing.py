"""The dose schedules that a rule gives."""

from __future__ import annotations

from b12guide.syntax import ast

__all__ = ["regimens"]


def regimens(rule: ast.Rule) -> tuple[ast.Regimen, ...]:
    """The schedules of a rule that loads, maintains or gives."""
    return tuple(
        regimen
        for action in rule.actions
        if isinstance(action, ast.Load | ast.Maintain | ast.Give)
        for regimen in action.plan.regimens
    )
