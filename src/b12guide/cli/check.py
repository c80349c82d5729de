"""`b12guide check`: what is wrong with guidelines, and how much of their source they encode."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click
from attrs import evolve

from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.files import STDIN, standard_input
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    Format,
    format_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Exit, Output, has_colour, width_of_terminal
from b12guide.diagnostics import Diagnostic, Severity, has_errors, in_order, together
from b12guide.errors import GuidelineError
from b12guide.graph.coverage import statement_coverage
from b12guide.graph.model import RuleGraph
from b12guide.library import Library
from b12guide.lint import lint_written
from b12guide.lint.settings import settings_for
from b12guide.lint.target import targets
from b12guide.passes import Checked
from b12guide.passes import check as checked
from b12guide.show.coverage import coverage_json, coverage_text
from b12guide.show.diagnostic import summary, to_line, to_plain
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.to_json import guideline_json
from b12guide.show.width import visible

__all__ = ["check"]


@click.command
@click.argument("guidelines", metavar="[GUIDELINE]...", nargs=-1)
@format_option(Format.TEXT, Format.PLAIN, Format.LINE, Format.JSON)
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@on_option
@output_option
@reported
def check(
    guidelines: tuple[str, ...],
    format_: Format,
    strict: bool,
    on: dt.date | None,
    file: Path | None,
) -> Output:
    """Check guidelines and vocabularies, and count the statements that they encode.

    GUIDELINE is the name of a shipped guideline, a .gdl file, a folder of them, or - for standard
    input. A part of a guideline is checked with the guideline. The exit code is 1 if there are
    errors, or with --strict also if there are warnings.
    """
    asked = guidelines or (DEFAULT_GUIDELINE,)
    named = targets(name for name in asked if name != STDIN)
    if named.unread:
        message = "not everything that was named can be checked"
        raise GuidelineError(message, named.unread)
    libraries = named.libraries
    if STDIN in asked:
        libraries += (standard_input(),)
    day = on or dt.datetime.now().astimezone().date()
    several = len(libraries) > 1
    if several and format_ is Format.JSON:
        message = "JSON is about one guideline: name one, or use --format line"
        raise click.UsageError(message)
    texts, failed = [], False
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    for library in libraries:
        found = _with_slips(checked(library), library, day)
        failed |= any(d.severity in failing for d in found.diagnostics)
        heading = several and format_ is Format.TEXT
        texts.append(f"{visible(library.main.name)}\n" if heading else "")
        texts.append(_written(found, format_, file))
    return Output(
        text="".join(texts),
        code=Exit.FINDINGS if failed else Exit.FINE,
        file=file,
    )


_SLIPS = ("GDL506", "GDL531")
"""What the linter finds that is surely a slip: a rule written twice, a date still to come."""


def _with_slips(found: Checked, library: Library, day: dt.date) -> Checked:
    if found.graph is None:
        return found
    settings = settings_for(library.folder)
    slips = lint_written(
        found.draft, found.graph, settings=settings, on=day, only=_SLIPS
    )
    return evolve(found, diagnostics=in_order((*found.diagnostics, *slips)))


def _written(found: Checked, format_: Format, file: Path | None) -> str:
    match format_:
        case Format.JSON:
            return json.dumps(_json(found), ensure_ascii=False, indent=2) + "\n"
        case Format.LINE:
            return "".join(f"{to_line(d)}\n" for d in found.diagnostics)
        case Format.PLAIN:
            return "".join(f"{to_plain(d)}\n" for d in together(found.diagnostics))
        case _:
            colour = file is None and has_colour(sys.stdout)
            return _text(together(found.diagnostics), found.graph, colour=colour)


def _text(
    diagnostics: tuple[Diagnostic, ...], graph: RuleGraph | None, *, colour: bool
) -> str:
    text = diagnostics_text(diagnostics, colour=colour)
    if graph is not None:
        text += coverage_text(statement_coverage(graph), width=width_of_terminal())
    is_broken = graph is None and has_errors(diagnostics)  # more than its examples
    verdict = "cannot be used" if is_broken else "can be used"
    return f"{text}{summary(diagnostics)}: it {verdict}\n"


def _json(found: Checked) -> dict[str, object]:
    graph = found.graph
    return {
        **diagnostics_to_json(found.diagnostics),
        "guideline": None if graph is None else guideline_json(graph),
        "statements": coverage_json(() if graph is None else statement_coverage(graph)),
    }
