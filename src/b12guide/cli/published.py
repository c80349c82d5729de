"""The command `published`: published numbers beside what the simulator predicts."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, output_option, written_as
from b12guide.cli.output import Output
from b12guide.extras import load as load_extra


@click.command
@click.option(
    "--people",
    type=click.IntRange(20),
    metavar="N",
    help="How many people are drawn for each arm of a study.  [default: 400]",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    show_default=True,
    help="By which number they are drawn; the same gives the same report.",
)
@click.option(
    "--trials",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Published numbers of your own, as a .toml file like the one that ships.",
)
@format_option(
    Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.CSV, Format.SVG
)
@output_option
@reported
def published(
    people: int | None,
    seed: int,
    trials: Path | None,
    format_: Format,
    file: Path | None,
) -> Output:
    """Hold what the simulator predicts against what has been published.

    Each published number stands beside its interval, what was missed first, and what those
    who fixed the ranges knew apart from what was kept from them. It needs the extra `cohort`.
    """
    made = load_extra("b12guide.course.published_report", extra="cohort")
    report = made.published(people=people or made.PEOPLE, seed=seed, trials_file=trials)
    return Output(text=written_as(format_, report, file), file=file)
