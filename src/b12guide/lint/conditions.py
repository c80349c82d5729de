"""The conditions that a guideline writes, whom they pick from, and about whom they are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cached_property, reduce
from operator import and_, or_
from typing import assert_never

from attrs import evolve, field, frozen

from b12guide.graph import condition as logic
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Definition, Rule, RuleGraph
from b12guide.prove.on_record import apart
from b12guide.prove.search import Cone, Search
from b12guide.semantics.draft import every_part, is_counted, parts
from b12guide.semantics.scope import Scope
from b12guide.syntax import ast
from b12guide.text import Text


class Addressed(Enum):
    """Whom a condition picks from; the value is how they are called."""

    IN_SCOPE = "patient in scope"
    OUTSIDE = "patient outside the scope"
    EVERYBODY = "patient"


@frozen
class WrittenCondition:
    """A whole condition as it was written.

    Attributes:
        owner: What the condition belongs to, as people call it.
        item: The same in the syntax tree; None for the scope.
    """

    text: Text = field(repr=False)
    owner: str
    condition: ast.Condition
    addressed: Addressed
    item: ast.Item | None = None


def owner_of(item: ast.Item) -> str:
    """What people call an item."""
    match item:
        case ast.Silent(topics=topics):
            return f"`silent on {topics[0].text}`"
        case ast.ExpectedConflict(first=first, second=second):
            return f"the conflict of `{first.text}` and `{second.text}`"
        case ast.Currency(facts=facts):
            return f"how long `{facts[0].text}` counts"
        case ast.Derivation(measure=measure):
            return f"how `{measure.text}` is worked out"
        case ast.Example(title=title):
            return f'the example "{title.text}"'
        case ast.Declaration(kind=kind, name=name):
            return f"the {kind.value} `{name.text}`"
        case _:
            return f"the {type(item).__name__.lower()} `{item.name.text}`"


def conditions_of(item: ast.Item) -> tuple[ast.Condition, ...]:
    """The whole conditions of an item."""
    match item:
        case ast.Rule(conditions=some) | ast.Silent(conditions=some):
            return some
        case ast.Declaration(implies=some):
            return some
        case ast.Definition(condition=condition):
            return (condition,)
        case ast.Implication(premise=premise, conclusion=conclusion):
            return (premise, conclusion)
        case ast.Invariant(claim=ast.Never(when=when, unless=unless)):
            return tuple(part for part in (when, unless) if part is not None)
        case ast.Invariant(claim=ast.Always(when=when)) if when is not None:
            return (when,)
        case _:
            return ()


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


def leaves(condition: logic.Condition) -> Iterator[logic.Condition]:
    """The smallest parts of a condition that are true or false by themselves."""
    if isinstance(
        condition, logic.Leaf | logic.Defined | logic.Established | logic.Recorded
    ):
        yield condition
        return
    for child in logic.children(condition):
        yield from leaves(child)


@frozen
class Seen:
    """A condition as sets of classes of patients.

    Attributes:
        addressed: The classes that the condition picks from.
        true_of: By the part that joins nothing, those of the classes of which it is true.
    """

    addressed: int
    true_of: Mapping[logic.Condition, int]
    scope: Scope = field(repr=False)

    def true(
        self, condition: ast.Condition, without: Collection[int] = frozenset()
    ) -> int:
        """The classes in which a condition is true, parts with the ids `without` left out."""
        if not (inside := parts(condition)):
            return self.true_of[lower_condition(condition, self.scope)]
        kept = (self.true(part, without) for part in inside if id(part) not in without)
        match condition:
            case ast.And() | ast.Listed(quantifier=ast.Quantifier.ALL):
                return reduce(and_, kept, self.addressed)
            case ast.Not() | ast.Listed(quantifier=ast.Quantifier.NONE):
                return self.addressed & ~reduce(or_, kept, 0)
            case ast.Listed(quantifier=ast.Quantifier.AT_LEAST, count=count):
                return self._so_many(count, tuple(kept))
            case _:
                return reduce(or_, kept, 0)

    def _so_many(self, count: int, parts: tuple[int, ...]) -> int:
        """The classes that are in at least `count` of `parts`."""
        reached = [self.addressed, *(0 for _ in parts)]
        for part in parts:
            for number in range(len(parts), 0, -1):
                reached[number] |= reached[number - 1] & part
        return reached[count] if count <= len(parts) else 0

    def idle_parts(self, whole: ast.Condition) -> tuple[ast.Condition, ...]:
        """The parts of a condition that can all be left out without a difference to anybody.

        A part inside another that can be left out is not named again; of two parts that say the
        same, the later one is.
        """
        true = self.true(whole)
        too_many = sum(1 for _ in every_part(whole)) > MOST_PARTS
        if too_many or true in {0, self.addressed}:
            return ()
        without: set[int] = set()
        found: list[ast.Condition] = []
        waiting = [whole]
        while waiting:
            around = waiting.pop()
            inside = parts(around)
            if is_counted(around):
                # Without one of its parts another number would be right.
                waiting += reversed(inside)
                continue
            for part in reversed(inside):
                # A join must keep one of its parts; so must brackets, which have only one.
                if sum(id(each) not in without for each in inside) > 1:
                    without.add(id(part))
                    if self.true(whole, without) == true:
                        found.append(part)
                        continue
                    without.remove(id(part))
                waiting.append(part)
        return tuple(found)


@frozen(slots=False)
class Everybody:
    """All possible patients of one guideline, for questions that are decided exactly.

    Each part of a written condition that joins nothing becomes a set of classes of patients, so
    every question about a condition and its parts is a few operations on sets. What is said of the
    record counts as a fact of its own: then nothing is called superfluous that matters for some
    patient with a shorter record.
    """

    graph: RuleGraph = field(repr=False)
    scope: Scope = field(repr=False)
    conditions: tuple[WrittenCondition, ...] = field(repr=False)

    def _parts_of(self, asked: WrittenCondition) -> tuple[logic.Condition, ...]:
        """The parts of a condition that join nothing."""
        smallest = (part for part in every_part(asked.condition) if not parts(part))
        return tuple(lower_condition(part, self.scope) for part in smallest)

    @cached_property
    def _names(self) -> Mapping[logic.Condition, str]:
        """Each such part of all conditions, with a name that no definition can have."""
        found = dict.fromkeys(
            p for each in self.conditions for p in self._parts_of(each)
        )
        return {part: f"part {number}" for number, part in enumerate(found)}

    @cached_property
    def search(self) -> Search:
        """The search through them, with each such part as a definition."""
        named = {
            name: Definition(name=name, label=name, condition=part)
            for part, name in self._names.items()
        }
        definitions = {**self.graph.definitions, **named}
        return Search.among_all(apart(evolve(self.graph, definitions=definitions)))

    @cached_property
    def _cones(self) -> dict[tuple[frozenset[str], frozenset[str]], Cone | None]:
        return {}

    def _cone(self, rules: Iterable[Rule], names: Iterable[str]) -> Cone | None:
        some = {rule.name: rule for rule in rules}
        key = (frozenset(some), frozenset(names))
        if key not in self._cones:
            self._cones[key] = self.search.cone_of(some.values(), sorted(key[1]))
        return self._cones[key]

    def cone_of(self, rules: Iterable[Rule]) -> Cone | None:
        """The classes that some rules of the guideline tell apart."""
        return self._cone(rules, ())

    def seen(self, asked: WrittenCondition) -> Seen | None:
        """A condition before all patients; None where there are too many kinds of them."""
        named = {part: self._names[part] for part in self._parts_of(asked)}
        cone = self._cone((), named.values())
        if cone is None or not (addressed := self.addressed(cone, asked.addressed)):
            return None
        steps = self.search.evaluator.program.definitions
        true_of = {p: addressed & cone.true(steps[name]) for p, name in named.items()}
        return Seen(addressed, true_of, self.scope)

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
        match part:
            case ast.Group() | ast.Reference():
                continue
            case ast.And() | ast.Or() | ast.Listed():
                is_joined = len(part.operands) > 1
            case _:
                # A comparison by itself counts where a single leaf does.
                is_joined = least == 1 and not isinstance(part, ast.Not)
        lowered = lower_condition(part, scope)
        if is_joined and sum(1 for _ in leaves(lowered)) >= least:
            yield Compound(part, shape_of(lowered))


def shape_of(condition: logic.Condition) -> Hashable:
    """The same for all conditions that differ in order, brackets and assumptions only."""
    match condition:
        case logic.Resting(operand=operand):
            return shape_of(operand)
        case logic.Not(operand=operand):
            match shape_of(operand):
                case ("not", denied):
                    return denied
                case shape:
                    return ("not", shape)
        case logic.AllOf(operands=operands) | logic.AnyOf(operands=operands):
            word = "all" if isinstance(condition, logic.AllOf) else "any"
            shapes = set[Hashable]()
            for shape in map(shape_of, operands):
                # `a and (b and c)` has the shape of `a and b and c`
                if isinstance(shape, tuple) and shape[0] == word:
                    shapes |= shape[1]
                else:
                    shapes.add(shape)
            return next(iter(shapes)) if len(shapes) == 1 else (word, frozenset(shapes))
        case logic.AtLeast(count=count, operands=operands):
            each = Counter(map(shape_of, operands))
            return ("at least", count, frozenset(each.items()))
        case _:
            return condition
