"""`b12guide explain`: why a rule or a decision says what it says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from b12guide.cli.asking import day_or_today, patient_in
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    Format,
    bare_option,
    format_option,
    guideline_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Output
from b12guide.cli.recommend import written_as
from b12guide.guideline import load
from b12guide.patient.model import Units

__all__ = ["explain"]


@click.command
@click.argument("target", metavar="RULE|DECISION")
@click.argument("patient", metavar="[PATIENT]", required=False)
@guideline_option
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@on_option
@bare_option
@output_option
@reported
def explain(
    target: str,
    patient: str | None,
    guideline: str,
    format_: Format,
    on: dt.date | None,
    units: Units,
    file: Path | None,
) -> Output:
    """Explain a rule or a decision, for a patient if one is given.

    For a rule: its condition with the truth of each part, what it gives way to, its grounds. For a
    decision: every rule that speaks to it, and why it applies or not.
    """
    person = None if patient is None else patient_in(patient)
    found = load(guideline).explain(target, person, on=day_or_today(on), units=units)
    return Output(text=written_as(format_, found, file), file=file)
