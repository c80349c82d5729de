"""GDL510: one threshold with and without its own value."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.threshold import Threshold, by_bound, wording
from b12guide.semantics.checks.report import finding
from b12guide.values.term import Operator

__all__ = ["RULE"]

_PAIRS = ((Operator.LESS, Operator.AT_MOST), (Operator.MORE, Operator.AT_LEAST))


def _find(material: Material) -> Iterator[Diagnostic]:
    for places in by_bound(material).values():
        for pair in _PAIRS:
            if all(operator in places for operator in pair):
                few, many = sorted(pair, key=lambda operator: len(places[operator]))
                yield _finding(places[few], places[many])


def _finding(few: list[Threshold], many: list[Threshold]) -> Diagnostic:
    first, *others = few
    return finding(
        RULE.code,
        f"`{wording(first)}` here and `{wording(many[0])}` elsewhere:"
        " the threshold itself is read in two ways",
        (first.text, first.node),
        others=[
            *((each.text, each.node, "here too") for each in others),
            *((each.text, each.node, "but here the other way") for each in many[:2]),
        ],
        help_="use one of the two, as the source prints it",
        severity=Severity.WARNING,
    )


RULE = LintRule(
    code="GDL510",
    name="two-spellings",
    level=Level.WARNING,
    says="A threshold is read one way: `< 50` or `<= 50`, not both.",
    find=_find,
)
