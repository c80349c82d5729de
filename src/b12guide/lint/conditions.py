"""The conditions that a guideline writes, whom they pick from, and of whom they are true."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import assert_never

from attrs import evolve, field, frozen

from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Condition,
    Defined,
    Established,
    Leaf,
    Not,
    Recorded,
    Resting,
    children,
)
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Definition, Rule, RuleGraph
from b12guide.prove.search import Cone, Search
from b12guide.prove.two_as_one import apart
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast
from b12guide.text import Text


class Addressed(Enum):
    """Whom a condition picks from."""

    IN_SCOPE = "in scope"
    OUTSIDE = "outside the scope"
    EVERYBODY = "at all"


@frozen(kw_only=True)
class WrittenCondition:
    """A whole condition as it was written.

    Attributes:
        owner: What the condition belongs to, as people call it.
        item: The same in the syntax tree; None for the scope.
    """

    text: Text = field(repr=False)
    owner: str
    condition: ast.Condition
    lowered: Condition = field(repr=False)
    addressed: Addressed = Addressed.IN_SCOPE
    item: ast.Item | None = None


def conditions_of(item: ast.Item) -> Iterator[tuple[str, ast.Condition]]:
    """The whole conditions of an item, each with what people call the item."""
    match item:
        case ast.Rule(name=name, conditions=conditions):
            for condition in conditions:
                yield f"the rule `{name.text}`", condition
        case ast.Definition(name=name, condition=condition):
            yield f"the definition `{name.text}`", condition
        case ast.Silent(topics=topics, conditions=conditions):
            for condition in conditions:
                yield f"`silent on {topics[0].text}`", condition
        case ast.Implication(name=name, premise=premise, conclusion=conclusion):
            for side in (premise, conclusion):
                yield f"the implication `{name.text}`", side
        case ast.Declaration(kind=kind, name=name, implies=conditions):
            for condition in conditions:
                yield f"the {kind.value} `{name.text}`", condition
        case ast.Invariant(name=name, claim=ast.Never(when=when, unless=unless)):
            for part in (when, unless):
                if part is not None:
                    yield f"the invariant `{name.text}`", part
        case ast.Invariant(name=name, claim=ast.Always(when=when)) if when is not None:
            yield f"the invariant `{name.text}`", when
        case _:
            return


def addressed_by(item: ast.Item) -> Addressed:
    """Whom the conditions of an item pick from."""
    match item:
        case ast.Rule(outside_scope=True):
            return Addressed.OUTSIDE
        case ast.Implication() | ast.Declaration():
            return Addressed.EVERYBODY
        case _:
            return Addressed.IN_SCOPE


MOST_PARTS = 60
"""Of one condition; leaving out each of more takes too long, and nobody writes that many."""


def leaves(condition: Condition) -> Iterator[Condition]:
    """The smallest parts of a condition that are true or false by themselves."""
    if isinstance(condition, Leaf | Defined | Established | Recorded):
        yield condition
        return
    for child in children(condition):
        yield from leaves(child)


def parts(condition: ast.Condition) -> tuple[ast.Condition, ...]:
    """What a written condition joins or puts in brackets, one level down."""
    match condition:
        case ast.Reference() | ast.OnRecord() | ast.Comparison():
            return ()
        case ast.Between() | ast.Is():
            return ()
        case ast.Not(operand=operand) | ast.Group(operand=operand):
            return (operand,)
        case ast.And() | ast.Or() | ast.Listed():
            return condition.operands
        case _:
            assert_never(condition)


def every_part(condition: ast.Condition) -> Iterator[ast.Condition]:
    """The condition and what is inside it at any depth, each before its own parts."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += reversed(parts(part))


@frozen
class Seen:
    """A condition as sets of classes of patients.

    Attributes:
        addressed: The classes that the condition picks from.
        leaf: The classes of which each leaf is true.
    """

    addressed: int
    leaf: Mapping[Condition, int]
    scope: Scope = field(repr=False)

    def true(
        self, condition: ast.Condition, without: Collection[int] = frozenset()
    ) -> int:
        """Those of whom a written condition is true, parts with the ids `without` left out."""
        kept = [part for part in parts(condition) if id(part) not in without]
        match condition:
            case ast.Reference() | ast.OnRecord() | ast.Comparison():
                return self._lowered(lower_condition(condition, self.scope))
            case ast.Between() | ast.Is():
                return self._lowered(lower_condition(condition, self.scope))
            case ast.Group(operand=operand):
                return self.true(operand, without)
            case ast.Not(operand=operand):
                return self.addressed & ~self.true(operand, without)
            case ast.And() | ast.Listed(quantifier=ast.Quantifier.ALL):
                found = self.addressed
                for part in kept:
                    found &= self.true(part, without)
                return found
            case ast.Or() | ast.Listed(quantifier=ast.Quantifier.ANY):
                return self._any(kept, without)
            case ast.Listed():
                return self.addressed & ~self._any(kept, without)
            case _:
                assert_never(condition)

    def _any(self, some: Iterable[ast.Condition], without: Collection[int]) -> int:
        found = 0
        for part in some:
            found |= self.true(part, without)
        return found

    def _lowered(self, condition: Condition) -> int:
        match condition:
            case Resting(operand=operand):
                return self._lowered(operand)
            case Not(operand=operand):
                return self.addressed & ~self._lowered(operand)
            case AllOf(operands=operands):
                found = self.addressed
                for operand in operands:
                    found &= self._lowered(operand)
                return found
            case AnyOf(operands=operands):
                found = 0
                for operand in operands:
                    found |= self._lowered(operand)
                return found
            case _:
                return self.leaf[condition]


