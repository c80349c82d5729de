"""The cells of one column in one batch: what they say of each patient, and which say nothing true.

A null or a NaN is unknown. A cell that cannot be believed is set aside and counts as unknown too;
whether that is good enough is for the caller to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias, assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort.bits import (
    Bits,
    everybody,
    from_arrow,
    nobody,
    pack,
    unpack,
    validity,
)
from b12guide.cohort.columns import Column
from b12guide.cohort.cut import as_written, below, numbers
from b12guide.cohort.pace import go_on
from b12guide.diagnostics import Diagnostic, Help, in_order
from b12guide.errors import PatientError
from b12guide.graph.condition import Compare, OneOf
from b12guide.graph.model import Definition, Fact
from b12guide.patient.measure import read_quantity, with_unit
from b12guide.patient.reading import read_value
from b12guide.values.quantity import Quantity
from b12guide.values.term import Kind, Operator

__all__ = [
    "Cells",
    "Choices",
    "Measures",
    "Rails",
    "Truths",
    "check_types",
    "mistake",
    "read",
]

Rails: TypeAlias = tuple[Bits, Bits]
"""The patients of whom something is certainly true, and those of whom it is certainly false."""

_MOST = Fraction(10) ** 30  # longer numbers are refused for a single patient too
_MOST_REMEMBERED = 1 << 16
_SIMPLE = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


@frozen(eq=False, repr=False)
class Truths:
    """A finding, an event or a stated definition."""

    column: Column
    rows: int
    array: pa.Array
    true: Bits
    known: Bits
    bad: Bits

    @property
    def rails(self) -> Rails:
        """Of whom it is so, and of whom it is not."""
        return (self.true & self.known, self.known & ~self.true)

    def filled(self, value: Any, where: Bits) -> Truths:
        """The same with a value assumed of some patients of whom nothing was known."""
        true = self.true | where if value else self.true & ~where
        return evolve(self, true=true, known=self.known | where)

    def without(self, wrong: Bits) -> Truths:
        """The same with the cells of some rows unknown."""
        return evolve(self, known=self.known & ~wrong)

    def value(self, row: int) -> bool | None:
        """What the cell of a row says."""
        word, bit = divmod(row, 64)
        if not int(self.known[word]) >> bit & 1:
            return None
        return bool(int(self.true[word]) >> bit & 1)


@frozen(slots=False, eq=False, repr=False)
class Choices:
    """A choice, as the number of its value; -1 where it is not known."""

    column: Column
    fact: Fact
    rows: int
    array: pa.Array
    codes: NDArray[np.int16]
    known: Bits
    bad: Bits

    def rails(self, leaf: OneOf) -> Rails:
        """Who has one of the values of `leaf`, and who has another one."""
        named = np.array([v in leaf.values for v in self.fact.values] + [False])
        true = pack(named[self.codes])
        return (true, self.known & ~true)

    def filled(self, value: Any, where: Bits) -> Choices:
        """The same with a value assumed of some patients of whom nothing was known."""
        code = self.fact.values.index(value)
        codes = np.where(unpack(where, self.rows), np.int16(code), self.codes)
        return evolve(self, codes=codes, known=self.known | where)

    def without(self, wrong: Bits) -> Choices:
        """The same with the cells of some rows unknown."""
        codes = np.where(unpack(wrong, self.rows), -1, self.codes)
        return evolve(self, codes=codes, known=self.known & ~wrong)

    def value(self, row: int) -> str | None:
        """What the cell of a row says."""
        code = int(self.codes[row])
        return None if code < 0 else self.fact.values[code]


@frozen(slots=False, eq=False, repr=False)
class Measures:
    """A measure, comparable with any bound in its own unit.

    Attributes:
        numbers: The column, or its different values where it is one of text.
        read: The values of a column of text, in the measure's own unit, and where each stands.
        assumed: A value that is assumed of some patients, and of whom.
    """

    column: Column
    fact: Fact
    rows: int
    array: pa.Array
    written: Bits
    read: tuple[tuple[Fraction | None, ...], NDArray[np.intp]] | None = None
    assumed: tuple[Fraction, Bits] | None = None
    compared: dict[tuple[Fraction, bool], Bits] = field(factory=dict)

    @cached_property
    def bad(self) -> Bits:
        """The cells whose value is not believable, or no number."""
        if self.read is not None:
            values, places = self.read
            unread = np.array([v is None for v in values] + [False])
            return self.written & pack(unread[places])
        low, high = self.fact.plausible or (-_MOST, _MOST)
        below_low = self.below(low, inclusive=False)
        return self.written & (below_low | ~self.below(high, inclusive=True))

    @cached_property
    def known(self) -> Bits:
        """The patients of whom the measure is known, or assumed."""
        found = self.written & ~self.bad
        return found if self.assumed is None else found | self.assumed[1]

    def below(self, bound: Fraction, *, inclusive: bool) -> Bits:
        """The rows below `bound`, those at it included or not; others may be among them."""
        key = (bound, inclusive)
        if key not in self.compared:
            found = self._below(bound, inclusive=inclusive)
            if self.assumed is not None:
                value, where = self.assumed
                is_below = value <= bound if inclusive else value < bound
                found = found | where if is_below else found & ~where
            self.compared[key] = found
        return self.compared[key]

    def _below(self, bound: Fraction, *, inclusive: bool) -> Bits:
        if self.read is None:
            own = bound / self.column.factor
            return below(self.array, own, inclusive=inclusive)
        values, places = self.read
        under = [
            v is not None and (v <= bound if inclusive else v < bound) for v in values
        ]
        return pack(np.array([*under, False])[places])

    def holds(self, operator: Operator, bound: Fraction) -> Bits:
        """The patients whose value stands in the relation `operator` to `bound`."""
        match operator:
            case Operator.LESS:
                return self.known & self.below(bound, inclusive=False)
            case Operator.AT_MOST:
                return self.known & self.below(bound, inclusive=True)
            case Operator.MORE:
                return self.known & ~self.below(bound, inclusive=True)
            case Operator.AT_LEAST:
                return self.known & ~self.below(bound, inclusive=False)
            case Operator.EQUAL:
                at_most = self.below(bound, inclusive=True)
                return self.known & at_most & ~self.below(bound, inclusive=False)
            case _:
                assert_never(operator)

    def ends(self, leaf: Compare) -> Rails:
        """Who satisfies the lower end of a threshold, and who the upper one."""
        at_low = self.holds(leaf.operator, leaf.low)
        if leaf.low == leaf.high:
            return (at_low, at_low)
        return (at_low, self.holds(leaf.operator, leaf.high))

    def filled(self, value: Any, where: Bits) -> Measures:
        """The same with a value assumed of some patients of whom nothing was known."""
        return evolve(self, assumed=(value, where), compared={})

    def without(self, wrong: Bits) -> Measures:
        """The same with the cells of some rows unknown."""
        assumed = self.assumed and (self.assumed[0], self.assumed[1] & ~wrong)
        return evolve(self, written=self.written & ~wrong, assumed=assumed)

    def value(self, row: int) -> Fraction | None:
        """What the cell of a row says, in the measure's own unit."""
        word, bit = divmod(row, 64)
        if not int(self.known[word]) >> bit & 1:
            return None
        if self.assumed is not None and int(self.assumed[1][word]) >> bit & 1:
            return self.assumed[0]
        if self.read is not None:
            values, places = self.read
            return values[int(places[row])]
        return _exact(self.array[row]) * self.column.factor


