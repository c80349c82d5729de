"""GDL527: a threshold on which no example stands."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.threshold import thresholds, wording
from b12guide.semantics.checks.report import finding
from b12guide.semantics.types import in_unit_of, measure_named, settled
from b12guide.syntax import ast

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    given = _given(material)
    if not given:
        return
    told = set[tuple[str, Fraction]]()
    for threshold in thresholds(material):
        compare = threshold.compare
        for bound in (compare.low, compare.high):
            if (compare.fact, bound) not in given | told:
                told.add((compare.fact, bound))
                yield finding(
                    RULE.code,
                    f"no example stands on the threshold of `{wording(threshold)}`",
                    (threshold.text, threshold.node),
                    help_="slips happen here: give an example with exactly this value",
                    severity=Severity.INFO,
                )


def _given(material: Material) -> frozenset[tuple[str, Fraction]]:
    """The values of measures in the examples, in the unit of each measure."""
    found = set[tuple[str, Fraction]]()
    if material.graph is None:
        return frozenset()
    for _, example in material.draft.each(ast.Example):
        for given in example.given:
            if isinstance(given, ast.Given) and isinstance(given.value, ast.Quantity):
                measure = measure_named(given.name.text, material.scope)
                low, _ = settled(in_unit_of(measure, given.value))
                found.add((measure.name.text, low))
    return frozenset(found)


RULE = LintRule(
    code="GDL527",
    name="bound-without-example",
    level=Level.INFO,
    says="An example stands on every threshold.",
    find=_find,
)