@frozen(slots=False)
class Everybody:
    """All possible patients of one guideline."""

    graph: RuleGraph = field(repr=False)
    scope: Scope = field(repr=False)
    conditions: tuple[WrittenCondition, ...] = field(repr=False)

    @cached_property
    def _names(self) -> Mapping[Condition, str]:
        """Each leaf of the written conditions, with a name that no definition can have."""
        found = dict.fromkeys(
            leaf for asked in self.conditions for leaf in leaves(asked.lowered)
        )
        return {leaf: f"leaf {number}" for number, leaf in enumerate(found)}

    @cached_property
    def search(self) -> Search:
        """The search through them, with each leaf as a definition."""
        named = {
            name: Definition(name=name, label=name, condition=leaf)
            for leaf, name in self._names.items()
        }
        definitions = {**self.graph.definitions, **named}
        joint = apart(evolve(self.graph, definitions=definitions))
        evaluator = Evaluator.of(joint.graph)
        return Search(joint.graph, evaluator, evaluator, joint.on_record)

    @cached_property
    def _cones(self) -> dict[frozenset[str], Cone | None]:
        return {}

    @cached_property
    def _cones_of_rules(self) -> dict[frozenset[str], Cone | None]:
        return {}

    def seen(self, asked: WrittenCondition) -> Seen | None:
        """A condition before all patients; None where there are too many kinds of them."""
        named = {leaf: self._names[leaf] for leaf in leaves(asked.lowered)}
        key = frozenset(named.values())
        if key not in self._cones:
            self._cones[key] = self.search.cone_of((), sorted(key))
        cone = self._cones[key]
        if cone is None:
            return None
        addressed = self.addressed(cone, asked.addressed)
        if not addressed:
            return None
        steps = self.search.evaluator.program.definitions
        return Seen(
            addressed=addressed,
            leaf={
                leaf: addressed & cone.true(steps[name]) for leaf, name in named.items()
            },
            scope=self.scope,
        )

    def addressed(self, cone: Cone, whom: Addressed) -> int:
        """The classes that a condition or rule speaks to."""
        match whom:
            case Addressed.EVERYBODY:
                return cone.everybody
            case Addressed.IN_SCOPE:
                return self.search.in_scope(cone)
            case Addressed.OUTSIDE:
                return cone.everybody & ~self.search.in_scope(cone)
            case _:
                assert_never(whom)

    def cone_of(self, rules: Iterable[Rule]) -> Cone | None:
        """The classes that some rules of the guideline tell apart."""
        some = tuple(rules)
        key = frozenset(rule.name for rule in some)
        if key not in self._cones_of_rules:
            self._cones_of_rules[key] = self.search.cone_of(some)
        return self._cones_of_rules[key]

    def idle_parts(self, asked: WrittenCondition) -> tuple[ast.Condition, ...]:
        """The parts that can all be left out without a difference to anybody.

        A part inside another that can be left out is not named again; of two parts that say the
        same, the later one is.
        """
        seen = self.seen(asked)
        if seen is None or _has_too_many(asked.condition):
            return ()
        whole = seen.true(asked.condition)
        if whole in {0, seen.addressed}:
            return ()
        without: set[int] = set()
        found: list[ast.Condition] = []
        waiting = [asked.condition]
        while waiting:
            condition = waiting.pop()
            inside = parts(condition)
            joins = len(inside) > 1
            for part in reversed(inside):
                left = sum(id(each) not in without for each in inside)
                if joins and left > 1:
                    without.add(id(part))
                    if seen.true(asked.condition, without) == whole:
                        found.append(part)
                        continue
                    without.remove(id(part))
                waiting.append(part)
        return tuple(found)


def _has_too_many(condition: ast.Condition) -> bool:
    return sum(1 for _ in every_part(condition)) > MOST_PARTS


@frozen
class Compound:
    """A part of a condition, and its shape."""

    condition: ast.Condition
    shape: Hashable = field(repr=False)


def compounds(
    condition: ast.Condition, scope: Scope, least: int = 2
) -> Iterator[Compound]:
    """The parts of a condition, itself included, that have `least` leaves or a bound.

    A bare name is no compound, and brackets are none beside what is inside them.
    """
    for part in every_part(condition):
        if isinstance(part, ast.Group | ast.Reference):
            continue
        lowered = lower_condition(part, scope)
        if sum(1 for _ in leaves(lowered)) >= least and _is_joined(part, least):
            yield Compound(part, shape_of(lowered))


def _is_joined(part: ast.Condition, least: int) -> bool:
    """Whether it joins conditions, or is a comparison where a single one counts."""
    if isinstance(part, ast.And | ast.Or | ast.Listed):
        return len(part.operands) > 1
    return least == 1 and not isinstance(part, ast.Not)


def shape_of(condition: Condition) -> Hashable:
    """The same for all conditions that differ in order, brackets and assumptions only."""
    match condition:
        case Resting(operand=operand):
            return shape_of(operand)
        case Not(operand=operand):
            match shape_of(operand):
                case ("not", denied):
                    return denied
                case shape:
                    return ("not", shape)
        case AllOf(operands=operands):
            return _joined("all", operands)
        case AnyOf(operands=operands):
            return _joined("any", operands)
        case _:
            return condition


def _joined(word: str, operands: tuple[Condition, ...]) -> Hashable:
    shapes = set[Hashable]()
    for operand in operands:
        shape = shape_of(operand)
        if isinstance(shape, tuple) and shape[0] == word:
            shapes |= shape[1]
        else:
            shapes.add(shape)
    if len(shapes) == 1:
        return next(iter(shapes))
    return (word, frozenset(shapes))
