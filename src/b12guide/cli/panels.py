"""The commands over several guidelines: `panel` and `table`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from b12guide import panels
from b12guide.cli import tables
from b12guide.cli.answers import day_or_today, patient_in
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    Format,
    bare_option,
    format_option,
    on_option,
    output_option,
    written_as,
)
from b12guide.cli.output import Exit, Output
from b12guide.cohort.paths import keep_apart
from b12guide.library import shipped_guidelines
from b12guide.patient.model import Units
from b12guide.several.called import with_words_of_all


@click.command
@click.argument("patient", metavar="PATIENT")
@click.option(
    "-g",
    "--guideline",
    "guidelines",
    multiple=True,
    metavar="NAME|PATH",
    help="A shipped guideline, or a .gdl file; give several.  [default: all shipped]",
)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@on_option
@bare_option
@output_option
@reported
def panel(
    patient: str,
    guidelines: tuple[str, ...],
    format_: Format,
    on: dt.date | None,
    units: Units,
    file: Path | None,
) -> Output:
    """Say what several guidelines recommend for a patient, side by side.

    What all say is said once; what differs stands with its guideline, statements and sources, and
    a guideline that is silent is named. The exit code is 1 if two cannot both be followed.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input.
    """
    together = panels.panel(guidelines or shipped_guidelines())
    day = day_or_today(on)
    person = patient_in(patient, together.guidelines[0], day)
    found = together.recommend(person, on=day, units=units)
    return Output(
        text=written_as(format_, found, file),
        file=file,
        code=Exit.FINDINGS if found.has_clash else Exit.FINE,
    )


@click.command
@click.argument("guidelines", metavar="[GUIDELINE]...", nargs=-1)
@click.option(
    "--cohort",
    metavar="FILE",
    help="Count how many patients of a table each difference concerns: .parquet, .arrow, .csv "
    "or .tsv.",
)
@tables.asking_options
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.CSV)
@output_option
@reported
def table(
    *,
    guidelines: tuple[str, ...],
    cohort: str | None,
    asking: dict[str, Any],
    format_: Format,
    file: Path | None,
) -> Output:
    """Show whom any two of several guidelines treat differently.

    For each pair and each decision: proved the same for everybody, or the smallest patient who is
    treated differently, with what both say. GUIDELINE is the name of a shipped guideline or a .gdl
    file; all shipped guidelines if none is named. The exit code is 1 if anything differs.
    """
    together = panels.panel(guidelines or shipped_guidelines())
    if cohort is None:
        found = together.table()
    else:
        keep_apart(file, Path(cohort))
        words = with_words_of_all(one.graph for one in together.guidelines)
        found = together.table(tables.rows_in(cohort, words, **asking), **asking)
    return Output(
        text=written_as(format_, found, file),
        file=file,
        code=Exit.FINE if found.is_proved_same else Exit.FINDINGS,
    )
