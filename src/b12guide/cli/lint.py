"""`b12guide lint`: what in a guideline is likely to be a slip, or could be clearer."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import frozen

from b12guide import __version__
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.files import STDIN, STDIN_NAME, standard_input
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    Format,
    format_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Content, Exit, Output, has_colour, write_whole
from b12guide.diagnostics import Diagnostic, Severity, in_order
from b12guide.library import Library, SourceFile
from b12guide.lint.fix import fixed
from b12guide.lint.settings import settings_for
from b12guide.lint.target import targets
from b12guide.lint.whole import Linted, lint_library
from b12guide.show.diagnostic import summary, to_line, to_plain
from b12guide.show.diagnostic_json import diagnostics_to_json
from b12guide.show.lint_github import to_github
from b12guide.show.lint_sarif import lint_sarif
from b12guide.text import Text

__all__ = ["lint"]


@click.command
@click.argument("guidelines", metavar="[FILES|FOLDERS|NAMES]...", nargs=-1)
@format_option(
    Format.TEXT,
    Format.PLAIN,
    Format.LINE,
    Format.JSON,
    Format.SARIF,
    Format.GITHUB,
)
@click.option(
    "--fix",
    "fixes",
    is_flag=True,
    help="Make the safe fixes: those after which a guideline says exactly the same.",
)
@on_option
@output_option
@reported
def lint(
    guidelines: tuple[str, ...],
    format_: Format,
    fixes: bool,
    on: dt.date | None,
    file: Path | None,
) -> Output:
    """Find what is likely to be a slip, or could be clearer.

    A folder stands for the .gdl files in it and below, `-` for standard input. A part of a
    guideline is looked at with the guideline. The exit code is 1 if there are warnings or errors,
    and 2 if a file cannot be used; the others are linted all the same.
    """
    day = on or dt.datetime.now().astimezone().date()
    asked = guidelines or (DEFAULT_GUIDELINE,)
    found = targets([name for name in asked if name != STDIN])
    libraries = list(found.libraries)
    if STDIN in asked:
        libraries.append(standard_input())
    runs = [_Run.of(library, day, fixes=fixes) for library in libraries]
    diagnostics = in_order(
        (*found.unread, *(d for run in runs for d in run.linted.diagnostics))
    )
    usable = not found.unread and all(
        run.linted.is_usable and not run.unwritten for run in runs
    )
    findings = any(d.severity is not Severity.INFO for d in diagnostics)
    code = Exit.FINDINGS if findings else Exit.FINE
    text = _written(diagnostics, format_, sum(run.count for run in runs), file)
    errors = "".join(f"error: {each}\n" for run in runs for each in run.unwritten)
    if fixes and STDIN in asked:  # the fixed text takes standard output
        through = (run.text.characters for run in runs if run.text is not None)
        fixed, errors = "".join(through), text + errors
        return Output(
            text=fixed,
            errors=errors,
            code=code if usable else Exit.UNUSABLE,
            file=file,
            content=Content.DATA,
            errors_content=format_.content,
        )
    return Output(
        text=text, errors=errors, code=code if usable else Exit.UNUSABLE, file=file
    )


@frozen(kw_only=True)
class _Run:
    """One guideline, linted.

    Attributes:
        count: How many findings were fixed.
        unwritten: Why a fixed file could not be written.
        text: The fixed text of standard input; None where it has errors.
    """

    linted: Linted
    count: int = 0
    unwritten: tuple[str, ...] = ()
    text: Text | None = None

    @classmethod
    def of(cls, library: Library, day: dt.date, *, fixes: bool) -> _Run:
        linted = lint_library(library, on=day)
        if not fixes or library.folder is None or not linted.is_usable:
            return cls(linted=linted)
        done = fixed(linted.draft, settings_for(library.folder))
        if library.main.name == STDIN_NAME:
            text = done.draft.main.text
            renewed = Library(SourceFile(STDIN_NAME, text.characters.encode()), Path())
            linted = lint_library(renewed, on=day)
            return cls(linted=linted, count=done.count, text=text)
        if not done.texts:
            return cls(linted=linted)
        unwritten = tuple(_rewritten(done.texts.values()))
        if unwritten:
            return cls(linted=linted, unwritten=unwritten)
        renewed = _again(library)
        return cls(linted=lint_library(renewed, on=day), count=done.count)


def _again(library: Library) -> Library:
    data = Path(library.main.name).read_bytes()
    return Library(SourceFile(library.main.name, data), library.folder, library.prefix)


def _rewritten(texts: Iterable[Text]) -> Iterable[str]:
    """Writes each text to its file; gives the reasons where that cannot be done."""
    for text in texts:
        path = Path(text.name)
        try:
            mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
            write_whole(path, mark + text.characters)
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            yield f"cannot write {text.name}: {reason}"


def _written(
    diagnostics: tuple[Diagnostic, ...], format_: Format, count: int, file: Path | None
) -> str:
    match format_:
        case Format.JSON:
            found = diagnostics_to_json(diagnostics)
            return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        case Format.SARIF:
            return lint_sarif(diagnostics, __version__)
        case Format.GITHUB:
            return "".join(f"{to_github(d)}\n" for d in diagnostics)
        case Format.LINE:
            return "".join(f"{to_line(d)}\n" for d in diagnostics)
        case Format.PLAIN:
            return "".join(f"{to_plain(d)}\n" for d in diagnostics)
        case _:
            colour = file is None and has_colour(sys.stdout)
            text = diagnostics_text(diagnostics, colour=colour)
            made = f", {count} fixed" if count else ""
            return f"{text}{summary(diagnostics)}{made}\n"
