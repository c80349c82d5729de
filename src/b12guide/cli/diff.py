"""`b12guide diff`: who is treated differently by another guideline."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide import pipeline
from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, output_option
from b12guide.cli.output import Exit, Output
from b12guide.cli.recommend import written_as
from b12guide.prove.difference import difference

__all__ = ["diff"]


@click.command
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@output_option
@reported
def diff(old: str, new: str, format_: Format, file: Path | None) -> Output:
    """Show who is treated differently by NEW than by OLD, or prove that nobody is.

    Both are names of shipped guidelines or .gdl files that share a vocabulary.
    """
    found = difference(pipeline.load(old).graph, pipeline.load(new).graph)
    text = written_as(format_, found, file)
    is_same = found.is_proved_same and not found.rules
    return Output(text=text, file=file, code=Exit.FINE if is_same else Exit.FINDINGS)
