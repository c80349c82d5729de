"""The command `b12guide`: picks a command, and keeps tracebacks from people."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from types import TracebackType
from typing import Any, NoReturn

import click

from b12guide import __version__, interruption
from b12guide.cli.output import Exit, Output, put, say

COMMANDS: Mapping[str, str] = {
    "recommend": "b12guide.cli.answers",
    "explain": "b12guide.cli.answers",
    "ask": "b12guide.cli.answers",
    "timeline": "b12guide.cli.calendars",
    "audit": "b12guide.cli.calendars",
    "due": "b12guide.cli.due",
    "new": "b12guide.cli.writing",
    "cohort": "b12guide.cli.cohorts",
    "study": "b12guide.cli.studies",
    "decode": "b12guide.cli.cohorts",
    "check": "b12guide.cli.checks",
    "fmt": "b12guide.cli.writing",
    "lint": "b12guide.cli.checks",
    "test": "b12guide.cli.proofs",
    "prove": "b12guide.cli.proofs",
    "diff": "b12guide.cli.proofs",
    "version": "b12guide.cli.proofs",
    "compare": "b12guide.cli.cohorts",
    "compare-regimens": "b12guide.cli.regimens",
    "simulate": "b12guide.cli.courses",
    "panel": "b12guide.cli.panels",
    "table": "b12guide.cli.panels",
    "published": "b12guide.cli.published",
    "mutate": "b12guide.cli.proofs",
    "graph": "b12guide.cli.reference",
    "facts": "b12guide.cli.reference",
    "words": "b12guide.cli.reference",
    "doc": "b12guide.cli.proofs",
    "export": "b12guide.cli.reference",
    "page": "b12guide.cli.pages",
    "serve": "b12guide.cli.services",
    "replay": "b12guide.cli.services",
    "mcp": "b12guide.cli.services",
    "lsp": "b12guide.cli.writing",
}
"""The module of each command, in the order in which help lists them."""


class _Commands(click.Group):
    """Commands, each in a module that is imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order in which help lists them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        found: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names, or a suggestion."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            near = get_close_matches(name, self.list_commands(ctx), n=1, cutoff=0.5)
            remedy = f"did you mean `{near[0]}`?" if near else "see `b12guide --help`"
            ctx.fail(f"there is no command `{name}`; {remedy}")
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"b12guide {__version__}")
        ctx.exit()


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="For education and research; it does not replace clinical judgement. "
    "Exit codes: 0 fine, 1 findings, 2 unusable input.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def command() -> None:
    """Ask a clinical guideline about a patient."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    sys.excepthook = _own_mistake
    try:
        interruption.ready()
        result: Any = command.main(
            arguments, prog_name="b12guide", standalone_mode=False
        )
        return put(result) if isinstance(result, Output) else int(result or 0)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(file=shown)
        say(shown.getvalue())
        return Exit.UNUSABLE
    except (click.Abort, KeyboardInterrupt):
        return Exit.INTERRUPTED


_OBJECTS_BEFORE_COLLECTING = 50_000


def run() -> NoReturn:
    """Be a process: run the command line and leave.

    What Python would tidy up at its end is of no use to anybody any more, and takes about a tenth
    of the time of a whole command.
    """
    # Nearly all that a command makes at its start lasts to its end: looking for rubbish among it
    # every 700 objects takes a twentieth of the time of a short command.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    try:
        _reserve_standard_streams()
        code = main()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                with suppress(OSError, ValueError):
                    stream.flush()
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    os._exit(code)


def _reserve_standard_streams() -> None:
    """Open the standard streams that are closed, to nowhere.

    Or else the next file that is opened gets the number of one of them, and what a library writes
    to standard error stands in the file of the advice. Python's own streams stay None.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


_OWN_MISTAKE = 70  # what Unix calls an error inside the software


def _own_mistake(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say that b12guide itself is at fault; `python -X dev` shows where."""
    if issubclass(kind, KeyboardInterrupt):
        os._exit(Exit.INTERRUPTED)
    if sys.flags.dev_mode:
        sys.__excepthook__(kind, error, trace)
        return
    say(
        f"error: b12guide made a mistake of its own ({kind.__name__}: {error}); "
        "please report it, with what `python -X dev -m b12guide.cli` says\n"
    )
    os._exit(_OWN_MISTAKE)  # 1 would say that something was found
