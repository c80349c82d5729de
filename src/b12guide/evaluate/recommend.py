"""A patient's recommendation: verdicts, decisions, questions and everything left open."""

from __future__ import annotations

from b12guide.evaluate.answer import Notice, Recommendation, worded
from b12guide.evaluate.besides import (
    assumptions,
    challenges,
    remarks,
    scope_notices,
    speaking,
)
from b12guide.evaluate.closure import UNSETTLED, listed
from b12guide.evaluate.facts import Facts, Reading
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.meet import meet
from b12guide.evaluate.patient_view import Known
from b12guide.evaluate.recorded import remarks_on_record, unread_facts
from b12guide.evaluate.settle import Settled, nothing, questions, settle
from b12guide.evaluate.silence import silences
from b12guide.evaluate.verdicts import verdicts_of
from b12guide.evaluate.work import Work
from b12guide.graph.model import Silence
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.truth import Truth

__all__ = ["answer", "recommend"]


def recommend(
    evaluator: Evaluator,
    stated: Stated,
    *,
    reading: Reading = Reading.REPORT,
    work: Work | None = None,
) -> Recommendation:
    """What the guideline says about the patient of whom `stated` is known.

    Raises:
        PatientError: The facts contradict each other, or the answer takes more `work` than it may.
    """
    return _answered(meet(evaluator, stated, reading, work), stated)


def answer(evaluator: Evaluator, stated: Stated, facts: Facts) -> Recommendation:
    """The recommendation for facts that are already closed."""
    return _answered(Known.of(evaluator, facts), stated)


def _answered(patient: Known, stated: Stated) -> Recommendation:
    evaluator = patient.evaluator
    graph = evaluator.graph
    scope = patient.truth(evaluator.program.scope)
    verdicts = verdicts_of(patient)
    heard = speaking(verdicts)
    if scope is Truth.FALSE:
        settled = Settled(decisions=nothing(), conflicts=(), notices=())
        unsaid: tuple[Silence, ...] = ()
    else:
        settled = settle(patient, verdicts)
        unsaid = silences(patient)
    unread = unread_facts(stated, graph, evaluator.heeded, unsaid)
    told = tuple(remarks_on_record(stated, graph, unread))
    return Recommendation(
        graph=graph,
        stated=stated,
        on=stated.on,
        scope=scope,
        rules=tuple(verdicts.values()),
        decisions={
            decision: worded(decided, graph)
            for decision, decided in settled.decisions.items()
        },
        questions=questions(patient, scope, settled.decisions),
        conflicts=settled.conflicts,
        assumptions=assumptions(patient, heard, unsaid, settled.conflicts),
        challenges=challenges(graph, heard),
        silences=unsaid,
        notices=(
            *scope_notices(scope),
            *(Notice(text=text) for text in told),
            *_unsettled(patient),
            *remarks(evaluator, verdicts),
            *settled.notices,
        ),
        unread=unread,
        remarks=told,
        assumed_absent=_assumed_absent(patient, stated),
        reading=patient.facts.reading,
    )


def _unsettled(patient: Known) -> tuple[Notice, ...]:
    """What is to be said where not everything that follows could be worked out."""
    facts = patient.facts.unsettled
    return (Notice(text=UNSETTLED.format(facts=listed(facts))),) if facts else ()


def _assumed_absent(patient: Known, stated: Stated) -> dict[str, FactValue]:
    """The measures that have a value because nobody mentioned them (M6)."""
    if stated.otherwise is Otherwise.UNKNOWN:
        return {}
    values = patient.facts.values
    return {
        name: absent
        for name, absent in patient.evaluator.absent_measures.items()
        if name not in stated.values and values.get(name) == absent
    }
