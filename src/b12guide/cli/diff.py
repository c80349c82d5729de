"""`b12guide diff`: who is treated differently by another guideline."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide import pipeline
from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, output_option
from b12guide.cli.output import Exit, Output, width_of_terminal
from b12guide.prove.difference import difference
from b12guide.show.diff_json import diff_to_json
from b12guide.show.diff_text import diff_text

__all__ = ["diff"]


@click.command
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option(Format.TEXT, Format.JSON)
@output_option
@reported
def diff(old: str, new: str, format_: Format, file: Path | None) -> Output:
    """Show who is treated differently by NEW than by OLD, or prove that nobody is.

    Both are names of shipped guidelines or .gdl files that share a vocabulary.
    """
    found = difference(pipeline.load(old).graph, pipeline.load(new).graph)
    if format_ is Format.JSON:
        text = json.dumps(diff_to_json(found), ensure_ascii=False, indent=2) + "\n"
    else:
        text = diff_text(found, width=width_of_terminal())
    is_same = found.is_proved_same and not found.rules
    return Output(text=text, file=file, code=Exit.FINE if is_same else Exit.FINDINGS)
