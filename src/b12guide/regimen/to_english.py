"""A dose schedule in English, without losing a range or an end.

This is the only place that words a schedule; `b12guide.regimen.from_english` reads it back.
"""

from __future__ import annotations

from fractions import Fraction
from typing import assert_never

from b12guide.regimen.model import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.regimen.names import Names
from b12guide.regimen.phrase import (
    choice_text,
    frequency_text,
    length_text,
    plural,
    span_text,
)

__all__ = ["dose_count", "regimen_to_english"]


def regimen_to_english(
    regimen: Regimen, names: Names, *, with_drugs: bool = True
) -> str:
    """The regimen as one English phrase, phase after phase."""
    phrases = [_phase(phase, names, with_drugs=with_drugs) for phase in regimen.phases]
    return ", then ".join(phrases)


def _phase(phase: Phase, names: Names, *, with_drugs: bool) -> str:
    parts = []
    if with_drugs and phase.drugs:
        parts.append(choice_text(tuple(names.drug(drug) for drug in phase.drugs)))
    parts.append(_dose(phase.dose, names))
    if phase.route is not None:
        parts.append(names.route(phase.route))
    if phase.frequency is not None:
        parts.append(frequency_text(phase.frequency))
    if phase.bound is not None:
        parts.append(_bound(phase.bound, names))
    doses = dose_count(phase)
    if doses is not None:
        parts.append(f"({plural(doses, 'dose')})")
    text = " ".join(parts)
    if phase.after:
        events = " and after ".join(names.event(event) for event in phase.after)
        text += f", after {events}"
    return text


def _dose(dose: Dose, names: Names) -> str:
    single = dose.low == dose.high == 1
    return f"{span_text(dose.low, dose.high)} {names.unit(dose.unit, single=single)}"


def _bound(bound: Bound, names: Names) -> str:
    match bound:
        case ForTime(length=length):
            return f"for {length_text(length)}"
        case ForDoses(count=count, within=within):
            inside = "" if within is None else f" within {length_text(within)}"
            return f"for {plural(count, 'dose')}{inside}"
        case ForLife(indefinitely=indefinitely):
            return names.indefinitely if indefinitely else names.for_life
        case Until(event=event):
            return f"until {names.event(event)}"
        case _:
            assert_never(bound)


def dose_count(phase: Phase) -> int | None:
    """How many doses a phase has, where its words fix the number."""
    match phase.frequency, phase.bound:
        case Times(low=low, high=high, per=per), ForTime(length=length) if low == high:
            count = low
        case Every(interval=per), ForTime(length=length):
            count = 1
        case _:
            return None
    is_fixed = per.low == per.high and length.low == length.high
    if not is_fixed or not per.is_comparable_with(length):
        return None
    doses: Fraction = count * length.smallest[0] / per.smallest[0]
    return int(doses) if doses.denominator == 1 else None
