"""Small mistakes in what a rule says: doses, intervals, and advice left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, TypeVar

from attrs import evolve

from b12guide.graph.model import (
    Exclusion,
    FormChoice,
    Monitoring,
    Regimens,
    Routes,
    Target,
    Technique,
    Value,
)
from b12guide.prove.mistake import Mistake
from b12guide.regimen.model import Every, Phase, Regimen

__all__ = ["Change", "but", "values"]

T = TypeVar("T")

Change: TypeAlias = tuple[Mistake, str]


def values(value: Value) -> Iterator[tuple[Change, Value]]:
    """The value with one change in each possible place."""
    match value:
        case Regimens(regimens=regimens):
            for index, regimen in enumerate(regimens):
                before, after = regimens[:index], regimens[index + 1 :]
                if len(regimens) > 1:
                    text = f"regimen {index + 1} dropped"
                    yield (Mistake.ADVICE, text), Regimens(regimens=before + after)
                for change, other in _regimens(regimen):
                    yield change, Regimens(regimens=(*before, other, *after))
        case FormChoice(drugs=drugs, excluded=excluded):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (Mistake.ADVICE, text), evolve(value, drugs=but(drugs, drug))
            for drug in excluded:
                changed = evolve(value, excluded=but(excluded, drug))
                yield (Mistake.ADVICE, f"{drug} not excluded"), changed
        case Exclusion(drugs=drugs):
            for drug in drugs if len(drugs) > 1 else ():
                text = f"without {drug}"
                yield (Mistake.ADVICE, text), evolve(value, drugs=but(drugs, drug))
        case Routes(routes=routes):
            for route in routes if len(routes) > 1 else ():
                text = f"without {route}"
                yield (Mistake.ADVICE, text), Routes(routes=but(routes, route))
        case Monitoring():
            yield from _checks(value)
        case Technique(instructions=instructions):
            for index in range(len(instructions)) if len(instructions) > 1 else ():
                kept = instructions[:index] + instructions[index + 1 :]
                text = f"instruction {index + 1} dropped"
                yield (Mistake.ADVICE, text), Technique(instructions=kept)
        case Target(low=low, high=high):
            for by in (1, -1):
                changed_one = evolve(value, low=low + by, high=high + by)
                yield (Mistake.THRESHOLD, f"target {by:+d}"), changed_one
        case _:
            return


def _checks(value: Monitoring) -> Iterator[tuple[Change, Value]]:
    for test in value.tests if len(value.tests) > 1 else ():
        changed = evolve(value, tests=but(value.tests, test))
        yield (Mistake.ADVICE, f"without {test}"), changed
    for test in value.companions:
        changed = evolve(value, companions=but(value.companions, test))
        yield (Mistake.ADVICE, f"without {test}"), changed
    for time in value.at:
        text = f"not at {time.value} {time.unit.value}"
        yield (Mistake.INTERVAL, text), evolve(value, at=but(value.at, time))
    if value.every is not None:
        every = evolve(value.every, low=value.every.low + 1, high=value.every.high + 1)
        yield (Mistake.INTERVAL, "interval +1"), evolve(value, every=every)


def but(items: Iterable[T], item: T) -> tuple[T, ...]:
    """The items without one."""
    return tuple(other for other in items if other != item)


def _regimens(regimen: Regimen) -> Iterator[tuple[Change, Regimen]]:
    for phase in regimen.phases:
        for change, other in _phases(phase):
            changed = (other if p is phase else p for p in regimen.phases)
            yield change, Regimen(tuple(changed))


def _phases(phase: Phase) -> Iterator[tuple[Change, Phase]]:
    dose = phase.dose
    larger = evolve(dose, low=dose.low * 10, high=dose.high * 10)
    yield (Mistake.DOSE, "dose tenfold"), evolve(phase, dose=larger)
    smaller = evolve(dose, low=dose.low / 2, high=dose.high / 2)
    yield (Mistake.DOSE, "dose halved"), evolve(phase, dose=smaller)
    if isinstance(phase.frequency, Every):
        every = phase.frequency.interval
        for by in (1, -1):
            if every.low + by > 0:
                moved = evolve(every, low=every.low + by, high=every.high + by)
                changed = evolve(phase, frequency=Every(moved))
                yield (Mistake.INTERVAL, f"interval {by:+d}"), changed
        if every.low != every.high:
            narrow = evolve(every, low=every.high)
            changed = evolve(phase, frequency=Every(narrow))
            yield (Mistake.INTERVAL, "interval without its shorter end"), changed
    if phase.bound is not None:
        yield (Mistake.ADVICE, "end dropped"), evolve(phase, bound=None)
    for event in phase.after:
        others = but(phase.after, event)
        yield (Mistake.ADVICE, "`after` dropped"), evolve(phase, after=others)
