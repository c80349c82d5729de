"""GDL512: two thresholds so near that one may be a slip."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.threshold import Threshold, thresholds, wording
from b12guide.semantics.checks.report import finding

__all__ = ["RULE"]

_NEAR = Fraction(1, 100)
"""Of the larger one: a conversion that was rounded lies within it, two steps of a scale do not."""


def _find(material: Material) -> Iterator[Diagnostic]:
    bounds = dict[str, dict[Fraction, Threshold]]()
    for each in thresholds(material):
        of_measure = bounds.setdefault(each.compare.fact, {})
        for bound in (each.compare.low, each.compare.high):
            of_measure.setdefault(bound, each)
    for of_measure in bounds.values():
        for low, high in pairwise(sorted(of_measure)):
            if high - low < high * _NEAR:
                yield _finding(of_measure[low], of_measure[high])


def _finding(one: Threshold, two: Threshold) -> Diagnostic:
    return finding(
        RULE.code,
        f"`{wording(one)}` and `{wording(two)}` differ by less than one part in a hundred",
        (two.text, two.node),
        others=((one.text, one.node, "the other one"),),
        help_="write one number in one unit, unless the source prints both",
        severity=Severity.WARNING,
    )


RULE = LintRule(
    code="GDL512",
    name="near-thresholds",
    level=Level.WARNING,
    says="Thresholds of one measure are the same or clearly apart.",
    find=_find,
)
