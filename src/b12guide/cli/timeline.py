"""`b12guide timeline`: what a recommendation means on a calendar."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from b12guide.audit.field import YEARS
from b12guide.cli.asking import patient_in
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    Format,
    bare_option,
    day_of,
    format_option,
    guideline_option,
    output_option,
)
from b12guide.cli.output import Output
from b12guide.cli.recommend import written_as
from b12guide.guideline import load
from b12guide.patient.model import Units
from b12guide.timeline.model import Timeline
from b12guide.timeline.plan import plan
from b12guide.values.calendar import parse_date

__all__ = ["timeline"]


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
    callback=day_of,
    help="The day of the first dose, such as 2026-01-05.",
)
@click.option(
    "--until",
    metavar="DATE",
    callback=day_of,
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
@guideline_option
@format_option(
    Format.TEXT,
    Format.JSON,
    Format.MARKDOWN,
    Format.HTML,
    Format.CSV,
    Format.ICS,
    Format.SVG,
    Format.PNG,
)
@bare_option
@output_option
@reported
def timeline(
    *,
    patient: str,
    start: dt.date,
    until: dt.date | None,
    events: dict[str, dt.date],
    guideline: str,
    format_: Format,
    units: Units,
    file: Path | None,
) -> Output:
    """Turn a recommendation into dated doses, tests and decisions.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input. What is known of the
    patient on the first day counts. A range stays a range: an earliest and a latest day.
    """
    for day in (start, until):
        if day is not None and day.year not in YEARS:
            message = f"{day} is not a believable day; check the year"
            raise click.UsageError(message)
    if until is not None and until < start:
        message = f"--until {until} lies before --start {start}"
        raise click.UsageError(message)
    asked = load(guideline)
    answer = asked.recommend(patient_in(patient), on=start, units=units)
    found = plan(answer, start, until=until, events=events)
    if format_ is Format.PNG:
        return _picture(found, file)
    return Output(text=_written(found, format_, file), file=file)


def _picture(found: Timeline, file: Path | None) -> Output:
    """A PNG goes to a file: a terminal cannot show it."""
    if file is None:
        message = "a PNG needs a file: add --output FILE.png"
        raise click.UsageError(message)
    content: bytes = import_module("b12guide.show.timeline_png").timeline_to_png(found)
    return Output(text=content, file=file)


def _written(found: Timeline, format_: Format, file: Path | None) -> str:
    shown: Any
    text: str
    match format_:
        case Format.CSV:
            shown = import_module("b12guide.show.timeline_json")
            rows = shown.timeline_rows(found)
            text = import_module("b12guide.show.table").to_csv(shown.COLUMNS, rows)
        case Format.ICS:
            text = import_module("b12guide.show.timeline_ics").timeline_to_ics(found)
        case Format.SVG:
            text = import_module("b12guide.show.timeline_svg").timeline_to_svg(found)
        case _:
            text = written_as(format_, found, file)
    return text
