"""Two tables of a cohort, its patients and their events, as they are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from b12guide.arguments import instance
from b12guide.cohort import frames
from b12guide.cohort.assumed import assumed
from b12guide.cohort.columns import Column, left_out, match_columns
from b12guide.cohort.histories import Histories, histories_of
from b12guide.cohort.options import Options
from b12guide.evaluate.evaluator import Evaluator
from b12guide.patient.model import FactValue, Otherwise


@frozen(kw_only=True)
class TwoTables:
    """Patients in one table and their events in another, as they are to be read.

    Attributes:
        patients: The first as it came, in Arrow.
        histories: Both, joined by the ids.
        columns: The columns of the first that are facts.
        assumed: What is assumed where it is not known.
    """

    patients: frames.Table = field(repr=False)
    histories: Histories = field(repr=False)
    columns: tuple[Column, ...]
    otherwise: Otherwise
    assumed: Mapping[str, FactValue]


def read_tables(
    evaluator: Evaluator, patients: Any, events: Any, patient: str, **how: Any
) -> TwoTables:
    """Two frames of a cohort, with their columns understood.

    Args:
        evaluator: The guideline.
        patients: As for `audit_cohort`.
        events: As for `audit_cohort`.
        patient: The column of both frames that holds the id.
        how: `units`, `ignore`, `otherwise`, `assume`, `truths`, `decimal`, as for `audit_cohort`.

    Raises:
        CohortError: They are no frames.
        PatientError: The frames cannot be used.
        UnknownNameError: A choice has no such name.
    """
    instance(patient, str, "patient", "the name of the column of ids")
    ignore = (*Options(ignore=how.pop("ignore", ())).ignore, patient)
    options = Options(keep=patient, ignore=ignore, **how)
    happened = frames.arrow_of(events, "events")
    table = frames.arrow_of(patients, "patients", left_out(evaluator.graph, options))
    found = histories_of(table, happened, patient, options.ignore)
    only_of_events = set(happened.column_names) - set(table.column_names)
    ignored = tuple(name for name in options.ignore if name not in only_of_events)
    options = evolve(options, ignore=ignored)
    matched = match_columns(table.schema, evaluator.graph, options, "patients")
    return TwoTables(
        patients=table,
        histories=found,
        columns=matched.columns,
        otherwise=options.otherwise,
        assumed=assumed(options.assume, evaluator).values,
    )
