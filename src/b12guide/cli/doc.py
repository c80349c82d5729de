"""`b12guide doc`: a guideline as prose, made from its rules."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide import written
from b12guide.cli.failure import reported
from b12guide.cli.files import library_of
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    Format,
    audience_option,
    format_option,
    output_option,
)
from b12guide.cli.output import Output
from b12guide.cli.recommend import written_as
from b12guide.prove.document import document_of

__all__ = ["doc"]


@click.command
@click.argument("guideline", metavar="[GUIDELINE]", default=DEFAULT_GUIDELINE)
@format_option(Format.TEXT, Format.MARKDOWN, Format.HTML, Format.JSON)
@audience_option("For whom the words are chosen; JSON always has both.")
@output_option
@reported
def doc(guideline: str, format_: Format, audience: str, file: Path | None) -> Output:
    """Write a guideline out as prose.

    GUIDELINE is the name of a shipped guideline, a .gdl file, or - for standard input. Every
    sentence is made from the rules; what the author wrote as prose stands in quotation marks.
    """
    read = written.read(library_of(guideline))
    found = document_of(read.graph, read.draft)
    return Output(text=written_as(format_, found, file, audience), file=file)
