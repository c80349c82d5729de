"""The course of a regimen as an answer: what is known of serum and store, day by day, as bands.

Bands are percentiles over people made up from published ranges. They show how far apart the
publications, and not the patients, lie.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from numbers import Real
from typing import Any

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.course.notice import SERUM_IS_NOT_STORE, limits
from b12guide.errors import ArgumentError
from b12guide.extras import load
from b12guide.frozen import Record, as_recorded
from b12guide.graph.model import RuleGraph
from b12guide.values.quantity import quantity_in
from b12guide.values.unit import time_unit

__all__ = ["Bands", "Course", "DosingDay", "Level", "Moment", "UsedRange"]

PERCENTILES = {"p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95}
"""The bands between the lowest and the highest."""

_DAYS_OF_MONTH = Fraction(36525, 1200)
_SECONDS_OF_DAY = 86_400


@frozen(kw_only=True, repr=False)
class Level(Record):
    """One quantity on one day, over all people.

    Attributes:
        unit: Of all numbers.
        lowest: Of all people.
        p5: A twentieth of the people have less.
        p25: A quarter have less.
        median: Half have less.
        p75: A quarter have more.
        p95: A twentieth have more.
        highest: Of all people.
    """

    unit: str
    lowest: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    highest: float

    @property
    def said(self) -> str:
        """In words, the middle and where nine of ten people are.

        There are three digits, and up to five where three do not tell these numbers apart.

        >>> Level(
        ...     unit="mg", lowest=1, p5=2.04, p25=3, median=4, p75=5, p95=60, highest=70
        ... ).said
        'half have less than 4 mg; nine of ten 2.04 to 60 mg'
        """
        ends = (self.p5, self.median, self.p95)
        for digits in range(3, 6):
            low, middle, high = (f"{float(f'{end:.{digits}g}'):.10g}" for end in ends)
            if low != middle != high:
                break
        if low == high:
            return f"nine of ten have {middle} {self.unit}"
        return f"half have less than {middle} {self.unit}; nine of ten {low} to {high} {self.unit}"


@frozen(kw_only=True, repr=False)
class Moment(Record):
    """All quantities on one day, before a dose of that day.

    Attributes:
        day: Counted from the first dose, which is day 0.
        serum: The level in serum.
        store: What tissues and store hold.
        urine: What went out with the urine since day 0.
        absorbed: What came into the body since day 0, by needle or through the gut.
        notice: That serum is not store.
    """

    day: int
    serum: Level
    store: Level
    urine: Level
    absorbed: Level
    notice: str = field(default=SERUM_IS_NOT_STORE, repr=False)


@frozen(kw_only=True, repr=False)
class Bands(Record):
    """One quantity on all days; each field has one number for each day, as `Level` has it."""

    unit: str
    lowest: tuple[float, ...]
    p5: tuple[float, ...]
    p25: tuple[float, ...]
    median: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]
    highest: tuple[float, ...]

    def at(self, place: int) -> Level:
        """The level on the day at that place."""
        names = ("lowest", *PERCENTILES, "highest")
        found = {name: getattr(self, name)[place] for name in names}
        return Level(unit=self.unit, **found)

    def times(self, factor: float, unit: str) -> Bands:
        """The same in another unit, which is so many times as small."""
        names = ("lowest", *PERCENTILES, "highest")
        found = {n: tuple(v * factor for v in getattr(self, n)) for n in names}
        return Bands(unit=unit, **found)


@frozen(kw_only=True, repr=False)
class DosingDay(Record):
    """A day on which doses are given.

    Attributes:
        share: To how many of the people, from 0 to 1.
        amount: What those who get any get on that day, in µg, on the average.
    """

    day: int
    share: float
    amount: float


@frozen(kw_only=True, repr=False)
class UsedRange(Record):
    """One range that people were made up from, as `b12guide.course.parameters` has it.

    Attributes:
        is_own: Whether the caller gave it.
    """

    name: str
    low: Fraction = field(eq=as_recorded)
    high: Fraction = field(eq=as_recorded)
    unit: str
    spread: str
    about: str
    source: str
    derived: str
    grade: str
    is_own: bool


@frozen(kw_only=True, repr=False)
class Course(Answer, Record):
    """What comes of a regimen in people made up from published ranges.

    Attributes:
        graph: The guideline that advises the regimen; None where there is none.
        regimen: In English; several, one after the other, with `then`.
        drugs: The forms that are given.
        years: How long it goes on.
        people: How many were made up.
        seed: Of their random numbers.
        intrinsic_factor: Whether they have it; None: every other person has.
        start: The day of the first dose, where it has a date.
        days: The days, counted from the first dose.
        serum: The level in serum.
        store: What tissues and store hold.
        urine: What went out with the urine since day 0.
        absorbed: What came into the body since day 0.
        doses: The days on which anybody gets a dose.
        ranges: What the people were made up from.
        notes: What was taken for granted, or left out, in sentences.
        notice: That serum is not store.
        limits: What the model cannot tell, and how far off it is.
    """

    graph: RuleGraph | None = field(default=None, repr=False)
    regimen: str
    drugs: tuple[str, ...]
    years: Fraction = field(eq=as_recorded)
    people: int
    seed: int
    intrinsic_factor: bool | None
    start: dt.date | None = None
    days: tuple[int, ...] = field(repr=False)
    serum: Bands = field(repr=False)
    store: Bands = field(repr=False)
    urine: Bands = field(repr=False)
    absorbed: Bands = field(repr=False)
    doses: tuple[DosingDay, ...] = field(repr=False)
    ranges: tuple[UsedRange, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    notice: str = field(default=SERUM_IS_NOT_STORE, repr=False)
    limits: tuple[str, ...] = field(factory=limits, repr=False)

    @property
    def quantities(self) -> Mapping[str, Bands]:
        """All quantities by name."""
        return {
            "serum": self.serum,
            "store": self.store,
            "urine": self.urine,
            "absorbed": self.absorbed,
        }

    def at(self, day: int | str | dt.date) -> Moment:
        """What is there on one day, before a dose of that day.

        Args:
            day: Counted from the first dose, such as 60; a time after it, such as `8 weeks`; or a
                date, where the course has a start.

        Raises:
            ArgumentError: The course has no such day.
        """
        number = self._day(day)
        if number not in self._places:
            expected = f"a day of the course, from 0 to {self.days[-1]}"
            argument = "day"
            raise ArgumentError(argument, expected, day, is_told=True)
        place = self._places[number]
        return Moment(
            day=number,
            serum=self.serum.at(place),
            store=self.store.at(place),
            urine=self.urine.at(place),
            absorbed=self.absorbed.at(place),
        )

    def in_unit(self, unit: str) -> Course:
        """The same with the level in serum in another unit, such as `pmol/L`.

        Raises:
            ArgumentError: A level of B12 has no such unit.
        """
        simulation = load("b12guide.course.simulation", extra="cohort")
        factor = simulation.factor_to(unit)
        return evolve(self, serum=self.serum.times(factor, unit))

    def to_frame(self, kind: str = "pyarrow") -> Any:
        """One row for each day and quantity, with its bands.

        Args:
            kind: `pandas`, `polars` or `pyarrow`.

        Raises:
            UnknownNameError: There is no such kind of frame.
            ArgumentError: Its package is not installed.
            MissingExtraError: The extra `cohort` is not installed.
        """
        return load("b12guide.course.frames", extra="cohort").course_frame(self, kind)

    @property
    def _places(self) -> Mapping[int, int]:
        return {day: place for place, day in enumerate(self.days)}

    def _day(self, day: Any) -> int:
        if isinstance(day, dt.date):
            if self.start is None:
                expected = "a number of days, because the course has no start"
                argument = "day"
                raise ArgumentError(argument, expected, day, is_told=True)
            last = day.date() if isinstance(day, dt.datetime) else day
            return (last - self.start).days
        if isinstance(day, str):
            return _days_in(day, self.days[-1])
        if isinstance(day, bool) or not isinstance(day, Real) or day % 1 != 0:
            expected = "a whole number of days, a time such as `8 weeks`, or a date"
            argument = "day"
            raise ArgumentError(argument, expected, day, is_told=True)
        return int(float(day))


def _days_in(text: str, last: int) -> int:
    """The whole days that a time such as `8 weeks` has; less than a day beyond the last is it."""
    written = quantity_in(text)
    unit = None if written is None else time_unit(written.unit or "")
    if written is None or unit is None:
        expected = "a time such as `60 d`, `8 weeks` or `2 months`"
        argument = "day"
        raise ArgumentError(argument, expected, text, is_told=True)
    size = written.value * unit.in_smallest
    days = size * _DAYS_OF_MONTH if unit.is_calendar else size / _SECONDS_OF_DAY
    if last < days < last + 1:
        return last
    return math.floor(days + Fraction(1, 2))


def rows_of(course: Course) -> Iterator[tuple[int, str, Level]]:
    """Each day, quantity and level of a course."""
    for place, day in enumerate(course.days):
        for name, bands in course.quantities.items():
            yield day, name, bands.at(place)
