"""GDL502: a condition that everybody has."""

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
        if seen is not None and seen.true(asked.condition) == seen.addressed:
            yield remark(
                RULE.code,
                f"the condition of {asked.owner} is always true:"
                f" everybody {asked.addressed.value} has it",
                (asked.text, asked.condition),
                "leave it out, or look for `or` where `and` is meant",
            )


RULE = LintRule(
    code="GDL502",
    name="always-true",
    level=Level.WARNING,
    says="A condition can be false of somebody.",
    find=_find,
)
