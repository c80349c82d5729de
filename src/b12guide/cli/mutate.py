"""`b12guide mutate`: whether the examples of a guideline notice small mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide import written
from b12guide.cli.failure import reported
from b12guide.cli.files import library_of
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Exit, Output, width_of_terminal
from b12guide.prove.mutants import mutants
from b12guide.prove.mutation import Fate
from b12guide.prove.mutation import mutate as judge
from b12guide.show.mutation_json import mutation_to_json
from b12guide.show.mutation_text import mutation_text

__all__ = ["mutate"]


@click.command
@click.argument("guideline", metavar="[NAME|PATH]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.JSON)
@click.option(
    "--of",
    "changed",
    metavar="NAME",
    help="Only mutants of the rule or definition NAME.",
)
@output_option
@reported
def mutate(
    guideline: str, format_: Format, changed: str | None, file: Path | None
) -> Output:
    """Make small mistakes in a guideline and see whether its examples notice them.

    A mutant that makes no difference to anybody is proved equivalent; one that survives is listed
    with a patient whose example would catch the mistake.
    """
    read = written.read(library_of(guideline))
    chosen = [m for m in mutants(read.graph) if changed in {None, m.of}]
    judged = judge(read.graph, read.draft, chosen)
    if format_ is Format.JSON:
        found = mutation_to_json(judged, read.graph)
        text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    else:
        text = mutation_text(judged, read.graph, width=width_of_terminal())
    survived = any(one.fate is Fate.SURVIVED for one in judged)
    return Output(text=text, file=file, code=Exit.FINDINGS if survived else Exit.FINE)
