"""What asks for several dated values of one measure: the last two, or a rise in four weeks.

`last 2 serum_b12 > 1000 pg/mL` becomes a fact, `serum_b12.last_2_above_1000`, that is true or
false as other facts are: no author can write its name, and no engine has to know of days. What
ties such facts together, and to the measure, stands among the implications, so that a proof knows
that of two values above 1000 the latest is above 900. Their values follow from the days in a
record (M96, M97).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

from attrs import evolve

from b12guide.graph.condition import AllOf, Compare, Condition, Has, Not
from b12guide.graph.model import Fact, Implication, Repeated, RoseOrFell, Series
from b12guide.values.duration import DurationRange
from b12guide.values.quantity import format_number, format_quantity
from b12guide.values.term import Kind, Operator

_BOUNDS = {
    Operator.MORE: "above",
    Operator.AT_LEAST: "at least",
    Operator.LESS: "below",
    Operator.AT_MOST: "at most",
    Operator.EQUAL: "exactly",
}
_THAN = {
    Operator.MORE: "more than",
    Operator.AT_LEAST: "at least",
    Operator.LESS: "less than",
    Operator.AT_MOST: "at most",
}
_TURNED = {
    Operator.MORE: Operator.LESS,
    Operator.LESS: Operator.MORE,
    Operator.AT_LEAST: Operator.AT_MOST,
    Operator.AT_MOST: Operator.AT_LEAST,
}
"""What holds of a change where its opposite is compared with the opposite bound."""

_UP = (Operator.MORE, Operator.AT_LEAST)
_DOWN = (Operator.LESS, Operator.AT_MOST)


# --------------------------------------------------------------------------- in words


def series_text(one: Series) -> str:
    """What is asked, in words of the language: `last 2 serum_b12 > 1000 pg/mL`."""
    match one:
        case Repeated(fact=fact, count=count, operator=operator, bound=bound):
            number = format_quantity(bound, one.unit)
            return f"last {count} {fact} {operator.value} {number}"
        case RoseOrFell(fact=fact):
            return f"{fact} {_verb(one)} {_amount(one)} in {_length(one.length)}"


def name_of(one: Series) -> str:
    """The name of the fact that stands for it, which no author can write."""
    match one:
        case Repeated(count=count, operator=operator, bound=bound):
            words = f"last {count} {_BOUNDS[operator]} {_spelled(bound)}"
        case RoseOrFell(operator=operator, by=by):
            words = f"{_verb(one)} {_THAN[operator]} {_spelled(by)} in {_length(one.length)}"
    return f"{one.fact}.{words.replace(' ', '_')}"


def _spelled(number: Fraction) -> str:
    """A number of which no two are spelled alike, of letters and digits."""
    text = format_number(number)
    exact = (
        text
        if Fraction(text) == number
        else f"{number.numerator}_in_{number.denominator}"
    )
    return exact.replace(".", "_").replace("-", "minus_")


def _verb(one: RoseOrFell) -> str:
    return "fell" if one.fell else "rose"


def _amount(one: RoseOrFell) -> str:
    return f"{_THAN[one.operator]} {format_quantity(one.by, one.unit)}"


def _length(length: DurationRange) -> str:
    low, high, unit = map(str, (length.low, length.high, length.unit.value))
    if length.low == length.high:
        return f"{low} {unit}" if length.low == 1 else f"{low} {unit}s"
    return f"{low} to {high} {unit}s"


def fact_of(one: Series, of: Fact) -> Fact:
    """The fact that stands for it; its label is a sentence, as that of an event is."""
    label = of.label.partition(" (")[0].partition(",")[0]
    match one:
        case Repeated(count=count, operator=operator, bound=bound):
            bounded = f"{_BOUNDS[operator]} {format_quantity(bound, one.unit)}"
            said = f"the last {count} values of {label} are all {bounded}"
            asks = (
                f"Which are the last {count} values of {label}, and of which days? "
                f"Are they all {bounded}?"
            )
        case RoseOrFell():
            length = _length(one.length)
            said = f"{label} {_verb(one)} by {_amount(one)} in {length}"
            asks = (
                f"Which is the latest value of {label}, and which was it {length} before? "
                f"Did it {'fall' if one.fell else 'rise'} by {_amount(one)}?"
            )
    return Fact(
        kind=Kind.FINDING,
        name=name_of(one),
        label=said,
        asks=asks,
        synonyms=(series_text(one),),
        place=of.place,
    )


# -------------------------------------------------------------------- what ties them


def ties(series: Iterable[Series]) -> Iterator[Implication]:
    """What follows from what among those of one measure, and from them to its latest value."""
    listed = tuple(series)
    for one in listed:
        if isinstance(one, Repeated):
            yield _implication(one, latest(one))
    for one, other in permutations(listed, 2):
        if one.fact != other.fact:
            continue
        match one, other:
            case Repeated(), Repeated():
                yield from _of_repeated(one, other)
            case RoseOrFell(), RoseOrFell() if one.length == other.length:
                yield from _of_changes(one, other)
            case _:
                pass


def _of_repeated(one: Repeated, other: Repeated) -> Iterator[Implication]:
    mine, theirs = (one.operator, one.bound), (other.operator, other.bound)
    if one.count >= other.count and _within(mine, theirs):
        yield _implication(one, _has(other))
    elif one.count == other.count == 2 and _cover(mine, theirs):
        # The latest satisfies both, and the one before it fails one at most.
        premise = AllOf((latest(one), latest(other), Not(_has(one))))
        yield Implication(
            name=f"{name_of(one)}_or_{name_of(other)}",
            premise=premise,
            conclusion=_has(other),
        )


def _of_changes(one: RoseOrFell, other: RoseOrFell) -> Iterator[Implication]:
    """Both compare the same two values, so that there is one difference between them."""
    mine, theirs = _rise(one), _rise(other)
    if _within(mine, theirs):
        yield _implication(one, _has(other))
    elif not _meet(mine, theirs):
        yield _implication(one, Not(_has(other)))
    if _cover(mine, theirs):
        yield Implication(
            name=f"{name_of(one)}_or_{name_of(other)}",
            premise=Not(_has(one)),
            conclusion=_has(other),
        )


def _has(one: Series) -> Has:
    return Has(name_of(one))


def latest(one: Repeated) -> Compare:
    """The same of the latest value alone."""
    return Compare(one.fact, one.operator, one.bound, one.bound)


def _implication(one: Series, conclusion: Condition) -> Implication:
    words = "_not_" if isinstance(conclusion, Not) else "_"
    match conclusion:
        case Has(fact=fact) | Not(operand=Has(fact=fact)) | Compare(fact=fact):
            named = fact
        case _:
            named = ""
    return Implication(
        name=f"{name_of(one)}_implies{words}{named}",
        premise=_has(one),
        conclusion=conclusion,
    )


# ------------------------------------------------------------------------ half-lines

_HalfLine = tuple[Operator, Fraction]


def _rise(one: RoseOrFell) -> _HalfLine:
    """What it asks of the latest value less the earlier one."""
    return (_TURNED[one.operator], -one.by) if one.fell else (one.operator, one.by)


def _within(one: _HalfLine, other: _HalfLine) -> bool:
    """Whether every number of the one is in the other."""
    (mine, low), (theirs, high) = one, other
    if mine in _UP and theirs in _UP:
        return low > high or (
            low == high and (mine, theirs) != (Operator.AT_LEAST, Operator.MORE)
        )
    if mine in _DOWN and theirs in _DOWN:
        return low < high or (
            low == high and (mine, theirs) != (Operator.AT_MOST, Operator.LESS)
        )
    return False


def _cover(one: _HalfLine, other: _HalfLine) -> bool:
    """Whether every number is in one of the two."""
    (mine, start), (theirs, end) = (one, other) if one[0] in _UP else (other, one)
    if mine not in _UP or theirs not in _DOWN:
        return False
    return start < end or (
        start == end and (mine is Operator.AT_LEAST or theirs is Operator.AT_MOST)
    )


def _meet(one: _HalfLine, other: _HalfLine) -> bool:
    """Whether some number is in both."""
    (mine, start), (theirs, end) = (one, other) if one[0] in _UP else (other, one)
    if mine not in _UP or theirs not in _DOWN:
        return True
    return start < end or (
        start == end and mine is Operator.AT_LEAST and theirs is Operator.AT_MOST
    )


# ---------------------------------------------------------------------------- changed


def changed(one: Series) -> Iterator[tuple[str, Series | None]]:
    """What could have been written for it by mistake, with what is different.

    None stands for the latest value alone, compared as all of them are.
    """
    match one:
        case Repeated(operator=operator, bound=bound, count=count):
            yield f"last {count + 1} for {count}", evolve(one, count=count + 1)
            fewer = evolve(one, count=count - 1) if count > 2 else None
            yield f"last {count - 1} for {count}", fewer
            for other in (_LOOSER[operator], _TURNED[operator]):
                yield f"{other.value} for {operator.value}", evolve(one, operator=other)
            for by in (1, -1):
                yield f"bound {by:+d}", evolve(one, bound=bound + by)
        case RoseOrFell(operator=operator, by=amount, length=length):
            yield "the other direction", evolve(one, fell=not one.fell)
            for other in (_LOOSER[operator], _TURNED[operator]):
                yield (
                    f"{_THAN[other]} for {_THAN[operator]}",
                    evolve(one, operator=other),
                )
            for by in (1, -1):
                yield f"bound {by:+d}", evolve(one, by=amount + by)
                if length.low + by > 0:
                    moved = evolve(length, low=length.low + by, high=length.high + by)
                    yield f"length {by:+d}", evolve(one, length=moved.canonical)


_LOOSER = {
    Operator.MORE: Operator.AT_LEAST,
    Operator.AT_LEAST: Operator.MORE,
    Operator.LESS: Operator.AT_MOST,
    Operator.AT_MOST: Operator.LESS,
}


def in_order(series: Iterable[Series], facts: Sequence[str]) -> tuple[Series, ...]:
    """Each once, in the order of their measures and then by name."""
    place = {name: number for number, name in enumerate(facts)}
    named: Mapping[str, Series] = {name_of(one): one for one in series}
    return tuple(
        named[name]
        for name in sorted(
            named, key=lambda n: (place.get(named[n].fact, len(place)), n)
        )
    )
