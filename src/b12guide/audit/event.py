"""What was done and found, event by event.

An event happens on a day. The time of day, where it is known, only puts the events of one day in
order; intervals are counted in days.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.frozen import Record, spelled
from b12guide.patient.model import FactValue
from b12guide.regimen.model import Dose, Frequency, Phase
from b12guide.say.numbers import quantity_text
from b12guide.values.unit import convert, parse_unit


@frozen(cache_hash=True)
class Amount:
    """How much of a drug, in the unit that was written."""

    value: Fraction
    unit: str

    def in_unit(self, unit: str) -> Fraction | None:
        """The number in another unit; None where the units measure different things."""
        written, wanted = parse_unit(self.unit), parse_unit(unit)
        if written is None or wanted is None:
            return None
        if written is wanted:
            return self.value
        return convert(self.value, written, wanted)

    def __str__(self) -> str:
        return quantity_text(self.value, self.unit)


@frozen(kw_only=True)
class _Happening:
    """What all events have: a day, perhaps a time, and the row that told of it."""

    on: dt.date
    time: dt.time | None = None
    row: int = field(default=0, eq=False)


@frozen(kw_only=True)
class _Taken(_Happening):
    """A dose or a course of a drug; None stands for what was not recorded."""

    drug: str
    amount: Amount | None = None
    route: str | None = None

    def may_be_of(self, phase: Phase) -> bool:
        """Whether nothing recorded of drug and route speaks against a phase."""
        if phase.drugs and self.drug not in phase.drugs:
            return False
        return self.route is None or phase.route is None or phase.route == self.route

    def has_amount(self, dose: Dose) -> bool:
        """Whether the recorded amount is a dose; not if none is, or a weight is not, recorded."""
        dose = dose.given
        amount = None if self.amount is None else self.amount.in_unit(dose.unit)
        return amount is not None and amount in dose


@frozen(kw_only=True)
class Given(_Taken):
    """One dose; None stands for what was not recorded.

    Attributes:
        needle: The gauge of the needle.
        pressure: How long the site was pressed, in seconds.
    """

    site: str | None = None
    quadrant: str | None = None
    direction: str | None = None
    needle: int | None = None
    pressure: Fraction | None = None


@frozen(kw_only=True)
class Started(_Taken):
    """A course of a drug that the patient takes without help until it is stopped."""

    frequency: Frequency | None = None


@frozen(kw_only=True)
class Stopped(_Happening):
    """The end of a course, or of a treatment."""

    drug: str


@frozen(kw_only=True)
class Tested(_Happening):
    """A test, with its value where there is a measure of the same name to hold it.

    Attributes:
        assumed: The unit in which a bare number was read.
    """

    test: str
    value: Fraction | None = None
    assumed: str | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Noted(_Happening):
    """A fact that was recorded: an event that happened, a finding, a measure or a choice.

    Attributes:
        assumed: The unit in which a bare number was read.
    """

    fact: str
    value: FactValue = True
    assumed: str | None = field(default=None, eq=False, repr=False)


Event: TypeAlias = Given | Started | Stopped | Tested | Noted

_RANK: dict[type, int] = {Noted: 0, Tested: 1, Stopped: 2, Given: 3, Started: 4}


def by_day(event: Event) -> tuple[dt.date, int]:
    """The day and the sort of an event: enough to put one among events in their order."""
    return (event.on, _RANK[type(event)])


def moment_of(event: Event) -> tuple[dt.date, int, dt.timedelta]:
    """What orders events: the day, the sort, the time of day.

    On one day, what was recorded is known before a test, a test is taken before a dose, and a
    course ends before another begins. Known times order events of one sort.
    """
    return (event.on, _RANK[type(event)], clock(event.time))


def saying(event: Event) -> str:
    """All that an event says, in one text, which orders events of one moment."""
    return spelled(evolve(event, row=0))


_MIDNIGHT = dt.timedelta()


def clock(time: dt.time | None) -> dt.timedelta:
    """Where a time of day stands among those of its day; with an offset, by UTC."""
    if time is None:
        return _MIDNIGHT
    since = dt.datetime.combine(dt.date.min, time.replace(tzinfo=None))
    return since - dt.datetime.min - (time.utcoffset() or dt.timedelta())  # noqa: DTZ901


@frozen(kw_only=True, repr=False)
class History(Record):
    """Events in their order, with what is to be said of the record itself.

    Attributes:
        warnings: Rows that were told twice.
        unread: Why rows could not be read, where they are left out.
        rows: All rows as they were written, those told twice included: names with values.
    """

    events: tuple[Event, ...] = ()
    name: str = "history"
    warnings: tuple[Diagnostic, ...] = ()
    unread: tuple[Diagnostic, ...] = ()
    rows: tuple[tuple[tuple[str, Any], ...], ...] = field(
        default=(), eq=False, repr=False
    )
