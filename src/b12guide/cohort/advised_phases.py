"""What a decision says of doses, phase by phase, as plain numbers and words.

A value in words is one text, and nobody can group by the interval in it. Here is the same as data,
one row for each phase of each regimen that the value says: `loading` and `maintenance` are the
decisions whose values are regimens. Numbers are those of the text, in the unit in which it has
them. Nothing is made of what is not said: a regimen that names no drug has none here, whatever
the decision about the form prefers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import assert_never

from attrs import frozen

from b12guide.cohort.decision_values import DecisionValue, ValueWords, length_words
from b12guide.frozen import Record
from b12guide.graph.model import Advice, Decision, NotNeeded
from b12guide.regimen import model as r
from b12guide.regimen.phase import days_between
from b12guide.values.duration import DurationRange

REGIMEN_DECISIONS = (Decision.LOADING, Decision.MAINTENANCE)
"""The decisions whose values are regimens."""


@frozen(kw_only=True, repr=False)
class AdvisedPhase(Record):
    """One phase of one regimen that a value says; None where that is not said.

    Attributes:
        part: Which part of the value it belongs to, from 1: what is between `;`.
        option: Which regimen of this part, from 1.
        kind: How it is said. `advised`: by itself. `choice`: one of several to choose from.
            `possible`: what is unknown of the patient decides. `side`: of a conflict.
        not_needed: Whether it says that nothing is needed; then there is nothing else.
        phase: Which phase of the regimen, from 1.
        drug: The drugs to choose from, with `or` between.
        dose_low: The least amount, in `dose_unit`; None as well where only the most is said.
        dose_limit: The most that a dose by weight comes to, in `dose_limit_unit`.
        interval_low_days: The least number of days between two doses, on the average.
        until: With what the phase ends: an event, a length of time, a number of doses, or `life`.
        apart_days: How many days doses lie apart at least.
        after: The events that come first, with `and` between.
    """

    part: int
    option: int
    kind: str
    not_needed: bool = False
    phase: int | None = None
    drug: str | None = None
    dose_low: float | None = None
    dose_high: float | None = None
    dose_unit: str | None = None
    dose_limit: float | None = None
    dose_limit_unit: str | None = None
    route: str | None = None
    interval_low_days: float | None = None
    interval_high_days: float | None = None
    until: str | None = None
    apart_days: float | None = None
    as_needed: bool = False
    with_food: bool = False
    after: str | None = None


def advised_phases(value: DecisionValue, words: ValueWords) -> tuple[AdvisedPhase, ...]:
    """What a value says of doses, in the order of its text; nothing of other decisions."""
    if value.decision not in REGIMEN_DECISIONS:
        return ()
    said = "choice" if value.certain else "possible"
    if value.certain and len(value.said) == 1:
        said = "advised"
    groups = [(said, value.said), ("side", value.sides)]
    parts = [(kind, words.ordered(advice)) for kind, advice in groups if advice]
    return tuple(
        one
        for part, (kind, options) in enumerate(parts, start=1)
        for option, advice in enumerate(options, start=1)
        for one in _phases(advice, words, part, option, kind)
    )


def _phases(
    advice: Advice, words: ValueWords, part: int, option: int, kind: str
) -> Iterator[AdvisedPhase]:
    match advice:
        case r.Regimen(phases=phases):
            for number, phase in enumerate(phases, start=1):
                own = words.as_written(phase)
                yield _phase(own, part=part, option=option, kind=kind, number=number)
        case NotNeeded():
            yield AdvisedPhase(part=part, option=option, kind=kind, not_needed=True)
        case _:  # no other advice is about loading or maintenance
            pass


def _phase(
    phase: r.Phase, *, part: int, option: int, kind: str, number: int
) -> AdvisedPhase:
    dose, limit, apart = phase.dose, phase.dose.limit, phase.apart
    low, high = (
        (None, None) if phase.frequency is None else days_between(phase.frequency)
    )
    least = None
    if apart is not None:
        least = days_between(
            r.Every(DurationRange(apart.value, apart.value, apart.unit))
        )[0]
    return AdvisedPhase(
        part=part,
        option=option,
        kind=kind,
        phase=number,
        drug=_joined(phase.drugs, " or "),
        dose_low=_number(dose.low),
        dose_high=_number(dose.high),
        dose_unit=dose.unit,
        dose_limit=None if limit is None else _number(limit.high),
        dose_limit_unit=None if limit is None else limit.unit,
        route=phase.route,
        interval_low_days=_number(low),
        interval_high_days=_number(high),
        until=None if phase.bound is None else _end(phase.bound),
        apart_days=_number(least),
        as_needed=phase.as_needed,
        with_food=phase.with_food,
        after=_joined(phase.after, " and "),
    )


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _joined(names: Iterable[str], between: str) -> str | None:
    return between.join(names) or None


def _end(bound: r.Bound) -> str:
    match bound:
        case r.ForTime(length=length):
            return length_words(length)
        case r.ForDoses(count=count, within=within):
            inside = "" if within is None else f" within {length_words(within)}"
            return f"{count} {'dose' if count == 1 else 'doses'}{inside}"
        case r.ForLife():
            return "life"
        case r.Until(event=event):
            return event
        case _:
            assert_never(bound)
