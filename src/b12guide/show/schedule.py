"""A dose schedule in English, without losing a range or an end."""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from b12guide.graph.model import RuleGraph
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
from b12guide.show.number import number_text, range_text
from b12guide.show.wording import (
    Audience,
    drug_text,
    fact_text,
    in_order,
    plural,
    route_text,
    unit_text,
)
from b12guide.values.duration import DurationRange, TimeUnit

__all__ = ["every_text", "length_text", "schedule_text"]


def schedule_text(
    regimen: Regimen,
    graph: RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
    *,
    with_drugs: bool = True,
) -> str:
    """The regimen as one English phrase, phase after phase."""
    phrases = [
        _phase_text(phase, graph, audience, with_drugs=with_drugs)
        for phase in regimen.phases
    ]
    return ", then ".join(phrases)


def _phase_text(
    phase: Phase, graph: RuleGraph, audience: Audience, *, with_drugs: bool
) -> str:
    parts = []
    if with_drugs and phase.drugs:
        parts.append(in_order([drug_text(graph, drug) for drug in phase.drugs]))
    parts.append(_dose_text(phase.dose, audience))
    if phase.route is not None:
        parts.append(route_text(graph, phase.route, audience))
    if phase.frequency is not None:
        parts.append(_frequency_text(phase.frequency))
    if phase.bound is not None:
        parts.append(_bound_text(phase.bound, graph, audience))
    if (doses := _dose_count(phase)) is not None:
        parts.append(f"({plural(doses, 'dose')})")
    text = " ".join(parts)
    if phase.after is not None:
        text += f", after {fact_text(graph, phase.after)}"
    return text


def _dose_text(dose: Dose, audience: Audience) -> str:
    return f"{range_text(dose.low, dose.high)} {unit_text(dose.unit, audience)}"


def length_text(length: DurationRange) -> str:
    """A length of time: "2 weeks", "2 to 3 months"."""
    return plural(range_text(length.low, length.high), length.unit.value)


_SINGLE = {
    TimeUnit.DAY: "daily",
    TimeUnit.WEEK: "weekly",
    TimeUnit.MONTH: "monthly",
    TimeUnit.YEAR: "yearly",
}


def every_text(interval: DurationRange) -> str:
    """A recurring interval: "monthly", "on alternate days", "every 2 to 3 months"."""
    match (interval.low, interval.high, interval.unit):
        case (1, 1, unit) if unit in _SINGLE:
            return _SINGLE[unit]
        case (2, 2, TimeUnit.DAY):
            return "on alternate days"
        case (1, 1, unit):
            return f"every {unit.value}"
        case _:
            return f"every {length_text(interval)}"


def _frequency_text(frequency: Frequency) -> str:
    match frequency:
        case Every(interval=interval):
            return every_text(interval)
        case Times(low=low, high=high, per=per):
            count = f"{low} to {high}" if low != high else str(low)
            count = {"1": "once", "2": "twice"}.get(count, f"{count} times")
            if per.low == per.high == 1:
                return f"{count} per {per.unit.value}"
            return f"{count} every {length_text(per)}"
        case _:
            assert_never(frequency)


def _bound_text(bound: Bound, graph: RuleGraph, audience: Audience) -> str:
    match bound:
        case ForTime(length=length):
            return f"for {length_text(length)}"
        case ForDoses(count=count):
            return f"for {plural(count, 'dose')}"
        case ForLife(indefinitely=indefinitely) if audience is Audience.PATIENT:
            return "without an end" if indefinitely else "for the rest of your life"
        case ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            return f"until {fact_text(graph, event)}"
        case _:
            assert_never(bound)


def _dose_count(phase: Phase) -> str | None:
    """How many doses a phase has, where its words fix the number."""
    match phase.frequency, phase.bound:
        case Times(low=low, high=high, per=per), ForTime(length=length) if (
            low == high
            and per.low == per.high
            and length.low == length.high
            and per.is_comparable_with(length)
        ):
            doses: Fraction = low * length.smallest[0] / per.smallest[0]
            return number_text(doses) if doses.denominator == 1 else None
        case _:
            return None
