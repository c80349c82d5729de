"""What is due for every patient of a cohort: one row each, in the order of the patients.

Those who cannot be told apart from others come last, where they are not an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from b12guide.arguments import choice
from b12guide.audit import finding
from b12guide.cohort import frames
from b12guide.cohort.audit_chunks import person_of, problems_of
from b12guide.cohort.histories import TableEvents, events_of, patients_of
from b12guide.cohort.options import OnBadRow, Progress, no_progress
from b12guide.cohort.two_tables import TwoTables, read_tables
from b12guide.due.model import Due, DueDose, DueTest
from b12guide.due.run import due
from b12guide.due.series import marks_of
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.from_mapping import day_of
from b12guide.patient.model import Otherwise
from b12guide.truth import Truth

_CHUNK = 100
_DAY, _TEXT, _TEXTS = pa.date32(), pa.string(), pa.list_(pa.string())
_OVERDUE = {Truth.TRUE: "yes", Truth.FALSE: "no", Truth.UNKNOWN: "unknown"}

COLUMNS: Mapping[str, Any] = {
    "phase": _TEXT,
    "stage": pa.int32(),
    "doses": pa.int32(),
    "in_doubt": pa.int32(),
    "dose": _TEXT,
    "dose_number": pa.int32(),
    "dose_earliest": _DAY,
    "dose_recommended": _DAY,
    "dose_latest": _DAY,
    "dose_accepted_until": _DAY,
    "dose_timing": _TEXT,
    "dose_certain": pa.bool_(),
    "dose_rules": _TEXTS,
    "test": _TEXTS,
    "test_recommended": _DAY,
    "test_latest": _DAY,
    "test_timing": _TEXT,
    "test_rules": _TEXTS,
    "overdue": _TEXT,
    "unknown": _TEXTS,
    "problem": _TEXT,
}
"""The columns behind that of the id, with their Arrow types."""


def due_cohort(  # noqa: PLR0913 -- two tables, a day, and how they are to be read
    evaluator: Evaluator,
    patients: Any,
    events: Any,
    *,
    on: dt.date,
    patient: str = "patient",
    tolerance: finding.Tolerance | str = finding.USUAL,
    marks: Mapping[str, int | str] | None = None,
    units: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    otherwise: Otherwise | str = Otherwise.UNKNOWN,
    assume: Mapping[str, Any] | None = None,
    truths: Mapping[Any, bool] | None = None,
    decimal: str = ".",
    on_bad: OnBadRow | str = OnBadRow.ERROR,
    progress: Progress | None = None,
) -> Any:
    """What is due for every patient of `patients`, in a frame of the same kind.

    Args:
        evaluator: The guideline.
        patients: A frame with one row for each patient: an id, and columns named as facts are.
        events: A frame with one row for each event: the id of its patient, and the fields of a
            history file.
        on: The day.
        patient: The column of both frames that holds the id.
        tolerance: How late is late.
        marks: The events that doses bring about, as for `Guideline.due`.
        units: As for an audit of a cohort, and so `ignore`, `otherwise`, `assume`, `truths` and
            `decimal`.
        ignore: See `units`.
        otherwise: See `units`.
        assume: See `units`.
        truths: See `units`.
        decimal: See `units`.
        on_bad: What becomes of patients who cannot be read: `error`, or `skip`, which leaves their
            row without days, says `unknown` of whether anything is overdue, and why.
        progress: Told from time to time how far it is.

    Raises:
        CohortError: They are no frames.
        PatientError: The frames, or some rows of them, cannot be used.
        UnknownNameError: A tolerance, an event or a choice has no such name.
    """
    kept = finding.tolerance_of(tolerance)
    known = marks_of(marks or {}, evaluator.graph)
    skips = choice(OnBadRow, on_bad, "on_bad") is OnBadRow.SKIP
    day = day_of(on)
    read = read_tables(
        evaluator,
        patients,
        events,
        patient,
        units=units,
        ignore=ignore,
        otherwise=otherwise,
        assume=assume,
        truths=truths,
        decimal=decimal,
    )
    problems: list[frames.RowProblem] = [*read.histories.problems]
    rows: list[tuple[Any, ...]] = []
    tell, count = progress or no_progress, read.histories.patients.num_rows
    tell(0, count)
    for one_id, found in _answers(evaluator, read, patient, day, kept, known):
        if isinstance(found, Due):
            rows.append((one_id, *_cells(found)))
        else:
            problems += found
            rows.append((one_id, *_unread(found)))
        if len(rows) % _CHUNK == 0 or len(rows) == count:
            tell(len(rows), count)
    if problems and not skips:
        raise frames.refused(frames.in_order(problems))
    left_out: dict[Any, list[frames.RowProblem]] = {}
    for problem in read.histories.problems:
        if problem.patient is not None:
            left_out.setdefault(problem.patient, []).append(problem)
    known_ids = {row[0] for row in rows}
    rows += ((i, *_unread(p)) for i, p in left_out.items() if i not in known_ids)
    ids = read.patients.schema.field(patient).type
    schema = pa.schema([(patient, ids), *COLUMNS.items()])
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pa.array(list(column), type=kind)
        for column, kind in zip(columns, schema.types, strict=True)
    ]
    table = pa.Table.from_arrays(arrays, schema=schema)
    return frames.native(table, frames.kind_of(patients))


def _answers(  # noqa: PLR0913, PLR0917 -- a cohort, and how each of it is asked about
    evaluator: Evaluator,
    read: TwoTables,
    patient: str,
    on: dt.date,
    tolerance: finding.Tolerance,
    marks: Mapping[str, int | str],
) -> Iterator[tuple[Any, Due | list[frames.RowProblem]]]:
    """What is due for each patient, or what keeps it from being said."""
    for chunk in read.histories.chunks(_CHUNK):
        histories = events_of(chunk.events, patient)
        for one in patients_of(chunk.patients, patient, read.columns, read.otherwise):
            events = histories.get(one.position, TableEvents())
            person = person_of(evaluator, one, events, on, read.assumed)
            if isinstance(person, list):
                yield one.id, person
                continue
            who, history = person
            try:
                found = due(
                    evaluator, who, history, on, tolerance=tolerance, marks=marks
                )
            except PatientError as error:
                yield one.id, list(problems_of(one, error))
            else:
                yield one.id, found


def _cells(found: Due) -> tuple[Any, ...]:
    """The row of one patient, without the id."""
    dose, test = found.next_dose, _next_test(found)
    phase = found.phase
    facts = (name for one in found.unsettled for name in one.facts)
    in_doubt = sum(one.counting.value == "in doubt" for one in found.given)
    return (
        None if phase is None else phase.decision.value,
        None if phase is None else phase.stage,
        found.counted,
        in_doubt,
        *_dose_cells(dose, found.on),
        *_test_cells(test, found.on),
        _OVERDUE[found.overdue],
        list(dict.fromkeys(facts)),
        None,
    )


def _dose_cells(dose: DueDose | None, on: dt.date) -> tuple[Any, ...]:
    if dose is None:
        return (None,) * 9
    days = dose.days
    return (
        dose.decision.value,
        dose.number,
        days.earliest,
        days.recommended,
        days.latest,
        days.accepted_until,
        dose.timing(on).value,
        dose.certain,
        list(dose.rules),
    )


def _test_cells(test: DueTest | None, on: dt.date) -> tuple[Any, ...]:
    if test is None:
        return (None,) * 5
    days = test.days
    return (
        list(test.tests),
        days.recommended,
        days.latest,
        test.timing(on).value,
        list(test.rules),
    )


def _next_test(found: Due) -> DueTest | None:
    """The first test that is certain and has a day, else the first of all."""
    dated = [test for test in found.tests if test.certain and not test.days.is_open]
    return next(iter(dated or found.tests), None)


def _unread(problems: Iterable[frames.RowProblem]) -> tuple[Any, ...]:
    """The row of a patient who cannot be read: nothing is known, so nothing is "no"."""
    said = "; ".join(problem.said for problem in problems)
    cells = dict.fromkeys(COLUMNS, None)
    return tuple({**cells, "overdue": "unknown", "problem": said}.values())
