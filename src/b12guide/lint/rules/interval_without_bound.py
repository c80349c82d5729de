"""GDL537: a schedule that does not say when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from b12guide.diagnostics import Diagnostic
from b12guide.lint.dosing import regimens
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        for regimen in regimens(rule):
            for phase, following in pairwise((*regimen.phases, None)):
                if phase is None:
                    continue
                if phase.frequency is not None and phase.bound is None:
                    yield remark(
                        RULE.code,
                        f"the schedule of `{rule.name.text}` does not say how long it "
                        "goes on",
                        (text, phase),
                        "say `for ...`, `until ...`, `for life` or `indefinitely`",
                    )
                elif following is not None and isinstance(phase.bound, ast.ForLife):
                    yield remark(
                        RULE.code,
                        f"a phase of `{rule.name.text}` goes on for life, so that what "
                        "follows never begins",
                        (text, phase),
                        "say `for ...` or `until ...`",
                    )


RULE = LintRule(
    code="GDL537",
    name="interval-without-bound",
    level=Level.WARNING,
    says="A schedule says when it ends.",
    find=_find,
)
