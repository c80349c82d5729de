"""The commands that look for errors: `check` and `lint`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import evolve, frozen

from b12guide import __version__
from b12guide.cli import output
from b12guide.cli.failure import diagnostics_text, reported
from b12guide.cli.option import (
    DEFAULT_GUIDELINE,
    STDIN,
    STDIN_NAME,
    Format,
    format_option,
    on_option,
    output_option,
    standard_input,
)
from b12guide.diagnostics import Diagnostic, Severity, has_errors, in_order, together
from b12guide.errors import GuidelineError
from b12guide.graph.query import statement_coverage
from b12guide.library import Library, SourceFile
from b12guide.lint import lint_written
from b12guide.lint.fix import fixed
from b12guide.lint.run import Linted, lint_library, targets
from b12guide.lint.settings import settings_for
from b12guide.show import diagnostic
from b12guide.show.coverage_text import coverage_json, coverage_text
from b12guide.show.terminal import visible
from b12guide.show.to_json import guideline_json
from b12guide.text import Text
from b12guide.written import Checked
from b12guide.written import check as checked


@click.command
@click.argument("guidelines", metavar="[GUIDELINE]...", nargs=-1)
@format_option(Format.TEXT, Format.PLAIN, Format.LINE, Format.JSON)
@click.option("--strict", is_flag=True, help="Let warnings fail the check too.")
@on_option
@output_option
@reported
def check(
    guidelines: tuple[str, ...],
    format_: Format,
    strict: bool,
    on: dt.date | None,
    file: Path | None,
) -> output.Output:
    """Check guidelines and vocabularies, and count the statements that they encode.

    GUIDELINE is the name of a shipped guideline, a .gdl file, a folder of them, or - for standard
    input. A part of a guideline is checked with the guideline. The exit code is 1 if there are
    errors, or with --strict also if there are warnings.
    """
    asked = guidelines or (DEFAULT_GUIDELINE,)
    named = targets(name for name in asked if name != STDIN)
    if named.unread:
        message = "not everything that was named can be checked"
        raise GuidelineError(message, named.unread)
    libraries = named.libraries
    if STDIN in asked:
        libraries += (standard_input(),)
    day = on or dt.datetime.now().astimezone().date()
    several = len(libraries) > 1
    if several and format_ is Format.JSON:
        message = "JSON is about one guideline: name one, or use --format line"
        raise click.UsageError(message)
    texts, failed = [], False
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    for library in libraries:
        found = _with_slips(checked(library), library, day)
        failed |= any(d.severity in failing for d in found.diagnostics)
        heading = several and format_ is Format.TEXT
        texts.append(f"{visible(library.main.name)}\n" if heading else "")
        texts.append(_checked_written(found, format_, file))
    return output.Output(
        text="".join(texts),
        code=output.Exit.FINDINGS if failed else output.Exit.FINE,
        file=file,
    )


_SLIPS = ("GDL506", "GDL531")
"""What the linter finds that is surely a slip: a rule written twice, a date still to come."""


def _with_slips(found: Checked, library: Library, day: dt.date) -> Checked:
    if found.graph is None:
        return found
    settings = settings_for(library.folder)
    slips = lint_written(
        found.draft, found.graph, settings=settings, on=day, only=_SLIPS
    )
    return evolve(found, diagnostics=in_order((*found.diagnostics, *slips)))


def _checked_written(found: Checked, format_: Format, file: Path | None) -> str:
    match format_:
        case Format.JSON:
            return json.dumps(_json(found), ensure_ascii=False, indent=2) + "\n"
        case Format.LINE:
            return "".join(f"{diagnostic.to_line(d)}\n" for d in found.diagnostics)
        case Format.PLAIN:
            return "".join(
                f"{diagnostic.to_plain(d)}\n" for d in together(found.diagnostics)
            )
        case _:
            colour = file is None and output.has_colour(sys.stdout)
            diagnostics = together(found.diagnostics)
            text = diagnostics_text(diagnostics, colour=colour)
            if found.graph is not None:
                text += coverage_text(
                    statement_coverage(found.graph), width=output.width_of_terminal()
                )
            is_broken = found.graph is None and has_errors(
                diagnostics
            )  # more than its examples
            verdict = "cannot be used" if is_broken else "can be used"
            return f"{text}{diagnostic.summary(diagnostics)}: it {verdict}\n"


def _json(found: Checked) -> dict[str, object]:
    graph = found.graph
    return {
        **diagnostic.diagnostics_to_json(found.diagnostics),
        "guideline": None if graph is None else guideline_json(graph),
        "statements": coverage_json(() if graph is None else statement_coverage(graph)),
    }


@click.command
@click.argument("guidelines", metavar="[FILES|FOLDERS|NAMES]...", nargs=-1)
@format_option(
    Format.TEXT, Format.PLAIN, Format.LINE, Format.JSON, Format.SARIF, Format.GITHUB
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
) -> output.Output:
    """Find what is likely to be a mistake, or could be clearer.

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
    code = output.Exit.FINDINGS if findings else output.Exit.FINE
    text = _written(diagnostics, format_, sum(run.count for run in runs), file)
    errors = "".join(f"error: {each}\n" for run in runs for each in run.unwritten)
    if fixes and STDIN in asked:  # the fixed text takes standard output
        through = (run.text.characters for run in runs if run.text is not None)
        fixed, errors = "".join(through), text + errors
        return output.Output(
            text=fixed,
            errors=errors,
            code=code if usable else output.Exit.UNUSABLE,
            file=file,
            content=output.Content.DATA,
            errors_content=format_.content,
        )
    return output.Output(
        text=text,
        errors=errors,
        code=code if usable else output.Exit.UNUSABLE,
        file=file,
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
        data = Path(library.main.name).read_bytes()
        renewed = Library(
            SourceFile(library.main.name, data), library.folder, library.prefix
        )
        return cls(linted=lint_library(renewed, on=day), count=done.count)


def _rewritten(texts: Iterable[Text]) -> Iterable[str]:
    """Writes each text to its file; gives the reasons where that cannot be done."""
    for text in texts:
        path = Path(text.name)
        try:
            mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
            output.write_whole(path, mark + text.characters)
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            yield f"cannot write {text.name}: {reason}"


def _written(
    diagnostics: tuple[Diagnostic, ...], format_: Format, count: int, file: Path | None
) -> str:
    match format_:
        case Format.JSON:
            found = diagnostic.diagnostics_to_json(diagnostics)
            return json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        case Format.SARIF:
            return diagnostic.lint_sarif(diagnostics, __version__)
        case Format.GITHUB:
            return "".join(f"{diagnostic.to_github(d)}\n" for d in diagnostics)
        case Format.LINE:
            return "".join(f"{diagnostic.to_line(d)}\n" for d in diagnostics)
        case Format.PLAIN:
            return "".join(f"{diagnostic.to_plain(d)}\n" for d in diagnostics)
        case _:
            colour = file is None and output.has_colour(sys.stdout)
            text = diagnostics_text(diagnostics, colour=colour)
            made = f", {count} fixed" if count else ""
            return f"{text}{diagnostic.summary(diagnostics)}{made}\n"
