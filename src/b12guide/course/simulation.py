"""From regimens to a course: the people, their doses, the engine, and the bands that come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from b12guide.arguments import ends, instance, whole_number
from b12guide.course.engine import Trajectory, run
from b12guide.course.equations import Floats
from b12guide.course.model import PERCENTILES, Bands, Course, DosingDay, UsedRange
from b12guide.course.parameters import Parameters
from b12guide.course.parameters import parameters as shipped
from b12guide.course.people import made_up
from b12guide.course.plan import Plan, planned
from b12guide.errors import ArgumentError
from b12guide.graph.model import RuleGraph
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.pipeline import load
from b12guide.regimen.model import Regimen
from b12guide.say.schedules import names_of, regimen_to_english
from b12guide.values.unit import convert, parse_unit

__all__ = ["course_of", "factor_to", "simulated"]

_DAYS_OF_YEAR = Fraction(36525, 100)
_MOST_YEARS, _MOST_WEEKS = 100, 520
_DIGITS = 5
_WORDS_OF = "mecobalamin_im"
"""The guideline whose words are used; all that ship share them."""


_MOST = 50_000_000
"""So many days of people are worked out in one call; each quantity takes 8 bytes of one."""


def simulated(  # noqa: PLR0913 -- one argument for each thing that may be known
    regimens: Sequence[Any],
    *,
    years: Any = 5,
    drug: str | None = None,
    intrinsic_factor: bool | None = None,
    serum: Any = None,
    store: Any = None,
    people: int = 1000,
    seed: int = 0,
    loading_weeks: Any = None,
    preferred: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Course:
    """The course of regimens, one after the other, as `b12guide.course.simulate` has it."""
    *before, last_one = regimens
    followed = [_regimen(one, "loading") for one in before if one is not None]
    followed += [_regimen(one, "regimen") for one in (last_one,) if one is not None]
    if not followed:
        expected = "a `Regimen`, or a regimen in English"
        argument = "regimen"
        raise ArgumentError(argument, expected, None)
    weeks = None
    if loading_weeks is not None:
        expected = "a number of weeks from 0 to 520, or a pair such as `(3, 12)`"
        low, high = ends(loading_weeks, "loading_weeks", expected, most=_MOST_WEEKS)
        weeks = (float(low), float(high))
    length = _years(years)
    count = whole_number(people, "people", 1)
    whole_number(seed, "seed", 0)
    last = int(length * _DAYS_OF_YEAR)
    if count * (last + 1) > _MOST:
        expected = f"so many that people times days are at most {_MOST:,}"
        argument = "people"
        raise ArgumentError(argument, expected, people, is_told=True)
    if drug is not None:
        instance(drug, str, "drug", "the name of a form of B12")
    plan = planned(
        followed,
        count,
        last,
        drug=drug,
        preferred=preferred,
        loading_weeks=weeks,
        seed=seed,
    )
    english = [regimen_to_english(one, names_of(_graph())) for one in followed]
    return course_of(
        plan,
        regimen=", then ".join(english),
        last=last,
        people=count,
        seed=seed,
        intrinsic_factor=intrinsic_factor,
        ranges=shipped().replaced(parameters, serum=serum, store=store),
        years=length,
    )


def course_of(  # noqa: PLR0913 -- one argument for each thing that a course tells
    plan: Plan,
    *,
    regimen: str,
    last: int,
    people: int,
    seed: int,
    intrinsic_factor: bool | None,
    ranges: Parameters,
    years: Fraction,
    start: dt.date | None = None,
) -> Course:
    """The course of a plan, as far as the day `last`.

    Raises:
        ArgumentError: The ranges leave people without a store.
    """
    if intrinsic_factor not in (True, False, None):
        expected = "True, False, or None where it is not known"
        argument = "intrinsic_factor"
        raise ArgumentError(argument, expected, intrinsic_factor, is_told=True)
    body = made_up(ranges, people, seed=seed, intrinsic_factor=intrinsic_factor)
    days = range(last + 1)
    found = run(plan.doses, body, days, tuple(_UNITS))
    notes = plan.notes
    if intrinsic_factor is None and any(d.route == "oral" for d in plan.doses):
        notes = (*notes, "whether there is intrinsic factor is not known: half have it")
    return Course(
        regimen=regimen,
        drugs=plan.drugs,
        years=years,
        people=people,
        seed=seed,
        intrinsic_factor=intrinsic_factor,
        start=start,
        days=tuple(days),
        **_bands(found),
        doses=_dosing_days(plan, people),
        ranges=_used(ranges),
        notes=notes,
    )


def _regimen(given: Any, argument: str) -> Regimen:
    if isinstance(given, str):
        return regimen_from_english(given)
    return instance(given, Regimen, argument, "a `Regimen`, or a regimen in English")


def _years(years: Any) -> Fraction:
    expected = f"a number of years, more than 0 and at most {_MOST_YEARS}"
    low, high = ends(years, "years", expected, most=_MOST_YEARS)
    if low != high or int(low * _DAYS_OF_YEAR) < 1:
        argument = "years"
        raise ArgumentError(argument, expected, years, is_told=True)
    return low


def _used(ranges: Parameters) -> tuple[UsedRange, ...]:
    return tuple(
        UsedRange(
            name=row.name,
            low=row.low,
            high=row.high,
            unit=row.unit,
            spread=row.spread.value,
            about=row.about,
            source=row.source,
            derived=row.derived,
            grade=row.grade.value,
            is_own=row.is_own,
        )
        for row in ranges
    )


# ------------------------------------------------------------------------- what comes out


_UNITS = {
    "serum": ("pg/mL", 1.0),
    "store": ("mg", 1e-3),
    "urine": ("mg", 1e-3),
    "absorbed": ("mg", 1e-3),
}
"""The unit of each quantity, and how many of it one unit of the engine is."""


def _bands(found: Trajectory) -> dict[str, Any]:
    return {
        name: _bands_of(getattr(found, name) * factor, unit)
        for name, (unit, factor) in _UNITS.items()
    }


def _bands_of(values: Floats, unit: str) -> Bands:
    """The bands of people x days."""
    ordered = np.sort(values, axis=0)
    found = {"lowest": ordered[0], "highest": ordered[-1]}
    for name, percent in PERCENTILES.items():
        place = percent / 100 * (len(ordered) - 1)
        below, share = int(place), place - int(place)
        above = ordered[min(below + 1, len(ordered) - 1)]
        found[name] = ordered[below] * (1 - share) + above * share
    return Bands(unit=unit, **{name: _rounded(row) for name, row in found.items()})


def _rounded(values: Floats) -> tuple[float, ...]:
    """To so many digits that no machine says something else, and no more than are meant."""
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values.tolist())


def _dosing_days(plan: Plan, people: int) -> tuple[DosingDay, ...]:
    amounts: dict[int, Floats] = {}
    for dose in plan.doses:
        amount = np.broadcast_to(np.asarray(dose.amount, dtype=float), (people,))
        day = int(dose.day)
        amounts[day] = amounts[day] + amount if day in amounts else amount
    return tuple(
        DosingDay(
            day=day,
            share=float(f"{np.count_nonzero(amount) / people:.{_DIGITS}g}"),
            amount=float(f"{amount[amount > 0].mean():.{_DIGITS}g}"),
        )
        for day, amount in sorted(amounts.items())
        if (amount > 0).any()
    )


# ---------------------------------------------------------------------------------- units


@cache
def _graph() -> RuleGraph:
    return load(_WORDS_OF).graph


def factor_to(unit: Any) -> float:
    """How many of `unit` one pg/mL of B12 is.

    Raises:
        ArgumentError: A level of B12 has no such unit.
    """
    mass = _graph().vocabulary.facts["serum_b12"].molar_mass
    own = parse_unit("pg/mL")
    wanted = parse_unit(unit) if isinstance(unit, str) else None
    found = None
    if own is not None and wanted is not None:
        found = convert(Fraction(1), own, wanted, mass)
    if found is None:
        expected = "a unit of a level of B12, such as `pg/mL` or `pmol/L`"
        argument = "unit"
        raise ArgumentError(argument, expected, unit, is_told=True)
    return float(found)
