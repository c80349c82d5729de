"""What a decision advises, as JSON: names of the vocabulary, numbers with their units, no prose.

Every key is always there; null says that the source does not state it.
"""

from __future__ import annotations

from typing import Any, TypeAlias, assert_never

from b12guide.evaluate.answer import Advice
from b12guide.graph.model import (
    Continuation,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    NotNeeded,
    Prohibition,
    Routes,
    Target,
)
from b12guide.regimen.model import (
    Bound,
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
from b12guide.show.number import number_json
from b12guide.values.duration import Duration, DurationRange

__all__ = ["Json", "advice_json"]

Json: TypeAlias = dict[str, Any]


def advice_json(advice: Advice) -> tuple[Json, ...]:
    """The advice as JSON objects: one for each drug or test that it speaks of, else one."""
    match advice:
        case Regimen(phases=(first, *further)):
            then = [_phase(phase) for phase in further]
            return ({**_phase(first), "then": then},)
        case Regimen():
            return ()  # a regimen has a phase; the type cannot say so
        case FormChoice(drugs=drugs, excluded=excluded):
            return (
                {"drugs": list(drugs), "excluded": list(excluded), "outright": False},
            )
        case Exclusion(drugs=drugs, outright=outright):
            return ({"drugs": [], "excluded": list(drugs), "outright": outright},)
        case Routes(routes=routes):
            return ({"routes": list(routes)},)
        case Prohibition(drugs=drugs, until=until, unless=unless):
            return tuple({"drug": d, "until": until, "unless": unless} for d in drugs)
        case Monitoring(tests=tests):
            return tuple({"test": test, **_timing(advice)} for test in tests)
        case Instruction():
            return (_instruction(advice),)
        case Target():
            return (_target(advice),)
        case Continuation(treatment=treatment, for_life=for_life):
            return ({"treatment": treatment, "for": "life" if for_life else None},)
        case NotNeeded():
            return ({"not_needed": True},)
        case _:
            assert_never(advice)


def _phase(phase: Phase) -> Json:
    dose = phase.dose
    return {
        "drugs": list(phase.drugs),
        "dose": {
            "low": number_json(dose.low),
            "high": number_json(dose.high),
            "unit": dose.unit,
        },
        "route": phase.route,
        "frequency": None if phase.frequency is None else _frequency(phase.frequency),
        "for": _length(phase.bound),
        "until": phase.bound.event if isinstance(phase.bound, Until) else None,
        "after": events_json(phase.after),
    }


def events_json(events: tuple[str, ...]) -> str | list[str] | None:
    """The event that comes first, or None; several as a list."""
    match events:
        case ():
            return None
        case (event,):
            return event
        case _:
            return list(events)


def _frequency(frequency: Frequency) -> Json:
    match frequency:
        case Every(interval=interval):
            return {"every": _range(interval)}
        case Times(low=low, high=high, per=per):
            times = low if low == high else {"low": low, "high": high}
            return {"times": times, "per": _value_or_range(per)}
        case _:
            assert_never(frequency)


def _length(bound: Bound | None) -> Json | str | None:
    match bound:
        case ForTime(length=length):
            return _value_or_range(length)
        case ForDoses(count=count, within=within):
            inside = {} if within is None else {"within": _value_or_range(within)}
            return {"doses": count, **inside}
        case ForLife():
            return "life"
        case Until() | None:
            return None
        case _:
            assert_never(bound)


def _range(length: DurationRange) -> Json:
    return {
        "low": number_json(length.low),
        "high": number_json(length.high),
        "unit": length.unit.value,
    }


def _value_or_range(length: DurationRange) -> Json:
    if length.low != length.high:
        return _range(length)
    return {"value": number_json(length.low), "unit": length.unit.value}


def _time(time: Duration) -> Json:
    return {"value": number_json(time.value), "unit": time.unit.value}


def _timing(monitoring: Monitoring) -> Json:
    return {
        "at": [_time(time) for time in monitoring.at],
        "every": None if monitoring.every is None else _range(monitoring.every),
        "at_least": monitoring.at_least,
        "once": monitoring.once,
        "before_next_dose": monitoring.before_next_dose,
        "with": list(monitoring.companions),
        "never_alone": monitoring.never_alone,
        "after": monitoring.after,
        "until": monitoring.until,
    }


def _instruction(instruction: Instruction) -> Json:
    gauge, pressure = instruction.gauge, instruction.pressure
    return {
        "site": instruction.site,
        "avoid": instruction.avoid,
        "routinely": instruction.routinely,
        "quadrant": instruction.quadrant,
        "direction": instruction.direction,
        "needle": gauge and {"low": gauge[0], "high": gauge[1], "unit": "G"},
        "pressure": None if pressure is None else _range(pressure),
    }


def _target(target: Target) -> Json:
    return {
        "measure": target.measure,
        "operator": target.operator.value,
        "value": number_json(target.low) if target.low == target.high else None,
        "low": number_json(target.low),
        "high": number_json(target.high),
        "unit": target.unit,
    }
