"""The command `page`: a guideline as one file for a browser."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide.cli.failure import reported
from b12guide.cli.option import DEFAULT_GUIDELINE, Format, format_option, output_option
from b12guide.cli.output import Content, Output
from b12guide.page import page as page_of
from b12guide.page import program


@click.command
@click.argument("guidelines", metavar="[GUIDELINE]...", nargs=-1)
@format_option(Format.HTML, Format.JSON)
@output_option
@reported
def page(guidelines: tuple[str, ...], format_: Format, file: Path | None) -> Output:
    """Write a page that answers in a browser, as one file that needs no network.

    GUIDELINE is the name of a shipped guideline or a .gdl file, mecobalamin_im if none is named.
    What is known of a patient is entered in the page, which shows what the guideline says, each
    line with its citation. The file connects to nothing and keeps nothing.

    With --format json it is the data of one guideline that the page works with, for an interpreter
    of your own.
    """
    names = guidelines or (DEFAULT_GUIDELINE,)
    if format_ is Format.HTML:
        return Output(text=page_of(*names), file=file, content=Content.DATA)
    if len(names) > 1:
        message = "--format json writes the data of one guideline; name one"
        raise click.UsageError(message)
    text = json.dumps(program(names[0]), ensure_ascii=False, indent=2) + "\n"
    return Output(text=text, file=file, content=Content.JSON)
