"""GDL553: a word that the language has replaced."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.everybody import every_part
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast
from b12guide.syntax.condition_to_text import condition_to_text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for asked in material.conditions:
        # `not X is known` reads as if it denied X, so the word moves to where it belongs.
        claims = [*every_part(asked.condition)]
        denied = {
            id(part.operand): part
            for part in claims
            if isinstance(part, ast.Not) and isinstance(part.operand, ast.OnRecord)
        }
        for part in claims:
            if not isinstance(part, ast.OnRecord):
                continue
            if part.word is not ast.RecordWord.KNOWN:
                continue
            whole = denied.get(id(part), part)
            negated = part.negated is not (whole is not part)
            said = condition_to_text(
                evolve(part, word=ast.RecordWord.ESTABLISHED, negated=negated)
            )
            has_comment = "#" in asked.text.slice(whole.span)
            edit = Edit(text=asked.text, span=whole.span, replacement=said)
            yield finding(
                RULE.code,
                f"`{condition_to_text(whole)}` is the old spelling of `{said}`",
                (asked.text, whole),
                help_=Help(
                    message=f"write `{said}`", edits=() if has_comment else (edit,)
                ),
                severity=Severity.WARNING,
            )


RULE = LintRule(
    code="GDL553",
    name="old-spelling",
    level=Level.WARNING,
    says="`is established` is written for `is known`, which sounds like `is recorded`.",
    find=_find,
    fixes=True,
)