Cells: TypeAlias = Truths | Choices | Measures


def _exact(cell: pa.Scalar) -> Fraction:
    if pa.types.is_floating(cell.type):
        dtype = np.dtype(cell.type.to_pandas_dtype())
        return as_written(dtype.type(cell.as_py()))
    return Fraction(cell.as_py())


# ------------------------------------------------------------------------- reading


def check_types(columns: tuple[Column, ...], schema: pa.Schema) -> None:
    """Refuse columns whose type their fact cannot have.

    Raises:
        PatientError: Some cannot be used; all of them are told at once.
    """
    found = (_mistyped(c, _plain(schema.field(c.name).type)) for c in columns)
    wrong = [diagnostic for diagnostic in found if diagnostic is not None]
    if wrong:
        message = "some columns have a type that their fact cannot have"
        raise PatientError(message, in_order(wrong))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal128(kind)
        or pa.types.is_decimal256(kind)
    )


def _mistyped(column: Column, kind: pa.DataType) -> Diagnostic | None:
    """GDL730, where a column of `kind` cannot hold its fact."""
    subject = column.subject
    if pa.types.is_null(kind):
        return None
    if isinstance(subject, Fact) and subject.kind is Kind.MEASURE:
        if _is_number(kind) or _is_text(kind):
            return None
        what, remedy = "a number", "give the measured numbers, null where unknown"
    elif isinstance(subject, Fact) and subject.kind is Kind.CHOICE:
        if _is_text(kind):
            return None
        what = "one of " + ", ".join(f"`{value}`" for value in subject.values)
        remedy = "give the names of the values as text, null where unknown"
    else:
        if pa.types.is_boolean(kind):
            return None
        what = "true or false"
        remedy = "give Booleans, null where unknown"
        if _is_number(kind):
            remedy += (
                f": where 1 means yes and 0 means no, `{column.name} == 1` says so "
                "and keeps the nulls"
            )
    return Diagnostic(
        code="GDL730",
        message=f"`{subject.name}` is {what}, and column `{column.name}` holds {kind}",
        labels=(column.place,),
        help=(Help(message=remedy),),
    )


