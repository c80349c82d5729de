"""The audit of a cohort: what `b12guide audit` does with two tables."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from b12guide.audit.finding import Gravity
from b12guide.cli.option import Format
from b12guide.cli.output import Exit, Output
from b12guide.cli.recommend import written_as
from b12guide.cli.tables import USUAL_READING, progress_bar, rows_in
from b12guide.cohort.paths import keep_apart
from b12guide.guideline import Guideline

if TYPE_CHECKING:
    from b12guide.cohort.audit import CohortAudit

__all__ = ["audit_tables"]


def audit_tables(
    asked: Guideline,
    patients_file: str,
    events_file: str,
    format_: Format,
    file: Path | None,
    *,
    fail_on: Gravity = Gravity.VIOLATION,
    ignore: tuple[str, ...] = (),
    reading: Mapping[str, Any] = USUAL_READING,
    **options: Any,
) -> Output:
    """The audit of the patients in one table whose events stand in another."""
    keep_apart(file, Path(patients_file), Path(events_file))
    column = options.get("patient", ())
    patients = rows_in(patients_file, asked.graph, ignore, keep=column, **reading)
    events = rows_in(events_file, **reading)
    spelling = {name: reading[name] for name in ("truths", "decimal")}
    with progress_bar() as progress:
        found = asked.audit_cohort(
            patients.table(),
            events.table(),
            progress=progress,
            ignore=ignore,
            **spelling,
            **options,
        )
    return Output(
        text=_written(found, format_, file),
        code=Exit.FINDINGS if found.has(fail_on) else Exit.FINE,
        file=file,
    )


def _written(found: CohortAudit, format_: Format, file: Path | None) -> str:
    if format_ is Format.CSV:
        rows: list[Mapping[str, Any]] = found.to_dict()["findings"]
        columns = found.table.column_names
        to_csv = import_module("b12guide.show.table").to_csv
        table: str = to_csv(columns, rows, exact=("patient",))
        return table
    return written_as(format_, found, file)
