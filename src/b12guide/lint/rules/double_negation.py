"""GDL513: a negation of a negation."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.everybody import parts
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.syntax.condition_to_text import condition_to_text
from b12guide.text import Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        waiting = [asked.condition]
        while waiting:
            condition = waiting.pop()
            plain = _without_negations(condition)
            if plain is None:
                waiting += reversed(parts(condition))
            else:
                yield _finding(asked.text, condition, plain)


def _finding(text: Text, written: ast.Condition, plain: ast.Condition) -> Diagnostic:
    said = condition_to_text(plain)
    edits: tuple[Edit, ...] = ()
    if "#" not in text.slice(written.span):
        edits = (Edit(text=text, span=written.span, replacement=said),)
    return finding(
        RULE.code,
        f"`{condition_to_text(written)}` is negated twice",
        (text, written),
        help_=Help(message=f"write `{said}`", edits=edits),
        severity=Severity.WARNING,
    )


def _without_negations(condition: ast.Condition) -> ast.Condition | None:
    """The same without its two negations; None where there are no two."""
    match condition:
        case ast.Not(operand=operand):
            return _denied(operand)
        case ast.Listed(quantifier=ast.Quantifier.NONE, operands=(operand,)):
            return _denied(operand)
        case _:
            return None


def _denied(condition: ast.Condition) -> ast.Condition | None:
    """What a negated condition negates; None where it is not negated."""
    match condition:
        case ast.Group(operand=operand, assuming=()):
            return _denied(operand)
        case ast.Not(operand=ast.Group(assuming=()) as group):
            return group
        case ast.Not(operand=operand):
            return operand
        case ast.Is(negated=True) | ast.OnRecord(negated=True):
            return evolve(condition, negated=False)
        case ast.Listed(quantifier=ast.Quantifier.NONE):
            any_of = evolve(condition, quantifier=ast.Quantifier.ANY)
            return ast.Group(span=condition.span, operand=any_of)
        case _:
            return None


RULE = LintRule(
    code="GDL513",
    name="double-negation",
    level=Level.WARNING,
    says="Nothing is negated twice.",
    find=_find,
    fixes=True,
)
