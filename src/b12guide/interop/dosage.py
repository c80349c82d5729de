"""Dates, days and events of the day, as FHIR R4 writes them and as English says them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import Record
from b12guide.regimen.model import ForTime, Frequency
from b12guide.values.duration import DurationRange

__all__ = [
    "Coding",
    "Concept",
    "Dosage",
    "DoseAndRate",
    "FhirPeriod",
    "FhirQuantity",
    "FhirRange",
    "FhirUnit",
    "Ratio",
    "Timing",
]


CLOCK = r"[0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d+)?)?"
"""A time of the day."""
DATE = rf"\d{{4}}(?:-[01]\d(?:-[0-3]\d(?:T{CLOCK}(?:Z|[+-]{CLOCK})?)?)?)?"
"""A date, or a date with a time; parts may be left out from the right."""


DAYS: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
WHEN: Mapping[str, str] = {
    "MORN": "in the morning",
    "MORN.early": "early in the morning",
    "MORN.late": "late in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "AFT.early": "early in the afternoon",
    "AFT.late": "late in the afternoon",
    "EVE": "in the evening",
    "EVE.early": "early in the evening",
    "EVE.late": "late in the evening",
    "NIGHT": "at night",
    "PHS": "after falling asleep",
    "HS": "at bedtime",
    "WAKE": "on waking",
    "C": "with a meal",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "AC": "before a meal",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after a meal",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
}
"""Each phrase stands for one code, so that it can be read back."""


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
class FhirUnit(Record):
    """A unit as it is printed, and its code where it has one."""

    text: str | None = None
    system: str | None = None
    code: str | None = None


@frozen(repr=False)
class FhirQuantity(Record):
    """How many of a unit."""

    value: Fraction
    unit: FhirUnit = FhirUnit()


@frozen(repr=False)
class FhirRange(Record):
    """From `low` to `high` of a unit, both included; None where an end is open."""

    low: Fraction | None
    high: Fraction | None
    unit: FhirUnit = FhirUnit()


@frozen(repr=False)
class Ratio(Record):
    """An amount per another one."""

    numerator: FhirQuantity
    denominator: FhirQuantity


@frozen(kw_only=True, repr=False)
class DoseAndRate(Record):
    """A dose, how fast it is given, and whether it was ordered or calculated."""

    kind: Concept | None = None
    dose: FhirQuantity | FhirRange | None = None
    rate: FhirQuantity | FhirRange | Ratio | None = None


@frozen(repr=False)
class FhirPeriod(Record):
    """A stretch of the calendar, both ends as FHIR writes them; None where an end is open."""

    start: str | None = None
    end: str | None = None


Bounds: TypeAlias = ForTime | FhirPeriod


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
    per_administration: FhirQuantity | None = None
    per_lifetime: FhirQuantity | None = None
