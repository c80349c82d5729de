"""Turns what the library raises into what a person or a program can read."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import click
from attrs import evolve

from b12guide.cli.option import Format
from b12guide.cli.output import Content, Exit, Output, has_colour, width_of_terminal
from b12guide.cli.records import unread_text
from b12guide.diagnostics import Diagnostic, has_errors
from b12guide.errors import (
    ArgumentError,
    B12GuideError,
    DosageError,
    GuidelineError,
    PatientError,
    SettingsError,
)

_CODE = "CLI001"
"""Of an error that is not in a file, such as the name of a rule that there is not."""


def reported(command: Callable[..., Output]) -> Callable[..., Output]:
    """The command, with unusable input reported instead of raised.

    This is the one place that catches the library's errors.
    """

    @wraps(command)
    def run(**parameters: Any) -> Output:
        format_ = parameters.get("format_", Format.TEXT)
        try:
            output = command(**parameters)
        except B12GuideError as error:
            if format_ is Format.JSON:
                return Output(
                    errors=_json(error), errors_content=Content.JSON, code=Exit.UNUSABLE
                )
            return Output(errors=error_text(error), code=Exit.UNUSABLE)
        unread = unread_text()
        if unread:
            output = evolve(output, errors=unread + output.errors)
        if format_.content is Content.TEXT:
            return output
        return evolve(output, content=format_.content)

    return run


def diagnostics_text(diagnostics: tuple[Diagnostic, ...], *, colour: bool) -> str:
    """The diagnostics with their source lines, an empty line between them."""
    width = width_of_terminal()
    show = import_module("b12guide.show.diagnostic")
    shown = (show.to_terminal(d, width=width, colour=colour) for d in diagnostics)
    return "".join(f"{text}\n\n" for text in shown)


def error_text(error: B12GuideError) -> str:
    """What a person reads of an error."""
    diagnostics = _diagnostics(error)
    if not diagnostics:
        return f"error: {_with_options(error)}\n"
    errors = tuple(d for d in diagnostics if has_errors((d,)))
    return diagnostics_text(errors or diagnostics, colour=has_colour(sys.stderr))


_ARGUMENT = re.compile(
    r"`(?P<name>[a-z_]+)(?:\[\W(?P<key>\w+)\W\])?(?:=(?P<value>[^`]+))?`"
)
_PAIR = re.compile(
    r'\((?P<q>"?)(?P<low>[0-9.]+)\s*(?P<unit>[^",()]*)(?P=q), '
    r"(?P=q)(?P<high>[0-9.]+)\s*(?P=unit)(?P=q)\)"
)


def _with_options(error: B12GuideError) -> str:
    """What an error says, in the words of the command line: options in the place of arguments."""
    said = error.detailed()
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(error, ArgumentError | DosageError):
        return said
    named = {
        one.name: one.opts[-1]
        if isinstance(one, click.Option)
        else one.human_readable_name
        for one in context.command.params
    }

    def as_option(found: re.Match[str]) -> str:
        if found["name"] not in named:
            return found[0]
        value = (found["value"] or "").strip('"')
        words = (named[found["name"]], found["key"], value)
        return f"`{' '.join(filter(None, words))}`"

    def as_range(found: re.Match[str]) -> str:
        return f"{found['low']}-{found['high']} {found['unit']}".strip()

    return _ARGUMENT.sub(as_option, _PAIR.sub(as_range, said))


def _json(error: B12GuideError) -> str:
    diagnostics = _diagnostics(error)
    diagnostics = diagnostics or (Diagnostic(code=_CODE, message=_with_options(error)),)
    show = import_module("b12guide.show.diagnostic")
    found = show.diagnostics_to_json(diagnostics)
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _diagnostics(error: B12GuideError) -> tuple[Diagnostic, ...]:
    if isinstance(error, GuidelineError | PatientError | SettingsError):
        return error.diagnostics
    return ()
