"""What the contestants have in common: the patients, and what a contestant is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter, process_time
from typing import Any, TypeAlias, TypeVar

from attrs import frozen

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.patient_view import verdict_codes

__all__ = [
    "Answers",
    "Contestant",
    "NotInstalledError",
    "Plain",
    "expected",
    "facts_of",
    "made",
    "plain",
    "timed",
]

Plain: TypeAlias = Mapping[str, bool | int | str | None]
Answers: TypeAlias = list[tuple[int, ...]]
T = TypeVar("T")


class NotInstalledError(Exception):
    """The engine is not installed; the message says how to install it."""


@frozen(kw_only=True)
class Contestant:
    """An engine with the guideline inside, and the patients as mappings of Python.

    Attributes:
        answers: The codes of the verdicts of every patient, for the comparison.
        round: Answers all patients once and gives the seconds that this took.
        making: The seconds in which the engine made itself ready; None where it was not asked.
    """

    name: str
    answers: Callable[[], Answers]
    round: Callable[[], float]
    making: float | None = None


def timed(
    name: str, run: Callable[[], Sequence[object]], making: float | None = None
) -> Contestant:
    """A contestant in this process: `run` gives the codes of every patient."""

    def once() -> float:
        start = process_time()  # each works on one thread of this process
        run()
        return process_time() - start

    return Contestant(
        name=name,
        answers=lambda: [tuple(map(int, one)) for one in run()],  # type: ignore[call-overload] # an engine's own numbers
        round=once,
        making=making,
    )


def made(make: Callable[[], T]) -> tuple[T, float]:
    """What an engine makes of the guideline, and the seconds that it took."""
    start = perf_counter()
    found = make()
    return found, perf_counter() - start


def facts_of(evaluator: Evaluator) -> tuple[str, ...]:
    """The facts that the guideline reads, in the order of their names."""
    nodes = evaluator.program.nodes
    return tuple(sorted({node.leaf.fact for node in nodes if node.leaf is not None}))


def plain(evaluator: Evaluator, patients: Sequence[Facts]) -> list[dict[str, Any]]:
    """The patients as mappings in which every fact stands, `None` for unknown."""
    names = facts_of(evaluator)
    return [{name: one.values.get(name) for name in names} for one in patients]


def expected(evaluator: Evaluator, patients: Sequence[Facts]) -> Answers:
    """The codes that b12guide gives."""
    return [tuple(verdict_codes(evaluator, one)) for one in patients]
