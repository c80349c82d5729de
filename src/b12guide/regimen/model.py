"""A dose schedule as data: phases, one after the other.

English, FHIR timing, calendar dates, burden and audits are all derived from this. What is due, for
how long, or by which route, is asked of the regimen; which phase stands where is looked up nowhere
else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen

from b12guide.answers import Asked
from b12guide.frozen import Record
from b12guide.makers import maker
from b12guide.regimen.phase import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Times,
    Until,
)
from b12guide.regimen.schedule import Schedule, Stage, doses_due, phase_on, stages
from b12guide.values.duration import DurationRange

__all__ = [
    "Bound",
    "Dose",
    "Every",
    "ForDoses",
    "ForLife",
    "ForTime",
    "Frequency",
    "Phase",
    "Regimen",
    "Times",
    "Until",
]


@frozen(cache_hash=True, repr=False)
class Regimen(Record):
    """Phases, one after the other."""

    phases: tuple[Phase, ...]

    # ------------------------------------------------------------------- meeting

    def intersection(self, other: Regimen) -> Regimen | None:
        """The regimen that satisfies both, phase by phase; None when no regimen does."""
        return _intersection(self, other, self._units, other._units)

    def __contains__(self, other: Regimen) -> bool:
        """Whether to follow `other` is to follow this regimen as well."""
        return len(self.phases) == len(other.phases) and all(
            theirs in mine
            for mine, theirs in zip(self.phases, other.phases, strict=True)
        )

    # -------------------------------------------------------------- on the calendar

    def doses_due(
        self,
        start: dt.date,
        *,
        events: Mapping[str, dt.date] | None = None,
        until: dt.date | None = None,
    ) -> Schedule:
        """The days of all phases from `start` as far as `until`, a year when left out.

        Args:
            start: The day of the first dose, unless an event has to come first.
            events: The days of events; `dt.date.min` for one that came on a day nobody knows.
            until: The last day asked for.
        """
        return doses_due(self.phases, start, events=events, until=until)

    def stages(
        self, given: Sequence[dt.date], events: Mapping[str, dt.date] | None = None
    ) -> tuple[Stage | None, ...]:
        """To which phase each dose that was really given belongs; None after the last phase."""
        return stages(self.phases, given, events)

    def phase_on(
        self,
        day: dt.date,
        given: Sequence[dt.date],
        events: Mapping[str, dt.date] | None = None,
    ) -> Stage | None:
        """The phase to which a dose on `day` would belong after those that were given."""
        return phase_on(self.phases, day, given, events)

    # ------------------------------------------------------------- for other systems

    def to_fhir(self, guideline: Asked | None = None) -> list[dict[str, Any]]:
        """The regimen as FHIR R4 Dosage elements, one for each phase, in their `sequence`.

        What R4 has no element for (`until` and `after` an event, `at least 3 days apart`) stands
        in modifier extensions and in the text, so that nobody reads a freer schedule.
        `b12guide.fhir.schedule_from_fhir` reads them back.

        Args:
            guideline: Whose words and codes are used; without one, names stand for themselves.

        Raises:
            DosageError: A number of it has no decimal, such as a third of a milligram.
        """
        found: list[dict[str, Any]] = maker("dosages").dosages_of(self, guideline)
        return found

    # ---------------------------------------------------------------- what comes of it

    def simulate(
        self, years: float = 5, *, loading: Regimen | None = None, **known: Any
    ) -> Any:
        """What comes of the regimen in serum and store, in people made up from published ranges.

        Serum is not store: a level says little about what the body has in store. The answer is
        a `b12guide.course.Course`.

        Args:
            years: How long, from the first dose.
            loading: What comes before it.
            known: What is known beside: `drug`, `intrinsic_factor`, `serum`, `store`, `people`,
                `seed`, `loading_weeks`, `parameters`, as `b12guide.course.simulate` takes them.

        Raises:
            DosageError: It leaves open what has to be known; the message says what.
            ArgumentError: An argument is of a kind that is not taken.
            MissingExtraError: The extra `cohort` is not installed.
        """
        course = maker("course")
        return course.simulate(self, years=years, loading=loading, **known)

    # --------------------------------------------------------- questions to the whole

    @property
    def drugs(self) -> tuple[str, ...]:
        """Every drug that a phase names, in their order."""
        return tuple(dict.fromkeys(d for phase in self.phases for d in phase.drugs))

    @property
    def routes(self) -> tuple[str, ...]:
        """Every route that a phase names, in their order."""
        return tuple(dict.fromkeys(p.route for p in self.phases if p.route is not None))

    @property
    def events(self) -> tuple[str, ...]:
        """Every event for which a phase waits or with which it ends, in their order."""
        found: list[str] = []
        for phase in self.phases:
            found += phase.after
            if isinstance(phase.bound, Until):
                found.append(phase.bound.event)
        return tuple(dict.fromkeys(found))

    @property
    def begins_after(self) -> tuple[str, ...]:
        """The events that have to come before it begins."""
        return self.phases[0].after

    @property
    def only_dose(self) -> Dose | None:
        """The dose of all its phases; None where they differ."""
        doses = dict.fromkeys(phase.dose for phase in self.phases)
        return next(iter(doses)) if len(doses) == 1 else None

    @property
    def only_route(self) -> str | None:
        """The route of all its phases; None where they differ or one states none."""
        routes = {phase.route for phase in self.phases}
        return routes.pop() if len(routes) == 1 else None

    @property
    def first_interval(self) -> DurationRange | None:
        """How far the first doses lie apart; None where that is not stated as an interval."""
        frequency = self.phases[0].frequency
        return frequency.interval if isinstance(frequency, Every) else None

    @property
    def first_phase(self) -> Phase:
        """The phase with which the regimen begins."""
        return self.phases[0]

    @property
    def last_phase(self) -> Phase:
        """The phase with which the regimen ends, or that has no end."""
        return self.phases[-1]

    @property
    def is_lifelong(self) -> bool:
        """Whether it goes on for life."""
        return isinstance(self.phases[-1].bound, ForLife)

    def bound_of(self, stage: int) -> Bound | None:
        """The bound of one phase, counted from 1."""
        return self.phases[stage - 1].bound

    @property
    def has_several_phases(self) -> bool:
        """Whether another phase follows the first."""
        return len(self.phases) > 1

    @property
    def _units(self) -> tuple[object, ...]:
        """The units as they are written, which equality leaves out and text does not."""
        return tuple(
            unit
            for phase in self.phases
            for unit in (
                phase.dose.unit,
                phase.dose.is_written,
                _unit(phase.frequency),
                _unit(phase.bound),
                phase.apart,
            )
        )


def _unit(part: Frequency | Bound | None) -> object:
    match part:
        case Every(interval=length) | ForTime(length=length) | Times(per=length):
            return length.unit
        case ForDoses(within=DurationRange() as length):
            return length.unit
        case ForLife(indefinitely=indefinitely):
            return indefinitely
        case _:
            return None


@lru_cache(maxsize=4096)
def _intersection(
    one: Regimen, two: Regimen, _units: object, _others: object
) -> Regimen | None:
    """Remembered, because composition asks it again for every completion of a patient.

    Equal regimens may be written in different units: these belong to what is remembered.
    """
    if len(one.phases) != len(two.phases):
        return None
    phases = []
    for mine, theirs in zip(one.phases, two.phases, strict=True):
        phase = mine.intersection(theirs)
        if phase is None:
            return None
        phases.append(phase)
    return Regimen(tuple(phases))
