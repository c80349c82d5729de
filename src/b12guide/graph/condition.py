"""Conditions with every name resolved and every number in the unit of its measure.

The tree of `b12guide.syntax.ast` says what was written; this one says what it means. It is small
on purpose: the interpreter, the compiler and the proofs walk it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from b12guide.record import Record
from b12guide.values.term import Operator

__all__ = [
    "ALWAYS",
    "AllOf",
    "AnyOf",
    "Compare",
    "Condition",
    "Defined",
    "Has",
    "Known",
    "Not",
    "OneOf",
    "Resting",
    "atoms",
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
class Known(Record):
    """A finding, event or definition that is known to be so; anything less counts as no.

    Only `withhold` uses it: an assurance that nobody gave is no assurance.
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
class Resting(Record):
    """A condition whose reading rests on assumptions of the author."""

    operand: Condition
    assumptions: tuple[str, ...]


Condition: TypeAlias = (
    Has | Compare | OneOf | Defined | Known | Not | AllOf | AnyOf | Resting
)

ALWAYS = AllOf(())


def atoms(condition: Condition) -> Iterator[Has | Compare | OneOf | Defined]:
    """The leaves of `condition`, left to right."""
    match condition:
        case Has() | Compare() | OneOf() | Defined():
            yield condition
        case Known(operand=operand) | Not(operand=operand) | Resting(operand=operand):
            yield from atoms(operand)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from atoms(operand)
