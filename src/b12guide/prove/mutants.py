"""Small mistakes that an author could have made: guidelines that differ in one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias, assert_never

from attrs import evolve, field, frozen

from b12guide.graph.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
)
from b12guide.graph.model import Rule, RuleGraph
from b12guide.prove.mistake import Mistake
from b12guide.prove.mutant_values import Change, but, values
from b12guide.values.term import Operator

__all__ = ["Mutant", "mutants"]


@frozen(kw_only=True)
class Mutant:
    """A guideline with one mistake.

    Attributes:
        of: The rule or definition that was changed.
        text: What was changed.
    """

    mistake: Mistake
    of: str
    text: str
    graph: RuleGraph = field(repr=False, eq=False)


Changed: TypeAlias = Iterator[tuple[Change, Condition]]


def mutants(graph: RuleGraph) -> Iterator[Mutant]:
    """Every first-order mutant, rule by rule and then definition by definition."""
    for rule in graph.rules.values():
        for (mistake, text), condition in _conditions(rule.condition):
            changed = evolve(rule, condition=condition)
            yield _mutant(mistake, text, changed, graph)
        for (mistake, text), value in values(rule.value):
            yield _mutant(mistake, text, evolve(rule, value=value), graph)
        changed = evolve(rule, optional=not rule.optional)
        text = "default for option" if rule.optional else "option for default"
        yield _mutant(Mistake.OPTION, text, changed, graph)
        yield from _edges(rule, graph)
        yield _without(rule, graph)
    for name, definition in graph.definitions.items():
        for (mistake, text), condition in _conditions(definition.condition):
            changed_one = evolve(definition, condition=condition)
            definitions = {**graph.definitions, name: changed_one}
            changed_graph = evolve(graph, definitions=definitions)
            yield Mutant(mistake=mistake, of=name, text=text, graph=changed_graph)


def _mutant(mistake: Mistake, text: str, rule: Rule, graph: RuleGraph) -> Mutant:
    rules = {**graph.rules, rule.name: rule}
    return Mutant(
        mistake=mistake, of=rule.name, text=text, graph=evolve(graph, rules=rules)
    )


# ---------------------------------------------------------------------- conditions


def _conditions(condition: Condition) -> Changed:
    """The condition with one change in each possible place."""
    match condition:
        case Compare():
            yield from _comparisons(condition)
        case OneOf(fact=fact, values=values):
            if len(values) > 1:
                for value in values:
                    kept = tuple(other for other in values if other != value)
                    yield (Mistake.CHOICE, f"{fact} without {value}"), OneOf(fact, kept)
            yield (Mistake.NEGATION, f"not {fact}"), Not(condition)
        case Has(fact=name) | Defined(name=name) | HasValue(fact=name):
            yield (Mistake.NEGATION, f"not {name}"), Not(condition)
        case Established():
            yield (Mistake.NEGATION, "not established"), Not(condition)
        case Recorded():
            yield (Mistake.NEGATION, "not recorded"), Not(condition)
        case Not(operand=operand):
            yield (Mistake.NEGATION, "`not` dropped"), operand
            for change, inner in _conditions(operand):
                if change[0] is not Mistake.NEGATION:
                    yield change, Not(inner)
        case Resting(operand=operand, assumptions=assumptions):
            for change, inner in _conditions(operand):
                yield change, Resting(inner, assumptions)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            yield from _junctions(condition, operands)
        case _:
            assert_never(condition)


_SWAPPED = {
    Operator.LESS: (Operator.AT_MOST, Operator.MORE),
    Operator.AT_MOST: (Operator.LESS, Operator.AT_LEAST),
    Operator.MORE: (Operator.AT_LEAST, Operator.LESS),
    Operator.AT_LEAST: (Operator.MORE, Operator.AT_MOST),
    Operator.EQUAL: (Operator.AT_MOST, Operator.AT_LEAST),
}


def _comparisons(condition: Compare) -> Changed:
    for operator in _SWAPPED[condition.operator]:
        text = f"{condition.fact} {operator.value} for {condition.operator.value}"
        yield (Mistake.OPERATOR, text), evolve(condition, operator=operator)
    for by in (1, -1):
        text = f"{condition.fact} {condition.operator.value} bound {by:+d}"
        moved = evolve(condition, low=condition.low + by, high=condition.high + by)
        yield (Mistake.THRESHOLD, text), moved


def _junctions(condition: AllOf | AnyOf, operands: tuple[Condition, ...]) -> Changed:
    kind = type(condition)
    for index, operand in enumerate(operands):
        before, after = operands[:index], operands[index + 1 :]
        if len(operands) > 1:
            text = f"operand {index + 1} dropped"
            yield (Mistake.OPERAND, text), kind((*before, *after))
        for change, inner in _conditions(operand):
            yield change, kind((*before, inner, *after))
    if len(operands) > 1:
        if isinstance(condition, AllOf):
            yield (Mistake.JUNCTION, "`or` for `and`"), AnyOf(operands)
        else:
            yield (Mistake.JUNCTION, "`and` for `or`"), AllOf(operands)


# ------------------------------------------------------------------ rules and edges


def _edges(rule: Rule, graph: RuleGraph) -> Iterator[Mutant]:
    for parent in rule.exception_to:
        yield Mutant(
            mistake=Mistake.EXCEPTION,
            of=rule.name,
            text=f"no exception to {parent}",
            graph=_unlinked(graph, rule.name, parent),
        )
        for grand in graph.rules[parent].exception_to:
            if grand not in rule.exception_to:
                text = f"exception to {grand} instead of {parent}"
                moved = _linked(_unlinked(graph, rule.name, parent), rule.name, grand)
                yield Mutant(
                    mistake=Mistake.FLATTENED, of=rule.name, text=text, graph=moved
                )


def _unlinked(graph: RuleGraph, exception: str, parent: str) -> RuleGraph:
    child, other = graph.rules[exception], graph.rules[parent]
    rules = {
        **graph.rules,
        exception: evolve(child, exception_to=but(child.exception_to, parent)),
        parent: evolve(other, exceptions=but(other.exceptions, exception)),
    }
    return evolve(graph, rules=rules)


def _linked(graph: RuleGraph, exception: str, parent: str) -> RuleGraph:
    child, other = graph.rules[exception], graph.rules[parent]
    rules = {
        **graph.rules,
        exception: evolve(child, exception_to=(*child.exception_to, parent)),
        parent: evolve(other, exceptions=(*other.exceptions, exception)),
    }
    return evolve(graph, rules=rules)


def _without(rule: Rule, graph: RuleGraph) -> Mutant:
    rules = {
        name: evolve(
            other,
            exception_to=but(other.exception_to, rule.name),
            exceptions=but(other.exceptions, rule.name),
        )
        for name, other in graph.rules.items()
        if name != rule.name
    }
    return Mutant(
        mistake=Mistake.DELETED,
        of=rule.name,
        text="deleted",
        graph=evolve(graph, rules=rules),
    )
