"""`b12guide test`: tries a guideline on its own examples."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from b12guide import written
from b12guide.cli.failure import reported
from b12guide.cli.files import library_of
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Exit, Output, has_colour, width_of_terminal
from b12guide.cli.prove import save
from b12guide.evaluate.recommend import Evaluator
from b12guide.graph.model import RuleGraph
from b12guide.prove.cover import missing_examples
from b12guide.show.trial_html import trial_to_html
from b12guide.show.trial_json import trial_to_json
from b12guide.show.trial_junit import trial_to_junit
from b12guide.show.trial_text import coverage_text, trial_text
from b12guide.trial.coverage import Coverage, coverage
from b12guide.trial.result import ExampleResult, Trial
from b12guide.trial.run import run_examples

__all__ = ["test"]


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON, Format.JUNIT, Format.HTML)
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
    graph, draft = read.graph, read.draft
    results = run_examples(Evaluator.of(graph), draft, titled)
    reached = None if titled else coverage(graph, draft, results)
    if generate is not None:
        rules = coverage(graph, draft, results).rules
        unreached = [rule.name for rule in rules if not rule.decisive_in]
        save(generate, missing_examples(unreached, graph))
    if shows_coverage and format_ is Format.TEXT:
        text = coverage_text(coverage(graph, draft, results))
    elif format_ is Format.HTML:
        text = trial_to_html(results, coverage(graph, draft, results), graph)
    else:
        text = _written(results, reached, graph, format_, file)
    return Output(
        text=text, file=file, code=_code(results, fail_on_empty=fail_on_empty)
    )


def _code(results: Sequence[ExampleResult], *, fail_on_empty: bool) -> Exit:
    bad = {Trial.FAILED, Trial.UNUSABLE}
    if any(result.trial in bad for result in results):
        return Exit.FINDINGS
    asserted = sum(result.expectations for result in results)
    return Exit.FINDINGS if fail_on_empty and not asserted else Exit.FINE


def _written(
    results: Sequence[ExampleResult],
    reached: Coverage | None,
    graph: RuleGraph,
    format_: Format,
    file: Path | None,
) -> str:
    match format_:
        case Format.JSON:
            found = trial_to_json(results, reached, graph)
            return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        case Format.JUNIT:
            return trial_to_junit(results, graph)
        case _:
            colour = file is None and has_colour(sys.stdout)
            return trial_text(
                results, reached, graph, width=width_of_terminal(), colour=colour
            )
