"""`b12guide doc`: a guideline as prose, made from its rules."""

from __future__ import annotations

import json
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
from b12guide.cli.recommend import page_as
from b12guide.prove.invariants import required
from b12guide.show.document_json import document_to_json
from b12guide.show.guideline_page import guideline_page
from b12guide.show.wording import Audience

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
    invariants = required(read.draft, read.graph)
    if format_ is Format.JSON:
        made = document_to_json(read.graph, invariants)
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    else:
        page = guideline_page(read.graph, Audience(audience), invariants=invariants)
        text = page_as(format_, page, file)
    return Output(text=text, file=file)
