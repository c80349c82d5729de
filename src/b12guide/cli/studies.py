"""The command `study`: shares, subgroups, measures and Table 1 of a file of patients."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from b12guide.cli import option, tables
from b12guide.cli.failure import reported
from b12guide.cli.output import Output
from b12guide.cohort.paths import keep_apart
from b12guide.guideline import Guideline, load


def _cuts(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[float | str]]:
    found: dict[str, list[float | str]] = {}
    for value in values:
        column, sign, said = value.partition("=")
        bounds = [one.strip() for one in said.split(",")]
        if not (sign and column.strip() and all(bounds)):
            message = f"`{value}` cuts nothing; write it as age=18,40,65"
            raise click.BadParameter(message)
        found[column.strip()] = [_number(one) for one in bounds]
    return found


def _number(text: str) -> float | str:
    """A number, or the text of a quantity with its unit."""
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return text


def _cutoffs(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in values:
        measure, _sign, said = value.strip().partition(" ")
        if not said:
            message = f"`{value}` is no cut-off; write it as 'serum_b12 < 148 pmol/L'"
            raise click.BadParameter(message)
        found.setdefault(measure, []).append(said)
    return found


@click.command
@click.argument("patients", metavar="PATIENTS")
@click.option(
    "--what",
    type=click.Choice(["prevalence", "measures", "table-one", "hinges", "burden"]),
    default="prevalence",
    show_default=True,
    help="What is counted.",
)
@option.guideline_option
@click.option(
    "--weights", metavar="COLUMN", help="How many people each row stands for."
)
@click.option("--strata", metavar="COLUMN", help="The strata of a survey.")
@click.option("--psu", metavar="COLUMN", help="Its first-stage units, within strata.")
@click.option(
    "--fpc",
    metavar="COLUMN",
    help="How many first-stage units each whole stratum has, or which share was drawn.",
)
@click.option(
    "--lonely",
    type=click.Choice(["fail", "certainty", "adjust"]),
    default="fail",
    show_default=True,
    help="What becomes of a stratum with one first-stage unit.",
)
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help="The level of intervals.",
)
@click.option(
    "--by",
    multiple=True,
    callback=tables.names,
    metavar="COLUMN",
    help="Count in each part that a column makes.",
)
@click.option(
    "--cut",
    "cuts",
    multiple=True,
    callback=_cuts,
    metavar="COLUMN=NUMBER,...",
    help="Where numbers are cut, such as age=18,40,65.",
)
@click.option(
    "--cutoff",
    "cutoffs",
    multiple=True,
    callback=_cutoffs,
    metavar="'MEASURE < BOUND'",
    help="With --what measures: a cut-off of your own, such as 'serum_b12 < 148 pmol/L'.",
)
@click.option(
    "--columns",
    multiple=True,
    callback=tables.names,
    metavar="COLUMN",
    help="With --what table-one: its lines.  [default: all facts]",
)
@tables.asking_options
@tables.on_bad_option
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
    option.Format.LATEX,
)
@option.output_option
@reported
def study(
    *,
    patients: str,
    what: str,
    guideline: str,
    by: tuple[str, ...],
    cuts: dict[str, list[float | str]],
    cutoffs: dict[str, list[str]],
    columns: tuple[str, ...],
    asking: dict[str, Any],
    on_bad: Any,
    format_: option.Format,
    file: Path | None,
    **design: Any,
) -> Output:
    """Count what a guideline says about the patients of a file, with intervals and bounds.

    PATIENTS is a Parquet, Arrow or CSV file, a folder of them, or a pattern. --weights, --strata
    and --psu say how they were drawn, as in a survey; without them rows are counted.
    """
    for name, given, belongs in (
        ("--cutoff", cutoffs, "measures"),
        ("--columns", columns, "table-one"),
    ):
        if given and what != belongs:
            message = f"{name} goes with --what {belongs}"
            raise click.UsageError(message)
    if not by and what != "table-one":
        option.needs("--by", "cuts")
    if by and what in {"hinges", "burden"}:
        message = f"--what {what} counts the whole cohort: leave out --by"
        raise click.UsageError(message)
    is_table = what in {"prevalence", "measures", "table-one"}
    if (format_ is option.Format.CSV and not is_table) or (
        format_ is option.Format.LATEX and what != "table-one"
    ):
        message = f"--what {what} is not written as {format_.value}"
        raise click.UsageError(message)
    keep_apart(file, Path(patients))
    asked = load(guideline)
    drawn = [design[name] for name in ("weights", "strata", "psu", "fpc")]
    named = dict.fromkeys([*by, *columns, *cuts, *filter(None, drawn)])
    source = tables.rows_in(patients, asked.graph, keep=(*named,), **asking)
    found = asked.study(
        source,
        keep=_no_facts(asked, [*by, *columns, *cuts]),
        on_bad=on_bad,
        **asking,
        **design,
    )
    answer: Any
    match what:
        case "prevalence":
            answer = found.by(by, cuts) if by else found.prevalence
        case "measures":
            answer = found.measures(cutoffs, by=by, cuts=cuts)
        case "table-one":
            answer = found.table_one(columns or None, by=by, cuts=cuts)
        case _:
            answer = getattr(found, what)
    return Output(text=option.written_as(format_, answer, file), file=file)


def _no_facts(asked: Guideline, columns: list[str]) -> tuple[str, ...]:
    """The columns that hold no fact, and are to be kept therefore."""
    known: Any = import_module("b12guide.cohort.columns")
    names = import_module("b12guide.patient.fact_names").FactNames(asked.graph)
    several = dict.fromkeys(columns)
    return tuple(one for one in several if known.subject_of(one, names) is None)
