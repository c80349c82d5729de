"""What is known of a patient on one day, and what an atom of a condition makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import TypeGuard

from attrs import field, frozen

from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf
from b12guide.patient.model import FactValue
from b12guide.truth import Truth
from b12guide.values.bound import Bound
from b12guide.values.term import Operator

__all__ = [
    "NO_VALUE",
    "Facts",
    "Reading",
    "both_readings",
    "compare",
    "holds",
    "is_open_to_reading",
    "is_ranged",
]

NO_VALUE = ""
"""Stands for "none of the declared values" of a choice that declares no `none`."""


class Reading(Enum):
    """How a threshold that the source prints as a range is read.

    `REPORT` leaves a value inside the range open; the others take one end for the threshold.
    """

    REPORT = "report"
    LOWER = "lower"
    UPPER = "upper"


@frozen(kw_only=True, repr=False)
class Facts(Record):
    """The known facts; whatever is absent is unknown.

    Attributes:
        values: Findings, events, measures (in their own unit) and choices.
        possible: For a choice of unknown value, the values it may still have.
        definitions: Definitions whose truth was stated, or follows although their facts are open.
        reading: How thresholds that are ranges are read.
        unsettled: The facts that are tied together so much that not all that follows is known.
        on_record: What stated definitions ask of the record and is known to be on it, as the steps
            of the program that ask.
        bounds: For a measure of unknown value, the ends between which it lies.
    """

    values: Mapping[str, FactValue] = field(factory=FrozenMap, converter=frozen_map)
    possible: Mapping[str, tuple[str, ...]] = field(
        factory=FrozenMap, converter=frozen_map
    )
    definitions: Mapping[str, bool] = field(factory=FrozenMap, converter=frozen_map)
    reading: Reading = Reading.REPORT
    unsettled: tuple[str, ...] = ()
    on_record: frozenset[int] = frozenset()
    bounds: Mapping[str, Bound] = field(factory=FrozenMap, converter=frozen_map)


NOTHING = Facts()
"""What is known of nobody."""


def told_apart(one: Facts, other: Facts) -> list[str]:
    """The facts and definitions of which the two say different things, or only one anything."""
    found: list[str] = []
    pairs: tuple[tuple[Mapping[str, object], Mapping[str, object]], ...] = (
        (one.values, other.values),
        (one.definitions, other.definitions),
        (one.possible, other.possible),
        (one.bounds, other.bounds),
    )
    for mine, theirs in pairs:
        get, known = theirs.get, mine.keys()
        found += [name for name, value in mine.items() if get(name) != value]
        found += [name for name in theirs if name not in known]
    return found


def compare(operator: Operator, value: Fraction, bound: Fraction) -> bool:
    """Whether `value` stands in the relation `operator` to `bound`."""
    match operator:
        case Operator.LESS:
            return value < bound
        case Operator.AT_MOST:
            return value <= bound
        case Operator.MORE:
            return value > bound
        case Operator.AT_LEAST:
            return value >= bound
        case Operator.EQUAL:
            return value == bound


def holds(leaf: Leaf, facts: Facts) -> Truth:
    """The truth of an atom; unknown where the fact is unknown or the threshold leaves it open."""
    value = facts.values.get(leaf.fact)
    if value is None:
        possible = facts.possible.get(leaf.fact)
        if isinstance(leaf, OneOf) and possible is not None:
            # A choice can be open, and what is asked of it settled all the same (M13).
            named = {value in leaf.values for value in possible}
            return Truth.of(named.pop() if len(named) == 1 else None)
        if isinstance(leaf, Compare) and leaf.fact in facts.bounds:
            return _within(leaf, facts.bounds[leaf.fact], facts.reading)
        return Truth.UNKNOWN
    match leaf:
        case Has():
            return Truth.of(bool(value))
        case HasValue():
            return Truth.TRUE
        case OneOf(values=values):
            return Truth.of(value in values)
        case Compare(operator=operator, low=low, high=high):
            number = Fraction(value)
            at_low = compare(operator, number, low)
            at_high = at_low if low is high else compare(operator, number, high)
            if at_low == at_high or facts.reading is Reading.LOWER:
                return Truth.of(at_low)
            return Truth.of(at_high if facts.reading is Reading.UPPER else None)


def _within(leaf: Compare, bound: Bound, reading: Reading) -> Truth:
    """What a comparison comes to for all numbers within `bound`."""
    at_low = bound.stands(leaf.operator, leaf.low)
    at_high = bound.stands(leaf.operator, leaf.high)
    match reading:
        case Reading.LOWER:
            return Truth.of(at_low)
        case Reading.UPPER:
            return Truth.of(at_high)
        case _:
            return Truth.of(at_low if at_low is at_high else None)


def is_ranged(leaf: Leaf | None) -> TypeGuard[Compare]:
    """Whether it is a comparison for which the source prints a range as the threshold."""
    return (
        isinstance(leaf, Compare)
        and leaf.low is not leaf.high
        and leaf.low != leaf.high
    )


def is_open_to_reading(leaf: Leaf, facts: Facts) -> bool:
    """Whether the value is known and lies inside the source's own range for a threshold."""
    if facts.reading is not Reading.REPORT or not is_ranged(leaf):
        return False
    value = facts.values.get(leaf.fact)
    if value is None:
        return False
    number = Fraction(value)
    at_low = compare(leaf.operator, number, leaf.low)
    return at_low is not compare(leaf.operator, number, leaf.high)


def both_readings(facts: Facts) -> tuple[Facts, Facts]:
    """The same facts under each reading of the thresholds that are ranges."""
    lower, upper = (
        Facts(
            values=facts.values,
            possible=facts.possible,
            definitions=facts.definitions,
            reading=reading,
            unsettled=facts.unsettled,
            on_record=facts.on_record,
            bounds=facts.bounds,
        )
        for reading in (Reading.LOWER, Reading.UPPER)
    )
    return lower, upper