def read(column: Column, array: pa.Array, memory: dict[str, Any]) -> Cells:
    """The cells of `array`, which `column` describes.

    Args:
        column: The column.
        array: Its cells in one batch.
        memory: What earlier batches had to say about text, kept for the next ones.
    """
    if pa.types.is_dictionary(array.type) and not _is_text(array.type.value_type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    subject = column.subject
    if isinstance(subject, Definition):
        return _truths(column, array)
    match subject.kind:
        case Kind.CHOICE:
            return _choices(column, subject, array)
        case Kind.MEASURE:
            return _measures(column, subject, array, memory)
        case _:
            return _truths(column, array)


def _truths(column: Column, array: pa.Array) -> Truths:
    rows = len(array)
    none = nobody(rows)
    if pa.types.is_null(array.type):
        return Truths(column, rows, array, none, none, none)
    if pa.types.is_boolean(array.type):
        true = from_arrow(array.buffers()[1], array.offset, rows)
        return Truths(column, rows, array, true, validity(array), none)
    texts, places = _texts(array)  # from a file that holds nothing but text

    def having(members: Iterable[str | None]) -> Bits:
        wanted = set(members)
        return pack(np.array([*(text in wanted for text in texts), False])[places])

    others = {text for text in texts if text not in {*_TRUE, *_FALSE, None}}
    true, false = having(_TRUE), having(_FALSE)
    return Truths(column, rows, array, true, true | false, having(others))


def _texts(array: pa.Array) -> tuple[list[str | None], NDArray[np.intp]]:
    """The different texts of a column, and where each stands; -1 for none."""
    if pa.types.is_null(array.type):
        return [], np.full(len(array), -1, np.intp)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    # Polars numbers its categories without a sign, and -1 stands for none.
    places = array.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return array.dictionary.to_pylist(), places.astype(np.intp)


def _choices(column: Column, fact: Fact, array: pa.Array) -> Choices:
    texts, places = _texts(array)
    numbers = {value: number for number, value in enumerate(fact.values)}
    codes = [-1 if t is None else numbers.get(t, -1) for t in texts]
    strange = [t is not None and t not in numbers for t in texts]
    found = np.array([*codes, -1], np.int16)[places]
    return Choices(
        column=column,
        fact=fact,
        rows=len(array),
        array=array,
        codes=found,
        known=pack(found >= 0),
        bad=pack(np.array([*strange, False])[places]),
    )


def _measures(
    column: Column, fact: Fact, array: pa.Array, memory: dict[str, Any]
) -> Measures:
    rows = len(array)
    if pa.types.is_null(array.type):
        array = pa.nulls(rows, pa.float64())
    if _is_number(array.type):
        written = validity(array)
        if pa.types.is_floating(array.type):
            written &= pack(~np.isnan(numbers(array)))
        return Measures(column, fact, rows, array, written)
    if _is_text(array.type):
        simple = pc.match_substring_regex(array, _SIMPLE)
        if pc.all(simple, min_count=0).as_py():
            # No longer than a float can tell: the float means just what is written.
            return _measures(column, fact, array.cast(pa.float64()), memory)
    texts, places = _texts(array)
    empty = np.array([text is None for text in texts] + [True])
    found = []
    for text in texts:
        go_on()
        found.append(None if text is None else _remembered(column, fact, text, memory))
    values = tuple(found)
    written = everybody(rows) & ~pack(empty[places])
    return Measures(column, fact, rows, array, written, (values, places))


def _remembered(
    column: Column, fact: Fact, text: str, memory: dict[str, Any]
) -> Fraction | None:
    """The value that `text` spells; None where it spells none that can be believed."""
    known: dict[str, Fraction | Diagnostic] = memory.setdefault(column.name, {})
    value = known.get(text)
    if value is None:
        if len(known) >= _MOST_REMEMBERED:
            known.clear()
        value = known[text] = _quantity(column, fact, text)
    return None if isinstance(value, Diagnostic) else value


def _quantity(column: Column, fact: Fact, text: str) -> Fraction | Diagnostic:
    quantity = read_quantity(fact, text, column.place)
    if isinstance(quantity, Diagnostic):
        return quantity
    if quantity.unit is None:
        quantity = Quantity(quantity.value, column.unit)
    return with_unit(fact, quantity, column.place)


# ----------------------------------------------------------------------- bad cells


def mistake(cells: Cells, row: int) -> Diagnostic | None:
    """What a single patient would be told about a cell that cannot be believed."""
    match cells:
        case Truths(column=column, array=array):
            found = read_value(column.subject, array[row].as_py(), column.place)
            return next(iter(found.diagnostics), None)
        case Choices(column=column, fact=fact, array=array):
            found = read_value(fact, array[row].as_py(), column.place)
            return next(iter(found.diagnostics), None)
        case Measures(column=column, fact=fact, array=array, read=None):
            cell = array[row]
            if pa.types.is_floating(cell.type) and not math.isfinite(cell.as_py()):
                found = read_value(fact, cell.as_py(), column.place)
                return next(iter(found.diagnostics), None)
            number = Quantity(_exact(cell), column.unit)
            value = with_unit(fact, number, column.place)
            return value if isinstance(value, Diagnostic) else None
        case Measures(column=column, fact=fact, array=array):
            value = _quantity(column, fact, array[row].as_py())
            return value if isinstance(value, Diagnostic) else None
        case _:
            assert_never(cells)
