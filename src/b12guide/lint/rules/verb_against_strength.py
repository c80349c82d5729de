"""GDL549: a verb that says other than the strength."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.syntax.ast import Strength

__all__ = ["RULE"]

_PROHIBITS = frozenset({Strength.AVOID, Strength.DO_NOT})
_WEAK = frozenset(
    {Strength.MAY, Strength.SHOULD_CONSIDER, Strength.ACCEPTABLE_ALTERNATIVE}
)


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        strength = rule.grounds.strength
        for action in rule.actions:
            reason = None if strength is None else _reason(action, strength)
            if reason is not None and strength is not None:
                yield remark(
                    RULE.code,
                    f"the strength of `{rule.name.text}` is `{strength.value}`, but its"
                    f" verb {reason}",
                    (text, action),
                    "take the strength from the source, and the verb that says it",
                )


def _reason(action: ast.Action, strength: Strength) -> str | None:
    match action:
        case ast.Exclude(outright=True):
            is_soft = strength in _WEAK or strength is Strength.AVOID
            return "forbids outright" if is_soft else None
        case ast.Exclude() | ast.Withhold():
            return "advises against something" if strength in _WEAK else None
        case ast.Load() | ast.Maintain() | ast.Give() | ast.Route():
            return "advises something" if strength in _PROHIBITS else None
        case ast.Form(excluded=()):
            return "advises something" if strength in _PROHIBITS else None
        case ast.Target() | ast.Check(never_alone=False):
            return "aims at something" if strength in _PROHIBITS else None
        case _:
            return None


RULE = LintRule(
    code="GDL549",
    name="verb-against-strength",
    level=Level.WARNING,
    says="The verb of a rule and its strength agree.",
    find=_find,
)
