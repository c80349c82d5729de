"""The thresholds that a guideline writes: each bound of a measure with its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import field, frozen

from b12guide.graph.condition import Compare
from b12guide.graph.condition_from_syntax import lower_condition
from b12guide.lint.everybody import every_part, leaves
from b12guide.lint.material import Material
from b12guide.syntax import ast
from b12guide.text import Text
from b12guide.values.term import Operator

__all__ = ["Threshold", "by_bound", "thresholds", "wording"]


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
