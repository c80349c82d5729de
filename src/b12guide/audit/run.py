"""A dosing history audited against a guideline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product

from attrs import evolve

from b12guide.audit import maintenance
from b12guide.audit.administration import judged_forms, technique_findings
from b12guide.audit.departure import Departure
from b12guide.audit.event import Event, History, Noted, Tested, by_day
from b12guide.audit.finding import USUAL, Audit, Family, Gravity, Tolerance
from b12guide.audit.knowledge import OPEN, Knowledge, stated_by
from b12guide.audit.loading import loading_findings, series_findings
from b12guide.audit.monitoring import monitoring_findings
from b12guide.audit.replay import Replay, Walks, loading_choices
from b12guide.audit.spacing import spacing_findings
from b12guide.audit.targets import phases_of
from b12guide.audit.telling import Judged, Telling, findings_of, tellings_of
from b12guide.audit.withheld import withheld_findings
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.evaluate.context import remarks_on_record, unread_facts
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.graph import model as m
from b12guide.graph.query import brief_text
from b12guide.patient.model import Patient, Units
from b12guide.text import shortened
from b12guide.truth import Truth

OUT_OF_SCOPE = (
    "the guideline is not written for this patient, so nothing is judged by it"
)
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the findings hold if it is"
)
NO_DOSE = "the history records no dose of the treatment"
NOT_INDICATED = (
    "with what is on record, nothing in the guideline gives a reason for the treatment"
)
LATER = "{count} of the events lie after {on} and were not assessed"


def audit(  # noqa: PLR0913 -- an audit has a who, a what, a when and two settings
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    families: Iterable[Family] = tuple(Family),
    tolerance: Tolerance = USUAL,
    work: Work | None = None,
    units: Units | None = None,
) -> Audit:
    """Where `history` departs from the guideline, judged with what was known on each day.

    Args:
        evaluator: The guideline.
        patient: Who it is about; dated facts count from their day on.
        history: What was done.
        on: The day of the audit: what became due later is not missing yet.
        families: What to look at.
        tolerance: How late is late.
        work: What the answers of all days may cost together.
        units: Whether numbers may lack their unit; what the patient says of it if left out.

    Raises:
        PatientError: The patient's record cannot be used, or it takes more work than it may.
    """
    return audit_with_replay(
        evaluator,
        patient,
        history,
        on,
        families=families,
        tolerance=tolerance,
        work=work,
        units=units,
    )[0]


def audit_with_replay(  # noqa: PLR0913 -- as an audit
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    families: Iterable[Family] = tuple(Family),
    tolerance: Tolerance = USUAL,
    work: Work | None = None,
    units: Units | None = None,
) -> tuple[Audit, Replay]:
    """The audit, and the history beside the guideline of which it is.

    Raises:
        PatientError: As for `audit`.
    """
    graph = evaluator.graph
    stated = stated_by(patient, evaluator, on, units)
    refuse_bare_numbers(history, stated.units)
    replay = replay_of(evaluator, patient, history, on, tolerance=tolerance, work=work)
    found = audited(replay, history, families)
    unread = unread_facts(stated, graph, evaluator.heeded, found.silences)
    notices = (
        *found.notices,
        *remarks_on_record(evaluator, stated, unread),
        *units_assumed(history, graph),
    )
    whole = evolve(
        found,
        notices=notices,
        stated=stated,
        assumed_absent=replay.knowledge.on(on).answer.assumed_absent,
        history=history.rows,
        record=replay.events,
        due=tuple(maintenance.doses_due(replay)),
    )
    return whole, replay


def _bare_numbers(history: History) -> Iterator[tuple[str, Tested | Noted]]:
    """The events whose value is a number without a unit, where the measure has one."""
    for event in history.events:
        if isinstance(event, Tested | Noted) and event.assumed is not None:
            yield (event.test if isinstance(event, Tested) else event.fact), event


def refuse_bare_numbers(history: History, units: Units) -> None:
    """Refuse a history with numbers that lack their unit, where units are required.

    Raises:
        PatientError: It has some.
    """
    bare = tuple(_bare_numbers(history))
    if not bare or units is not Units.REQUIRED:
        return
    message = f"{history.name} cannot be used"
    raise PatientError(
        message,
        [
            Diagnostic(
                code="GDL734",
                message=f"row {event.row}, `value`: `{name}` has a number without a unit, "
                "and units are required",
                help=(
                    Help(
                        message="write the unit of the report, as in "
                        f"`... {event.assumed}`"
                    ),
                ),
            )
            for name, event in bare
        ],
    )


def units_assumed(history: History, graph: m.RuleGraph) -> Iterator[str]:
    """In which unit bare numbers of a history were read; nothing where there are none."""
    rows: dict[tuple[str, str | None], list[str]] = {}
    for name, event in _bare_numbers(history):
        rows.setdefault((name, event.assumed), []).append(str(event.row))
    if rows:
        said = [
            f"{brief_text(graph, name)} was read as {unit} "
            f"({'row' if len(numbers) == 1 else 'rows'} {shortened(', '.join(numbers))})"
            for (name, unit), numbers in rows.items()
        ]
        yield f"no unit was given in the history: {', '.join(said)}"


def audited(
    replay: Replay, history: History, families: Iterable[Family] = tuple(Family)
) -> Audit:
    """What a replay of `history` shows."""
    asked = tuple(f for f in Family if f in set(families))
    known = replay.knowledge.over(dt.date.min, replay.on)
    scope = replay.knowledge.on(replay.on).answer.scope
    is_for_patient = scope is not Truth.FALSE
    later = len(history.events) - len(replay.events)
    # Whether a regimen applied, or may have applied, at any time up to the audit.
    is_indicated = any(
        phases_of(verdict.rule)
        for situation in known
        for decision in (m.Decision.LOADING, m.Decision.MAINTENANCE)
        for verdict in situation.of(decision, *OPEN)
    )
    notices = (
        (OUT_OF_SCOPE, not is_for_patient),
        (SCOPE_UNKNOWN, scope is Truth.UNKNOWN),
        (LATER.format(count=later, on=replay.on), later),
        (NO_DOSE, not replay.treatment),
        (NOT_INDICATED, is_for_patient and not is_indicated),
    )
    return Audit(
        graph=replay.graph,
        on=replay.on,
        tolerance=replay.tolerance,
        families=asked,
        findings=findings_of(told(replay, asked)),
        events=len(replay.events),
        later=later,
        scope=scope,
        notices=tuple(text for text, holds in notices if holds),
        silences=tuple(dict.fromkeys(s for one in known for s in one.answer.silences)),
        warnings=history.warnings,
    )


def told(replay: Replay, families: Iterable[Family]) -> tuple[Telling, ...]:
    """What is to be told of a replay; nothing, where the guideline is not for the patient."""
    if replay.knowledge.on(replay.on).answer.scope is Truth.FALSE:
        return ()
    said = (
        one for family in families for judge in _JUDGES[family] for one in judge(replay)
    )
    return tellings_of(said, replay)


_JUDGES: Mapping[
    Family, tuple[Callable[[Replay], Iterator[Departure | Judged]], ...]
] = {
    Family.FORM: (judged_forms,),
    Family.INTERVAL: (
        loading_findings,
        maintenance.maintenance_findings,
        series_findings,
        spacing_findings,
    ),
    Family.FOLATE: (withheld_findings,),
    Family.TECHNIQUE: (technique_findings,),
    Family.MONITORING: (monitoring_findings,),
    Family.CONTINUATION: (maintenance.continuation_findings,),
}
"""Who judges what is looked at."""


def replay_of(  # noqa: PLR0913 -- as an audit
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    tolerance: Tolerance = USUAL,
    work: Work | None = None,
) -> Replay:
    """The replay, in which a loading course that the history shows to be complete counts as such.

    Its completion is known from then on, as if somebody had recorded it, unless the patient's
    record speaks of it.

    Args:
        evaluator: The guideline.
        patient: Who it is about.
        history: What was done; what lies after `on` is left aside.
        on: The day of the audit.
        tolerance: How late is late.
        work: What the answers of all days may cost together; else each has its own limit.

    Raises:
        PatientError: The patient's record cannot be used.
    """
    events = tuple(e for e in history.events if e.on <= on)
    knowledge = Knowledge.of(evaluator, patient, events, work)
    replay = Replay(
        graph=evaluator.graph,
        knowledge=knowledge,
        events=events,
        on=on,
        tolerance=tolerance,
    )
    walks: Walks = {}
    replay = _with_loading(replay, walks)
    shown = tuple(_shown(replay))
    if not shown:
        return _with_gaps(replay)
    together = tuple(sorted((*events, *shown), key=by_day))
    replay = evolve(replay, knowledge=knowledge.with_events(together))
    return _with_gaps(_with_loading(replay, walks))


def _with_gaps(replay: Replay) -> Replay:
    """The replay with what was due between the doses outside loading."""
    return evolve(replay, gaps=tuple(maintenance.gaps_of(replay)))


def _with_loading(replay: Replay, walks: Walks) -> Replay:
    """The replay with the course of each loading rule.

    Where a rule offers several regimens, nobody recorded which of them was chosen: it is the one
    from which the history departs least, maintenance included.
    """
    choices = tuple(loading_choices(replay, walks))
    if all(len(each) == 1 for each in choices):
        return evolve(replay, loading=tuple(course for (course,) in choices))

    def departures(tried: Replay) -> int:
        tried = _with_gaps(tried)
        found = (*loading_findings(tried), *maintenance.maintenance_findings(tried))
        return sum(departure.ceiling is not Gravity.INFO for departure in found)

    tries = islice(product(*choices), _MOST_CHOICES)
    return min((evolve(replay, loading=one) for one in tries), key=departures)


_MOST_CHOICES = 64


def _shown(replay: Replay) -> Iterator[Event]:
    """The events that end loading, on the day after a fixed course had all its doses."""
    for course in replay.loading:
        if course.complete is not None:
            day = course.complete + dt.timedelta(days=1)
            for event in replay.targets.ends_of_loading:
                if event not in replay.knowledge.on(day).stated.values:
                    yield Noted(on=day, fact=event)
