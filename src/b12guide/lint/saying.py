"""Rules that say the same, and to whom they say it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from b12guide.lint.asked import Addressed
from b12guide.lint.everybody import Everybody
from b12guide.lint.material import Material
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["MOST_PAIRS", "Overlap", "alike", "overlap"]


MOST_PAIRS = 2000
"""Of rules that say one thing; each takes a search."""


class Overlap(Enum):
    """How the patients of one rule lie to those of another."""

    SAME = "the same"
    INSIDE = "some of them"
    OTHERWISE = "otherwise"


def alike(material: Material) -> Iterator[list[tuple[Text, ast.Rule]]]:
    """The rules of the graph that say the same, wherever there are several."""
    graph = material.graph
    if graph is None:
        return
    groups: dict[object, list[tuple[Text, ast.Rule]]] = {}
    for text, written in material.each(ast.Rule):
        rule = graph.rules[written.name.text]
        key = (rule.decision, rule.value, rule.optional, rule.outside_scope)
        groups.setdefault(key, []).append((text, written))
    yield from (group for group in groups.values() if len(group) > 1)


def overlap(one: ast.Rule, two: ast.Rule, everybody: Everybody) -> Overlap:
    """How the patients to whom `one` applies lie to those of `two`."""
    rules = [everybody.search.graph.rules[rule.name.text] for rule in (one, two)]
    cone = everybody.cone_of(rules)
    if cone is None:
        return Overlap.OTHERWISE
    whom = Addressed.OUTSIDE if one.outside_scope else Addressed.IN_SCOPE
    addressed = everybody.addressed(cone, whom)
    mine, theirs = (addressed & cone.applies(rule.name) for rule in rules)
    if not mine or mine & ~theirs:
        return Overlap.OTHERWISE
    return Overlap.SAME if mine == theirs else Overlap.INSIDE
