"""The command that says what is due: `due`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from b12guide.audit import finding
from b12guide.audit.history import OnUnread
from b12guide.cli import option
from b12guide.cli.answers import day_or_today, patient_in
from b12guide.cli.calendars import tolerance_named
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.output import Output, has_colour
from b12guide.cli.records import history_in
from b12guide.due.run import due as run_due
from b12guide.due.series import marks_of
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.guideline import load
from b12guide.patient.model import Units


def _marks(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, int | str]:
    """Events with what brings them about, written as EVENT=DOSE."""
    found: dict[str, int | str] = {}
    for value in values:
        event, _equals, what = (part.strip() for part in value.partition("="))
        if not event or not what:
            message = f"`{value}` is not written as EVENT=1, EVENT=dose or EVENT=DRUG"
            raise click.BadParameter(message)
        found[event] = int(what) if what.isdecimal() else what
    return found


@click.command
@click.argument("patient", metavar="PATIENT")
@click.argument("history", metavar="HISTORY")
@option.guideline_option
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.ICS,
)
@option.on_option
@click.option(
    "--tolerance",
    metavar="NAME",
    default=finding.USUAL.name,
    show_default=True,
    callback=tolerance_named,
    help="How late is late, as for `audit`: `usual`, `strict`, or numbers.",
)
@click.option(
    "--mark",
    "marks",
    metavar="EVENT=DOSE",
    multiple=True,
    callback=_marks,
    help="An event that doses bring about, for series that count from events: EVENT=1 "
    "(the first dose that counts), EVENT=dose (each dose), EVENT=DRUG (each dose of it), "
    "'EVENT=DRUG 2' (the second of it that counts).",
)
@click.option(
    "--ignore",
    metavar="FIELD",
    multiple=True,
    help="A field of the history to be left out, or a pattern such as `*`.",
)
@click.option(
    "--on-bad",
    type=click.Choice([choice.value for choice in OnUnread]),
    default=OnUnread.ERROR.value,
    show_default=True,
    help="What becomes of rows of the history that cannot be read.",
)
@option.bare_option
@option.output_option
@reported
def due(
    *,
    patient: str,
    history: str,
    guideline: str,
    format_: option.Format,
    on: dt.date | None,
    tolerance: finding.Tolerance,
    marks: dict[str, int | str],
    ignore: tuple[str, ...],
    on_bad: str,
    units: Units,
    file: Path | None,
) -> Output:
    """Say what is due: the phase, the doses that count, the next dose and tests.

    PATIENT is a .json, .toml or .yaml file; HISTORY is a .json or .csv file. One of them may be
    - for JSON on standard input. What lies after the day asked for is left aside.
    """
    if patient == history == "-":
        message = "only one of PATIENT and HISTORY can be standard input"
        raise click.UsageError(message)
    asked = load(guideline)
    try:
        known = marks_of(marks, asked.graph)
    except (UnknownNameError, ArgumentError) as error:
        message = f"--mark: {error}"
        raise click.UsageError(message) from error
    day = day_or_today(on)
    found = run_due(
        asked.evaluator,
        patient_in(patient, asked, day),
        history_in(history, asked, day, ignore, skip=OnUnread(on_bad) is OnUnread.SKIP),
        day,
        tolerance=tolerance,
        marks=known,
        units=units,
    )
    return Output(
        text=option.written_as(format_, found, file),
        errors=diagnostics_text(found.warnings, colour=has_colour(sys.stderr)),
        file=file,
    )
