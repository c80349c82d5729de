"""`b12guide cohort`: what a guideline says about every patient of a file."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.option import Format, format_option, guideline_option
from b12guide.cli.output import Output, has_colour
from b12guide.cli.recommend import written_as
from b12guide.cli.tables import (
    assume_option,
    fuzzy_threshold_option,
    ignore_option,
    names,
    otherwise_option,
    progress_bar,
    reading_options,
    units_option,
)
from b12guide.diagnostics import Severity
from b12guide.extras import load as load_extra
from b12guide.guideline import load

__all__ = ["cohort"]


@click.command
@click.argument("patients", metavar="PATIENTS", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "advice",
    type=click.Path(path_type=Path),
    metavar="ADVICE",
    help="Write the advice to ADVICE, whole or not at all.",
)
@guideline_option
@units_option
@click.option(
    "--keep",
    multiple=True,
    callback=names,
    metavar="COLUMN",
    help="Carry a column into the advice.",
)
@ignore_option
@otherwise_option
@assume_option
@fuzzy_threshold_option
@click.option(
    "--on-bad",
    type=click.Choice(["error", "unknown"]),
    default="error",
    show_default=True,
    help="What becomes of cells that cannot be believed.",
)
@reading_options
@click.option("--long", is_flag=True, help="Write one row for each patient and rule.")
@click.option(
    "--decisions",
    multiple=True,
    callback=names,
    metavar="DECISION",
    help="Tell only some decisions and the verdicts of their rules, such as form,maintenance.",
)
@click.option(
    "--verdicts-only",
    is_flag=True,
    help="Tell the verdicts of rules, and no decisions.",
)
@click.option(
    "--questions/--no-questions",
    default=True,
    help="Whether to tell the facts worth asking for.",
)
@click.option(
    "--names",
    "naming",
    type=click.Choice([".", "_"]),
    default=".",
    show_default=True,
    help="What stands between the parts of a column's name.",
)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@reported
def cohort(
    patients: Path,
    advice: Path | None,
    guideline: str,
    units: dict[str, str],
    keep: tuple[str, ...],
    ignore: tuple[str, ...],
    otherwise: str,
    assume: dict[str, str | bool],
    fuzzy_threshold: str,
    on_bad: str,
    reading: dict[str, Any],
    long: bool,
    decisions: tuple[str, ...],
    verdicts_only: bool,
    questions: bool,
    naming: str,
    format_: Format,
) -> Output:
    """Say what a guideline recommends for every patient of a file.

    PATIENTS and ADVICE are Parquet, Arrow or CSV files by their suffix; PATIENTS may be a folder of
    them, or a pattern such as 'lab/*.csv.gz'. Without ADVICE, a summary says how often each answer
    was given.
    """
    files = load_extra("b12guide.cohort.files", extra="cohort")
    options = import_module("b12guide.cohort.options").Options(
        units=units,
        keep=keep,
        ignore=ignore,
        otherwise=otherwise,
        assume=assume,
        fuzzy_threshold=fuzzy_threshold,
        on_bad=on_bad,
        **reading,
        long=long and advice is not None,
        decisions=decisions or None,
        verdicts_only=verdicts_only,
        questions=questions,
        names=naming,
    )
    asked = load(guideline)
    with progress_bar() as progress:
        summary, report = files.advise_file(
            asked.evaluator, patients, advice, options, progress
        )
    colour = has_colour(sys.stderr)
    errors = diagnostics_text(report.diagnostics(Severity.WARNING), colour=colour)
    if advice is not None:
        return Output(errors=errors)
    text = written_as(format_, summary, None)
    return Output(text=text, errors=errors)
