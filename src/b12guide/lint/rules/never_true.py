"""GDL501: a condition that nobody can have."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.everybody is None:
        return
    for asked in material.conditions:
        seen = material.everybody.seen(asked)
        if seen is not None and not seen.true(asked.condition):
            yield remark(
                RULE.code,
                f"the condition of {asked.owner} is never true:"
                f" nobody {asked.addressed.value} can have it",
                (asked.text, asked.condition),
                "look for a slip in the bounds, or for `and` where `or` is meant",
            )


RULE = LintRule(
    code="GDL501",
    name="never-true",
    level=Level.WARNING,
    says="A condition can be true of somebody.",
    find=_find,
)
