"""One phase of a dose schedule as data: a dose by a route, so often, so long; and where two meet.

Ranges stay ranges: "every 2 to 3 months" is never a point between. Two phases meet in the phase
that satisfies both. What that is depends on their values alone, so it does not matter which of
them stands first, nor, where several meet, in which order they do (M36).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

from attrs import evolve, field, frozen

from b12guide.frozen import Record
from b12guide.values.duration import Duration, DurationRange, TimeUnit
from b12guide.values.unit import Dimension, convert, parse_unit

_MASS = ((Dimension.MASS, 1),)
_SECONDS_IN_DAY = 86_400
PER_KILOGRAM = "/kg"
"""What stands behind the unit of a dose that goes by the weight of the patient."""

# ---------------------------------------------------------------------------- dose


@frozen(eq=False, repr=False)
class Dose(Record):
    """An amount from `low` to `high`, in the unit in which the author wrote it.

    Doses are equal when their amounts are, whatever the unit: 1000 µg is 1 mg (M31). One of
    the ends may be open: at least 1 mg, at most 1000 mg (M75).

    Attributes:
        low: None where the dose is `high` at most.
        high: None where it is `low` at least.
        is_written: Whether somebody wrote the unit. Where doses in two units meet, none is the
            one that was written, and the unit is chosen: below 1 mg in micrograms, else in
            milligrams.
        limit: The most that a dose by weight comes to, whatever the weight; None where nothing
            limits it. A dose by weight has a unit for each kilogram, such as `mg/kg` (M95).
        measure: The measure by which a dose by weight goes.
        weight: What the patient weighs, in kilograms, where it is known whose dose it is.
    """

    low: Fraction | None
    high: Fraction | None
    unit: str
    is_written: bool = field(default=True, repr=False)
    limit: Dose | None = None
    measure: str | None = None
    weight: Fraction | None = None

    @property
    def is_by_weight(self) -> bool:
        """Whether it is so much for each kilogram that the patient weighs."""
        return self.unit.endswith(PER_KILOGRAM)

    def for_weight(self, kilograms: Fraction) -> Dose:
        """What a dose by weight comes to for a weight; any other dose as it is."""
        if not self.is_by_weight:
            return self
        unit = self.unit.removesuffix(PER_KILOGRAM)
        ends = [None if e is None else e * kilograms for e in (self.low, self.high)]
        if self.limit is not None:
            most = (self.limit.in_unit(unit) or (None, None))[1]
            if most is not None:
                ends = [None if end is None else min(end, most) for end in ends]
        return Dose(ends[0], ends[1], unit)

    @property
    def given(self) -> Dose:
        """What is given; a dose by weight comes to an amount where the weight is known."""
        return self if self.weight is None else self.for_weight(self.weight)

    @property
    def stated(self) -> tuple[Fraction, ...]:
        """The ends that are not open, which are both or the one that there is."""
        return tuple(end for end in (self.low, self.high) if end is not None)

    @property
    def amount(self) -> tuple[Fraction | None, Fraction | None, object]:
        """Both ends in the base unit of what the unit measures, and what that is."""
        unit = parse_unit(self.unit)
        if unit is None:
            return (self.low, self.high, self.unit)
        if self.is_by_weight:
            most = None if self.limit is None else self.limit.amount[1]
            factor = unit.factor
            ends = [None if e is None else e * factor for e in (self.low, self.high)]
            return (ends[0], ends[1], (PER_KILOGRAM, most))
        factor = unit.factor
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return (low, high, unit.dimensions)

    def times(self, factor: Fraction) -> Dose:
        """So many times the dose, in its own unit."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        limit = None if self.limit is None else self.limit.times(factor)
        return evolve(self, low=low, high=high, limit=limit)

    def __contains__(self, value: Fraction) -> bool:
        """Whether so much, in the unit of the dose, is the dose."""
        is_enough = self.low is None or self.low <= value
        return is_enough and (self.high is None or value <= self.high)

    def spelled(self, among: Iterable[Dose]) -> Dose:
        """The same amount in the one unit that suits some others, the ones that an author wrote.

        That is the unit of those that it equals, else of those that it lies within. Where these
        are in several units, or there is none, the unit is chosen as where two meet (M31).
        """
        found = [dose for dose in among if dose.intersection(self) == self]
        for some in ([dose for dose in found if dose == self], found):
            units = {dose.unit for dose in some}
            if len(units) == 1:
                (unit,) = units
                low, high = self.in_unit(unit) or (self.low, self.high)
                return evolve(self, low=low, high=high, unit=unit, is_written=True)
        least = min(found or (self,), key=lambda dose: _size(dose.unit))
        low, high = self.in_unit(least.unit) or (self.low, self.high)
        here = evolve(self, low=low, high=high, unit=least.unit, is_written=True)
        return _with_chosen_unit(here, least)

    @property
    def measures(self) -> str:
        """What the amount is of, such as "a mass"; the unit itself if it is not known."""
        if self.is_by_weight:
            unit = parse_unit(self.unit.removesuffix(PER_KILOGRAM))
            return self.unit if unit is None else f"{unit.measures} for each kilogram"
        unit = parse_unit(self.unit)
        return self.unit if unit is None else unit.measures

    def in_unit(self, name: str) -> tuple[Fraction | None, Fraction | None] | None:
        """Both ends in another unit; None where the units measure different things."""
        if name == self.unit:
            return (self.low, self.high)
        mine, wanted = parse_unit(self.unit), parse_unit(name)
        if mine is None or wanted is None:
            return None
        if any(convert(end, mine, wanted) is None for end in self.stated):
            return None
        low = None if self.low is None else convert(self.low, mine, wanted)
        high = None if self.high is None else convert(self.high, mine, wanted)
        return (low, high)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dose) and self.amount == other.amount

    def __hash__(self) -> int:
        return hash(self.amount)

    def intersection(self, other: Dose) -> Dose | None:
        """The amounts that lie in both, or None."""
        theirs = other.in_unit(self.unit)
        if theirs is None or self.limit != other.limit:
            return None
        lows = [end for end in (self.low, theirs[0]) if end is not None]
        highs = [end for end in (self.high, theirs[1]) if end is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:
            return None
        is_written = self.is_written and other.is_written and self.unit == other.unit
        met = evolve(self, low=low, high=high, is_written=is_written)
        return met if is_written else _with_chosen_unit(met, other)


def _with_chosen_unit(dose: Dose, other: Dose) -> Dose:
    milligrams = dose.in_unit("mg")
    if milligrams is None:  # not a mass: the smaller of the two units
        chosen = min(dose.unit, other.unit, key=_size)
    else:
        lower = next(end for end in milligrams if end is not None)
        chosen = "µg" if lower < 1 else "mg"
    low, high = dose.in_unit(chosen) or (dose.low, dose.high)
    return evolve(dose, low=low, high=high, unit=chosen, is_written=False)


def _size(name: str) -> tuple[Fraction, str]:
    unit = parse_unit(name)
    return (Fraction(0) if unit is None else unit.factor, name)


# ----------------------------------------------------------------------- frequency


@frozen(repr=False)
class Every(Record):
    """One dose every so often."""

    interval: DurationRange


@frozen(repr=False)
class Times(Record):
    """From `low` to `high` doses in each period."""

    low: int
    high: int
    per: DurationRange


Frequency: TypeAlias = Every | Times


def _one_value(frequency: Frequency | None) -> Frequency | None:
    """`once per week` is `weekly`: one value, however it is written (M32)."""
    match frequency:
        case Times(low=1, high=1, per=per):
            return Every(per)
        case _:
            return frequency


def _spacing(frequency: Frequency) -> tuple[Fraction, Fraction, bool]:
    """From which to which length lies between two doses, in days or months; whether in months.

    Three times per week is a dose every 7/3 days, on the average.
    """
    if isinstance(frequency, Every):
        low, high = frequency.interval.smallest
        is_calendar = frequency.interval.unit.is_calendar
    else:
        low, high = frequency.per.smallest
        low, high = low / frequency.high, high / max(frequency.low, 1)
        is_calendar = frequency.per.unit.is_calendar
    size = 1 if is_calendar else _SECONDS_IN_DAY
    return (low / size, high / size, is_calendar)


DAYS_IN_MONTH = Fraction(3_652_425, 120_000)
"""A twelfth of the mean year of the Gregorian calendar, which has 365.2425 days."""


def days_between(frequency: Frequency) -> tuple[Fraction, Fraction]:
    """From how many to how many days lie between two doses, on the average.

    Three times per week is a dose every 7/3 days. A month counts as `DAYS_IN_MONTH`; on a calendar
    it is what it is (`b12guide.values.calendar`).
    """
    low, high, is_calendar = _spacing(frequency)
    return (low * DAYS_IN_MONTH, high * DAYS_IN_MONTH) if is_calendar else (low, high)


def most_per_day(frequency: Frequency) -> Fraction:
    """How many doses a day a frequency comes to at the most."""
    low, _, is_calendar = _spacing(frequency)
    return 1 / (low * 28 if is_calendar else low)


def _frequency_intersection(one: Frequency, two: Frequency) -> Frequency | None:
    """The frequency that keeps to both, on the average of its doses; None where none does."""
    # Whether both are the same in the same words: 7 days are a week, and another word.
    mine = one.interval if isinstance(one, Every) else one.per
    theirs = two.interval if isinstance(two, Every) else two.per
    is_written_alike = one == two and mine.unit is theirs.unit
    if is_written_alike:
        return one
    low, high, is_calendar = _spacing(one)
    other_low, other_high, other_is_calendar = _spacing(two)
    low, high = max(low, other_low), min(high, other_high)
    if is_calendar is not other_is_calendar or low > high:
        return None
    return _spaced(low, high, is_calendar=is_calendar)


def _spaced(low: Fraction, high: Fraction, *, is_calendar: bool) -> Frequency:
    """The frequency of a spacing, in days or months, in the largest words that hold it.

    A spacing of whole days is an interval. One of 7/3 days is three doses per week: so many in
    the shortest period that has a whole number of them, whichever end is taken.
    """
    if low.denominator == high.denominator == 1:
        return Every(_in_words(low, high, is_calendar=is_calendar))
    period = Fraction(math.lcm(low.numerator, high.numerator))
    return Times(
        int(period / high),
        int(period / low),
        _in_words(period, period, is_calendar=is_calendar),
    )


def _in_words(low: Fraction, high: Fraction, *, is_calendar: bool) -> DurationRange:
    """A length of so many days or months, in weeks or years where both ends are whole."""
    small, large, size = (
        (TimeUnit.MONTH, TimeUnit.YEAR, 12)
        if is_calendar
        else (TimeUnit.DAY, TimeUnit.WEEK, 7)
    )
    if low % size == high % size == 0:
        return DurationRange(low / size, high / size, large)
    return DurationRange(low, high, small)


# --------------------------------------------------------------------------- bound


@frozen(repr=False)
class ForTime(Record):
    """Bounded by a length of time."""

    length: DurationRange


@frozen(repr=False)
class ForDoses(Record):
    """Bounded by a number of doses; `within` a length of time as well, where two bounds met."""

    count: int
    within: DurationRange | None = None


@frozen(repr=False)
class ForLife(Record):
    """Without an end; `indefinitely` keeps the word that the source chose, and means the same."""

    indefinitely: bool = field(default=False, eq=False)


@frozen(repr=False)
class Until(Record):
    """Bounded by an event."""

    event: str


Bound: TypeAlias = ForTime | ForDoses | ForLife | Until


def _bound_intersection(one: Bound, two: Bound) -> Bound | None:
    """The bound that keeps to both, or None (M33)."""
    match one, two:
        case ForLife(), ForLife():
            return ForLife(indefinitely=one.indefinitely and two.indefinitely)
        case Until(), Until():
            return one if one == two else None
        case ((ForTime() | ForDoses()), (ForTime() | ForDoses())):
            # Both limits: numbers of doses agree, lengths of time overlap.
            counts = {b.count for b in (one, two) if isinstance(b, ForDoses)}
            if len(counts) > 1:
                return None
            mine, theirs = _length(one), _length(two)
            length = mine or theirs
            if mine and theirs:
                length = _common_length(mine, theirs)
                if length is None:
                    return None
            if counts:
                return ForDoses(counts.pop(), length)
            return None if length is None else ForTime(length)
        case _:
            return None


def _length(bound: ForTime | ForDoses) -> DurationRange | None:
    return bound.length if isinstance(bound, ForTime) else bound.within


def _common_length(one: DurationRange, two: DurationRange) -> DurationRange | None:
    if one == two and one.unit is two.unit:
        return one
    met = one.intersection(two)
    if met is None:
        return None
    size = 1 if met.unit.is_calendar else _SECONDS_IN_DAY
    low, high = met.smallest
    return _in_words(low / size, high / size, is_calendar=met.unit.is_calendar)


def _settled(bound: ForDoses, frequency: Frequency | None) -> ForDoses | None:
    """A number of doses within a length of time: do they come to the same at this frequency?

    The length is dropped where the doses fill it however they are spaced; None where they never
    do. Where neither is sure, as with "every 1 to 2 days", what both allow stays beside the number.
    """
    within = bound.within
    if within is None or frequency is None:
        return bound
    low, high, is_calendar = _spacing(frequency)
    if within.unit.is_calendar is not is_calendar:
        return None
    taken = _in_words(low * bound.count, high * bound.count, is_calendar=is_calendar)
    met = _common_length(taken, within)
    if met is None:
        return None
    return ForDoses(bound.count, None if met == taken else met)


# ------------------------------------------------------------------------- spacing


def _larger_spacing(one: Duration, two: Duration) -> Duration | None:
    """The larger of two least spacings; None where one is in days and the other in months."""
    if one.unit.is_calendar is not two.unit.is_calendar:
        return None
    return one if _size_of(one) >= _size_of(two) else two


def _size_of(length: Duration) -> Fraction:
    return length.value * length.unit.in_smallest


def can_be_apart(
    apart: Duration, frequency: Frequency | None, bound: Bound | None
) -> bool:
    """Whether doses so often, and so many, can lie so far apart (M76).

    A month has 28 to 31 days: between days and months, only what no month allows is impossible.
    """
    if frequency is not None:
        _, longest, is_calendar = _spacing(frequency)
        unit = TimeUnit.MONTH if is_calendar else TimeUnit.DAY
        if _is_longer(apart, 1, Duration(longest, unit)):
            return False
    if isinstance(bound, ForDoses) and bound.within is not None:
        within = Duration(bound.within.high, bound.within.unit)
        return not _is_longer(apart, bound.count - 1, within)
    return True


def _is_longer(length: Duration, times: int, other: Duration) -> bool:
    """Whether so many times a length are longer than another, however long months are."""
    one, two = _size_of(length) * times, _size_of(other)
    match length.unit.is_calendar, other.unit.is_calendar:
        case True, False:
            return one * 28 * _SECONDS_IN_DAY > two
        case False, True:
            return one > two * 31 * _SECONDS_IN_DAY
        case _:
            return one > two


# --------------------------------------------------------------------------- phase


def _gates(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Every gate once, in one order."""
    names = () if value is None else (value,) if isinstance(value, str) else value
    return tuple(sorted(set(names)))


def _by_value(bound: Bound | None, frequency: Frequency | None) -> Bound | None:
    """What a bound comes to: doses at a fixed interval are the length of time they take (M33)."""
    if isinstance(bound, ForDoses) and bound.within is None and frequency is not None:
        low, high, is_calendar = _spacing(frequency)
        if low == high:
            length = low * bound.count
            return ForTime(_in_words(length, length, is_calendar=is_calendar))
    return bound


@frozen(kw_only=True, eq=False, repr=False)
class Phase(Record):
    """A dose by a route, so often and so long. None: not stated, never "none".

    Phases are equal that come to the same: daily for 7 doses is daily for a week (M33).

    Attributes:
        drugs: The drugs to choose from, preferred first; empty when the form decides.
        apart: How far its doses lie apart at least (M76).
        as_needed: Whether a dose is taken when it is needed, so that none is due (M77).
        with_food: Whether its doses are taken with food.
        after: The events that come first, all of them.
    """

    drugs: tuple[str, ...] = ()
    dose: Dose
    route: str | None = None
    frequency: Frequency | None = field(default=None, converter=_one_value)
    bound: Bound | None = None
    apart: Duration | None = None
    as_needed: bool = False
    with_food: bool = False
    after: tuple[str, ...] = field(default=(), converter=_gates)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phase) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    @property
    def spacing(self) -> tuple[bool, Fraction] | None:
        """How far its doses lie apart at least; 7 days are a week."""
        apart = self.apart
        return None if apart is None else (apart.unit.is_calendar, _size_of(apart))

    @property
    def is_single_dose(self) -> bool:
        """Whether it is one dose and nothing says how often, as `once` says it."""
        return self.frequency is None and self.bound == ForDoses(1)

    @property
    def _values(self) -> tuple[object, ...]:
        bound = _by_value(self.bound, self.frequency)
        parts = (self.drugs, self.dose, self.route, self.frequency, bound, self.spacing)
        return (*parts, self.as_needed, self.with_food, self.after)

    @property
    def canonical(self) -> Phase:
        """The same phase in the words of its value; phases that come to the same have one.

        Three times in a week is one of the frequencies that are written in one way only; 7 days
        are a week, and daily for 7 doses is daily for a week.
        """
        frequency = self.frequency
        if frequency is not None and (isinstance(frequency, Every) or frequency.low):
            low, high, is_calendar = _spacing(frequency)
            frequency = _spaced(low, high, is_calendar=is_calendar)
        bound = _by_value(self.bound, frequency)
        match bound:
            case ForTime(length=length):
                bound = ForTime(length.canonical)
            case ForDoses(count=count, within=DurationRange() as within):
                bound = ForDoses(count, within.canonical)
            case ForLife():
                bound = ForLife()
            case _:
                pass
        apart = self.apart
        if apart is not None:
            length = DurationRange(apart.value, apart.value, apart.unit).canonical
            apart = Duration(length.low, length.unit)
        return evolve(
            self,
            drugs=tuple(sorted(set(self.drugs))),
            frequency=frequency,
            bound=bound,
            apart=apart,
        )

    def intersection(self, other: Phase) -> Phase | None:
        """The phase that satisfies both, or None (M31 to M36).

        What one of them leaves open, the other decides; gates add up.
        """
        dose = self.dose.intersection(other.dose)
        frequency = self.frequency or other.frequency
        if self.frequency and other.frequency:
            frequency = _frequency_intersection(self.frequency, other.frequency)
            if frequency is None:
                return None
        bound = self.bound or other.bound
        if self.bound and other.bound:
            bound = _bound_intersection(self.bound, other.bound)
            if bound is None:
                return None
        if isinstance(bound, ForDoses):
            bound = _settled(bound, frequency)
            if bound is None:
                return None
        apart = self.apart or other.apart
        if self.apart and other.apart:
            apart = _larger_spacing(self.apart, other.apart)
            if apart is None:
                return None
        if apart is not None and not can_be_apart(apart, frequency, bound):
            return None
        drugs = _common_drugs(self.drugs, other.drugs)
        if dose is None or drugs is None or self.as_needed is not other.as_needed:
            return None
        if self.route and other.route and self.route != other.route:
            return None
        return Phase(
            drugs=drugs,
            dose=dose,
            route=self.route or other.route,
            frequency=frequency,
            bound=bound,
            apart=apart,
            as_needed=self.as_needed,
            with_food=self.with_food or other.with_food,
            after=(*self.after, *other.after),
        )

    def __contains__(self, other: Phase) -> bool:
        """Whether to follow `other` is to follow this phase as well."""
        met = self.intersection(other)
        if met is None:
            return False
        spacings = [p.frequency and _spacing(p.frequency) for p in (met, other)]
        return spacings[0] == spacings[1] and evolve(
            met, frequency=other.frequency, drugs=tuple(sorted(met.drugs))
        ) == evolve(other, drugs=tuple(sorted(other.drugs)))


def _common_drugs(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...] | None:
    """The drugs of both, None where they have none in common; no drug named leaves it open."""
    if one == two or not one or not two:
        return one or two
    # The two may prefer different drugs, so that neither's order may win.
    return tuple(sorted(set(one) & set(two))) or None
