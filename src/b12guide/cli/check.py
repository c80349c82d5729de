"""`b12guide check`: what is wrong with a guideline, and how much of its source it encodes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Exit, Output, has_colour, width_of_terminal
from b12guide.diagnostics import Diagnostic, Severity, has_errors
from b12guide.graph.coverage import statement_coverage
from b12guide.graph.model import RuleGraph
from b12guide.passes import Checked
from b12guide.pipeline import check as checked
from b12guide.show.coverage import coverage_json, coverage_text
from b12guide.show.diagnostic import summary, to_line, to_plain
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.to_json import guideline_json

__all__ = ["check"]


@click.command
@click.argument("guideline", metavar="[GUIDELINE]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.PLAIN, Format.LINE, Format.JSON)
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@output_option
@reported
def check(guideline: str, format_: Format, strict: bool, file: Path | None) -> Output:
    """Check a guideline or vocabulary, and count the statements that it encodes.

    GUIDELINE is the name of a shipped guideline or a .gdl file. The exit code is 1 if there are
    errors, or with --strict also if there are warnings.
    """
    found = checked(guideline)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    failed = any(d.severity in failing for d in found.diagnostics)
    return Output(
        text=_written(found, format_, file),
        code=Exit.FINDINGS if failed else Exit.FINE,
        file=file,
    )


def _written(found: Checked, format_: Format, file: Path | None) -> str:
    match format_:
        case Format.JSON:
            return json.dumps(_json(found), ensure_ascii=False, indent=2) + "\n"
        case Format.LINE:
            return "".join(f"{to_line(d)}\n" for d in found.diagnostics)
        case Format.PLAIN:
            return "".join(f"{to_plain(d)}\n" for d in found.diagnostics)
        case _:
            colour = file is None and has_colour(sys.stdout)
            return _text(found.diagnostics, found.graph, colour=colour)


def _text(
    diagnostics: tuple[Diagnostic, ...], graph: RuleGraph | None, *, colour: bool
) -> str:
    text = diagnostics_text(diagnostics, colour=colour)
    if graph is not None:
        text += coverage_text(statement_coverage(graph), width=width_of_terminal())
    verdict = "cannot be used" if has_errors(diagnostics) else "can be used"
    return f"{text}{summary(diagnostics)}: it {verdict}\n"


def _json(found: Checked) -> dict[str, object]:
    graph = found.graph
    return {
        **diagnostics_to_json(found.diagnostics),
        "guideline": None if graph is None else guideline_json(graph),
        "statements": coverage_json(() if graph is None else statement_coverage(graph)),
    }
