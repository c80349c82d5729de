"""GDL503: a part of a condition that makes no difference to anybody."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast
from b12guide.syntax.to_text import condition_to_text

__all__ = ["RULE"]

_LONGEST = 80
"""Characters of a part that a message repeats; the place shows the rest."""


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for asked in material.conditions:
        seen = material.everybody.seen(asked)
        for part in material.everybody.idle_parts(asked):
            true = 0 if seen is None else seen.true(part)
            if not true:
                reason = "nobody has it"
            elif seen is not None and true == seen.addressed:
                reason = "everybody has it"
            else:
                reason = "the rest of the condition already decides it"
            yield remark(
                RULE.code,
                f"`{_brief(part)}` makes no difference in the condition of"
                f" {asked.owner}: {reason}",
                (asked.text, part),
                "leave it out, or look for a slip beside it",
            )


def _brief(part: ast.Condition) -> str:
    written = condition_to_text(part)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 4]} ..."


RULE = LintRule(
    code="GDL503",
    name="idle-part",
    level=Level.WARNING,
    says="Every part of a condition makes a difference to somebody.",
    find=_find,
)
