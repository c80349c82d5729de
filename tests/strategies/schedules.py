"""Schedules as guidelines have them: every frequency with every bound, in up to three phases.

Unlike `tests.strategies.dosing`, whose regimens are only read and written, these are laid out on
the calendar: lengths are those that somebody would print.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import TypeVar

from attrs import evolve
from hypothesis import strategies as st

from b12guide.regimen.model import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.quantity import format_number

T = TypeVar("T")

EVENTS = ("neurological_plateau", "b12_repleted", "loading_complete")
DAY, WEEK, MONTH, YEAR = TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR

days = st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31)) | st.sampled_from(
    # The ends of months are where calendars disagree.
    [
        *(dt.date(2025, 1, 31), dt.date(2024, 1, 31), dt.date(2024, 2, 29)),
        *(dt.date(2025, 8, 31), dt.date(2025, 11, 30), dt.date(2025, 12, 31)),
    ]
)


@st.composite
def lengths(draw: st.DrawFn, most: int = 6, *, exact: bool = False) -> DurationRange:
    """A length of time as it is printed, often a range."""
    low = draw(st.sampled_from([1, 1, 2, 3, most]))
    more = 0 if exact else draw(st.sampled_from([0, 0, 1, 2]))
    unit = draw(st.sampled_from([DAY, DAY, WEEK, WEEK, MONTH, MONTH, YEAR]))
    return DurationRange(Fraction(low), Fraction(low + more), unit)


@st.composite
def frequencies(draw: st.DrawFn, *, exact: bool = False) -> Frequency:
    """An interval, or so many times in a period."""
    if draw(st.booleans()):
        return Every(draw(lengths(4, exact=exact)))
    low = draw(st.integers(1, 4))
    high = low if exact else low + draw(st.sampled_from([0, 0, 1]))
    unit = draw(st.sampled_from([DAY, WEEK, WEEK, MONTH]))
    size = Fraction(draw(st.sampled_from([1, 1, 1, 2])))
    return Times(low, high, DurationRange(size, size, unit))


@st.composite
def bounds(draw: st.DrawFn, *, exact: bool = False) -> Bound:
    """An end of any kind."""
    match draw(st.sampled_from(["time", "time", "doses", "life", "event"])):
        case "time":
            return ForTime(draw(lengths(12, exact=exact)))
        case "doses":
            return ForDoses(draw(st.integers(1, 10)))
        case "life":
            return ForLife(draw(st.booleans()))
        case _:
            return Until(draw(st.sampled_from(EVENTS)))


DOSES = (
    Dose(Fraction(1000), Fraction(1000), "µg"),
    Dose(Fraction(1), Fraction(1), "mg"),
    Dose(Fraction(500), Fraction(1500), "µg"),
    Dose(Fraction(1, 2), Fraction(3), "mg"),
    Dose(Fraction(1), Fraction(2), "mg"),
    Dose(Fraction(100), Fraction(5000), "µg"),
    Dose(Fraction(100), Fraction(200), "IU"),
)


_GATES = ((), (), (), (), EVENTS[:1], EVENTS[1:2], EVENTS[:2], EVENTS[1:])


def often(values: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """A value, and now and then none."""
    return st.sampled_from([True] * 7 + [False]).flatmap(
        lambda is_there: values if is_there else st.none()
    )


@st.composite
def phases(draw: st.DrawFn, *, exact: bool = False) -> Phase:
    """A phase with anything left out that may be left out."""
    doses = DOSES[:1] if exact else DOSES
    return Phase(
        dose=draw(st.sampled_from(doses)),
        route=draw(st.sampled_from(["intramuscular", "oral", None])),
        frequency=draw(often(frequencies(exact=exact))),
        bound=draw(often(bounds(exact=exact))),
        after=draw(st.sampled_from(_GATES)),
    )


@st.composite
def related(draw: st.DrawFn, count: int) -> tuple[Phase, ...]:
    """Phases that differ in one thing, so that many of them meet."""
    base = draw(phases())
    kind = draw(st.sampled_from(["dose", "frequency", "bound", "any"]))
    found = []
    for _ in range(count):
        other = draw(phases())
        match kind:
            case "dose":
                found.append(evolve(base, dose=other.dose, after=other.after))
            case "frequency":
                found.append(evolve(base, frequency=other.frequency))
            case "bound":
                found.append(evolve(base, bound=other.bound))
            case _:
                found.append(other)
    return tuple(found)


def regimens(*, exact: bool = False) -> st.SearchStrategy[Regimen]:
    """One to three phases."""
    return st.lists(phases(exact=exact), min_size=1, max_size=3).map(
        lambda found: Regimen(tuple(found))
    )


@st.composite
def happenings(draw: st.DrawFn, start: dt.date) -> dict[str, dt.date]:
    """Events with the days on which they come, some of them on the first day or before it."""
    found = {}
    for name in EVENTS:
        if draw(st.sampled_from([True, True, True, False])):
            after = draw(st.integers(-20, 300) | st.sampled_from([0, 1, 7, 28, 30, 31]))
            found[name] = start + dt.timedelta(days=after)
    return found


def to_come(events: dict[str, dt.date], start: dt.date) -> dict[str, dt.date]:
    """Those that a timeline can be told: what happened before its first day is a fact."""
    return {name: day for name, day in events.items() if day >= start}


# ------------------------------------------------------------------- as it is written


def written(regimen: Regimen) -> str:
    """The regimen as a rule says it."""
    return " then ".join(" ".join(_phase(phase)) for phase in regimen.phases)


def _phase(phase: Phase) -> Iterator[str]:
    dose = phase.dose
    yield f"{_span(dose.stated[0], dose.stated[-1])} {dose.unit}"
    if phase.route is not None:
        yield phase.route
    match phase.frequency:
        case Every(interval=interval):
            yield f"every {_length(interval)}"
        case Times(low=low, high=high, per=per):
            yield f"{_span(Fraction(low), Fraction(high))} times per {per.unit.value}"
        case None:
            pass
    match phase.bound:
        case ForTime(length=length):
            yield f"for {_length(length)}"
        case ForDoses(count=count):
            yield f"for {count} doses"
        case ForLife(indefinitely=indefinitely):
            yield "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            yield f"until {event}"
        case None:
            pass
    if phase.after:
        yield f"after {' and '.join(phase.after)}"


def _span(low: Fraction, high: Fraction) -> str:
    return (
        format_number(low)
        if low == high
        else f"{format_number(low)} to {format_number(high)}"
    )


def _length(length: DurationRange) -> str:
    return f"{_span(length.low, length.high)} {length.unit.value}s"


def writable(regimen: Regimen) -> Regimen:
    """The regimen without what one rule cannot say: so many times in several weeks."""
    return Regimen(tuple(map(_writable, regimen.phases)))


def _writable(phase: Phase) -> Phase:
    frequency = phase.frequency
    if isinstance(frequency, Times):
        one = DurationRange(Fraction(1), Fraction(1), frequency.per.unit)
        frequency = Times(frequency.low, frequency.high, one)
    return evolve(phase, frequency=frequency)
