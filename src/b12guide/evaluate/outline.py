"""Conditions in words, part by part: what an explanation says to all patients alike.

An outline is worked out as far as somebody looks, and then serves every patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from attrs import frozen

from b12guide.frozen import FrozenMap, Record
from b12guide.graph import condition as c
from b12guide.graph.derived import words_of
from b12guide.graph.model import RuleGraph
from b12guide.say.numbers import exact_range_text
from b12guide.values.term import Kind

__all__ = ["Outline", "Outlines"]


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Outlines(Record):
    """The conditions of a guideline in words: those of its rules, and what it defines."""

    graph: RuleGraph

    @cached_property
    def rules(self) -> Mapping[str, Outline]:
        """The condition of each rule."""
        rules = self.graph.rules.items()
        return FrozenMap({name: self.of(rule.condition) for name, rule in rules})

    @cached_property
    def definitions(self) -> Mapping[str, Outline]:
        """Each definition as it stands in a condition that names it."""
        return FrozenMap(
            {
                name: Outline(condition=c.Defined(name), within=self)
                for name in self.graph.definitions
            }
        )

    def of(self, condition: c.Condition) -> Outline:
        """The outline of `condition`; definitions have one each, however often they are named."""
        match condition:
            case c.Defined(name=name):
                return self.definitions[name]
            case _:
                return Outline(condition=condition, within=self)


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Outline(Record):
    """A condition in words, with those inside it.

    Attributes:
        within: The guideline in which it stands.
    """

    condition: c.Condition
    within: Outlines

    @cached_property
    def parts(self) -> tuple[Outline, ...]:
        """The conditions directly inside; inside a definition, what it stands for."""
        match self.condition:
            case c.Defined(name=name):
                meaning = self.within.graph.definitions[name].condition
                return (self.within.of(meaning),)
            case condition:
                return tuple([self.within.of(one) for one in c.children(condition)])

    @cached_property
    def text(self) -> str:
        """The condition in words of the language, names resolved."""
        graph, parts = self.within.graph, self.parts
        match self.condition:
            case c.Has(fact=fact) if (words := words_of(graph, fact)) is not None:
                return words
            case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
                return _leaf_text(self.condition, graph)
            case c.Defined(name=name):
                return name
            case c.AllOf():
                return " and ".join([part.grouped for part in parts]) or "always"
            case c.AnyOf():
                return " or ".join([part.grouped for part in parts]) or "never"
            case c.AtLeast(count=count):
                listed = ", ".join([part.listed for part in parts])
                return f"at least {count} of {listed}"
            case c.Not():
                return f"not {parts[0].grouped}"
            case c.Established():
                return f"{parts[0].text} is established"
            case c.Recorded(operand=c.HasValue(fact=fact)) if (
                graph.vocabulary.facts[fact].kind is Kind.MEASURE
            ):
                return f"{parts[0].text} is measured"
            case c.Recorded():
                return f"{parts[0].text} is recorded"
            case c.Resting():
                return parts[0].text

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the reading of it rests on."""
        match self.condition:
            case c.Resting(assumptions=assumptions):
                return assumptions
            case _:
                return ()

    @property
    def grouped(self) -> str:
        """The same inside other words: in parentheses, where it names several things."""
        inner = self.condition
        while isinstance(inner, c.Resting):
            inner = inner.operand
        match inner:
            case c.AllOf(operands=parts) | c.AnyOf(operands=parts):
                several = len(parts) > 1
            case c.AtLeast():
                several = True
            case c.OneOf(values=values):
                several = len(values) > 1
            case _:
                several = False
        return f"({self.text})" if several else self.text

    @property
    def listed(self) -> str:
        """The same in a list: in parentheses where it is denied, too."""
        text = self.grouped
        return f"({text})" if text.startswith("not ") else text

    @cached_property
    def size(self) -> int:
        """The number of conditions in it, every definition written out where it is named."""
        return self.size_but_for(())

    def size_but_for(self, stated: Iterable[str]) -> int:
        """The same where definitions that are `stated` stand without their parts."""
        return _size(self, dict.fromkeys(stated, 1))


def _size(outline: Outline, known: dict[str, int]) -> int:
    condition = outline.condition
    if isinstance(condition, c.Defined) and condition.name in known:
        return known[condition.name]
    size = 1
    for part in outline.parts:
        size += _size(part, known)
    if isinstance(condition, c.Defined):
        known[condition.name] = size
    return size


def _leaf_text(leaf: c.Leaf, graph: RuleGraph) -> str:
    match leaf:
        case c.Has(fact=fact) | c.HasValue(fact=fact):
            return fact
        case c.OneOf(fact=fact, values=values):
            several = "any of " if len(values) > 1 else ""
            return f"{fact} is {several}{', '.join(values)}"
        case c.Compare(fact=fact, operator=operator, low=low, high=high):
            bound = exact_range_text(low, high)
            unit = graph.vocabulary.facts[fact].unit
            return f"{fact} {operator.value} {bound}" + (f" {unit}" if unit else "")
