"""The commands that lay advice beside days: `timeline` and `audit`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.audit import finding
from b12guide.audit.fields import YEARS
from b12guide.audit.finding import Audit
from b12guide.audit.period_states import adherence as followed
from b12guide.audit.periods import AdherencePeriods, FollowUp, Grid
from b12guide.audit.run import audit as run_audit
from b12guide.cli import option, tables
from b12guide.cli.answers import day_or_today, patient_in
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.output import Exit, Output, has_colour
from b12guide.cli.records import history_in
from b12guide.cohort.paths import format_of, keep_apart
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.guideline import Guideline, load
from b12guide.patient.model import Units
from b12guide.timeline.model import Timeline
from b12guide.timeline.plan import plan
from b12guide.values.calendar import parse_date

if TYPE_CHECKING:
    pass


def _events(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, dt.date]:
    """Events with their days, written as NAME=DATE."""
    found = {}
    for value in values:
        name, _equals, day = value.partition("=")
        date = parse_date(day.strip())
        if date is None or not name.strip():
            message = f"`{value}` is not written as NAME=2026-03-05"
            raise click.BadParameter(message)
        found[name.strip()] = date
    return found


@click.command
@click.argument("patient", metavar="PATIENT")
@click.option(
    "--start",
    metavar="DATE",
    required=True,
    callback=option.day_of,
    help="The day of the first dose, such as 2026-01-05.",
)
@click.option(
    "--until",
    metavar="DATE",
    callback=option.day_of,
    help="The last day to show.  [default: a year after the first]",
)
@click.option(
    "--event",
    "events",
    metavar="NAME=DATE",
    multiple=True,
    callback=_events,
    help="When an event is expected, such as neurological_plateau=2026-03-01.",
)
@option.guideline_option
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
    option.Format.ICS,
    option.Format.SVG,
    option.Format.PNG,
)
@option.bare_option
@option.output_option
@reported
def timeline(
    *,
    patient: str,
    start: dt.date,
    until: dt.date | None,
    events: dict[str, dt.date],
    guideline: str,
    format_: option.Format,
    units: Units,
    file: Path | None,
) -> Output:
    """Turn a recommendation into dated doses, tests and decisions.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input. What is known of the
    patient on the first day counts. A range stays a range: an earliest and a latest day.
    """
    for day in (start, until):
        if day is not None and day.year not in YEARS:
            message = f"{day} is not a plausible day; check the year"
            raise click.UsageError(message)
    if until is not None and until < start:
        message = f"--until {until} lies before --start {start}"
        raise click.UsageError(message)
    asked = load(guideline)
    answer = asked.recommend(patient_in(patient, asked, start), on=start, units=units)
    found = plan(answer, start, until=until, events=events)
    if format_ is option.Format.PNG:
        return _picture(found, file)
    return Output(text=option.written_as(format_, found, file), file=file)


def _picture(found: Timeline, file: Path | None) -> Output:
    """A PNG goes to a file: a terminal cannot show it."""
    if file is None:
        message = "a PNG needs a file: add --output FILE.png"
        raise click.UsageError(message)
    content: bytes = import_module("b12guide.show.timeline_svg").timeline_to_png(found)
    return Output(text=content, file=file)


def audit_tables(
    asked: Guideline,
    patients_file: str,
    events_file: str,
    format_: option.Format,
    file: Path | None,
    *,
    fail_on: finding.Gravity = finding.Gravity.VIOLATION,
    ignore: tuple[str, ...] = (),
    reading: Mapping[str, Any] = tables.USUAL_READING,
    **options: Any,
) -> Output:
    """The audit of the patients in one table whose events stand in another."""
    keep_apart(file, Path(patients_file), Path(events_file))
    column = options.get("patient", ())
    patients = tables.rows_in(
        patients_file, asked.graph, ignore=ignore, keep=column, **reading
    )
    events = tables.rows_in(events_file, **reading)
    spelling = {name: reading[name] for name in ("truths", "decimal")}
    with tables.progress_bar() as progress:
        found = asked.audit_cohort(
            patients.table(),
            events.table(),
            progress=progress,
            ignore=ignore,
            **spelling,
            **options,
        )
    return Output(
        text=option.written_as(format_, found, file),
        code=Exit.FINDINGS if found.has(fail_on) else Exit.FINE,
        file=file,
    )


def _families(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[finding.Family, ...]:
    """The families that are named, all of them without a name."""
    if value is None:
        return tuple(finding.Family)
    known = {family.value: family for family in finding.Family}
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    for name in names:
        if name not in known:
            message = f"`{name}` is not one of {', '.join(known)}"
            raise click.BadParameter(message)
    if not names:
        message = f"name one or more of {', '.join(known)}"
        raise click.BadParameter(message)
    return tuple(known[name] for name in names)


def tolerance_named(
    _: click.Context, __: click.Parameter, value: str
) -> finding.Tolerance:
    """The tolerance of that name, or with those numbers."""
    try:
        return finding.tolerance_of(value)
    except UnknownNameError as error:
        message = f"{error}; there are {' and '.join(finding.TOLERANCES)}"
        raise click.BadParameter(message) from error


def _length(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """The length of an interval, if it is one."""
    if value is not None:
        try:
            Grid.of(value)
        except ArgumentError as error:
            message = f"`{value}` is not {error.expected}"
            raise click.BadParameter(message) from error
    return value


def _cut(periods: str | None, start: str, rules: tuple[str, ...]) -> dict[str, Any]:
    """How follow-up is cut, where it is.

    Raises:
        UsageError: What belongs to intervals is named without their length.
    """
    if periods is not None:
        return {"periods": periods, "start": start, "rules": rules or None}
    if rules or start != FollowUp.FIRST_EVENT.value:
        message = "--start and --rule need --periods, the length of an interval"
        raise click.UsageError(message)
    return {}


@click.command
@click.argument("patient", metavar="PATIENT")
@click.argument("history", metavar="HISTORY")
@option.guideline_option
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
)
@click.option(
    "--only",
    "families",
    metavar="FAMILY,...",
    callback=_families,
    help=f"Look at some families only: {', '.join(f.value for f in finding.Family)}.",
)
@click.option(
    "--tolerance",
    metavar="NAME",
    default=finding.USUAL.name,
    show_default=True,
    callback=tolerance_named,
    help="How late is late: `usual` is 7 days for doses in months, 1 for doses in days and "
    "weeks, 14 for tests; `strict` is none. Or numbers, such as doses=3,loading=2.",
)
@click.option(
    "--fail-on",
    type=click.Choice([gravity.value for gravity in finding.Gravity]),
    default=finding.Gravity.VIOLATION.value,
    show_default=True,
    help="Exit with 1 if there is a finding of this severity or worse.",
)
@option.on_option
@click.option(
    "--id",
    "column",
    metavar="COLUMN",
    default="patient",
    show_default=True,
    help="For tables: the column of patient ids.",
)
@tables.otherwise_option
@tables.assume_option
@tables.units_option
@tables.ignore_option
@tables.reading_options
@click.option(
    "--on-bad",
    type=click.Choice(["error", "skip"]),
    default="error",
    show_default=True,
    help="For tables: what to do with unreadable patients.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="For tables: how many processes.  [default: as many as cores]",
)
@click.option(
    "--periods",
    metavar="LENGTH",
    callback=_length,
    help="Also say how each rule was kept in intervals of this length, such as `1 month`.",
)
@click.option(
    "--start",
    metavar="START",
    default=FollowUp.FIRST_EVENT.value,
    show_default=True,
    help="With --periods, where they begin: `first event`, `rule applies`, a day or, for tables, "
    "a column of days.",
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="RULE",
    help="With --periods, a rule that is followed; may be given more than once.  [default: all]",
)
@option.output_option
@reported
def audit(
    *,
    patient: str,
    history: str,
    guideline: str,
    format_: option.Format,
    families: tuple[finding.Family, ...],
    tolerance: finding.Tolerance,
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
    periods: str | None,
    start: str,
    rules: tuple[str, ...],
    file: Path | None,
) -> Output:
    """Say where a dosing history departed from a guideline.

    PATIENT is a .json, .toml or .yaml file; HISTORY is a .json or .csv file. One of them may be
    - for JSON on standard input. What became due after the day of the audit is not missing yet.

    For a cohort, PATIENT and HISTORY are tables (.parquet, .arrow, .csv, .tsv): one row for each
    patient, and one for each event of any patient.
    """
    bare: Units | None = click.get_current_context().meta.get(tables.BARE)
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
            fail_on=finding.Gravity(fail_on),
            patient=column,
            otherwise=otherwise,
            assume=assume,
            units=units,
            ignore=ignore,
            reading=reading,
            on_bad=on_bad,
            workers=workers,
            **_cut(periods, start, rules),
        )
    told = units or assume or workers or reading != tables.USUAL_READING
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
    day = day_or_today(on)
    person = patient_in(patient, asked, day)
    what = (asked.evaluator, person, history_in(history, asked, day, ignore), day)
    how: dict[str, Any] = {"families": families, "tolerance": tolerance, "units": bare}
    cut = _cut(periods, start, rules)
    answer: Audit | AdherencePeriods
    if cut:
        answer = followed(*what, Grid.of(periods, start), rules=rules or None, **how)
        found = answer.audit
    else:
        answer = found = run_audit(*what, **how)
    return Output(
        text=option.written_as(format_, answer, file),
        errors=diagnostics_text(found.warnings, colour=has_colour(sys.stderr)),
        code=Exit.FINDINGS if found.has(finding.Gravity(fail_on)) else Exit.FINE,
        file=file,
    )
