"""Conditions with every name resolved and every number in the unit of its measure.

The tree of `b12guide.syntax.ast` says what was written; this one says what it means. It is small
on purpose: the interpreter, the compiler and the proofs walk it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TypeAlias, assert_never

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.values.term import Operator

__all__ = [
    "ALWAYS",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Compare",
    "Condition",
    "Defined",
    "Established",
    "Has",
    "HasValue",
    "Joined",
    "Leaf",
    "Not",
    "OneOf",
    "Recorded",
    "Resting",
    "atoms",
    "children",
    "rebuilt",
    "record_claims",
    "so_many_of",
]


@frozen(repr=False)
class Has(Record):
    """A finding or event that is true."""

    fact: str


@frozen(repr=False)
class Compare(Record):
    """A measure against a bound, in the measure's own unit.

    `low` and `high` are equal for an ordinary bound. Where the source prints a range as a bound,
    a value that satisfies one end only is indeterminate.
    """

    fact: str
    operator: Operator
    low: Fraction
    high: Fraction


@frozen(repr=False)
class OneOf(Record):
    """A choice that has one of `values`."""

    fact: str
    values: tuple[str, ...]


@frozen(repr=False)
class Defined(Record):
    """A definition of the guideline that holds."""

    name: str


@frozen(repr=False)
class HasValue(Record):
    """A measure or choice that has a value, whichever: what `is recorded` asks of one.

    It is true of everybody and therefore never false; of somebody whose value is not known it is
    unknown.
    """

    fact: str


@frozen(repr=False)
class Established(Record):
    """A finding, event or definition that is known to be so (M14).

    It is about the record and never unknown: an assurance that nobody gave is no assurance.
    """

    operand: Condition


@frozen(repr=False)
class Recorded(Record):
    """Something of which it is known how it is: so, not so, or of which value (M14).

    It is about the record, too, and never unknown.
    """

    operand: Condition


@frozen(repr=False)
class Not(Record):
    """The opposite."""

    operand: Condition


@frozen(repr=False)
class AllOf(Record):
    """All of `operands`; true when there are none."""

    operands: tuple[Condition, ...]


@frozen(repr=False)
class AnyOf(Record):
    """At least one of `operands`; false when there are none."""

    operands: tuple[Condition, ...]


@frozen(repr=False)
class AtLeast(Record):
    """At least `count` of `operands`, each of which counts once (M72)."""

    count: int
    operands: tuple[Condition, ...]


@frozen(repr=False)
class Resting(Record):
    """A condition whose reading rests on assumptions of the author."""

    operand: Condition
    assumptions: tuple[str, ...]


Leaf: TypeAlias = Has | Compare | OneOf | HasValue
"""What asks one fact."""

Joined: TypeAlias = AllOf | AnyOf | AtLeast
"""What joins conditions."""

Condition: TypeAlias = Leaf | Defined | Established | Recorded | Not | Joined | Resting

ALWAYS = AllOf(())


def so_many_of(count: int, operands: tuple[Condition, ...]) -> Condition:
    """At least `count` of `operands`, in the plainest form that says it."""
    if count == 1:
        return AnyOf(operands)
    return AllOf(operands) if count == len(operands) else AtLeast(count, operands)


def children(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside `condition`."""
    match condition:
        case AllOf() | AnyOf() | AtLeast():
            return condition.operands
        case Established(operand=operand) | Not(operand=operand):
            return (operand,)
        case Recorded(operand=operand) | Resting(operand=operand):
            return (operand,)
        case Has() | Compare() | OneOf() | HasValue() | Defined():
            return ()
        case _:
            assert_never(condition)


def rebuilt(
    condition: Condition, change: Callable[[Condition], Condition]
) -> Condition:
    """The condition with `change` made to each of those directly inside it."""
    match condition:
        case Has() | Compare() | OneOf() | HasValue() | Defined():
            return condition
        case Established(operand=operand) | Not(operand=operand):
            return evolve(condition, operand=change(operand))
        case Recorded(operand=operand) | Resting(operand=operand):
            return evolve(condition, operand=change(operand))
        case AllOf() | AnyOf() | AtLeast():
            return evolve(condition, operands=tuple(map(change, condition.operands)))
        case _:
            assert_never(condition)


def atoms(condition: Condition) -> Iterator[Leaf | Defined]:
    """The leaves of `condition`, left to right."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (Has, Compare, OneOf, HasValue, Defined)):
            yield part
        else:
            waiting += children(part)[::-1]


def record_claims(condition: Condition) -> Iterator[Established | Recorded]:
    """What `condition` says of the record, without looking into its definitions."""
    if isinstance(condition, Established | Recorded):
        yield condition
        return
    for child in children(condition):
        yield from record_claims(child)
