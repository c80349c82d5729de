"""`b12guide audit`: where a dosing history departed from a guideline."""

from __future__ import annotations

import datetime as dt
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.audit.finding import Family, Gravity, Tolerance
from b12guide.audit.history import read_history
from b12guide.audit.run import audit as run_audit
from b12guide.audit.tolerance import TOLERANCES, USUAL, tolerance_of
from b12guide.cli.asking import day_or_today, patient_in
from b12guide.cli.audit_tables import audit_tables
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.option import (
    Format,
    format_option,
    guideline_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Exit, Output, has_colour
from b12guide.cli.recommend import written_as
from b12guide.cli.tables import (
    BARE,
    USUAL_READING,
    assume_option,
    ignore_option,
    otherwise_option,
    reading_options,
    units_option,
)
from b12guide.cohort.paths import format_of
from b12guide.errors import UnknownNameError
from b12guide.guideline import load
from b12guide.patient.model import Units

if TYPE_CHECKING:
    from b12guide.audit.finding import Audit

__all__ = ["audit"]


def _families(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[Family, ...]:
    """The families that are named, all of them without a name."""
    if value is None:
        return tuple(Family)
    known = {family.value: family for family in Family}
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    for name in names:
        if name not in known:
            message = f"`{name}` is not one of {', '.join(known)}"
            raise click.BadParameter(message)
    if not names:
        message = f"name one or more of {', '.join(known)}"
        raise click.BadParameter(message)
    return tuple(known[name] for name in names)


def _tolerance(_: click.Context, __: click.Parameter, value: str) -> Tolerance:
    """The tolerance of that name, or with those numbers."""
    try:
        return tolerance_of(value)
    except UnknownNameError as error:
        message = f"{error}; there are {' and '.join(TOLERANCES)}"
        raise click.BadParameter(message) from error


@click.command
@click.argument("patient", metavar="PATIENT")
@click.argument("history", metavar="HISTORY")
@guideline_option
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.CSV)
@click.option(
    "--only",
    "families",
    metavar="FAMILY,...",
    callback=_families,
    help=f"Look at some families only: {', '.join(f.value for f in Family)}.",
)
@click.option(
    "--tolerance",
    metavar="NAME",
    default=USUAL.name,
    show_default=True,
    callback=_tolerance,
    help="How late is late: `usual` is 7 days for doses in months, 1 for doses in days and "
    "weeks, 14 for tests; `strict` is none. Or numbers, such as doses=3,loading=2.",
)
@click.option(
    "--fail-on",
    type=click.Choice([gravity.value for gravity in Gravity]),
    default=Gravity.VIOLATION.value,
    show_default=True,
    help="End with 1 if there is a finding as grave as this, or graver.",
)
@on_option
@click.option(
    "--id",
    "column",
    metavar="COLUMN",
    default="patient",
    show_default=True,
    help="Of tables: the column that says whose row it is.",
)
@otherwise_option
@assume_option
@units_option
@ignore_option
@reading_options
@click.option(
    "--on-bad",
    type=click.Choice(["error", "skip"]),
    default="error",
    show_default=True,
    help="Of tables: whether patients who cannot be read are left out.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Of tables: how many processes.  [default: as many as cores]",
)
@output_option
@reported
def audit(
    *,
    patient: str,
    history: str,
    guideline: str,
    format_: Format,
    families: tuple[Family, ...],
    tolerance: Tolerance,
    fail_on: str,
    on: dt.date | None,
    column: str,
    otherwise: str,
    assume: dict[str, str | bool],
    units: dict[str, str],
    ignore: tuple[str, ...],
    reading: dict[str, Any],
    on_bad: str,
    workers: int | None,
    file: Path | None,
) -> Output:
    """Say where a dosing history departed from a guideline.

    PATIENT is a .json, .toml or .yaml file; HISTORY is a .json or .csv file. One of them may be
    - for JSON on standard input. What became due after the day of the audit is not missing yet.

    Of a cohort, PATIENT and HISTORY are tables (.parquet, .arrow, .csv, .tsv): one row for each
    patient, and one for each event of any patient.
    """
    bare: Units | None = click.get_current_context().meta.get(BARE)
    if format_of(Path(patient)) is not None:
        if bare is Units.REQUIRED:
            message = "--units required is for one patient; name units as COLUMN=UNIT"
            raise click.UsageError(message)
        return audit_tables(
            load(guideline),
            patient,
            history,
            format_,
            file,
            on=day_or_today(on),
            families=[family.value for family in families],
            tolerance=tolerance,
            fail_on=Gravity(fail_on),
            patient=column,
            otherwise=otherwise,
            assume=assume,
            units=units,
            ignore=ignore,
            reading=reading,
            on_bad=on_bad,
            workers=workers,
        )
    told = units or assume or workers or reading != USUAL_READING
    if told or (otherwise, on_bad) != ("unknown", "error"):
        message = (
            "--otherwise, --assume, --units COLUMN=UNIT, --on-bad, --workers and how "
            "cells are written (--true, --decimal, ...) are for tables"
        )
        raise click.UsageError(message)
    if patient == history == "-":
        message = "only one of PATIENT and HISTORY can be standard input"
        raise click.UsageError(message)
    asked = load(guideline)
    person = patient_in(patient)
    found = run_audit(
        asked.evaluator,
        person,
        read_history(history, asked.graph, ignore=ignore),
        day_or_today(on),
        families=families,
        tolerance=tolerance,
        units=bare,
    )
    return Output(
        text=_written(found, format_, file),
        errors=diagnostics_text(found.warnings, colour=has_colour(sys.stderr)),
        code=Exit.FINDINGS if found.has(Gravity(fail_on)) else Exit.FINE,
        file=file,
    )


def _written(found: Audit, format_: Format, file: Path | None) -> str:
    if format_ is Format.CSV:
        show: Any = import_module("b12guide.show.audit_json")
        rows = show.finding_rows(found)
        table: str = import_module("b12guide.show.table").to_csv(show.COLUMNS, rows)
        return table
    return written_as(format_, found, file)
