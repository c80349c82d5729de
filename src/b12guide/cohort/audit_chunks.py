"""Audits of some patients of a cohort, here or in processes of their own."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

import pyarrow as pa
from attrs import define, evolve, field, fields, frozen

from b12guide.audit.event import History
from b12guide.audit.finding import Family, Gravity, Tolerance
from b12guide.audit.history import history_of
from b12guide.audit.pattern import Pattern, pattern_of
from b12guide.audit.periods import PeriodState
from b12guide.audit.plain_history import plainly_joined
from b12guide.audit.replay import Replay
from b12guide.audit.run import replay_of, told
from b12guide.audit.telling import Telling
from b12guide.cohort.adherence_periods import PeriodColumns, PeriodRequest
from b12guide.cohort.assumed import assumable, written_values
from b12guide.cohort.columns import Column
from b12guide.cohort.finding_columns import FindingColumns, SharedParts
from b12guide.cohort.frames import RowProblem, Table
from b12guide.cohort.histories import (
    Chunk,
    TableEvents,
    TablePatient,
    events_of,
    patients_of,
)
from b12guide.cohort.processes import Worker
from b12guide.collector import collector_paused
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Otherwise, Patient
from b12guide.patient.stated import state
from b12guide.truth import Truth


@frozen(kw_only=True)
class AuditRequest:
    """What every patient of a cohort is audited with; it can be sent to another process."""

    graph: RuleGraph
    patient: str
    on: dt.date
    families: tuple[Family, ...]
    tolerance: Tolerance
    columns: tuple[Column, ...]
    otherwise: Otherwise
    assumed: Mapping[str, FactValue] = field(factory=dict)
    periods: PeriodRequest | None = None


@define(kw_only=True)
class AuditedChunk:
    """What one chunk, or several, came to.

    Attributes:
        audited: How many patients were audited; `without_events` had none up to the day.
        scope: How many are inside the guideline's scope, outside, or not known to be either.
        applied: Patients to whom a rule applied, by the rule and its gravest finding; None: none.
        open: Patients for whom a rule was never ruled out and never known to apply.
        told: Findings by rule.
        unrecorded: Patients without a finding or a record to judge by, by rule.
        gaps: Days between doses, by whether they belong to loading.
        rule_gaps: The same for each rule on their distance, and whether it only may apply.
        period_counts: Patients by rule, interval of follow-up and state, where asked for;
            `followed` have an interval.
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
    unrecorded: Counter[str] = field(factory=Counter)
    gaps: Counter[tuple[bool, int]] = field(factory=Counter)
    rule_gaps: Counter[tuple[str, bool, int, bool]] = field(factory=Counter)
    findings: list[Table] = field(factory=list)
    rows: list[Table] = field(factory=list)
    periods: list[Table] = field(factory=list)
    period_counts: Counter[tuple[str, int, PeriodState]] = field(factory=Counter)
    followed: int = 0
    problems: list[RowProblem] = field(factory=list)

    def add(self, other: AuditedChunk) -> None:
        """Take in what the next patients came to."""
        for name in (one.name for one in fields(AuditedChunk)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def count(self, one: _Audited, gravest: Mapping[str, int]) -> None:
        """Take in what one patient came to.

        Args:
            one: That.
            gravest: The place among the gravities of the gravest that each rule says.
        """
        pattern = one.pattern
        self.audited += 1
        self.without_events += not one.events
        self.events += one.events
        self.later += one.later
        self.scope[one.scope] += 1
        if one.scope is not Truth.FALSE:
            self.applied.update(
                [
                    (name, _GRAVITIES[gravest[name]] if name in gravest else None)
                    for name in pattern.applied
                ]
            )
            self.open.update(pattern.open)
            self.unrecorded.update(pattern.applied - pattern.recorded - gravest.keys())
        for gap in pattern.gaps:
            self.gaps[gap.loading, gap.days] += 1
            found = [(n, False) for n in gap.rules] + [(n, True) for n in gap.open]
            self.rule_gaps.update(
                [(name, gap.loading, gap.days, is_open) for name, is_open in found]
            )


_GRAVITIES = tuple(Gravity)


def audit_chunk(
    asked: AuditRequest, evaluator: Evaluator, chunk: Chunk, parts: SharedParts
) -> AuditedChunk:
    """What the audits of the patients of `chunk` come to.

    Args:
        asked: What they are audited with.
        evaluator: The guideline of `asked`.
        chunk: The patients with their events.
        parts: What earlier chunks said; more is added.
    """
    with collector_paused():  # what a chunk makes stays until its tables are made
        return _audit_chunk(asked, evaluator, chunk, parts)


def _audit_chunk(
    asked: AuditRequest, evaluator: Evaluator, chunk: Chunk, parts: SharedParts
) -> AuditedChunk:
    parts.begin()
    found, columns = AuditedChunk(), FindingColumns(parts)
    cut = None
    if asked.periods is not None:
        cut = PeriodColumns(asked.periods, asked.graph)
    starts = _starts(asked, chunk)
    ids: list[Any] = []
    histories = events_of(chunk.events, asked.patient)
    people = patients_of(chunk.patients, asked.patient, asked.columns, asked.otherwise)
    for one, start in zip(people, starts, strict=True):
        events = histories.get(one.position, TableEvents())
        result = _audit(asked, evaluator, one, events)
        if isinstance(result, list):
            found.problems += result
            continue
        gravest = columns.add(len(ids), result.tellings)
        if cut is not None:
            cut.add(len(ids), result.replay, result.tellings, start)
        ids.append(one.id)
        found.count(result, gravest)
    gravities, rules = columns.counts()
    found.gravities += gravities
    found.told += rules
    kind = chunk.patients.schema.field(asked.patient).type
    whose = pa.array(ids, kind)
    findings, rows = columns.tables(whose, asked.patient)
    found.findings.append(findings)
    found.rows.append(rows)
    if cut is not None:
        found.periods.append(cut.table(whose, asked.patient))
        found.period_counts, found.followed = cut.counts, cut.followed
    return found


def _starts(asked: AuditRequest, chunk: Chunk) -> Sequence[dt.date | None]:
    """The first day of follow-up of each patient, where a column has it."""
    column = None if asked.periods is None else asked.periods.column
    if column is None:
        return [None] * chunk.patients.num_rows
    days: list[dt.date | None] = chunk.patients.column(column).to_pylist()
    return days


@frozen(kw_only=True)
class _Audited:
    """What came of one patient.

    Attributes:
        events: How many there are up to the day of the audit; `later` lie after it.
    """

    replay: Replay
    tellings: tuple[Telling, ...]
    pattern: Pattern
    scope: Truth
    events: int
    later: int


def _audit(
    asked: AuditRequest, evaluator: Evaluator, one: TablePatient, events: TableEvents
) -> _Audited | list[RowProblem]:
    """The audit of a patient, or everything that keeps it from being made."""
    read = person_of(evaluator, one, events, asked.on, asked.assumed)
    if isinstance(read, list):
        return read
    patient, history = read
    try:
        replay = replay_of(
            evaluator, patient, history, asked.on, tolerance=asked.tolerance
        )
        return _Audited(
            replay=replay,
            tellings=told(replay, asked.families),
            pattern=pattern_of(replay),
            scope=replay.knowledge.on(replay.on).answer.scope,
            events=len(replay.events),
            later=len(history.events) - len(replay.events),
        )
    except PatientError as error:
        return list(problems_of(one, error))


def person_of(
    evaluator: Evaluator,
    one: TablePatient,
    events: TableEvents,
    on: dt.date,
    assume: Mapping[str, FactValue],
) -> tuple[Patient, History] | list[RowProblem]:
    """A patient of a table with what is assumed and the history, or what is wrong with them."""
    graph, patient = evaluator.graph, one.patient
    wrong: list[RowProblem] = []
    history = History()
    try:
        history = _history(evaluator, events, f"events of {patient.name}")
    except PatientError as error:
        for each in error.diagnostics:
            row = 0 if each.place is None else int(each.place.text.name)
            wrong.append(
                RowProblem(patient=one.id, table="events", row=row, diagnostic=each)
            )
    try:
        if wrong:  # what is wrong with the patient is reported as well
            state(patient, graph)
        elif assume:
            stated, facts = state(patient, graph, on), patient.facts
            able = {n: v for n, v in assume.items() if facts.get(n) is None}
            able = assumable(able, stated, evaluator)
            patient = evolve(patient, facts={**facts, **written_values(able, graph)})
    except PatientError as error:
        wrong += problems_of(one, error)
    return wrong or (patient, history)


def problems_of(one: TablePatient, error: PatientError) -> Iterator[RowProblem]:
    """What is wrong with the row of a patient."""
    for each in error.diagnostics:
        yield RowProblem(patient=one.id, table="patients", row=one.row, diagnostic=each)


def _history(evaluator: Evaluator, events: TableEvents, name: str) -> History:
    """The history of a patient.

    Raises:
        PatientError: It cannot be used.
    """
    plain = events.at_once(evaluator.graph, evaluator.memory.rows)
    joined = None if plain is None else plainly_joined(plain)
    if joined is None:
        return history_of(events.rows(), evaluator.graph, name)
    return History(events=joined, name=name)


@frozen
class _AuditTask:
    """What a process is for that audits chunks."""

    asked: AuditRequest

    def prepared(self) -> Callable[[tuple[Any, Any]], AuditedChunk]:
        evaluator, parts = Evaluator.of(self.asked.graph), SharedParts()

        def answer(written: tuple[Any, Any]) -> AuditedChunk:
            chunk = Chunk.from_streams(written)
            return audit_chunk(self.asked, evaluator, chunk, parts)

        return answer


def audit_chunks(
    asked: AuditRequest, evaluator: Evaluator, chunks: Iterable[Chunk], workers: int
) -> Iterator[AuditedChunk]:
    """What each chunk came to, in order.

    Raises:
        WorkerError: A process failed or was ended from outside.
    """
    if workers == 1:
        parts = SharedParts()
        for chunk in chunks:
            yield audit_chunk(asked, evaluator, chunk, parts)
        return
    started: list[Worker] = []
    idle: SimpleQueue[Worker] = SimpleQueue()

    def ask(chunk: Chunk) -> AuditedChunk:
        worker = idle.get()
        try:
            found: AuditedChunk = worker.ask(chunk.to_streams())
            return found
        finally:
            idle.put(worker)

    try:
        with ThreadPoolExecutor(workers) as pool:
            try:
                started += (Worker.start() for _ in range(workers))
                prepare = partial(Worker.prepare, task=_AuditTask(asked))
                for worker, _ in zip(started, pool.map(prepare, started), strict=True):
                    idle.put(worker)
                under_way: list[Future[AuditedChunk]] = []
                for chunk in chunks:  # a few of them are always under way
                    under_way.append(pool.submit(ask, chunk))
                    if len(under_way) > 2 * workers:
                        yield under_way.pop(0).result()
                for one in under_way:
                    yield one.result()
            finally:  # a process that is ended lets go the thread that waits for it
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in started:
                    worker.end()
    finally:
        for worker in started:
            worker.close()
