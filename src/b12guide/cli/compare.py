"""`b12guide compare`: two guidelines, or a changed one, over one cohort."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, guideline_option, output_option
from b12guide.cli.output import Exit, Output
from b12guide.cli.recommend import written_as
from b12guide.cli.tables import (
    assume_option,
    fuzzy_threshold_option,
    ignore_option,
    otherwise_option,
    reading_options,
    rows_in,
    units_option,
)
from b12guide.cohort.paths import keep_apart
from b12guide.guideline import OtherwiseName, ReadingName, load

if TYPE_CHECKING:
    from b12guide.cohort.comparison import CohortComparison

__all__ = ["compare"]

_COLUMNS = (
    *("decision", "patients", "same", "first_outcome", "first_value"),
    *("second_outcome", "second_value", "witnesses"),
)


def _instead(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    found = {}
    for value in values:
        old, arrow, new = value.partition("=>")
        if not (arrow and old.strip() and new.strip()):
            message = f"`{value}` is no change; write it as 'egfr < 50 mL/min => egfr < 45 mL/min'"
            raise click.BadParameter(message)
        found[old.strip()] = new.strip()
    return found


@click.command
@click.argument("other", metavar="[OTHER]", required=False)
@click.option(
    "--patients",
    metavar="FILE",
    required=True,
    help="A table of patients: .parquet, .arrow, .csv or .tsv.",
)
@guideline_option
@click.option(
    "--instead",
    multiple=True,
    callback=_instead,
    metavar="'OLD => NEW'",
    help="Read a condition otherwise, such as 'egfr < 50 mL/min => egfr < 45 mL/min'.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="ASSUMPTION",
    help="Do not make an assumption: what rests on it is unknown.",
)
@click.option(
    "--id", "patient", metavar="COLUMN", help="The column that names patients."
)
@units_option
@ignore_option
@otherwise_option
@assume_option
@fuzzy_threshold_option
@reading_options
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.CSV)
@output_option
@reported
def compare(
    *,
    other: str | None,
    patients: str,
    guideline: str,
    instead: dict[str, str],
    without: tuple[str, ...],
    patient: str | None,
    units: dict[str, str],
    ignore: tuple[str, ...],
    otherwise: OtherwiseName,
    assume: dict[str, str | bool],
    fuzzy_threshold: ReadingName,
    reading: dict[str, Any],
    format_: Format,
    file: Path | None,
) -> Output:
    """Say who in a cohort is told something else by another guideline.

    OTHER is a shipped guideline or a .gdl file; instead of it, --instead and --without change the
    guideline itself. The exit code is 1 if anybody is told something else.
    """
    is_change = bool(instead or without)
    if is_change is (other is not None):
        message = "name OTHER, or a change by --instead or --without, and not both"
        raise click.UsageError(message)
    keep_apart(file, Path(patients))
    asked = load(guideline)
    study = asked.study(
        rows_in(patients, asked.graph, ignore, keep=patient or (), **reading),
        patient=patient,
        units=units,
        ignore=ignore,
        otherwise=otherwise,
        assume=assume,
        fuzzy_threshold=fuzzy_threshold,
        **reading,
    )
    found = (
        study.what_if(instead, without) if other is None else study.compare(load(other))
    )
    return Output(
        text=_written(found, format_, file),
        code=Exit.FINDINGS if found.differing else Exit.FINE,
        file=file,
    )


def _written(found: CohortComparison, format_: Format, file: Path | None) -> str:
    if format_ is Format.CSV:
        rows = found.to_dict()["cells"]
        to_csv = import_module("b12guide.show.table").to_csv
        table: str = to_csv(_COLUMNS, rows, exact=("witnesses",))
        return table
    return written_as(format_, found, file)
