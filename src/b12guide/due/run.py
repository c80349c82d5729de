"""What is due for a patient on a day, from the history and the guideline as of that day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from b12guide.audit.event import Given, History
from b12guide.audit.finding import USUAL, Tolerance
from b12guide.audit.knowledge import stated_by
from b12guide.audit.replay import Replay
from b12guide.audit.run import (
    LATER,
    NO_DOSE,
    OUT_OF_SCOPE,
    refuse_bare_numbers,
    replay_of,
    units_assumed,
)
from b12guide.due.dosing import InRegimen, places
from b12guide.due.model import (
    Counting,
    CurrentPhase,
    Due,
    DueDose,
    DueTest,
    JudgedDose,
    Unsettled,
)
from b12guide.due.series import marked, series_dose
from b12guide.due.testing import tests_due
from b12guide.due.weighing import beside_the_schedule, together, unless_read
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.context import remarks_on_record, unread_facts
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.graph.model import Decision
from b12guide.patient.model import Patient, Units
from b12guide.say.words import listing
from b12guide.truth import Truth

SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "what is due holds if it is"
)
OTHER_DRUGS = "doses of other drugs are not counted here"
NO_RULE = "with what is on record, the guideline asks for no dose and no test"


def due(  # noqa: PLR0913 -- as an audit
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    tolerance: Tolerance = USUAL,
    marks: Mapping[str, int | str] | None = None,
    work: Work | None = None,
    units: Units | None = None,
) -> Due:
    """What is due for `patient` on a day.

    Args:
        evaluator: The guideline.
        patient: Who it is about; dated facts count from their day on.
        history: What was done; what lies after `on` is left aside.
        on: The day.
        tolerance: How late is late.
        marks: What each dose brings about, as `b12guide.due.series.marks_of` gives it.
        work: What the answers of all days may cost together.
        units: Whether numbers may lack their unit; what the patient says of it if left out.

    Raises:
        PatientError: The patient's record cannot be used, or it takes more work than it may.
    """
    graph = evaluator.graph
    stated = stated_by(patient, evaluator, on, units)
    refuse_bare_numbers(history, stated.units)
    replay = replay_of(evaluator, patient, history, on, tolerance=tolerance, work=work)
    before = replay.events
    replay, given = marked(replay, marks or {})
    answer = replay.knowledge.on(on).answer
    phases, doses, tests = _asked(replay, given)
    if history.unread:
        doses, tests = tuple(unless_read(doses)), tuple(unless_read(tests))
    unread = unread_facts(stated, graph, evaluator.heeded, answer.silences)
    later = len(history.events) - len(before)
    is_for_patient = answer.scope is not Truth.FALSE
    is_idle = not (doses or tests or phases)
    notices = (
        (OUT_OF_SCOPE, not is_for_patient),
        (SCOPE_UNKNOWN, answer.scope is Truth.UNKNOWN),
        (LATER.format(count=later, on=on), later),
        (NO_DOSE, not replay.treatment),
        (OTHER_DRUGS, _has_others(replay)),
        (NO_RULE, is_for_patient and is_idle),
    )
    return Due(
        graph=graph,
        on=on,
        scope=answer.scope,
        tolerance=tolerance,
        marks=marks or {},
        phases=phases,
        given=given,
        doses=doses,
        tests=tests,
        beside=tuple(beside_the_schedule(replay)) if is_for_patient else (),
        unsettled=(*_unread(history), *_unsettled(replay, given, phases, doses, tests)),
        notices=(
            *(text for text, holds in notices if holds),
            *remarks_on_record(evaluator, stated, unread),
            *units_assumed(history, graph),
        ),
        silences=answer.silences,
        warnings=history.warnings,
        unread=history.unread,
        later=later,
        stated=stated,
        assumed_absent=answer.assumed_absent,
        history=history.rows,
        record=before,
    )


def _asked(
    replay: Replay, given: tuple[JudgedDose, ...]
) -> tuple[tuple[CurrentPhase, ...], tuple[DueDose, ...], tuple[DueTest, ...]]:
    """Where the patient is, and what comes next; nothing for whom the guideline is not written."""
    if replay.knowledge.on(replay.on).answer.scope is Truth.FALSE:
        return (), (), ()
    found: list[InRegimen] = list(places(replay))
    counted = sum(one.counting is Counting.COUNTS for one in given)
    doses = [
        *(one.dose for one in found if one.dose is not None),
        *series_dose(replay, counted + 1),
    ]
    all_phases = [one.phase for one in found if one.phase is not None]
    certain = [phase for phase in all_phases if phase.certain]
    begun = [phase for phase in all_phases if phase.doses]
    phases = tuple(certain or begun)
    return phases, tuple(together(doses)), tests_due(replay)


def _unread(history: History) -> Iterator[Unsettled]:
    """What rows that could not be read would say: any of them may be a dose."""
    for one in history.unread:
        yield Unsettled(text=f"what a row of the history says: {one.message}")


def _has_others(replay: Replay) -> bool:
    return any(
        isinstance(event, Given) and event.drug not in replay.drugs
        for event in replay.events
    )


# ----------------------------------------------------------------------- what is not known


def _unsettled(
    replay: Replay,
    given: tuple[JudgedDose, ...],
    phases: tuple[CurrentPhase, ...],
    doses: tuple[DueDose, ...],
    tests: tuple[DueTest, ...],
) -> Iterator[Unsettled]:
    """What cannot be known from what is on record, each thing once."""
    known = replay.knowledge.on(replay.on)
    if known.answer.scope is Truth.FALSE:
        return
    called = replay.called
    waiting: dict[str, dict[str, None]] = {}
    for phase in phases:
        event = phase.ends_with
        if event is not None and not known.denies(event) and phase.doses:
            waiting.setdefault(event, {})[phase.rule] = None
    for event, rules in waiting.items():
        text = (
            f"whether this has come, with which the present phase ends: {called(event)}"
        )
        yield Unsettled(text=text, facts=(event,), rules=tuple(rules))
    gates: dict[str, dict[str, None]] = {}
    for item in (*doses, *tests):
        for event in item.waits_for:
            if not known.denies(event) and event not in waiting:
                gates.setdefault(event, {}).update(dict.fromkeys(item.rules))
    for event, rules in gates.items():
        text = f"whether and when this has come: {called(event)}"
        yield Unsettled(text=text, facts=(event,), rules=tuple(rules))
    open_: dict[str, None] = {}
    waiting_rules: dict[str, None] = {}
    for decision in (Decision.LOADING, Decision.MAINTENANCE, Decision.MONITORING):
        for verdict in known.binding(decision):
            if verdict.verdict is not Verdict.APPLIES:
                names = [n for n in verdict.needs if n not in {*waiting, *gates}]
                open_ |= dict.fromkeys(names)
                waiting_rules |= dict.fromkeys([verdict.rule.name] if names else [])
    if open_:
        facts = listing(called(name) for name in open_)
        text = f"what is not on record and matters here: {facts}"
        yield Unsettled(text=text, facts=tuple(open_), rules=tuple(waiting_rules))
    for dose in given:
        if dose.counting is Counting.IN_DOUBT:
            text = (
                f"whether the dose of {dose.on} counts: the guideline does not say it"
            )
            yield Unsettled(text=text, rules=dose.rules)
