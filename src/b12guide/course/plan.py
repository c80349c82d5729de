"""From a regimen to the doses of many people; each keeps to it in a way of their own.

A range stays a range: each person has an interval, a dose and a length somewhere inside, and keeps
to them. A phase that ends with an event of unknown day, or says no end where another follows, takes
as many weeks as the caller says. What says no form, no amount, no route or no rhythm is refused,
with what to say instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache

import numpy as np
import numpy.typing as npt
from attrs import frozen

from b12guide.course.engine import Given
from b12guide.course.equations import Floats
from b12guide.course.parameters import FORMS
from b12guide.errors import DosageError, UnknownNameError
from b12guide.pipeline import load
from b12guide.regimen.burden import in_turn
from b12guide.regimen.model import (
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.regimen.schedule import daily, refuse_slips
from b12guide.say.numbers import range_text
from b12guide.say.words import listing
from b12guide.values.duration import DurationRange

__all__ = [
    "ROUTES",
    "Plan",
    "form_chosen",
    "form_named",
    "micrograms",
    "planned",
    "preferred_note",
]

_DAYS_OF_MONTH = 365.25 / 12
_SECONDS = 86_400
_DAYS_OF_WEEK = 7
_LOADED = "loading_complete"
"""What has come when a regimen has ended that another follows."""

_WORDS_OF = "mecobalamin_im"
"""The guideline whose names of drugs are understood; all that ship share them."""

ROUTES = ("intramuscular", "subcutaneous", "intravenous", "oral")
"""The routes of which numbers are published."""

Ints = npt.NDArray[np.int64]


@frozen(kw_only=True, eq=False)
class Plan:
    """The doses of some people.

    Attributes:
        doses: In the order of their days.
        drugs: The forms that are given, in their order.
        notes: What was taken for granted, in sentences.
    """

    doses: tuple[Given, ...]
    drugs: tuple[str, ...]
    notes: tuple[str, ...] = ()


def planned(  # noqa: PLR0913 -- one argument for each thing that a regimen may leave open
    regimens: Sequence[Regimen],
    people: int,
    days: int,
    *,
    drug: str | None = None,
    preferred: Sequence[str] = (),
    loading_weeks: tuple[float, float] | None = None,
    seed: int = 0,
) -> Plan:
    """The doses of `people` who follow regimens, one after the other, for so many days.

    Args:
        regimens: Such as loading, then maintenance. Where the first has ended, loading is complete.
        people: How many.
        days: The days that are asked for, from the first dose.
        drug: The form of the phases that name none or several.
        preferred: The forms that a guideline prefers.
        loading_weeks: From how many to how many weeks a phase takes that ends with an event, or
            that says no end where another follows.
        seed: For the same people each time.

    Raises:
        DosageError: A phase leaves open what has to be known; the message says what, and what to
            say.
    """
    random = np.random.Generator(np.random.PCG64([seed, 1]))
    phases = in_turn(regimens)
    is_open = any(len(phase.drugs) != 1 for phase in phases)
    firsts = {len(regimens[0].phases) + 1} if len(regimens) > 1 else set()
    notes: list[str] = []
    laid: list[_Laid] = []
    over = _Over(np.zeros(people), np.zeros(people), is_start=True)
    ended: tuple[str, ...] = ()
    for number, phase in enumerate(phases, start=1):
        where = f"phase {number}" if len(phases) > 1 else "the regimen"
        if number in firsts:
            ended = (*ended, _LOADED)
        _refuse_open(phase, where, ended, is_last=number == len(phases))
        said = None if is_open and len(phase.drugs) == 1 else drug
        found = _laid_out(
            phase, where, over, (people, said, preferred, loading_weeks), random
        )
        laid.append(found)
        over = found.over
        notes += _notes(phase, ended, loading_weeks)
        if drug is None and len(phase.drugs) != 1:
            notes.append(preferred_note(found.drug))
        ended = (phase.bound.event,) if isinstance(phase.bound, Until) else ()
    doses = [dose for one in laid for dose in one.doses(days)]
    doses.sort(key=lambda dose: dose.day)
    drugs = tuple(dict.fromkeys(one.drug for one in laid))
    return Plan(doses=tuple(doses), drugs=drugs, notes=tuple(dict.fromkeys(notes)))


# --------------------------------------------------------------------------- the words


@cache
def _synonyms() -> dict[str, str]:
    words = load(_WORDS_OF).graph.vocabulary.drugs.values()
    return {
        said.casefold(): word.name
        for word in words
        for said in (word.name, word.label, *word.synonyms, *word.lay)
    }


def form_named(drug: str) -> str:
    """The form of B12 that `drug` is a name of.

    >>> form_named("methylcobalamin")
    'mecobalamin'

    Raises:
        DosageError: No numbers are published of it, or it is no form of B12.
    """
    name = drug if drug in FORMS else _synonyms().get(drug.strip().casefold(), drug)
    if name not in FORMS:
        known = [said for said, form in _synonyms().items() if form in FORMS]
        nearest = UnknownNameError("form", drug, known).suggestions[:1]
        message = (
            f"of `{drug}` no numbers are published that a course could be made of; "
            f"they are of {listing(FORMS, 'and')}"
        )
        message += "".join(f"; did you mean `{one}`?" for one in nearest)
        raise DosageError(message)
    return name


def form_chosen(
    drugs: Sequence[str], where: str, drug: str | None, preferred: Sequence[str] = ()
) -> str:
    """The form that is given, where `drugs` are those to choose from.

    Args:
        drugs: The drugs that are named; none where nothing says which.
        where: What names them, for the message.
        drug: The one that the caller says.
        preferred: Those that a guideline prefers; a single one among `drugs` is given.

    Raises:
        DosageError: Nothing says which, or the caller says another.
    """
    named = tuple(dict.fromkeys(form_named(one) for one in drugs))
    first = [one for one in preferred if not named or one in named]
    if drug is None and len(first) == 1 and first[0] in FORMS:
        return first[0]
    wanted = None if drug is None else form_named(drug)
    if wanted is None and len(named) == 1:
        return named[0]
    if wanted is None:
        names = listing(named or FORMS, "or")
        verb = "names several drugs" if named else "names no drug"
        one = (named or FORMS)[0]
        message = f'{where} {verb}: say which, such as `drug="{one}"`; {names}'
        raise DosageError(message)
    if named and wanted not in named:
        message = f"{where} is of {listing(named, 'or')}, and `drug` is {wanted}"
        raise DosageError(message)
    return wanted


def preferred_note(form: str) -> str:
    """That a form is given because a guideline prefers it."""
    return f"of the forms to choose from, the preferred one is given: {form}"


def _refuse_open(
    phase: Phase, where: str, ended: tuple[str, ...], *, is_last: bool
) -> None:
    """Refuse a phase that does not say when its doses are."""
    remedy = ""
    try:
        refuse_slips(phase)
    except ValueError as error:
        message = f"{where}: {error}"
        raise DosageError(message) from error
    if phase.as_needed:
        remedy = "is taken as needed, so that no dose has a day; say how often"
    elif phase.frequency is None and not phase.is_single_dose:
        remedy = "does not say how often; say, for example, `every 2 months`"
    elif phase.route is None:
        remedy = "names no route; say, for example, `intramuscular` or `oral`"
    elif phase.route not in ROUTES:
        remedy = f"is {phase.route}: numbers are published of {listing(ROUTES, 'and')}"
    elif not is_last and isinstance(phase.bound, ForLife):
        remedy = "has no end, and another follows; say for how long"
    waits = [event for event in phase.after if event not in ended]
    if not remedy and waits and where not in ("phase 1", "the regimen"):
        remedy = f"waits for {listing(waits, 'and')}, whose day is not known"
    if remedy:
        message = f"{where} {remedy}"
        raise DosageError(message)


def _notes(
    phase: Phase, ended: tuple[str, ...], weeks: tuple[float, float] | None
) -> Iterator[str]:
    if isinstance(phase.bound, Until) and weeks is not None:
        event = phase.bound.event.replace("_", " ")
        lasting = range_text(*map(Fraction, weeks))
        yield f"treatment until {event} was taken to last {lasting} weeks"
    waits = [event for event in phase.after if event not in ended]
    if waits:
        yield f"day 0 is a day on which {listing(waits, 'and')} has come"
    if phase.with_food:
        yield "that doses are taken with food is not counted"


# -------------------------------------------------------------------------- the days


@frozen(eq=False)
class _Over:
    """How the phases so far ended, for each person: the last dose, and the first free day."""

    last: Floats
    free: Floats
    is_start: bool = False


@frozen(kw_only=True, eq=False)
class _Laid:
    """One phase on the days of each person.

    Attributes:
        begin: The first day.
        interval: The days from dose to dose.
        number: How many doses there are at the most.
        length: The days that it takes at the most.
        a_day: How many doses there are on one day.
        amount: In µg.
    """

    drug: str
    route: str
    begin: Floats
    interval: Floats
    number: Floats
    length: Floats
    a_day: Ints
    amount: Floats

    def _is_due(self, day: float) -> npt.NDArray[np.bool_]:
        since = day - self.begin
        number = np.rint(since / self.interval)
        is_day: npt.NDArray[np.bool_] = (
            (since >= 0)
            & (np.rint(number * self.interval) == since)
            & (number < self.number)
            & (since < self.length)
        )
        return is_day

    def doses(self, days: int) -> Iterator[Given]:
        """The doses as far as so many days."""
        most = int(self.a_day.max())
        for day in range(days + 1):
            is_due = self._is_due(day)
            if not is_due.any():
                continue
            for place in range(most):
                takes = is_due & (place < self.a_day)
                if takes.any():
                    amount = (
                        self.amount if takes.all() else np.where(takes, self.amount, 0)
                    )
                    yield Given(
                        day=day + place / most,
                        amount=amount,
                        drug=self.drug,
                        route=self.route,
                    )

    @property
    def over(self) -> _Over:
        """When it is over; without an end, never."""
        by_time = np.ceil(self.length / self.interval)
        for _ in range(
            2
        ):  # rounding to whole days moves the last dose by one at the most
            is_late = np.rint(by_time * self.interval) >= self.length
            by_time = np.where(is_late & (by_time > 0), by_time - 1, by_time)
        number = np.minimum(by_time, self.number - 1)
        with np.errstate(invalid="ignore"):
            last = self.begin + np.rint(number * self.interval)
        ends = np.where(np.isfinite(self.length), self.begin + self.length, -np.inf)
        return _Over(last, np.ceil(ends))


def _laid_out(
    phase: Phase,
    where: str,
    over: _Over,
    asked: tuple[int, str | None, Sequence[str], tuple[float, float] | None],
    random: np.random.Generator,
) -> _Laid:
    people, drug, preferred, weeks = asked

    def between(low: float, high: float) -> Floats:
        found: Floats = low + (high - low) * random.random(people)
        return found

    amount = between(*micrograms(phase, where))
    interval, a_day = _rhythm(phase, between, random, people)
    number, length = np.full(people, np.inf), np.full(people, np.inf)
    match phase.bound:
        case ForDoses(count=count, within=within):
            number = np.ceil(np.full(people, float(count)) / a_day)
            if within is not None:
                length = between(*_days(within))
        case ForTime(length=time):
            length = between(*_days(time))
        case Until(event=event):
            if weeks is None:
                message = (
                    f"{where} goes on until {event.replace('_', ' ')}, of which the day is "
                    "not known: say how many weeks that takes, such as "
                    "`loading_weeks=(3, 12)`"
                )
                raise DosageError(message)
            low, high = (week * _DAYS_OF_WEEK for week in weeks)
            length = (
                np.floor(between(low, high)) + 1
            )  # a dose on that day is still given
        case _:
            pass
    begin = over.last
    if not over.is_start:
        gap = interval if isinstance(phase.frequency, Every) else np.ones(people)
        begin = np.maximum(over.last + np.maximum(np.rint(gap), 1), over.free)
    return _Laid(
        drug=form_chosen(phase.drugs, where, drug, preferred),
        route=phase.route or "",
        begin=begin,
        interval=interval,
        number=number,
        length=length,
        a_day=a_day,
        amount=amount,
    )


def _days(length: DurationRange) -> tuple[float, float]:
    low, high = (float(end) for end in length.smallest)
    size = _DAYS_OF_MONTH if length.unit.is_calendar else 1 / _SECONDS
    return (low * size, high * size)


def micrograms(phase: Phase, where: str) -> tuple[float, float]:
    """From how much to how much a dose of a phase is, in µg.

    Raises:
        DosageError: It is in another unit, or open at one end.
    """
    dose = phase.dose.given
    ends = None if dose.is_by_weight else dose.in_unit("µg")
    if ends is None:
        message = f"{where} has a dose in {dose.unit}; a course is made of µg or mg"
        raise DosageError(message)
    low, high = ends
    if low is None or high is None:
        message = f"{where} has a dose that is open at one end; say from what to what"
        raise DosageError(message)
    return (float(low), float(high))


def _rhythm(
    phase: Phase, between: object, random: np.random.Generator, people: int
) -> tuple[Floats, Ints]:
    """The days from dose to dose, and how many doses there are on one day."""
    assert callable(between)  # noqa: S101
    one = np.ones(people, dtype=np.int64)
    match phase.frequency:
        case None:
            return np.ones(people), one
        case Every(interval=interval):
            low, high = _days(interval)
            if low < 1:
                most, least = math.floor(1 / low), max(1, math.floor(1 / high))
                return np.ones(people), random.integers(least, most + 1, people)
            return between(low, high), one
        case Times() as times:
            counted = daily(times)
            low, high = _days(counted.per)
            number = random.integers(max(counted.low, 1), counted.high + 1, people)
            whole = between(low, high)
            if high <= 1:
                return np.ones(people), number
            spaced = whole / number
            return np.maximum(spaced, 1.0), np.where(
                spaced < 1, np.rint(1 / spaced), 1
            ).astype(np.int64)
