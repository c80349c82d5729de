"""GDL525: a rule without a section among rules that have one."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import finding
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    rules = tuple(material.each(ast.Rule))
    without = [(text, rule) for text, rule in rules if rule.grounds.section is None]
    if len(without) == len(rules):
        return
    for text, rule in without:
        yield finding(
            RULE.code,
            f"the rule `{rule.name.text}` does not say under which heading it stands",
            (text, rule.name),
            help_='other rules do: `section "..."`',
            severity=Severity.INFO,
        )


RULE = LintRule(
    code="GDL525",
    name="missing-section",
    level=Level.INFO,
    says="Where rules name their section of the source, all do.",
    find=_find,
)
