"""Whether a piece of advice says what an author wrote."""

from __future__ import annotations

from attrs import evolve

from b12guide.evaluate.answer import Advice
from b12guide.graph.model import (
    Continuation,
    Exclusion,
    FormChoice,
    Instruction,
    Monitoring,
    Prohibition,
    Regimens,
    Routes,
    Target,
    Technique,
    Value,
)
from b12guide.regimen.model import Phase, Regimen

__all__ = ["Piece", "is_told", "is_told_of_any_drug", "pieces", "waits"]

Piece = Value | Regimen | Instruction
"""Something that is looked for by itself."""


def pieces(value: Value) -> tuple[Piece, ...]:
    """The parts of a value that are looked for one by one."""
    match value:
        case Regimens(regimens=regimens):
            return regimens
        case Technique(instructions=instructions):
            return instructions
        case Routes(routes=routes):
            return tuple(Routes(routes=(route,)) for route in routes)
        case Monitoring(tests=tests):
            return tuple(evolve(value, tests=(test,)) for test in tests)
        case FormChoice(drugs=drugs, excluded=excluded):
            return (
                *(FormChoice(drugs=(drug,)) for drug in drugs),
                *(Exclusion(drugs=(drug,), outright=False) for drug in excluded),
            )
        case Exclusion(drugs=drugs, outright=outright):
            return tuple(Exclusion(drugs=(d,), outright=outright) for d in drugs)
        case _:
            return (value,)


def is_told(advice: Advice, wanted: Piece) -> bool:
    """Whether whoever is told `advice` is told `wanted`."""
    match advice, wanted:
        case Regimen(phases=phases), Regimen(phases=others):
            return len(phases) == len(others) and all(map(_is_phase, phases, others))
        case FormChoice(drugs=drugs), FormChoice(drugs=others):
            return {*others} <= {*drugs}
        case Exclusion(), Exclusion():
            is_strict = advice.outright or not wanted.outright
            return {*wanted.drugs} <= {*advice.drugs} and is_strict
        case Routes(routes=routes), Routes(routes=others):
            return {*others} <= {*routes}
        case Prohibition(), Prohibition():
            return (
                {*wanted.drugs} <= {*advice.drugs}
                and wanted.until in {None, advice.until}
                and wanted.unless in {None, advice.unless}
            )
        case Monitoring(), Monitoring():
            return _is_checked(advice, wanted)
        case Continuation(), Continuation():
            is_long = advice.for_life or not wanted.for_life
            return advice.treatment == wanted.treatment and is_long
        case (Instruction(), Instruction()) | (Target(), Target()):
            return advice == wanted
        case _:
            return False


def is_told_of_any_drug(advice: Advice, wanted: Piece) -> bool:
    """The same, where a schedule that leaves its drug to the form may be of any drug."""
    if isinstance(advice, Regimen) and isinstance(wanted, Regimen):
        is_open = all(not phase.drugs for phase in advice.phases)
        if is_open:
            wanted = Regimen(tuple(evolve(phase, drugs=()) for phase in wanted.phases))
    return is_told(advice, wanted)


def waits(piece: Piece) -> bool:
    """Whether it names what comes first, so that it may be told before it is to be given."""
    return isinstance(piece, Regimen) and any(phase.after for phase in piece.phases)


def _is_phase(phase: Phase, wanted: Phase) -> bool:
    """Whether both are one phase; a drug or route that is not named may be any."""
    return (
        {*wanted.drugs} <= {*phase.drugs}
        and wanted.route in {None, phase.route}
        and wanted.dose == phase.dose
        and wanted.frequency == phase.frequency
        and wanted.bound == phase.bound
        and wanted.after == phase.after
    )


def _is_checked(found: Monitoring, wanted: Monitoring) -> bool:
    """Whether the test is checked at least as `wanted` says."""
    return (
        {*wanted.tests} <= {*found.tests}
        and {*wanted.at} <= {*found.at}
        and wanted.every in {None, found.every}
        and {*wanted.companions} <= {*found.companions}
        and found.at_least >= wanted.at_least
        and found.once >= wanted.once
        and found.before_next_dose >= wanted.before_next_dose
        and found.never_alone >= wanted.never_alone
        and wanted.after in {None, found.after}
        and wanted.until in {None, found.until}
    )
