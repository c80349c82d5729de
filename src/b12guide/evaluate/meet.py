"""From what is stated of a patient to everything that is known of the patient.

Where the stated facts keep every implication as they are, nothing else follows from them, and what
they make of each condition shows it. Only where they do not is the rest thought through.
"""

from __future__ import annotations

from b12guide.evaluate.closure import Tying, close, stated_values, tying
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.work import Work
from b12guide.patient.model import Stated

__all__ = ["meet"]


def meet(
    evaluator: Evaluator,
    stated: Stated,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> Known:
    """The patient of whom `stated` is said.

    Raises:
        PatientError: The facts contradict each other, or what follows from them is too much work.
    """
    graph, program = evaluator.graph, evaluator.program
    tied = tying(program, graph, (), reading)
    if graph.definitions.keys().isdisjoint(stated.values) and not tied.untouched(
        stated.otherwise
    ):
        values = tied.unmentioned(stated) | stated_values(stated, graph)
        patient = Known.of(evaluator, Facts(values=values, reading=reading), work)
        if _keeps_implications(patient, tied, stated):
            return patient
    work = Work() if work is None else work
    return Known.of(evaluator, close(stated, graph, program, reading, work), work)


def _keeps_implications(patient: Known, tied: Tying, stated: Stated) -> bool:
    """Whether every implication that a statement touches is certain to be kept."""
    rails, place = patient.rails, tied.place
    touched = {place[name] for name in stated.values if name in place}
    implications = tied.program.implications
    for one in touched:
        component = tied.components[one]
        if not component.is_plain:
            return False
        for number in component.implications:
            premise, conclusion = implications[number]
            if not (rails[premise][1] or rails[conclusion][0]):
                return False
    return True
