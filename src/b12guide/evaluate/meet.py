"""From what is stated of a patient to everything that is known of the patient.

Where the stated facts keep every implication as they are, nothing else follows from them, and what
they make of each condition shows it. Only where they do not is the rest thought through.
"""

from __future__ import annotations

from attrs import evolve

from b12guide.evaluate.closure import close, stated_values
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Evaluator, Known
from b12guide.patient.model import FactValue, Otherwise, Stated

__all__ = ["meet"]


def meet(
    evaluator: Evaluator, stated: Stated, reading: Reading = Reading.REPORT
) -> Known:
    """The patient of whom `stated` is said.

    Raises:
        PatientError: The facts contradict each other.
    """
    if evaluator.graph.definitions.keys().isdisjoint(stated.values):
        facts = Facts(values=_values(evaluator, stated), reading=reading)
        patient = Known.of(evaluator, facts)
        if _keeps_implications(patient, stated):
            return patient
    closed = close(stated, evaluator.graph, evaluator.program)
    return Known.of(evaluator, evolve(closed, reading=reading))


def _values(evaluator: Evaluator, stated: Stated) -> dict[str, FactValue]:
    values = dict(evaluator.absent) if stated.otherwise is Otherwise.ABSENT else {}
    for name in stated.values:
        values.pop(name, None)
    return values | stated_values(stated, evaluator.graph)


def _keeps_implications(patient: Known, stated: Stated) -> bool:
    """Whether every implication that a statement touches is certain to be kept."""
    rails = patient.rails
    return all(
        rails[premise][1] or rails[conclusion][0] or tied.isdisjoint(stated.values)
        for tied, premise, conclusion in patient.evaluator.ties
    )
