"""From what a condition means back to the words of the language: what an author would write.

The inverse of `from_syntax.lower_condition`, as far as the language has the words: nobody can write
a condition that holds for nobody. What an author cannot name, such as the phase that `during`
asks for, is written out.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from attrs import evolve

from b12guide.graph import condition as c
from b12guide.graph.model import Age, RuleGraph, Series
from b12guide.graph.model import Repeated as RepeatedValues
from b12guide.graph.model import RoseOrFell as Changed
from b12guide.syntax import ast
from b12guide.text import Span
from b12guide.values.duration import DurationRange
from b12guide.values.term import Operator
from b12guide.values.unit import time_unit

_NOWHERE = Span(0, 0)


def condition_of(condition: c.Condition, graph: RuleGraph) -> ast.Condition | None:
    """The condition as it would be written; None where the language has no words for it."""
    try:
        return _written(condition, graph)
    except _UnsayableError:
        return None


class _UnsayableError(Exception):
    """The language has no words for a part of the condition."""


def _written(condition: c.Condition, graph: RuleGraph) -> ast.Condition:
    match condition:
        case c.Has(fact=fact) if fact in graph.ages:
            return _aged(graph.ages[fact])
        case c.Has(fact=fact) if fact in graph.series:
            return _over_time(graph.series[fact])
        case c.Has(fact=fact):
            return ast.Reference(span=_NOWHERE, name=_name(fact))
        case c.Compare(fact=fact, operator=operator, low=low, high=high):
            known = graph.vocabulary.facts.get(fact)
            bound = _quantity(low, high, known.unit if known else None)
            name = _name(fact)
            return ast.Comparison(
                span=_NOWHERE, name=name, operator=operator, bound=bound
            )
        case c.OneOf(fact=fact, values=values):
            named = tuple(map(_name, values))
            return ast.Is(span=_NOWHERE, name=_name(fact), values=named)
        case c.Defined(name=name):
            return _defined(name, graph)
        case c.Established(operand=c.Has() | c.Defined() as operand):
            return _on_record(operand, ast.RecordWord.ESTABLISHED, graph)
        case c.Recorded(operand=c.Has() | c.Defined() | c.HasValue() as operand):
            return _on_record(operand, ast.RecordWord.RECORDED, graph)
        case c.Not(operand=operand):
            return _denied(operand, graph)
        case c.AllOf(
            operands=(
                c.Compare(operator=Operator.AT_LEAST, fact=fact) as least,
                c.Compare(operator=Operator.AT_MOST) as most,
            )
        ) if _are_ends(least, most):
            known = graph.vocabulary.facts.get(fact)
            bound = _quantity(least.low, most.low, known.unit if known else None)
            return ast.Between(span=_NOWHERE, name=_name(fact), bound=bound)
        case c.AllOf(operands=operands):
            return _joined(ast.And, operands, graph)
        case c.AnyOf(operands=operands):
            return _joined(ast.Or, operands, graph)
        case c.AtLeast(count=count, operands=operands):
            return ast.Listed(
                span=_NOWHERE,
                quantifier=ast.Quantifier.AT_LEAST,
                operands=tuple(_part(each, graph) for each in operands),
                count=count,
            )
        case c.Resting(operand=operand, assumptions=assumptions):
            return _resting(_written(operand, graph), tuple(map(_name, assumptions)))
        case c.HasValue() | c.Established() | c.Recorded():
            raise _UnsayableError
        case _:
            assert_never(condition)


def _are_ends(least: c.Compare, most: c.Compare) -> bool:
    """Whether two bounds are the ends of one range, as `from LOW to HIGH` has them."""
    are_exact = least.low == least.high and most.low == most.high
    return least.fact == most.fact and are_exact and least.low < most.low


def _resting(condition: ast.Condition, assuming: tuple[ast.Name, ...]) -> ast.Condition:
    """A condition with the assumptions behind it, in parentheses where it takes none."""
    match condition:
        case ast.Not() | ast.And() | ast.Or() | ast.Listed():
            return ast.Group(span=_NOWHERE, operand=condition, assuming=assuming)
        case _ if condition.assuming:
            return ast.Group(span=_NOWHERE, operand=condition, assuming=assuming)
        case _:
            return evolve(condition, assuming=assuming)


def _part(condition: c.Condition, graph: RuleGraph) -> ast.Condition:
    """A condition in a list: what has a comma or a word of its own stands in parentheses."""
    found = _written(condition, graph)
    is_bare = isinstance(found, ast.Reference | ast.Comparison | ast.Group)
    return found if is_bare else ast.Group(span=_NOWHERE, operand=found)


def _joined(
    kind: type[ast.And | ast.Or], operands: Iterable[c.Condition], graph: RuleGraph
) -> ast.Condition:
    parts = tuple(_written(operand, graph) for operand in operands)
    if not parts:
        raise _UnsayableError
    if len(parts) == 1:
        return parts[0]
    grouped = (_in_group(part) for part in parts)
    return kind(span=_NOWHERE, operands=tuple(grouped))


def _in_group(part: ast.Condition) -> ast.Condition:
    """A part that joins others itself in parentheses, whether or not a parser needs them."""
    joins = isinstance(part, ast.And | ast.Or | ast.Listed)
    return ast.Group(span=_NOWHERE, operand=part) if joins else part


def _denied(operand: c.Condition, graph: RuleGraph) -> ast.Condition:
    inner = _written(operand, graph)
    match inner:
        case ast.OnRecord(negated=False, name=name, word=word):
            return ast.OnRecord(span=_NOWHERE, name=name, word=word, negated=True)
        case ast.Reference() | ast.Group():
            return ast.Not(span=_NOWHERE, operand=inner)
        case _:
            group = ast.Group(span=_NOWHERE, operand=inner)
            return ast.Not(span=_NOWHERE, operand=group)


def _defined(name: str, graph: RuleGraph) -> ast.Condition:
    definition = graph.definitions[name]
    if definition.concluded is not None:
        about = definition.concluded
        values = (_name(about.value),)
        return ast.Is(span=_NOWHERE, name=_name(about.conclusion), values=values)
    if definition.is_written:
        return ast.Reference(span=_NOWHERE, name=_name(name))
    return _written(definition.condition, graph)


def _on_record(
    operand: c.Has | c.Defined | c.HasValue, word: ast.RecordWord, graph: RuleGraph
) -> ast.Condition:
    name = operand.name if isinstance(operand, c.Defined) else operand.fact
    own = graph.definitions.get(name)
    can_be_named = own is None or own.is_written
    if name in graph.derived or not can_be_named:
        raise _UnsayableError
    return ast.OnRecord(span=_NOWHERE, name=_name(name), word=word)


def _aged(age: Age) -> ast.Condition:
    form = ast.AgeForm.AGO if age.is_ago else ast.AgeForm.FOR
    length = _length(DurationRange(age.length.value, age.length.value, age.length.unit))
    return ast.Aged(
        span=_NOWHERE,
        form=form,
        name=_name(age.fact),
        operator=age.operator,
        length=length,
    )


def _over_time(series: Series) -> ast.Condition:
    name = _name(series.fact)
    match series:
        case RepeatedValues(count=count, operator=operator, bound=bound, unit=unit):
            return ast.LastValues(
                span=_NOWHERE,
                count=count,
                name=name,
                operator=operator,
                bound=_quantity(bound, bound, unit),
            )
        case Changed(fell=fell, operator=operator, by=by, unit=unit, length=length):
            return ast.RoseOrFell(
                span=_NOWHERE,
                name=name,
                fell=fell,
                operator=operator,
                by=_quantity(by, by, unit),
                length=_length(length),
            )
        case _:
            assert_never(series)


def _name(name: str) -> ast.Name:
    return ast.Name(span=_NOWHERE, text=name)


def _length(length: DurationRange) -> ast.Quantity:
    return _quantity(length.low, length.high, length.unit.value)


def _quantity(low: Fraction, high: Fraction, unit: str | None) -> ast.Quantity:
    is_time = unit is not None and time_unit(unit) is not None
    if is_time and not low == high == 1:
        unit = f"{unit}s"
    return ast.Quantity(
        span=_NOWHERE, low=_decimal(low), high=_decimal(high), unit=unit
    )


def _decimal(number: Fraction) -> Decimal:
    found = Decimal(number.numerator) / Decimal(number.denominator)
    if Fraction(found) != number:
        raise _UnsayableError
    return found
