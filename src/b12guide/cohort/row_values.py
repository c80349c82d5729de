"""What a cohort says of each of its patients in one respect: a fact, or a column that is kept.

A fact is taken as the guideline takes it: in the measure's own unit, with what was assumed and what
was worked out, and without what is implausible. A kept column is taken as it stands. What is not
known stays apart from every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import frozen
from numpy.typing import NDArray

from b12guide.cohort import bits
from b12guide.cohort.batch import Batch
from b12guide.cohort.cohort_advice import CohortAdvice
from b12guide.cohort.column_values import Cells, Choices, Measures, Truths
from b12guide.cohort.design import Mask, Numbers, Places
from b12guide.cohort.kernel import prepared
from b12guide.cohort.source import source_of
from b12guide.errors import ArgumentError, CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.condition import AllOf, AnyOf, Compare, Condition, Not, Resting
from b12guide.graph.model import Fact
from b12guide.values.quantity import format_number, format_quantity
from b12guide.values.term import Kind

UNKNOWN = -1
"""The code of those for whom a value is not known."""

_MOST_LEVELS = 100
_YES_NO = ("no", "yes")


@frozen(kw_only=True, eq=False, repr=False)
class RowValues:
    """One respect, row by row: numbers of a measure, or codes of levels.

    Attributes:
        label: What people call it.
        unit: Of a measure; None for a plain number, and for levels.
        numbers: NaN where it is not known; None where the column has levels.
        levels: The different values, in their order.
        codes: The level of each row, or `UNKNOWN`.
    """

    name: str
    label: str
    unit: str | None = None
    numbers: Numbers | None = None
    levels: tuple[str, ...] = ()
    codes: Places

    @property
    def known(self) -> Mask:
        """Of which rows it is known."""
        return np.asarray(self.codes != UNKNOWN)


Rails: TypeAlias = tuple[Mask, Mask]
"""For whom something is true, and for whom it is false."""


@frozen(kw_only=True, eq=False, repr=False)
class FactRows:
    """Facts and conditions on them, row by row.

    Attributes:
        values: By the name of the fact.
        truths: Of each condition, for whom it is true and for whom it is false.
    """

    values: Mapping[str, RowValues]
    truths: Sequence[Rails]


def facts_there(found: CohortAdvice, evaluator: Evaluator) -> tuple[str, ...]:
    """The facts that have a column, or are assumed, or can be worked out of others."""
    question = _question(found, evaluator)[1]
    facts = evaluator.graph.vocabulary.facts
    return tuple(dict.fromkeys(name for name in question.names if name in facts))


def fact_rows(
    found: CohortAdvice,
    evaluator: Evaluator,
    names: Iterable[str],
    conditions: Sequence[Condition] = (),
) -> FactRows:
    """Some facts of a cohort, and who meets some conditions on measures."""
    matched, question = _question(found, evaluator)
    wanted = list(dict.fromkeys(names))
    values: dict[str, list[Any]] = {name: [] for name in wanted}
    truths: list[list[Rails]] = [[] for _ in conditions]
    for batch in source_of(found.patients, "the cohort").batches(matched.read):
        told = Batch.of(question, batch)
        cells, rows = told.implied.cells, told.rows
        for name in wanted:
            values[name].append(_values(cells[name], rows))
        for place, condition in enumerate(conditions):
            true, false = _truths(condition, cells, rows)
            both = (bits.unpack(true, rows), bits.unpack(false, rows))
            truths[place].append(both)
    facts = evaluator.graph.vocabulary.facts
    named: dict[str, RowValues] = {}
    for name in wanted:
        fact, parts = facts[name], np.concatenate(values[name])
        if parts.dtype == np.float64:
            codes = np.where(np.isnan(parts), UNKNOWN, 0)
            named[name] = RowValues(
                name=name, label=fact.label, unit=fact.unit, numbers=parts, codes=codes
            )
        else:
            levels = fact.values or _YES_NO
            named[name] = RowValues(
                name=name, label=fact.label, levels=levels, codes=parts
            )
    joined = [
        (
            np.concatenate([true for true, _ in some]),
            np.concatenate([false for _, false in some]),
        )
        for some in truths
    ]
    return FactRows(values=named, truths=joined)


def _question(found: CohortAdvice, evaluator: Evaluator) -> Any:
    schema, options = found.patients.schema, found.options
    return prepared(evaluator, schema, options, "the cohort", is_text=False)


def _values(cells: Cells, rows: int) -> NDArray[Any]:
    """The values of a column of facts: numbers, or codes of levels."""
    match cells:
        case Measures():
            numbers = np.full(rows, np.nan)
            known = np.flatnonzero(bits.unpack(cells.known, rows))
            if len(known):
                different, places = cells.told(known)
                numbers[known] = np.array([float(one) for one in different])[places]
            return numbers
        case Choices():
            codes = np.full(rows, UNKNOWN)
            for place, plane in enumerate(cells.planes):
                codes[bits.unpack(plane & cells.known, rows)] = place
            return codes
        case Truths():
            codes = np.full(rows, UNKNOWN)
            for place, plane in enumerate(reversed(cells.rails)):
                codes[bits.unpack(plane, rows)] = place
            return codes


def _truths(
    condition: Condition, cells: Mapping[str, Cells], rows: int
) -> tuple[bits.Bits, bits.Bits]:
    """Who meets a condition on measures, and who does not; nobody both."""
    match condition:
        case Compare(fact=fact) if isinstance(cells.get(fact), Measures):
            measure = cells[fact]
            low, high = measure.ends(condition)  # type: ignore[union-attr]
            return low & high, measure.known & ~low & ~high
        case Not(operand=operand):
            true, false = _truths(operand, cells, rows)
            return false, true
        case Resting(operand=operand):
            return _truths(operand, cells, rows)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            is_any = isinstance(condition, AnyOf)
            every, some = bits.everybody(rows), bits.nobody(rows)
            for operand in operands:
                true, false = _truths(operand, cells, rows)
                holds, fails = (false, true) if is_any else (true, false)
                every, some = every & holds, some | fails
            return (some, every) if is_any else (every, some)
        case _:
            return bits.nobody(rows), bits.nobody(rows)


# ------------------------------------------------------------------------------ cuts


def cut_conditions(fact: Fact, cuts: Sequence[Any]) -> list[str]:
    """Who reaches each cut of a measure, as the guideline writes conditions.

    Raises:
        CohortError: The fact is no measure.
    """
    if fact.kind is not Kind.MEASURE:
        message = f"`{fact.name}` is no measure, so that it cannot be cut"
        raise CohortError(message)
    return [
        f"{fact.name} >= "
        + (cut if isinstance(cut, str) else format_quantity(cut, fact.unit))
        for cut in cuts
    ]


def cut_measure(
    rows: FactRows, fact: Fact, conditions: Sequence[Condition], cuts: Sequence[Any]
) -> RowValues:
    """A measure by the stretches between its cuts, exactly.

    Raises:
        ArgumentError: The cuts do not rise.
    """
    bounds = [one.low for one in conditions if isinstance(one, Compare)]
    _must_rise(fact.name, bounds, cuts)
    codes = np.sum([true for true, _ in rows.truths], axis=0, dtype=np.int64)
    return RowValues(
        name=fact.name,
        label=fact.label,
        levels=cut_levels(bounds, fact.unit),
        codes=np.where(rows.values[fact.name].known, codes, UNKNOWN),
    )


def cut_numbers(column: RowValues, cuts: Sequence[Any]) -> RowValues:
    """A kept column of numbers by the stretches between its cuts.

    Raises:
        ArgumentError: The cuts do not rise.
        CohortError: The cuts are no numbers.
    """
    bounds = [one for one in cuts if not isinstance(one, str)]
    if len(bounds) < len(cuts):
        message = f"`{column.name}` is no measure and has no unit: cut it at numbers"
        raise CohortError(message)
    _must_rise(column.name, bounds, cuts)
    numbers = np.zeros(0) if column.numbers is None else column.numbers
    codes = np.searchsorted(np.array(bounds, np.float64), numbers, side="right")
    return RowValues(
        name=column.name,
        label=column.label,
        levels=cut_levels(bounds, None),
        codes=np.where(column.known, codes, UNKNOWN),
    )


def _must_rise(name: str, bounds: Sequence[Any], cuts: Sequence[Any]) -> None:
    """Refuse cuts that do not rise from each to the next, in the words of the caller.

    Raises:
        ArgumentError: They do not.
    """
    for place, (low, high) in enumerate(pairwise(bounds)):
        if low >= high:
            argument = f'cuts["{name}"]'
            expected = "of cuts that rise from each to the next"
            pair = cuts[place : place + 2]
            raise ArgumentError(argument, expected, pair, is_told=True)


def cut_levels(bounds: Sequence[Fraction], unit: str | None) -> tuple[str, ...]:
    """What the stretches between bounds are called.

    >>> cut_levels([Fraction(18), Fraction(65)], "year")
    ('below 18 years', '18 to below 65 years', '65 years and more')
    """
    return (
        f"below {format_quantity(bounds[0], unit)}",
        *(
            f"{format_number(low)} to below {format_quantity(high, unit)}"
            for low, high in pairwise(bounds)
        ),
        f"{format_quantity(bounds[-1], unit)} and more",
    )


# ----------------------------------------------------------------------- kept columns


def kept_values(name: str, column: Any) -> RowValues:
    """A column that is no fact, as levels: what different things stand in it.

    Raises:
        CohortError: It has too many different values, or holds lists or the like.
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)
    if pa.types.is_floating(whole.type):
        whole = pc.if_else(pc.is_nan(whole), None, whole)
    if pa.types.is_nested(whole.type):
        message = f"`{name}` holds {whole.type}, which is no value to go by"
        raise CohortError(message)
    whole = whole.dictionary_encode()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    found = whole.dictionary.to_pylist()
    if len(found) > _MOST_LEVELS:
        message = (
            f"`{name}` has {len(found):,} different values; say where numbers are to be cut, such "
            f'as `cuts={{"{name}": [18, 65]}}`, or name a column with fewer'
        )
        raise CohortError(message)
    order = sorted(range(len(found)), key=lambda n: _in_order(found[n]))
    place = np.empty(len(found) + 1, np.int64)
    place[order] = np.arange(len(found))
    place[-1] = UNKNOWN
    codes = np.asarray(whole.indices.fill_null(len(found)), np.int64)
    return RowValues(
        name=name,
        label=name,
        levels=tuple(_word(found[n]) for n in order),
        codes=place[codes],
    )


def kept_numbers(name: str, column: Any) -> RowValues:
    """A column of numbers that is no fact.

    Raises:
        CohortError: It holds something else.
    """
    kind = column.type
    is_number = (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_null(kind)
    )
    try:
        if is_number:
            floats = column.cast(pa.float64())
    except pa.ArrowInvalid:
        is_number = False
    if not is_number:
        message = f"`{name}` holds no numbers, so that it cannot be cut or averaged"
        raise CohortError(message)
    numbers = np.array(floats.to_numpy(), np.float64)
    codes = np.where(np.isnan(numbers), UNKNOWN, 0)
    return RowValues(name=name, label=name, numbers=numbers, codes=codes)


def is_numeric(column: Any) -> bool:
    """Whether a column holds numbers, and not truths or text."""
    kind = column.type
    return bool(
        pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or (pa.types.is_integer(kind) and len(pc.unique(column)) > _FEW)
    )


_FEW = 10
"""Whole numbers that are so few are codes, such as 1 and 2 for men and women."""


def _in_order(value: Any) -> tuple[int, Any]:
    is_number = isinstance(value, int | float | Decimal)
    return (0, value) if is_number else (1, str(value))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
