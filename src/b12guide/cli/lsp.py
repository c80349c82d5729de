"""`b12guide lsp`: serves an editor."""

from __future__ import annotations

import click

from b12guide import extras
from b12guide.cli.failure import reported
from b12guide.cli.output import Output

__all__ = ["lsp"]


@click.command
@reported
def lsp() -> Output:
    """Serve an editor that speaks the Language Server Protocol.

    Messages come on standard input and go to standard output, until the editor leaves.
    """
    server = extras.load("b12guide.lsp.serve", extra="lsp")
    return Output(code=server.serve())
