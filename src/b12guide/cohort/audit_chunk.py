"""Audits the patients of a chunk, one by one, and counts what is counted.

Patients share what was worked out: those of whom a guideline sees the same get one answer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from attrs import define, evolve, field, frozen

from b12guide.audit.event import History
from b12guide.audit.finding import (
    Audit,
    Family,
    Finding,
    FindingRow,
    Gravity,
    Tolerance,
)
from b12guide.audit.history import history_of
from b12guide.audit.knowledge import Answers
from b12guide.audit.pattern import Pattern, pattern_of
from b12guide.audit.row import Row
from b12guide.audit.run import audited, replay_of
from b12guide.cohort.assumed import assumable, written
from b12guide.cohort.columns import Column
from b12guide.cohort.histories import Chunk
from b12guide.cohort.problem import Problem
from b12guide.cohort.rows import Recorded, events_of, patients_of
from b12guide.cohort.tables import Table
from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Patient
from b12guide.patient.resolve import state
from b12guide.truth import Truth

__all__ = ["Asked", "Found", "audit_chunk", "schema_of"]

_KEPT = 4096
"""How many answers are kept for the patients to come; a bound on memory."""


@frozen(kw_only=True)
class Asked:
    """What every patient of a cohort is audited with; it can be sent to another process."""

    graph: RuleGraph
    patient: str
    on: dt.date
    families: tuple[Family, ...]
    tolerance: Tolerance
    columns: tuple[Column, ...]
    otherwise: Otherwise
    assumed: Mapping[str, FactValue] = field(factory=dict)


@define(kw_only=True)
class Found:
    """What one chunk, or several, came to.

    Attributes:
        audited: How many patients were audited; `without_events` had none up to the day.
        scope: How many are inside the guideline's scope, outside, or not known to be either.
        applied: Patients to whom a rule applied, by the rule and its gravest finding; None: none.
        open: Patients for whom a rule was never ruled out and never known to apply.
        told: Findings by rule.
        gaps: Days between doses, by whether they belong to loading.
    """

    audited: int = 0
    without_events: int = 0
    events: int = 0
    later: int = 0
    scope: Counter[Truth] = field(factory=Counter)
    applied: Counter[tuple[str, Gravity | None]] = field(factory=Counter)
    open: Counter[str] = field(factory=Counter)
    told: Counter[str] = field(factory=Counter)
    gravities: Counter[Gravity] = field(factory=Counter)
    gaps: Counter[tuple[bool, int]] = field(factory=Counter)
    findings: list[Table] = field(factory=list)
    rows: list[Table] = field(factory=list)
    problems: list[Problem] = field(factory=list)

    def add(self, other: Found) -> None:
        """Take in what the next patients came to."""
        self.audited += other.audited
        self.without_events += other.without_events
        self.events += other.events
        self.later += other.later
        self.scope += other.scope
        self.applied += other.applied
        self.open += other.open
        self.told += other.told
        self.gravities += other.gravities
        self.gaps += other.gaps
        self.findings += other.findings
        self.rows += other.rows
        self.problems += other.problems


def schema_of(ids: Any, patient: str, *, by_rule: bool = False) -> Any:
    """The columns of the table of findings, or of what each rule says to them.

    Args:
        ids: The type of the ids.
        patient: The name of their column.
        by_rule: Whether there is a row for each rule and day, with the number of its finding.
    """
    texts = pa.list_(pa.string())
    several = ("finding", pa.int32()) if by_rule else ("rules", texts)
    return pa.schema(
        [
            (patient, ids),
            ("on", pa.date32()),
            ("severity", pa.string()),
            ("family", pa.string()),
            ("rule", pa.string()),
            ("statements", texts),
            ("text", pa.string()),
            ("limit", pa.string()),
            ("compared", pa.list_(pa.date32())),
            ("needs", texts),
            ("assumptions", texts),
            ("clears", pa.string()),
            ("challenges", texts),
            ("missing", pa.string()),
            ("silent", texts),
            several,
        ]
    )


def audit_chunk(
    asked: Asked, evaluator: Evaluator, chunk: Chunk, answers: Answers
) -> Found:
    """What the audits of the patients of `chunk` come to.

    Args:
        asked: What they are audited with.
        evaluator: The guideline of `asked`.
        chunk: The patients with their events.
        answers: What earlier chunks worked out; it grows.
    """
    found = Found()
    told: list[tuple[Any, ...]] = []
    rows: list[tuple[Any, ...]] = []
    histories = events_of(chunk.events, asked.patient)
    for one in patients_of(
        chunk.patients, asked.patient, asked.columns, asked.otherwise
    ):
        if len(answers) > _KEPT:
            answers.clear()
        events = histories.get(one.position, [])
        if asked.assumed:
            one = evolve(one, patient=_assuming(asked, evaluator, one.patient))  # noqa: PLW2901
        result = _audit(asked, evaluator, one, events, answers)
        if isinstance(result, list):
            found.problems += result
            continue
        audit, pattern = result
        for number, finding in enumerate(audit.findings, start=1):
            family = finding.family
            told.append(_cells(one.id, finding, family, finding.rules))
            rows += (_cells(one.id, row, family, number) for row in finding.rows)
        _count(found, audit, pattern)
    ids = chunk.patients.schema.field(asked.patient).type
    found.findings.append(_table(told, schema_of(ids, asked.patient)))
    found.rows.append(_table(rows, schema_of(ids, asked.patient, by_rule=True)))
    return found


def _table(rows: Sequence[tuple[Any, ...]], schema: Any) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pa.array(list(column), type=kind)
        for column, kind in zip(columns, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _audit(
    asked: Asked,
    evaluator: Evaluator,
    one: Recorded,
    events: Sequence[Row],
    answers: Answers,
) -> tuple[Audit, Pattern] | list[Problem]:
    """The audit of a patient, or everything that keeps it from being made."""
    graph = asked.graph
    problems: list[Problem] = []
    history = History()
    try:
        history = history_of(events, graph, f"events of {one.patient.name}")
    except PatientError as error:
        problems += (_in_events(one, d) for d in error.diagnostics)
    try:
        if problems:
            state(one.patient, graph)  # for what is wrong with the patient as well
        else:
            replay = replay_of(
                evaluator,
                one.patient,
                history,
                asked.on,
                tolerance=asked.tolerance,
                answers=answers,
            )
            return audited(replay, history, asked.families), pattern_of(replay)
    except PatientError as error:
        problems += (_in_patients(one, d) for d in error.diagnostics)
    return problems


def _assuming(asked: Asked, evaluator: Evaluator, patient: Patient) -> Patient:
    """The patient with what is assumed; one who cannot be read stays as written, to be told of."""
    try:
        stated = state(patient, asked.graph, asked.on)
    except PatientError:
        return patient
    able = {n: v for n, v in asked.assumed.items() if patient.facts.get(n) is None}
    able = assumable(able, stated, evaluator)
    return evolve(patient, facts={**patient.facts, **written(able, asked.graph)})


def _in_patients(one: Recorded, diagnostic: Diagnostic) -> Problem:
    return Problem(patient=one.id, table="patients", row=one.row, diagnostic=diagnostic)


def _in_events(one: Recorded, diagnostic: Diagnostic) -> Problem:
    place = diagnostic.place
    row = 0 if place is None else int(place.text.name)
    return Problem(patient=one.id, table="events", row=row, diagnostic=diagnostic)


def _cells(
    patient: Any, one: Finding | FindingRow, family: Family, several: Any
) -> tuple[Any, ...]:
    noted = (name for silence in one.silences for name in silence.noted_as)
    return (
        patient,
        one.on,
        one.gravity.value,
        family.value,
        one.rule.name,
        one.statements,
        one.text,
        one.limit,
        one.compared,
        one.needs,
        one.assumptions,
        one.clears,
        one.challenges,
        "; ".join(missing.text for missing in one.missing),
        tuple(dict.fromkeys(noted)),
        several,
    )


def _count(found: Found, audit: Audit, pattern: Pattern) -> None:
    found.audited += 1
    found.without_events += not audit.events
    found.events += audit.events
    found.later += audit.later
    found.scope[audit.scope] += 1
    gravest: dict[str, Gravity] = {}
    order = list(Gravity)
    for finding in audit.findings:
        found.gravities[finding.gravity] += 1
        found.told.update(finding.rules)
        for row in finding.rows:
            name, gravity = row.rule.name, row.gravity
            gravest[name] = min(gravest.get(name, gravity), gravity, key=order.index)
    if audit.scope is not Truth.FALSE:
        found.applied.update((name, gravest.get(name)) for name in pattern.applied)
        found.open.update(pattern.open)
    found.gaps.update((gap.loading, gap.days) for gap in pattern.gaps)
