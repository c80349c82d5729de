"""Thresholds: one number read one way, with its own value on one side."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.graph.condition import Compare
from b12guide.graph.from_syntax import lower_condition
from b12guide.lint.conditions import leaves
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.semantics.draft import every_part
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

    @property
    def wording(self) -> str:
        """The comparison as it was written."""
        return " ".join(self.text.slice(self.node.span).split())


def thresholds(material: Material) -> Iterator[Threshold]:
    """Every threshold of a condition, in the order written."""
    for asked in material.conditions:
        for part in every_part(asked.condition):
            if isinstance(part, ast.Comparison | ast.Between):
                for compare in leaves(lower_condition(part, material.scope)):
                    if isinstance(compare, Compare):
                        yield Threshold(text=asked.text, node=part, compare=compare)


def by_bound(material: Material) -> Iterable[Mapping[Operator, list[Threshold]]]:
    """The thresholds of each measure and bound, by how they compare."""
    found: dict[Hashable, dict[Operator, list[Threshold]]] = {}
    for each in thresholds(material):
        key = (each.compare.fact, each.compare.low, each.compare.high)
        found.setdefault(key, {}).setdefault(each.compare.operator, []).append(each)
    return found.values()


_PAIRS = ((Operator.LESS, Operator.AT_MOST), (Operator.MORE, Operator.AT_LEAST))


@lint_rule("GDL510", Level.WARNING)
def two_spellings(material: Material) -> Iterator[Diagnostic]:
    """A threshold is read one way: `< 50` or `<= 50`, not both."""
    for places in by_bound(material):
        for pair in _PAIRS:
            if all(operator in places for operator in pair):
                few, many = sorted(pair, key=lambda operator: len(places[operator]))
                (first, *others), usual = places[few], places[many][:2]
                yield finding(
                    f"`{first.wording}` here and `{usual[0].wording}` elsewhere:"
                    " the threshold itself is read in two ways",
                    (first.text, first.node),
                    "use one of the two, as the source prints it",
                    others=[
                        *((e.text, e.node, "here too") for e in others),
                        *((e.text, e.node, "but here the other way") for e in usual),
                    ],
                )


@lint_rule("GDL511", Level.WARNING)
def open_bound(material: Material) -> Iterator[Diagnostic]:
    """Two sides of a threshold leave its own value to one of them."""
    for places in by_bound(material):
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
            f"the value of the threshold itself stands {said} of `{one.wording}` and"
            f" `{two.wording}`",
            (one.text, one.node),
            others=((two.text, two.node, "the other side"),),
            help_="give the value to one side, or allow it with the source's reason",
        )


_NEAR = Fraction(1, 100)
"""Of the larger one: a conversion that was rounded lies within it, two steps of a scale do not."""


@lint_rule("GDL512", Level.WARNING)
def near_thresholds(material: Material) -> Iterator[Diagnostic]:
    """Thresholds of one measure are the same or clearly apart."""
    bounds = dict[str, dict[Fraction, Threshold]]()
    for each in thresholds(material):
        of_measure = bounds.setdefault(each.compare.fact, {})
        for bound in (each.compare.low, each.compare.high):
            of_measure.setdefault(bound, each)
    for of_measure in bounds.values():
        for low, high in pairwise(sorted(of_measure)):
            if high - low < high * _NEAR:
                one, two = of_measure[low], of_measure[high]
                yield finding(
                    f"`{one.wording}` and `{two.wording}` differ by less than one part in"
                    " a hundred",
                    (two.text, two.node),
                    "write one number in one unit, unless the source prints both",
                    others=((one.text, one.node, "the other one"),),
                )


@lint_rule("GDL527", Level.INFO)
def bound_without_example(material: Material) -> Iterator[Diagnostic]:
    """An example stands on every threshold."""
    given = set[tuple[str, Fraction]]()
    for _, example in material.draft.each(ast.Example) if material.graph else ():
        for one in example.given:
            if isinstance(one, ast.Given) and isinstance(one.value, ast.Quantity):
                measure = measure_named(one.name.text, material.scope)
                low, _ = meant(in_unit_of(measure, one.value))
                given.add((measure.name.text, low))
    if not given:  # the examples are about other things, or there are none
        return
    for threshold in thresholds(material):
        compare = threshold.compare
        for bound in (compare.low, compare.high):
            if (compare.fact, bound) not in given:
                given.add((compare.fact, bound))
                yield finding(
                    f"no example stands on the threshold of `{threshold.wording}`",
                    (threshold.text, threshold.node),
                    "mistakes happen here: give an example with exactly this value",
                )
