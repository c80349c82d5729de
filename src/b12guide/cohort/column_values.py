"""What the cells of a column say of each patient, held as sets of patients.

A number is never compared as a float where that could differ from the exact comparison: a bound
is cut to the least number of the column's own type that lies on its right side.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, TypeAlias, assert_never, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve, field, frozen
from numpy.typing import NDArray

from b12guide.cohort import bits
from b12guide.cohort.columns import Column
from b12guide.cohort.options import TRUTHS
from b12guide.cohort.threads import go_on
from b12guide.diagnostics import Diagnostic, Help, in_order
from b12guide.errors import PatientError
from b12guide.graph.condition import Compare, OneOf
from b12guide.graph.model import Definition, Fact
from b12guide.patient.notation import shown
from b12guide.patient.reading import plausible, read_quantity, read_value, with_unit
from b12guide.values.quantity import Quantity, quantity_in
from b12guide.values.term import Kind, Operator


def as_written(number: Any) -> Fraction:
    """The number that a cell of a float column means.

    >>> as_written(0.1), as_written(np.float32(0.1))
    (Fraction(1, 10), Fraction(1, 10))
    """
    return Fraction(np.format_float_scientific(number, unique=True, trim="0"))


def below(array: pa.Array, bound: Fraction, *, inclusive: bool) -> bits.Bits:
    """The rows of a column of numbers that lie below `bound`, or at it where `inclusive`.

    Rows without a number count as zero; the caller knows which they are.
    """
    kind = array.type
    if pa.types.is_decimal(kind):
        rows, scale = len(array), kind.scale
        cut = _next_whole(bound * Fraction(10) ** scale, inclusive=inclusive)
        if abs(cut) >= 10**kind.precision:
            return bits.everybody(rows) if cut > 0 else bits.nobody(rows)
        digits = tuple(map(int, str(abs(cut))))
        exact = pa.scalar(Decimal((int(cut < 0), digits, -scale)), kind)
        less = pc.less(array, exact)
        return bits.from_arrow(less.buffers()[1], less.offset, rows)
    found = numbers(array)
    if pa.types.is_floating(kind):
        return bits.pack(found < least(bound, found.dtype.name, inclusive=inclusive))
    cut = _next_whole(bound, inclusive=inclusive)
    limits = np.iinfo(found.dtype)
    if cut > limits.max:
        return bits.everybody(len(array))
    if cut <= limits.min:
        return bits.nobody(len(array))
    return bits.pack(found < found.dtype.type(cut))


def numbers(array: pa.Array) -> Any:
    """The numbers of a column, whatever stands where there is none."""
    dtype = np.dtype(array.type.to_pandas_dtype())
    data = array.buffers()[1]
    if data is None:
        return np.zeros(len(array), dtype)
    return np.frombuffer(data, dtype)[array.offset : array.offset + len(array)]


@lru_cache(maxsize=4096)
def least(bound: Fraction, dtype: str, *, inclusive: bool) -> Any:
    """The least float that means a number not below `bound`, or above it where `inclusive`.

    >>> float(least(Fraction(50), "float64", inclusive=False))
    50.0
    >>> float(least(Fraction(50), "float64", inclusive=True))
    50.00000000000001
    """
    kind = np.dtype(dtype).type
    lowest, highest = kind(-math.inf), kind(math.inf)

    def reaches(number: Any) -> bool:
        if not math.isfinite(number):
            return bool(number > 0)
        meant = as_written(number)
        return meant > bound if inclusive else meant >= bound

    with np.errstate(over="ignore"):
        try:
            found = kind(float(bound))
        except OverflowError:
            found = highest if bound > 0 else lowest
        while reaches(found) and found > lowest:
            found = np.nextafter(found, lowest, dtype=kind)
        while not reaches(found):
            found = np.nextafter(found, highest, dtype=kind)
    return found


def _next_whole(bound: Fraction, *, inclusive: bool) -> int:
    return math.floor(bound) + 1 if inclusive else math.ceil(bound)


Rails: TypeAlias = tuple[bits.Bits, bits.Bits]
"""Two sets of patients: of these it is certainly true, of those certainly false."""

_MOST = Fraction(10) ** 30  # longer numbers are refused for a single patient too
_MOST_REMEMBERED = 1 << 16
_MOST_BYTES = 1000  # of text: no value of any fact is as long
_SHOWN = 200  # letters of a longer one, enough to say what was written
_SIMPLE = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"
_SIMPLE_COMMA = r"^[0-9]{1,9}(,[0-9]{1,6})?$"


@frozen(slots=False, eq=False, repr=False)
class Truths:
    """A finding, an event or a stated definition."""

    column: Column
    rows: int
    array: pa.Array
    true: bits.Bits
    known: bits.Bits
    bad: bits.Bits

    @cached_property
    def rails(self) -> Rails:
        """About whom it is so, and about whom it is not."""
        return (self.true & self.known, self.known & ~self.true)

    def filled(self, value: Any, where: bits.Bits) -> Truths:
        """The same with a value assumed of some patients about whom nothing was known."""
        true = self.true | where if value else self.true & ~where
        return evolve(self, true=true, known=self.known | where)

    def without(self, wrong: bits.Bits) -> Truths:
        """The same with the cells of some rows unknown."""
        return evolve(self, known=self.known & ~wrong)

    def value(self, row: int) -> bool | None:
        """What the cell of a row says."""
        word, bit = divmod(row, 64)
        if not int(self.known[word]) >> bit & 1:
            return None
        return bool(int(self.true[word]) >> bit & 1)


@frozen(eq=False, repr=False)
class Choices:
    """A choice.

    Attributes:
        planes: Who has each of its values.
    """

    column: Column
    fact: Fact
    rows: int
    array: pa.Array
    planes: tuple[bits.Bits, ...]
    known: bits.Bits
    bad: bits.Bits

    def rails(self, leaf: OneOf) -> Rails:
        """Who has one of the values of `leaf`, and who has another one."""
        true = bits.nobody(self.rows)
        for value, plane in zip(self.fact.values, self.planes, strict=True):
            if value in leaf.values:
                true |= plane
        return (true, self.known & ~true)

    def filled(self, value: Any, where: bits.Bits) -> Choices:
        """The same with a value assumed of some patients about whom nothing was known."""
        planes = list(self.planes)
        planes[self.fact.values.index(value)] = (
            planes[self.fact.values.index(value)] | where
        )
        return evolve(self, planes=tuple(planes), known=self.known | where)

    def without(self, wrong: bits.Bits) -> Choices:
        """The same with the cells of some rows unknown."""
        planes = tuple(plane & ~wrong for plane in self.planes)
        return evolve(self, planes=planes, known=self.known & ~wrong)

    def value(self, row: int) -> str | None:
        """What the cell of a row says."""
        word, bit = divmod(row, 64)
        for value, plane in zip(self.fact.values, self.planes, strict=True):
            if int(plane[word]) >> bit & 1:
                return value
        return None


@define(slots=False, eq=False, repr=False)
class Measures:
    """A measure, comparable with any bound in its own unit.

    Attributes:
        numbers: The column, or its different values where it is one of text.
        read: The values of a column of text, in the measure's own unit, and where each stands.
        assumed: A value that is assumed of some patients, and about whom.
        worked_out: The different values that were worked out, which of them each row has, and
            about whom they were.
    """

    column: Column
    fact: Fact
    rows: int
    array: pa.Array
    written: bits.Bits
    read: tuple[tuple[Fraction | None, ...], NDArray[np.intp]] | None = None
    assumed: tuple[Fraction, bits.Bits] | None = None
    worked_out: tuple[tuple[Fraction, ...], NDArray[np.intp], bits.Bits] | None = None
    compared: dict[tuple[Fraction, bool], bits.Bits] = field(factory=dict)

    @cached_property
    def bad(self) -> bits.Bits:
        """The cells whose value is not believable, or no number."""
        if self.read is not None:
            values, places = self.read
            unread = np.array([v is None for v in values] + [False])
            return self.written & bits.pack(unread[places])
        low, high = self.fact.plausible or (-_MOST, _MOST)
        below_low = self.below(low, inclusive=False)
        return self.written & (below_low | ~self.below(high, inclusive=True))

    @cached_property
    def known(self) -> bits.Bits:
        """The patients about whom the measure is known, or assumed."""
        found = self.written & ~self.bad
        if self.worked_out is not None:
            found |= self.worked_out[2]
        return found if self.assumed is None else found | self.assumed[1]

    def below(self, bound: Fraction, *, inclusive: bool) -> bits.Bits:
        """The rows below `bound`, those at it included or not; others may be among them."""
        key = (bound, inclusive)
        if key not in self.compared:
            if self.read is None:
                own = bound / self.column.factor
                found = below(self.array, own, inclusive=inclusive)
            else:
                values, places = self.read
                under = [
                    v is not None and (v <= bound if inclusive else v < bound)
                    for v in values
                ]
                found = bits.pack(np.array([*under, False])[places])
            if self.worked_out is not None:
                values, places, where = self.worked_out
                under = [v <= bound if inclusive else v < bound for v in values]
                found = (found & ~where) | (bits.pack(np.array(under)[places]) & where)
            if self.assumed is not None:
                value, where = self.assumed
                is_below = value <= bound if inclusive else value < bound
                found = found | where if is_below else found & ~where
            self.compared[key] = found
        return self.compared[key]

    def holds(self, operator: Operator, bound: Fraction) -> bits.Bits:
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

    def filled(self, value: Any, where: bits.Bits) -> Measures:
        """The same with a value assumed of some patients about whom nothing was known."""
        return evolve(self, assumed=(value, where), compared={})

    def without(self, wrong: bits.Bits) -> Measures:
        """The same with the cells of some rows unknown."""
        assumed = self.assumed and (self.assumed[0], self.assumed[1] & ~wrong)
        made = self.worked_out and (*self.worked_out[:2], self.worked_out[2] & ~wrong)
        written = self.written & ~wrong
        return evolve(self, written=written, assumed=assumed, worked_out=made)

    def derived(
        self, values: tuple[Fraction, ...], places: NDArray[np.intp], where: bits.Bits
    ) -> Measures:
        """The same with values that were worked out of some patients, beside earlier ones."""
        if self.worked_out is not None:
            before, at, there = self.worked_out
            is_new = bits.unpack(where, self.rows)
            places = np.where(is_new, places + len(before), at)
            values, where = (*before, *values), where | there
        return evolve(self, worked_out=(values, places, where), compared={})

    def told(
        self, chosen: NDArray[np.intp]
    ) -> tuple[list[Fraction], NDArray[np.int64]]:
        """The different values of some rows that are known, and which of them each has."""
        if self.read is not None:
            own, at = self.read
            values = [v or Fraction(0) for v in own]
            places = at[chosen].astype(np.int64)
        else:
            raw, at = _different(self.array.take(pa.array(chosen)))
            values = [Fraction(v or 0) * self.column.factor for v in raw]
            places = at.astype(np.int64)
        if self.worked_out is not None:
            made, at, where = self.worked_out
            is_made = bits.unpack(where, self.rows)[chosen]
            places = np.where(is_made, at[chosen] + len(values), places)
            values += made
        if self.assumed is not None:
            value, where = self.assumed
            is_assumed = bits.unpack(where, self.rows)[chosen]
            places = np.where(is_assumed, len(values), places)
            values.append(value)
        return values, places

    def value(self, row: int) -> Fraction | None:
        """What the cell of a row says, in the measure's own unit."""
        word, bit = divmod(row, 64)
        if not int(self.known[word]) >> bit & 1:
            return None
        if self.assumed is not None and int(self.assumed[1][word]) >> bit & 1:
            return self.assumed[0]
        if self.worked_out is not None and int(self.worked_out[2][word]) >> bit & 1:
            return self.worked_out[0][int(self.worked_out[1][row])]
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
        PatientError: Some cannot be used; all of them are reported at once.
    """
    wrong = []
    for column in columns:
        kind = schema.field(column.name).type
        plain = kind.value_type if pa.types.is_dictionary(kind) else kind
        found = _mistyped(column, plain)
        wrong += [] if found is None else [found]
    if wrong:
        message = "some columns have a type that their fact cannot have"
        raise PatientError(message, in_order(wrong))


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
        is_declared = column.spelling.has_truths and (
            _is_number(kind) or _is_text(kind)
        )
        if pa.types.is_boolean(kind) or is_declared:
            return None
        what = "true or false"
        remedy = "give Booleans, null where unknown"
        if _is_number(kind):
            remedy += (
                "; where 1 means yes and 0 means no, say so: `truths={1: True, 0: False}` "
                "(`--true 1 --false 0`)"
            )
        elif _is_text(kind):
            remedy += f"; or say which words mean what: {TRUTHS}"
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
    if array.null_count == len(array):
        array = pa.nulls(len(array))  # nothing is known, whatever the type
    if pa.types.is_dictionary(array.type) and not _is_text(array.type.value_type):
        array = array.dictionary_decode()
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    array = _shortened(array)
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


_NONE, _STRANGE = -1, -2  # no value, and one that the choice does not declare


def _choices(column: Column, fact: Fact, array: pa.Array) -> Choices:
    rows = len(array)
    if pa.types.is_null(array.type):
        none = bits.nobody(rows)
        return Choices(
            column, fact, rows, array, (none,) * len(fact.values), none, none
        )
    kind = np.int8 if len(fact.values) <= np.iinfo(np.int8).max else np.int16
    if pa.types.is_dictionary(array.type):
        numbers = {value: number for number, value in enumerate(fact.values)}
        texts = _as_python(array.dictionary)
        told = [_NONE if t is None else numbers.get(t, _STRANGE) for t in texts]
        # Where there is none, an index may be anything; Polars' indices have no sign.
        places = pc.fill_null(array.indices, 0).to_numpy(zero_copy_only=False)
        codes = np.array([*told, _NONE], kind)[places]
        there = bits.validity(array.indices)
    else:
        values = pa.array(fact.values, array.type)
        found = pc.fill_null(pc.index_in(array, value_set=values), _STRANGE)
        codes = found.to_numpy(zero_copy_only=False).astype(kind)
        there = bits.validity(array)
    planes = tuple(
        bits.pack(codes == number) & there for number in range(len(fact.values))
    )
    return Choices(
        column=column,
        fact=fact,
        rows=rows,
        array=array,
        planes=planes,
        known=bits.pack(codes >= 0) & there,
        bad=bits.pack(codes == _STRANGE) & there,
    )


def _truths(column: Column, array: pa.Array) -> Truths:
    found = _said(column, array)
    if column.is_one_kind:
        return evolve(found, known=found.known & found.true)
    return found


def _said(column: Column, array: pa.Array) -> Truths:
    rows = len(array)
    none = bits.nobody(rows)
    if pa.types.is_null(array.type):
        return Truths(column, rows, array, none, none, none)
    if pa.types.is_boolean(array.type):
        true = bits.from_arrow(array.buffers()[1], array.offset, rows)
        return Truths(column, rows, array, true, bits.validity(array), none)
    values, places = _different(array)
    said = [column.spelling.truth(value) for value in values]

    def saying(truth: bool | None) -> bits.Bits:
        is_so = [
            s is truth and v is not None for s, v in zip(said, values, strict=True)
        ]
        return bits.pack(np.array([*is_so, False])[places])

    true, false = saying(True), saying(False)
    return Truths(column, rows, array, true, true | false, saying(None))


def _shortened(array: pa.Array) -> pa.Array:
    """Text of which no cell is so long that it could not be a value, or be shown.

    What was cut off ends in a sign that no value ends in.
    """
    if pa.types.is_dictionary(array.type):
        short = _shortened(array.dictionary)
        if short is array.dictionary:
            return array
        return pa.DictionaryArray.from_arrays(array.indices, short)
    if not _is_text(array.type):
        return array
    too_long = pc.greater(pc.binary_length(array), _MOST_BYTES)
    if not pc.any(too_long).as_py():
        return array
    cut = pc.binary_slice(array.cast(_binary(array.type)), 0, _SHOWN)
    texts = [
        None if text is None else text.decode(errors="replace") + "\u2026"
        for text in pc.if_else(too_long, cut, None).to_pylist()
    ]
    return pc.if_else(too_long, pa.array(texts, array.type), array)


def _binary(kind: pa.DataType) -> pa.DataType:
    return pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()


def _different(array: pa.Array) -> tuple[list[Any], NDArray[np.intp]]:
    """The different values of a column, and where each stands; -1 for none."""
    if pa.types.is_null(array.type):
        return [], np.full(len(array), -1, np.intp)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    # Polars numbers its categories without a sign, and -1 stands for none.
    places = array.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return _as_python(array.dictionary), places.astype(np.intp)


def _as_python(array: pa.Array) -> list[Any]:
    """The values of a column; NaN is none, and bytes that are no text are shown all the same."""
    if _is_text(array.type):
        try:
            found: list[Any] = array.to_pylist()
        except UnicodeDecodeError:  # Arrow does not look what it is given as text
            found = array.cast(_binary(array.type)).to_pylist()
            found = [v if v is None else v.decode(errors="replace") for v in found]
        return found
    if not pa.types.is_floating(array.type):
        return list(array.to_pylist())
    values = [(cell, cell.as_py()) for cell in array]
    return [
        None if v is None or math.isnan(v) else v if math.isinf(v) else _exact(cell)
        for cell, v in values
    ]


def _measures(
    column: Column, fact: Fact, array: pa.Array, memory: dict[str, Any]
) -> Measures:
    rows = len(array)
    if pa.types.is_null(array.type):
        array = pa.nulls(rows, pa.float64())
    if _is_number(array.type):
        written = bits.validity(array)
        if pa.types.is_floating(array.type):
            written &= bits.pack(~np.isnan(numbers(array)))
        return Measures(column, fact, rows, array, written)
    is_shared = pa.types.is_dictionary(array.type)
    simple = _simple_numbers(array.dictionary if is_shared else array, column)
    if simple is not None:
        own = simple.take(array.indices) if is_shared else simple
        return _measures(column, fact, own, memory)
    texts, places = _different(array)
    empty = np.array([text is None for text in texts] + [True])
    found = []
    known: dict[str, Fraction | None] = memory.setdefault(column.name, {})
    for text in texts:
        go_on()
        if text is not None and text not in known:
            if len(known) >= _MOST_REMEMBERED:
                known.clear()
            known[text] = _value(column, fact, text)
        found.append(None if text is None else known[text])
    values = tuple(found)
    written = bits.everybody(rows) & ~bits.pack(empty[places])
    return Measures(column, fact, rows, array, written, (values, places))


def _simple_numbers(texts: pa.Array, column: Column) -> pa.Array | None:
    """Text that holds nothing but short numbers, as numbers; None for any other.

    They are no longer than a float can tell: the float means just what is written.
    """
    has_comma = column.spelling.decimal == ","
    simple = _SIMPLE_COMMA if has_comma else _SIMPLE
    if not pc.all(pc.match_substring_regex(texts, simple), min_count=0).as_py():
        return None
    points = pc.replace_substring(texts, ",", ".") if has_comma else texts
    return points.cast(pa.float64())


def _value(column: Column, fact: Fact, text: str) -> Fraction | None:
    """As `_quantity`, without the reasons, which take a hundred times as long."""
    written = column.spelling.number(text)
    quantity = None if written is None else quantity_in(written)
    if quantity is None:
        return None
    if quantity.unit is None:
        quantity = Quantity(quantity.value, column.unit)
    return plausible(fact, quantity)


def _quantity(column: Column, fact: Fact, text: str) -> Fraction | Diagnostic:
    written = column.spelling.number(text)
    if written is None:
        return Diagnostic(
            code="GDL712",
            message=f"`{shown(text)}` has a point in its number, where a comma was declared",
            labels=(column.place,),
            help=(Help(message="write all numbers of the column alike"),),
        )
    quantity = read_quantity(fact, written, column.place)
    if isinstance(quantity, Diagnostic):
        said = quantity.message.replace(shown(written), shown(text))
        return evolve(quantity, message=said)
    if quantity.unit is None:
        quantity = Quantity(quantity.value, column.unit)
    return with_unit(fact, quantity, column.place)


# ----------------------------------------------------------------------- bad cells


def bad_values(cells: Cells) -> dict[Any, tuple[int, int]]:
    """The implausible values: how many rows have each, and which is the first."""
    rows = bits.rows_of(cells.bad, cells.rows)
    values, places = _different(cells.array.take(pa.array(rows)))
    if not len(rows):
        return {}
    different, first, counts = np.unique(places, return_index=True, return_counts=True)
    found: dict[Any, tuple[int, int]] = {}
    for place, start, count in zip(
        different.tolist(), first.tolist(), counts.tolist(), strict=True
    ):
        row = int(rows[start])
        known, at = found.get(values[place], (0, row))
        found[values[place]] = (known + count, min(at, row))
    return found


def mistake(column: Column, value: Any) -> Diagnostic | None:
    """The mistake that a single patient with this value would be refused for."""
    subject = column.subject
    is_measure = isinstance(subject, Fact) and subject.kind is Kind.MEASURE
    if is_measure and isinstance(value, str):
        found = _quantity(column, cast("Fact", subject), value)
        return found if isinstance(found, Diagnostic) else None
    if is_measure and not isinstance(value, float):
        number = Quantity(Fraction(value), column.unit)
        said = with_unit(cast("Fact", subject), number, column.place)
        return said if isinstance(said, Diagnostic) else None
    raw = value
    if isinstance(value, Fraction):
        raw = value.numerator if value.denominator == 1 else float(value)
    return next(iter(read_value(subject, raw, column.place).diagnostics), None)
