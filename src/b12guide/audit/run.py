"""Audits a history: every family of findings over one replay, in the order of the days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.audit.continuation import continuation_findings
from b12guide.audit.course import Loading, loading_course
from b12guide.audit.event import Event, History, Noted, by_day
from b12guide.audit.finding import Audit, Family, Finding, Gravity, Tolerance
from b12guide.audit.form import forms
from b12guide.audit.knowledge import Answers, Knowledge
from b12guide.audit.loading import loading_findings
from b12guide.audit.maintenance import maintenance_findings
from b12guide.audit.monitoring import monitoring_findings
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.series import series_findings
from b12guide.audit.technique import technique_findings
from b12guide.audit.tolerance import USUAL
from b12guide.audit.trough import trough_findings
from b12guide.audit.visit import visit_findings
from b12guide.audit.withheld import withheld_drugs
from b12guide.evaluate.recommend import Evaluator
from b12guide.graph.model import Decision, RuleGraph
from b12guide.patient.model import Patient
from b12guide.truth import Truth

__all__ = ["audit", "audited", "replay_of"]

OUT_OF_SCOPE = (
    "the guideline is not written for this patient, so nothing is held against it"
)
SCOPE_UNKNOWN = (
    "it is not known whether the guideline is written for this patient; "
    "the findings hold if it is"
)
NO_DOSE = "the history records no dose of the treatment"
LATER = "{count} of the events lie after {on} and were left aside"


def audit(  # noqa: PLR0913 -- an audit has a who, a what, a when and two settings
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    families: Iterable[Family] = tuple(Family),
    tolerance: Tolerance = USUAL,
) -> Audit:
    """Where `history` departs from the guideline, judged with what was known on each day.

    Args:
        evaluator: The guideline.
        patient: Who it is about; dated facts count from their day on.
        history: What was done.
        on: The day of the audit: what became due later is not missing yet.
        families: What to look at.
        tolerance: How late is late.

    Raises:
        PatientError: The patient's record cannot be used.
    """
    replay = replay_of(evaluator, patient, history, on, tolerance=tolerance)
    return audited(replay, history, families)


def audited(
    replay: Replay, history: History, families: Iterable[Family] = tuple(Family)
) -> Audit:
    """What a replay of `history` shows."""
    asked = tuple(f for f in Family if f in set(families))
    scope = replay.knowledge.on(replay.on).recommendation.scope
    findings = () if scope is Truth.FALSE else _findings(replay, asked)
    later = len(history.events) - len(replay.events)
    return Audit(
        graph=replay.graph,
        on=replay.on,
        tolerance=replay.tolerance,
        families=asked,
        findings=tuple(findings),
        events=len(replay.events),
        later=later,
        scope=scope,
        notices=tuple(_notices(replay, scope, later)),
        warnings=history.warnings,
    )


def _notices(replay: Replay, scope: Truth, later: int) -> Iterator[str]:
    if scope is Truth.FALSE:
        yield OUT_OF_SCOPE
    elif scope is Truth.UNKNOWN:
        yield SCOPE_UNKNOWN
    if later:
        yield LATER.format(count=later, on=replay.on)
    if not replay.treatment:
        yield NO_DOSE


def replay_of(  # noqa: PLR0913 -- as an audit, with what other patients' brought
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    *,
    tolerance: Tolerance = USUAL,
    answers: Answers | None = None,
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
        answers: Those worked out before, which patients with the same `otherwise` may share.

    Raises:
        PatientError: The patient's record cannot be used.
    """
    events = tuple(e for e in history.events if e.on <= on)
    knowledge = Knowledge.of(evaluator, patient, events, answers)
    replay = Replay(
        graph=evaluator.graph,
        knowledge=knowledge,
        events=events,
        on=on,
        tolerance=tolerance,
    )
    shown = tuple(_shown(replay))
    if not shown:
        return replay
    together = tuple(sorted((*events, *shown), key=by_day))
    return evolve(
        replay,
        knowledge=Knowledge.of(evaluator, patient, together, knowledge.answers),
    )


def _shown(replay: Replay) -> Iterator[Event]:
    """The events that end loading, on the day after a fixed course had all its doses."""
    ending = _ending_loading(replay.graph)
    for course in loading_course(replay, fixed_only=True):
        if course.complete is None:
            continue
        day = course.complete + dt.timedelta(days=1)
        for event in ending:
            if event not in replay.knowledge.on(day).stated.values:
                yield Noted(on=day, fact=event)


def _ending_loading(graph: RuleGraph) -> tuple[str, ...]:
    """The events that maintenance waits for: with them, loading is over."""
    return tuple(
        dict.fromkeys(
            event
            for rule in graph.rules.values()
            if rule.decision is Decision.MAINTENANCE
            for phase in phases_of(rule)
            for event in phase.after
        )
    )


def _findings(replay: Replay, asked: tuple[Family, ...]) -> tuple[Finding, ...]:
    courses = loading_course(replay)
    found = [f for family in asked for f in _family(replay, family, courses)]
    gravities, families = list(Gravity), list(Family)

    def order(finding: Finding) -> tuple[dt.date, int, int, str, str]:
        return (
            finding.on,
            gravities.index(finding.gravity),
            families.index(finding.family),
            finding.rule.name,
            finding.text,
        )

    return tuple(sorted(found, key=order))


def _family(
    replay: Replay, family: Family, courses: tuple[Loading, ...]
) -> Iterator[Finding]:
    match family:
        case Family.FORM:
            rows = frozenset(row for course in courses for row in course.rows)
            yield from forms(replay, rows)
        case Family.INTERVAL:
            yield from loading_findings(replay, courses)
            yield from maintenance_findings(replay, courses)
            yield from series_findings(replay)
        case Family.FOLATE:
            yield from withheld_drugs(replay)
        case Family.TECHNIQUE:
            yield from technique_findings(replay)
        case Family.MONITORING:
            yield from monitoring_findings(replay)
            yield from trough_findings(replay)
            yield from visit_findings(replay)
        case Family.CONTINUATION:
            yield from continuation_findings(replay)
