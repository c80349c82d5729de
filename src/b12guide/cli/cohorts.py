"""The commands over many patients: `cohort` and `compare`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.cli import option, tables
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.output import Exit, Output, has_colour
from b12guide.cohort.paths import keep_apart
from b12guide.diagnostics import Severity
from b12guide.extras import load as load_extra
from b12guide.guideline import load
from b12guide.patient.model import Units
from b12guide.say.words import plural

if TYPE_CHECKING:
    from b12guide.cohort.decoding import DecodedPatients


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
@click.option(
    "-g",
    "--guideline",
    "guidelines",
    multiple=True,
    default=(option.DEFAULT_GUIDELINE,),
    show_default=True,
    metavar="NAME|PATH",
    help="A shipped guideline, or a .gdl file; of several, how they stand to each other is told.",
)
@tables.asking_options
@click.option(
    "--keep",
    multiple=True,
    callback=tables.names,
    metavar="COLUMN",
    help="Carry a column into the advice.",
)
@tables.on_bad_option
@click.option("--long", is_flag=True, help="Write one row for each patient and rule.")
@click.option(
    "--decisions",
    multiple=True,
    callback=tables.names,
    metavar="DECISION",
    help="Give only some decisions and the verdicts of their rules, such as form,maintenance.",
)
@click.option(
    "--verdicts-only",
    is_flag=True,
    help="Give the verdicts of rules, and no decisions.",
)
@click.option(
    "--verdicts",
    type=click.Choice(["words", "bits"]),
    default="words",
    show_default=True,
    help="Write verdicts as words, or as true, false and null.",
)
@click.option(
    "--questions/--no-questions",
    default=True,
    help="Whether to list the facts to ask for.",
)
@click.option(
    "--regimens/--no-regimens",
    default=True,
    help="Whether drug, dose, route, interval and end have columns of their own.",
)
@click.option(
    "--regimen-lists",
    is_flag=True,
    help="Write all phases of all regimens as well, as a list.",
)
@option.naming_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="How many processes.  [default: as many as cores, where there is much to do]",
)
@option.format_option(
    option.Format.TEXT, option.Format.JSON, option.Format.MARKDOWN, option.Format.HTML
)
@reported
def cohort(
    patients: Path,
    advice: Path | None,
    guidelines: tuple[str, ...],
    asking: dict[str, Any],
    keep: tuple[str, ...],
    on_bad: str,
    long: bool,
    decisions: tuple[str, ...],
    verdicts_only: bool,
    verdicts: str,
    questions: bool,
    regimens: bool,
    regimen_lists: bool,
    naming: str,
    workers: int | None,
    format_: option.Format,
) -> Output:
    """Say what a guideline recommends for every patient of a file.

    PATIENTS and ADVICE are Parquet, Arrow or CSV files by their suffix; PATIENTS may be a folder of
    them, or a pattern such as 'lab/*.csv.gz'. Without ADVICE, a summary says how often each answer
    was given. Several guidelines are compared, decision by decision: ADVICE then says of each
    patient what all advise, what differs, and which of them are silent.
    """
    files = load_extra("b12guide.cohort.files", extra="cohort")
    options = import_module("b12guide.cohort.options").Options(
        **asking,
        keep=keep,
        on_bad=on_bad,
        long=long and advice is not None,
        decisions=decisions or None,
        verdicts_only=verdicts_only,
        verdicts=verdicts if advice is not None else "words",
        questions=questions,
        regimens=_regimens(regimens, regimen_lists) if advice is not None else "none",
        names=naming,
    )
    asked = [load(name).evaluator for name in guidelines]
    summary = None
    with tables.progress_bar() as progress:
        if len(asked) == 1:
            summary, report = files.advise_file(
                asked[0], patients, advice, options, progress, workers=workers
            )
        else:
            if advice is None:
                message = (
                    "several guidelines have no summary: name the file of their columns with "
                    "-o, or count with `b12guide table --cohort`"
                )
                raise click.UsageError(message)
            report = files.panel_file(
                asked, patients, advice, options, progress, workers=workers
            )
    colour = has_colour(sys.stderr)
    errors = diagnostics_text(report.diagnostics(Severity.WARNING), colour=colour)
    if advice is not None or summary is None:
        return Output(errors=errors)
    text = option.written_as(format_, summary, None)
    return Output(text=text, errors=errors)


def _regimens(columns: bool, lists: bool) -> str:
    if lists and not columns:
        message = "--regimen-lists and --no-regimens exclude each other: leave one out"
        raise click.UsageError(message)
    return "lists" if lists else "columns" if columns else "none"


_MOST_TOLD = 20
"""How many codes get a line of their own; the rest is counted."""


@click.command
@click.argument(
    "rows", metavar="ROWS...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o",
    "--output",
    "output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="PATIENTS",
    help="Write the patients to PATIENTS, whole or not at all.",
)
@option.guideline_option
@option.on_option
@click.option(
    "--patients",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A table with a row for each patient, and facts of its own such as age.",
)
@click.option(
    "--id", "patient", metavar="COLUMN", help="The column that names patients."
)
@click.option(
    "--complete",
    multiple=True,
    callback=tables.names,
    metavar="FACT",
    help="A finding of which every case has a row: without one it is absent.",
)
@click.option(
    "--codes",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A mapping file beside the one that ships.",
)
@click.option(
    "--source",
    metavar="SYSTEM",
    help="The terminology of the codes of the source, such as icd10cm.",
)
@click.option(
    "--units",
    type=click.Choice([one.value for one in Units]),
    default=Units.REQUIRED.value,
    show_default=True,
    help="Whether a number without a unit is left unread, or taken in its measure's own.",
)
@reported
def decode(
    *,
    rows: tuple[Path, ...],
    output: Path,
    guideline: str,
    on: dt.date | None,
    patients: Path | None,
    patient: str | None,
    complete: tuple[str, ...],
    codes: tuple[Path, ...],
    source: str | None,
    units: str,
) -> Output:
    """Make one row of facts for each patient, from rows with codes.

    ROWS are tables of a warehouse: with the columns patient, system, code, on, value and unit, or
    tables of OMOP. Codes are looked up in the vocabulary of the guideline and in mapping files.
    Standard error says what becomes of each code. A missing row is never a "no" unless --complete
    says so. PATIENTS is a file for `b12guide cohort`.
    """
    decoding = load_extra("b12guide.cohort.decoded_files", extra="cohort")
    found = decoding.decode_files(
        load(guideline).graph,
        rows,
        output,
        patients,
        on=on or dt.date.today(),  # noqa: DTZ011 -- the user's own day is meant
        patient=patient,
        complete=complete,
        codes=codes,
        source=source,
        units=Units(units),
    )
    return Output(errors="".join(f"{line}\n" for line in _decoded(found)))


def _decoded(found: DecodedPatients) -> Iterator[str]:
    """What became of the codes, the most frequent first."""
    for title, codes in (("read", found.read), ("not read", found.unread)):
        rows = sum(one.rows for one in codes)
        counted = f"{plural(f'{rows:,}', 'row')} with {plural(len(codes), 'code')}"
        yield f"{title}: {counted}"
        yield from (f"  {one.text}" for one in codes[:_MOST_TOLD])
        if len(codes) > _MOST_TOLD:
            yield f"  and {plural(len(codes) - _MOST_TOLD, 'more code')}"


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
@option.guideline_option
@click.option(
    "--instead",
    multiple=True,
    callback=_instead,
    metavar="'OLD => NEW'",
    help="Replace a condition, such as 'egfr < 50 mL/min => egfr < 45 mL/min'.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="ASSUMPTION",
    help="Drop an assumption: what rests on it is unknown.",
)
@click.option(
    "--id", "patient", metavar="COLUMN", help="The column that names patients."
)
@tables.asking_options
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
)
@option.output_option
@reported
def compare(
    *,
    other: str | None,
    patients: str,
    guideline: str,
    instead: dict[str, str],
    without: tuple[str, ...],
    patient: str | None,
    asking: dict[str, Any],
    format_: option.Format,
    file: Path | None,
) -> Output:
    """Say whose advice in a cohort differs under another guideline.

    OTHER is a shipped guideline or a .gdl file; instead of it, --instead and --without change the
    guideline itself. The exit code is 1 if any advice differs.
    """
    is_change = bool(instead or without)
    if is_change is (other is not None):
        message = "name OTHER, or a change by --instead or --without, and not both"
        raise click.UsageError(message)
    keep_apart(file, Path(patients))
    asked = load(guideline)
    study = asked.study(
        tables.rows_in(patients, asked.graph, keep=patient or (), **asking),
        patient=patient,
        **asking,
    )
    found = (
        study.what_if(instead, without) if other is None else study.compare(load(other))
    )
    return Output(
        text=option.written_as(format_, found, file),
        code=Exit.FINDINGS if found.differing else Exit.FINE,
        file=file,
    )
