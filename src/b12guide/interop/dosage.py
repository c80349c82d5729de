"""A FHIR R4 dosage instruction as data: everything that it states in structure.

Its prose (`text`, `patientInstruction`) is left out, because prose is what this is compared with.
Two instructions that FHIR holds to mean the same are equal here: a missing frequency is once per
period, a unit without a printed form is printed by its code, and a range whose ends are equal is
that one amount.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from b12guide.record import Record
from b12guide.regimen.model import ForTime, Frequency
from b12guide.values.duration import DurationRange

__all__ = [
    "Amount",
    "AmountRange",
    "Coding",
    "Concept",
    "Dosage",
    "DoseAndRate",
    "Period",
    "Ratio",
    "Timing",
    "Unit",
]


@frozen(kw_only=True, repr=False)
class Coding(Record):
    """One code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


@frozen(kw_only=True, repr=False)
class Concept(Record):
    """A concept by its codes, by words, or both."""

    codings: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def words(self) -> str:
        """What it is called."""
        found = [self.text, *(c.display for c in self.codings)]
        found += [c.code for c in self.codings]
        return next((words for words in found if words), "")


@frozen(kw_only=True, repr=False)
class Unit(Record):
    """A unit as it is printed, and its code where it has one."""

    text: str | None = None
    system: str | None = None
    code: str | None = None


@frozen(repr=False)
class Amount(Record):
    """How many of a unit."""

    value: Fraction
    unit: Unit = Unit()


@frozen(repr=False)
class AmountRange(Record):
    """From `low` to `high` of a unit, both included; None where an end is open."""

    low: Fraction | None
    high: Fraction | None
    unit: Unit = Unit()


@frozen(repr=False)
class Ratio(Record):
    """An amount per another one."""

    numerator: Amount
    denominator: Amount


@frozen(kw_only=True, repr=False)
class DoseAndRate(Record):
    """A dose, how fast it is given, and whether it was ordered or calculated."""

    kind: Concept | None = None
    dose: Amount | AmountRange | None = None
    rate: Amount | AmountRange | Ratio | None = None


@frozen(repr=False)
class Period(Record):
    """A stretch of the calendar, both ends as FHIR writes them; None where an end is open."""

    start: str | None = None
    end: str | None = None


Bounds: TypeAlias = ForTime | Period


@frozen(kw_only=True, repr=False)
class Timing(Record):
    """When doses are given.

    Attributes:
        events: Single points in time, as FHIR writes them.
        count: How many doses there are in all, from and to.
        duration: How long each dose takes.
        days: Days of the week by their FHIR codes (`mon`).
        times: Times of the day, as FHIR writes them.
        when: Events of the day by their FHIR codes (`ACM`, before breakfast).
        offset: Minutes before or after those events.
        code: A schedule that goes by a name, such as `BID`.
    """

    events: tuple[str, ...] = ()
    frequency: Frequency | None = None
    bounds: Bounds | None = None
    count: tuple[int, int] | None = None
    duration: DurationRange | None = None
    days: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    offset: int | None = None
    code: Concept | None = None


@frozen(kw_only=True, repr=False)
class Dosage(Record):
    """One dosage instruction.

    Attributes:
        sequence: Its place among the instructions of one prescription.
        as_needed: Whether it is taken only when needed, or for what; None where not stated.
        per_period: The most in a period; `per_administration` at a time; `per_lifetime` ever.
    """

    sequence: int | None = None
    doses: tuple[DoseAndRate, ...] = ()
    timing: Timing = Timing()
    as_needed: bool | Concept | None = None
    route: Concept | None = None
    site: Concept | None = None
    method: Concept | None = None
    instructions: tuple[Concept, ...] = ()
    per_period: Ratio | None = None
    per_administration: Amount | None = None
    per_lifetime: Amount | None = None
