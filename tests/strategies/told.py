"""What engine, columns and proofs answer, held to the reference in its own plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.evaluate.reference import (
    DECISIONS,
    ReferenceAnswer,
    ReferenceDecided,
    ReferenceOption,
    questions,
)
from b12guide.evaluate.reference_composition import Line, offers, schedule, slot
from b12guide.graph import model as m
from b12guide.graph.model import Advice
from b12guide.patient.model import Stated
from b12guide.regimen.model import Regimen


def asked(evaluator: Evaluator, stated: Stated) -> Recommendation | None:
    """What the engine answers about a patient; None where it refuses to."""
    try:
        return recommend(evaluator, stated)
    except PatientError:
        return None


def line_of(advice: Advice) -> Line:
    """A piece of the engine's advice, as the reference says it."""
    match advice:
        case Regimen():
            return schedule(advice)
        case m.FormChoice(drugs=(drug,)):
            return slot("form", drug)
        case m.Exclusion(drugs=(drug,), outright=outright):
            return slot("contraindicated" if outright else "avoid", drug)
        case m.Instruction():
            ((line,),) = offers(m.Technique(instructions=(advice,)))
        case _:
            ((line,),) = offers(advice)
    return line


def differences(
    told: Recommendation | None, wanted: ReferenceAnswer | None
) -> Iterator[str]:
    """Where the engine departs from the reference."""
    if told is None or wanted is None:
        if (told is None) is not (wanted is None):
            yield f"refused: {told is None}, but {wanted is None}"
        return
    topics = frozenset(frozenset(silence.topics) for silence in told.silences)
    compared: list[tuple[str, Any, Any]] = [
        ("scope", told.scope.value, wanted.scope),
        ("silences", topics, wanted.silences),
    ]
    for found in told.rules:
        name = found.rule.name
        compared.append(
            (f"verdict of {name}", found.verdict.value, wanted.verdicts[name])
        )
    for decision in DECISIONS:
        compared += parts(told, wanted, decision)
    for name, mine, theirs in compared:
        if mine != theirs:
            yield f"{name}: {mine}, but {theirs}"


def decided_by(told: Recommendation, decision: m.Decision) -> ReferenceDecided:
    """A decision of the engine's answer, as the reference gives it."""
    found = told.decisions[decision]
    clashes = [one for one in told.conflicts if one.decision is decision]
    return ReferenceDecided(
        outcome=found.outcome.value,
        options=frozenset(
            ReferenceOption(
                line_of(o.advice), o.alternative, o.certain, frozenset(o.rules)
            )
            for o in found.options
        ),
        conflicts=frozenset(
            frozenset(name for side in one.sides for name in side.rules)
            for one in clashes
        ),
        not_offered=frozenset(
            (line_of(one.advice), frozenset(one.drugs), frozenset(one.rules))
            for one in found.not_offered
        ),
    )


def parts(
    told: Recommendation, wanted: ReferenceAnswer, decision: m.Decision
) -> Iterator[tuple[str, Any, Any]]:
    """Each part of a decision: its name, what the engine says, what the reference says."""
    mine, theirs = decided_by(told, decision), wanted.decisions[decision]
    for name in ("outcome", "options", "conflicts", "not_offered"):
        yield f"{decision.value} {name}", getattr(mine, name), getattr(theirs, name)
    asks, depends_on = questions(wanted, decision), told.decisions[decision].depends_on
    # One of the smallest sets will do.
    is_smallest = frozenset(depends_on) in asks
    yield f"{decision.value} questions", depends_on, depends_on if is_smallest else asks
