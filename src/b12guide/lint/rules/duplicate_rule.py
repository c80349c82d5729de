"""GDL506: two rules that say the same to the same patients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.saying import MOST_PAIRS, Overlap, alike, overlap
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    everybody = material.everybody
    if everybody is None:
        return
    for group in alike(material):
        told = set[str]()
        for (_, one), (text, two) in islice(combinations(group, 2), MOST_PAIRS):
            name = two.name.text
            if name not in told and overlap(one, two, everybody) is Overlap.SAME:
                told.add(name)
                yield finding(
                    RULE.code,
                    f"`{name}` says what `{one.name.text}` says, to the same patients",
                    (text, two.name),
                    others=((material.text_of(one), one.name, "the other one"),),
                    help_="make one rule of both, with the statements and citations of both",
                    severity=Severity.WARNING,
                )


RULE = LintRule(
    code="GDL506",
    name="duplicate-rule",
    level=Level.WARNING,
    says="No two rules say the same to the same patients.",
    find=_find,
)
