"""Audits the histories of many patients, in several processes where it is worth while.

What comes out does not depend on how many processes there were. Whoever cannot be read is told, all
at once; with `skip` such a patient is left out as a whole, because an audit of half a history would
find gaps that are none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from attrs import evolve

from b12guide.arguments import choice, instance, whole_number
from b12guide.audit.finding import Family, Gravity, Tolerance
from b12guide.audit.tolerance import USUAL, families_of, tolerance_of
from b12guide.cohort.assumed import assumed, written
from b12guide.cohort.audit import Adherence, CohortAudit, Spacing
from b12guide.cohort.audit_chunk import Asked, Found, schema_of
from b12guide.cohort.columns import left_out, match_columns
from b12guide.cohort.histories import Histories, histories_of
from b12guide.cohort.options import OnBadRow, Options, Progress
from b12guide.cohort.problem import in_order, refused
from b12guide.cohort.tables import arrow_of, kind_of
from b12guide.cohort.workers import audit_chunks, cores
from b12guide.evaluate.known import Evaluator
from b12guide.graph.model import Decision, Rule
from b12guide.patient.model import Otherwise
from b12guide.patient.question import day_of
from b12guide.truth import Truth

__all__ = ["audit_cohort"]

_CHUNK = 100
_WORTH_A_PROCESS = 200
"""Patients for whose sake one more process is worth its start."""

_JUDGED: Mapping[Decision, frozenset[Family]] = {
    Decision.FORM: frozenset({Family.FORM}),
    Decision.ROUTE: frozenset({Family.FORM}),
    Decision.LOADING: frozenset({Family.FORM, Family.INTERVAL}),
    Decision.MAINTENANCE: frozenset({Family.FORM, Family.INTERVAL}),
    Decision.ADJUNCT: frozenset({Family.FOLATE}),
    Decision.PERMISSION: frozenset({Family.FOLATE}),
    Decision.TECHNIQUE: frozenset({Family.TECHNIQUE}),
    Decision.MONITORING: frozenset({Family.MONITORING}),
    Decision.TARGETS: frozenset({Family.MONITORING}),
    Decision.CONTINUATION: frozenset({Family.CONTINUATION}),
}
"""The families of findings that hold something against the rules of a decision."""


def audit_cohort(  # noqa: PLR0913 -- two tables, a day, and what an audit can be told
    evaluator: Evaluator,
    patients: Any,
    events: Any,
    *,
    on: dt.date,
    patient: str = "patient",
    families: Iterable[Family | str] = tuple(Family),
    tolerance: Tolerance | str = USUAL,
    units: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    otherwise: Otherwise | str = Otherwise.UNKNOWN,
    assume: Mapping[str, Any] | None = None,
    truths: Mapping[Any, bool] | None = None,
    decimal: str = ".",
    on_bad: OnBadRow | str = OnBadRow.ERROR,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CohortAudit:
    """Where the histories of `patients` departed from the guideline.

    Args:
        evaluator: The guideline.
        patients: A frame with one row for each patient: an id, and columns named as facts are.
        events: A frame with one row for each event: the id of its patient, and the fields of a
            history file. A patient without events is audited too.
        on: The day of the audit.
        patient: The column of both frames that holds the id.
        families: What to look at.
        tolerance: How late is late.
        units: The unit of a column of numbers, where it is not the measure's own.
        ignore: Columns of `patients` and of `events` to be left out, or patterns such as `LBX*`,
            which leave out only what is no fact and no field of an event.
        otherwise: What holds of facts for which `patients` has no column.
        assume: Values of facts, as in a patient file, that are assumed of every patient of whom
            they are not known, nulls and facts without a column alike.
        truths: What words or numbers mean in columns of truths, besides `true` and `false`.
        decimal: What stands in text of `patients` before the fraction of a number: `.` or `,`.
        on_bad: What becomes of rows that cannot be read.
        workers: How many processes; as many as there are cores, and patients enough, if None.
        progress: Told from time to time how far it is.

    Raises:
        CohortError: They are no frames.
        PatientError: The frames, or some rows of them, cannot be used.
        UnknownNameError: A family, a tolerance or a choice has no such name.
        WorkerError: A process failed.
    """
    wanted = families_of(families)
    kept = tolerance_of(tolerance)
    skips = choice(OnBadRow, on_bad, "on_bad") is OnBadRow.SKIP
    if workers is not None:
        whole_number(workers, "workers", least=1)
    instance(patient, str, "patient", "the name of the column of ids")
    on = day_of(on)
    options = Options(
        units=units,
        keep=patient,
        ignore=(*Options(ignore=ignore).ignore, patient),
        otherwise=otherwise,
        assume=assume,
        truths=truths,
        decimal=decimal,
    )
    happened = arrow_of(events, "events")
    table = arrow_of(patients, "patients", left_out(evaluator.graph, options))
    found = histories_of(table, happened, patient, options.ignore)
    only_of_events = set(happened.column_names) - set(table.column_names)
    ignored = tuple(name for name in options.ignore if name not in only_of_events)
    options = evolve(options, ignore=ignored)
    matched = match_columns(table.schema, evaluator.graph, options, "patients")
    asked = Asked(
        graph=evaluator.graph,
        patient=patient,
        on=on,
        families=tuple(f for f in Family if f in wanted),
        tolerance=kept,
        columns=matched.columns,
        otherwise=options.otherwise,
        assumed=assumed(options.assume, evaluator).values,
    )
    total = _all_of(found, asked, evaluator, workers, progress)
    problems = in_order((*found.problems, *total.problems))
    if problems and not skips:
        raise refused(problems)
    ids = table.schema.field(patient).type
    empty = schema_of(ids, patient).empty_table()
    no_rows = schema_of(ids, patient, by_rule=True).empty_table()
    return CohortAudit(
        graph=evaluator.graph,
        on=on,
        tolerance=kept,
        families=asked.families,
        patients=total.audited,
        without_events=total.without_events,
        events=total.events,
        later=total.later,
        scope={truth: total.scope[truth] for truth in Truth},
        counts={gravity: total.gravities[gravity] for gravity in Gravity},
        adherence=tuple(_adherence(asked, total)),
        spacing=tuple(
            Spacing(loading=loading, days=days, count=count)
            for (loading, days), count in sorted(total.gaps.items())
        ),
        skipped=problems,
        table=pa.concat_tables([empty, *total.findings]),
        row_table=pa.concat_tables([no_rows, *total.rows]),
        kind=kind_of(patients),
        assumed=written(asked.assumed, evaluator.graph),
    )


def _all_of(
    found: Histories,
    asked: Asked,
    evaluator: Evaluator,
    workers: int | None,
    progress: Progress | None,
) -> Found:
    """What all chunks came to, and their patients' progress told on the way."""
    count = found.patients.num_rows
    most = max(1, count)  # of whom each has one patient
    wanted = min(workers or max(1, min(cores(), count // _WORTH_A_PROCESS)), most)
    size = max(1, min(_CHUNK, -(-count // wanted)))
    total, done = Found(), 0
    if progress is not None:
        progress(0, count)
    for part in audit_chunks(asked, evaluator, found.chunks(size), wanted):
        total.add(part)
        done = min(done + size, count)
        if progress is not None:
            progress(done, count)
    return total


def _adherence(asked: Asked, total: Found) -> Iterable[Adherence]:
    """How the rules that spoke to anybody were kept, in the order of the guideline."""
    for rule in asked.graph.rules.values():
        if not _JUDGED.get(rule.decision, frozenset()) & set(asked.families):
            continue
        counts = Counter(
            {g: total.applied[rule.name, g] for g in (*Gravity, None)},
        )
        if counts.total() or total.open[rule.name] or total.told[rule.name]:
            yield _kept(rule, counts, total)


def _kept(rule: Rule, counts: Counter[Gravity | None], total: Found) -> Adherence:
    strength = rule.grounds.strength
    return Adherence(
        rule=rule.name,
        title=rule.title,
        decision=rule.decision.value,
        strength=None if strength is None else strength.value,
        statements=rule.grounds.statements,
        applied=counts.total(),
        violation=counts[Gravity.VIOLATION],
        warning=counts[Gravity.WARNING],
        unresolved=counts[Gravity.UNRESOLVED],
        info=counts[Gravity.INFO],
        none=counts[None],
        open=total.open[rule.name],
        findings=total.told[rule.name],
    )
