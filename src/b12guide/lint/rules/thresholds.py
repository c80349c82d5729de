"""Thresholds: one number read one way, with its own value on one side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.graph.condition import Compare
from b12guide.graph.from_syntax import lower_condition
from b12guide.lint.conditions import every_part, leaves
from b12guide.lint.material import Level, LintRule, Material
from b12guide.semantics.checks.report import finding
from b12guide.semantics.scope import in_unit_of, meant, measure_named
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.values.term import Operator


@frozen(kw_only=True)
class Threshold:
    """One comparison with one bound; a range `from 25 to 50` is two of them."""

    text: Text = field(repr=False)
    node: ast.Comparison | ast.Between
    compare: Compare
    item: ast.Item | None = field(repr=False)


def thresholds(material: Material) -> Iterator[Threshold]:
    """Every threshold of a condition, in the order written."""
    for asked in material.conditions:
        for part in every_part(asked.condition):
            if isinstance(part, ast.Comparison | ast.Between):
                for compare in leaves(lower_condition(part, material.scope)):
                    if isinstance(compare, Compare):
                        yield Threshold(
                            text=asked.text,
                            node=part,
                            compare=compare,
                            item=asked.item,
                        )


def by_bound(
    material: Material,
) -> Mapping[tuple[str, Fraction, Fraction], Mapping[Operator, list[Threshold]]]:
    """The thresholds by measure and bound, then by how they compare."""
    found: dict[tuple[str, Fraction, Fraction], dict[Operator, list[Threshold]]] = {}
    for each in thresholds(material):
        key = (each.compare.fact, each.compare.low, each.compare.high)
        found.setdefault(key, {}).setdefault(each.compare.operator, []).append(each)
    return found


def wording(threshold: Threshold) -> str:
    """The comparison as it was written."""
    return " ".join(threshold.text.slice(threshold.node.span).split())


_PAIRS = ((Operator.LESS, Operator.AT_MOST), (Operator.MORE, Operator.AT_LEAST))


def two_spellings(material: Material) -> Iterator[Diagnostic]:
    for places in by_bound(material).values():
        for pair in _PAIRS:
            if all(operator in places for operator in pair):
                few, many = sorted(pair, key=lambda operator: len(places[operator]))
                yield _spelt_in_two_ways(places[few], places[many])


def _spelt_in_two_ways(few: list[Threshold], many: list[Threshold]) -> Diagnostic:
    first, *others = few
    return finding(
        TWO_SPELLINGS.code,
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


TWO_SPELLINGS = LintRule(
    code="GDL510",
    name="two-spellings",
    level=Level.WARNING,
    says="A threshold is read one way: `< 50` or `<= 50`, not both.",
    find=two_spellings,
)


def open_bound(material: Material) -> Iterator[Diagnostic]:
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
            OPEN_BOUND.code,
            f"the value of the threshold itself stands {said} of `{wording(one)}` and"
            f" `{wording(two)}`",
            (one.text, one.node),
            others=((two.text, two.node, "the other side"),),
            help_="give the value to one side, or allow it with the source's reason",
            severity=Severity.WARNING,
        )


OPEN_BOUND = LintRule(
    code="GDL511",
    name="open-bound",
    level=Level.WARNING,
    says="Two sides of a threshold leave its own value to one of them.",
    find=open_bound,
)


_NEAR = Fraction(1, 100)
"""Of the larger one: a conversion that was rounded lies within it, two steps of a scale do not."""


def near_thresholds(material: Material) -> Iterator[Diagnostic]:
    bounds = dict[str, dict[Fraction, Threshold]]()
    for each in thresholds(material):
        of_measure = bounds.setdefault(each.compare.fact, {})
        for bound in (each.compare.low, each.compare.high):
            of_measure.setdefault(bound, each)
    for of_measure in bounds.values():
        for low, high in pairwise(sorted(of_measure)):
            if high - low < high * _NEAR:
                yield _nearly_the_same(of_measure[low], of_measure[high])


def _nearly_the_same(one: Threshold, two: Threshold) -> Diagnostic:
    return finding(
        NEAR_THRESHOLDS.code,
        f"`{wording(one)}` and `{wording(two)}` differ by less than one part in a hundred",
        (two.text, two.node),
        others=((one.text, one.node, "the other one"),),
        help_="write one number in one unit, unless the source prints both",
        severity=Severity.WARNING,
    )


NEAR_THRESHOLDS = LintRule(
    code="GDL512",
    name="near-thresholds",
    level=Level.WARNING,
    says="Thresholds of one measure are the same or clearly apart.",
    find=near_thresholds,
)


def bound_without_example(material: Material) -> Iterator[Diagnostic]:
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
                    BOUND_WITHOUT_EXAMPLE.code,
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
                low, _ = meant(in_unit_of(measure, given.value))
                found.add((measure.name.text, low))
    return frozenset(found)


BOUND_WITHOUT_EXAMPLE = LintRule(
    code="GDL527",
    name="bound-without-example",
    level=Level.INFO,
    says="An example stands on every threshold.",
    find=bound_without_example,
)
