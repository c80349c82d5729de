"""`b12guide test`: tries a guideline on its own examples."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide import written
from b12guide.cli.failure import reported
from b12guide.cli.files import library_of
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Exit, Output
from b12guide.cli.prove import save
from b12guide.cli.recommend import written_as
from b12guide.prove.cover import missing_examples
from b12guide.show.trial_junit import trial_to_junit
from b12guide.show.trial_text import coverage_text
from b12guide.trial.report import TrialReport, trial_of

__all__ = ["test"]


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.JUNIT, Format.HTML)
@click.option(
    "-k",
    "titled",
    metavar="TEXT",
    default="",
    help="Only examples with TEXT in the title.",
)
@click.option(
    "--coverage",
    "shows_coverage",
    is_flag=True,
    help="Say what no example reaches, atom by atom.",
)
@click.option(
    "--generate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write examples for the rules that none reaches to FILE.",
)
@click.option(
    "--fail-on-empty/--no-fail-on-empty",
    default=True,
    show_default=True,
    help="Whether a run in which nothing is expected fails.",
)
@output_option
@reported
def test(
    guideline: str,
    format_: Format,
    titled: str,
    shows_coverage: bool,
    generate: Path | None,
    fail_on_empty: bool,
    file: Path | None,
) -> Output:
    """Try a guideline on the examples that stand in it."""
    read = written.read(library_of(guideline))
    found = trial_of(read.graph, read.draft, titled)
    if generate is not None:
        rules = found.coverage.rules
        unreached = [rule.name for rule in rules if not rule.decisive_in]
        save(generate, missing_examples(unreached, read.graph))
    asserted = sum(result.expectations for result in found.results)
    is_fine = found.is_fine and (asserted or not fail_on_empty)
    return Output(
        text=_written(found, format_, file, shows_coverage=shows_coverage),
        file=file,
        code=Exit.FINE if is_fine else Exit.FINDINGS,
    )


def _written(
    found: TrialReport, format_: Format, file: Path | None, *, shows_coverage: bool
) -> str:
    if format_ is Format.JUNIT:
        return trial_to_junit(found.results, found.graph)
    if shows_coverage and format_ is Format.TEXT:
        return coverage_text(found.coverage)
    return written_as(format_, found, file)
