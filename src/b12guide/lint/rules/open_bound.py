"""GDL511: a threshold whose own value belongs to both sides or to none."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.threshold import by_bound, wording
from b12guide.semantics.checks.report import finding
from b12guide.values.term import Operator

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    for places in by_bound(material).values():
        operators = frozenset(places)
        if operators == {Operator.LESS, Operator.MORE}:
            below, above, said = Operator.LESS, Operator.MORE, "on neither side"
        elif operators == {Operator.AT_MOST, Operator.AT_LEAST}:
            below, above, said = Operator.AT_MOST, Operator.AT_LEAST, "on both sides"
        else:
            continue
        one, two = places[below][0], places[above][0]
        if one.node is two.node or one.compare.low != one.compare.high:
            continue
        yield finding(
            RULE.code,
            f"the value of the threshold itself stands {said} of `{wording(one)}` and"
            f" `{wording(two)}`",
            (one.text, one.node),
            others=((two.text, two.node, "the other side"),),
            help_="give the value to one side, or allow it with the source's reason",
            severity=Severity.WARNING,
        )


RULE = LintRule(
    code="GDL511",
    name="open-bound",
    level=Level.WARNING,
    says="Two sides of a threshold leave its own value to one of them.",
    find=_find,
)
