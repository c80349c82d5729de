"""The commands over several guidelines: `table`."""

from __future__ import annotations

from pathlib import Path

import click

from b12guide import pipeline
from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, output_option, written_as
from b12guide.cli.output import Exit, Output
from b12guide.library import shipped
from b12guide.several.table import guideline_table


@click.command
@click.argument("guidelines", metavar="[GUIDELINE]...", nargs=-1)
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.CSV)
@output_option
@reported
def table(guidelines: tuple[str, ...], format_: Format, file: Path | None) -> Output:
    """Show whom any two of several guidelines treat differently.

    For each pair and each decision: proved the same for everybody, or the smallest patient who is
    treated differently, with what both say. GUIDELINE is the name of a shipped guideline or a .gdl
    file; all shipped guidelines if none is named. The exit code is 1 if anything differs.
    """
    names = guidelines or tuple(sorted(shipped()))
    found = guideline_table(pipeline.load(name).graph for name in names)
    return Output(
        text=written_as(format_, found, file),
        file=file,
        code=Exit.FINE if found.is_proved_same else Exit.FINDINGS,
    )
