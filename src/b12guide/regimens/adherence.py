"""Missed and late doses, by a stated model; what comes of them, as ranges and in simulated people.

The model has three parts.

- Each dose is missed with a probability that lies in `missed`. A missed dose is not made up for:
  the next one is due one interval after the day on which it was due.
- Each injection that is given comes late by a number of days in `late_days`, but no later than the
  day on which the next one would be due. Tablets are taken on their day or not at all.
- The next dose is counted from the day on which the last was given (`from_given`), so that delays
  add up, or from the day on which it was planned.

Doses that have no days, because nothing says how often, are missed with the same probability, and
none of them is late; people are not simulated for them.

A day is covered from a dose until the next one is due, and `tolerance_days` longer. What goes
beyond that, and what comes before the first dose that is given, is uncovered.

Of people who are simulated, each has a probability of their own, drawn evenly from `missed`, and
each dose a delay of its own, drawn evenly from the whole days of `late_days`. The numbers come from
the raw output of NumPy's PCG64 for a seed, which is the same on every machine and in every version.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from b12guide.arguments import ends, instance, whole_number
from b12guide.extras import load
from b12guide.frozen import Record, as_recorded
from b12guide.regimen.burden import (
    INJECTED,
    START,
    CountRange,
    Year,
    YearsAsked,
    any_of,
    asked_of,
    days_of,
    without_days,
    year_of_day,
)
from b12guide.regimen.model import Phase
from b12guide.regimen.schedule import DoseDay

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Adherence", "AdherenceFound", "Distribution"]

_MOST_DAYS = 3660
QUANTILES = (5, 25, 50, 75, 95)
"""Which percentiles there are of simulated people."""


def _probability(value: Any) -> tuple[Fraction, Fraction]:
    expected = "a probability from 0 to 1, or a pair of the lowest and the highest"
    return ends(value, "missed", expected, most=1)


def _days(value: Any) -> tuple[int, int]:
    expected = (
        f"whole days from 0 to {_MOST_DAYS}, or a pair of the fewest and the most"
    )
    low, high = ends(value, "late_days", expected, most=_MOST_DAYS, whole=True)
    return int(low), int(high)


_probability.__annotations__.update(value=Any)
_days.__annotations__.update(value=Any)


@frozen(kw_only=True, repr=False)
class Adherence(Record):
    """How doses are missed and late; the module says what the model is.

    Attributes:
        missed: With which probability a dose is missed: one, or the lowest and the highest.
        late_days: How many days an injection is late: one number, or the fewest and the most.
        from_given: Whether the next dose is counted from the day on which the last was given.
        tolerance_days: How many days beyond its interval a dose still covers.
    """

    missed: tuple[Fraction, Fraction] = field(
        default=(Fraction(0), Fraction(0)), converter=_probability, eq=as_recorded
    )
    late_days: tuple[int, int] = field(default=(0, 0), converter=_days)
    from_given: bool = True
    tolerance_days: int = 0

    def __attrs_post_init__(self) -> None:
        instance(self.from_given, bool, "from_given", "true or false")
        whole_number(self.tolerance_days, "tolerance_days", least=0)


@frozen(kw_only=True, repr=False)
class Distribution(Record):
    """One quantity in simulated people.

    A range in the regimen is a range here: `low` is of the way of following it in which the number
    is smaller, `high` of the way in which it is larger.

    Attributes:
        mean: The mean over the people.
        percentiles: The 5th, 25th, 50th, 75th and 95th, each with its number.
    """

    mean: CountRange
    percentiles: tuple[tuple[int, CountRange], ...]


@frozen(kw_only=True, repr=False)
class AdherenceFound(Record):
    """What comes of missed and late doses over the years of a comparison.

    Attributes:
        planned: Doses that are due if none is late.
        given: Doses that are given, as expected: between everybody at the worse end of the model
            with the fewest doses, and everybody at the better end with the most.
        given_injections: Those of them that are injected.
        people: How many people were simulated; 0 where none were, as where some phase does not say
            how often.
        seed: Of their random numbers.
        doses: In them: doses given, and so for the others.
        injections: Injections given.
        uncovered_days: Days that no dose covered.
        longest_gap: The most days from one dose that was given to the next, or to the end.
    """

    planned: CountRange
    given: CountRange
    given_injections: CountRange
    people: int
    seed: int
    doses: Distribution | None = None
    injections: Distribution | None = None
    uncovered_days: Distribution | None = None
    longest_gap: Distribution | None = None


# -------------------------------------------------------------------------------- plans


@frozen(kw_only=True, repr=False)
class _Plan(Record):
    """The days of a regimen if nothing is missed or late.

    Attributes:
        days: From the first day, as far as the years go; one more, if there is one, comes last.
        injected: Which of them are injections.
        phases: To which phase each belongs, from 0.
        is_over: Whether no further dose is due after the last.
        horizon: How many days the years have.
    """

    days: tuple[int, ...]
    injected: tuple[bool, ...]
    phases: tuple[int, ...]
    horizon: int
    following: int | None


def _plan(phases: tuple[Phase, ...], years: int) -> _Plan:
    horizon = (START.replace(year=START.year + years) - START).days
    due = [
        ((_day(dose) - START).days, number, stretch.phase.route in INJECTED)
        for number, stretch in enumerate(days_of(phases, years).stretches)
        for dose in stretch.doses
    ]
    inside = [one for one in due if one[0] < horizon]
    beyond = [day for day, _, _ in due if day >= horizon]
    return _Plan(
        days=tuple(day for day, _, _ in inside),
        injected=tuple(is_injected for _, _, is_injected in inside),
        phases=tuple(number for _, number, _ in inside),
        horizon=horizon,
        following=beyond[0] if beyond else None,
    )


def _day(dose: DoseDay) -> dt.date:
    return dose.spread or dose.window.earliest


# -------------------------------------------------------------------------- as expected


def expected_ways(
    asked: YearsAsked, years: int, model: Adherence
) -> tuple[tuple[tuple[Year, ...], ...], ...]:
    """What doses that are given ask, as expected: ways x years x phases.

    The ways are those of following the regimen, each with everybody at the worse end of the model,
    then at the better.
    """
    ends = tuple(zip(reversed(model.missed), reversed(model.late_days), strict=True))
    return tuple(
        _expected(_plan(phases, years), phases, due, model, *end)
        for phases, due in zip(asked.plans, asked.ways, strict=True)
        for end in dict.fromkeys(ends)
    )


def _expected(  # noqa: PLR0913, PLR0917 -- a plan with what is due, and one end of a model
    plan: _Plan,
    phases: tuple[Phase, ...],
    due: tuple[tuple[Year, ...], ...],
    model: Adherence,
    missed: Fraction,
    late: int,
) -> tuple[tuple[Year, ...], ...]:
    """What each phase asks in each year, if each dose is so late and so often missed.

    With delays that add up, only those that are given add to them.
    """
    given = [[Fraction(0) for _ in phases] for _ in due]
    shift = Fraction(0)
    doses = zip(plan.days, plan.injected, plan.phases, _gaps(plan), strict=True)
    for day, is_injected, number, gap in doses:
        delay = Fraction(min(late, gap) if is_injected else 0)
        when = day + shift + delay
        if when >= plan.horizon:
            continue
        given[year_of_day(math.floor(when)) - 1][number] += 1 - missed
        if model.from_given:
            shift += delay * (1 - missed)
    return tuple(
        tuple(
            asked_of(
                phase,
                without_days(
                    phase, CountRange(count, count), is_going=part.doses.high is None
                ),
            )
            for phase, count, part in zip(phases, counts, parts, strict=True)
        )
        for counts, parts in zip(given, due, strict=True)
    )


def _gaps(plan: _Plan) -> list[int]:
    """The days from each dose to the one that follows it; to the end where none does."""
    after = plan.horizon if plan.following is None else plan.following
    return [max(later - day, 0) for day, later in pairwise((*plan.days, after))]


def adherence_of(
    asked: YearsAsked, years: int, model: Adherence, people: int, seed: int
) -> AdherenceFound:
    """What comes of a regimen whose doses are missed and late.

    Raises:
        MissingExtraError: People are to be simulated, and the extra `cohort` is not installed.
    """
    if asked.unstated:
        people = 0
    expected = any_of(
        sum((part for parts in way for part in parts), Year())
        for way in expected_ways(asked, years, model)
    )
    simulated: dict[str, Distribution] = {}
    if people:
        plans = [_plan(phases, years) for phases in asked.plans]
        fewest = min(plans, key=lambda plan: len(plan.days))
        most = max(plans, key=lambda plan: len(plan.days))
        ways = (fewest,) if fewest == most else (fewest, most)
        told = [simulate(plan, model, people, seed) for plan in ways]
        simulated = {
            name: _distribution([one[name] for one in told]) for name in told[0]
        }
    return AdherenceFound(
        planned=asked.total.doses,
        given=expected.doses,
        given_injections=expected.injections,
        people=people,
        seed=seed,
        **simulated,
    )


# ---------------------------------------------------------------------------- simulated


_CELLS = 4_000_000
"""So many doses of people are drawn at once."""


def simulate(
    plan: _Plan, model: Adherence, people: int, seed: int
) -> dict[str, NDArray[Any]]:
    """What comes of a plan in each of some people."""
    np = load("numpy", extra="cohort")
    raw = np.random.PCG64(seed)
    doses = len(plan.days)

    def drawn(*shape: int) -> Any:
        """Numbers from 0 to 1: the upper 53 bits, as in NumPy's own generators."""
        size = 1
        for one in shape:
            size *= one
        return (raw.random_raw(size) >> np.uint64(11)).reshape(shape) * 2.0**-53

    low, high = map(float, model.missed)
    habits = low + (high - low) * drawn(people)
    at_once = max(1, _CELLS // max(doses, 1))
    parts = []
    for first in range(0, people, at_once):
        some = habits[first : first + at_once]
        missed = drawn(len(some), doses) < some[:, None]
        fewest, most = model.late_days
        late = fewest + np.floor(drawn(len(some), doses) * (most - fewest + 1))
        parts.append(_people(plan, model, missed, late.astype(np.int64), np))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _people(
    plan: _Plan, model: Adherence, missed: Any, late: Any, np: Any
) -> dict[str, Any]:
    """What comes of a plan in people whose missed and late doses are known."""
    days = np.array(plan.days, np.int64)
    injected = np.array(plan.injected, np.bool_)
    gaps = np.array(_gaps(plan), np.int64)
    # A delay ends where the next dose is due; a tablet has none, nor has what is not given.
    late = np.minimum(late, gaps) * injected * ~missed
    shift = np.cumsum(late, axis=1) if model.from_given else late
    when = days + shift
    given = ~missed & (when < plan.horizon)
    found = {"doses": given.sum(axis=1), "injections": (given & injected).sum(axis=1)}
    # The day until which the doses so far cover, and the day of the last of them.
    covers = np.where(given, when + gaps + model.tolerance_days, 0)
    until = _before(np.maximum.accumulate(covers, axis=1), np)
    seen = _before(np.maximum.accumulate(np.where(given, when, 0), axis=1), np)
    # After the last dose of a treatment that ends there is nothing to be covered.
    end = np.full(len(given), plan.horizon)
    if plan.following is None and len(days):
        end = np.minimum(when[:, -1], plan.horizon)
    uncovered = np.where(given, np.maximum(when - until[:, :-1], 0), 0).sum(axis=1)
    uncovered += np.maximum(end - until[:, -1], 0)
    longest = np.where(given, when - seen[:, :-1], 0).max(axis=1, initial=0)
    longest = np.maximum(longest, end - seen[:, -1])
    return {**found, "uncovered_days": uncovered, "longest_gap": longest}


def _before(days: Any, np: Any) -> Any:
    """The days one dose later, beginning on the first day."""
    return np.concatenate([np.zeros((len(days), 1), np.int64), days], axis=1)


def _distribution(ways: Sequence[Any]) -> Distribution:
    def over(numbers: Sequence[Fraction]) -> CountRange:
        return CountRange(min(numbers), max(numbers))

    return Distribution(
        mean=over([Fraction(int(one.sum()), len(one)) for one in ways]),
        percentiles=tuple(
            (q, over([_percentile(one, q) for one in ways])) for q in QUANTILES
        ),
    )


def _percentile(numbers: Any, percent: int) -> Fraction:
    """The smallest number that so many of a hundred do not exceed: one that occurred."""
    ordered = sorted(numbers.tolist())
    rank = -(-len(ordered) * percent // 100)
    return Fraction(int(ordered[max(rank - 1, 0)]))
