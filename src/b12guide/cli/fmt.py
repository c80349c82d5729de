"""`b12guide fmt`: formats guideline files."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

import click
from attrs import frozen

from b12guide.cli.failure import error_text, reported
from b12guide.cli.files import STDIN, standard_input
from b12guide.cli.output import Content, Exit, Output, has_colour, write_whole
from b12guide.errors import B12GuideError, GuidelineError
from b12guide.library import opened
from b12guide.record import Record
from b12guide.show.style import Ink, Style
from b12guide.show.width import visible
from b12guide.syntax.format import formatted
from b12guide.syntax.parse import decoded

__all__ = ["fmt"]


@frozen(kw_only=True, repr=False)
class _Formatted(Record):
    """A file, as it is and as it should be."""

    name: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


@click.command
@click.argument("paths", metavar="[FILE|FOLDER|-]...", nargs=-1)
@click.option(
    "--check", is_flag=True, help="Name the files that would change; write nothing."
)
@click.option("--diff", is_flag=True, help="Show what would change; write nothing.")
@reported
def fmt(paths: tuple[str, ...], check: bool, diff: bool) -> Output:
    """Format guideline files in the one style, with every comment where it belongs.

    In a folder, all .gdl files are formatted; without a FILE, those of the current folder. With -,
    standard input is formatted to standard output. What a file says does not change. A file with
    errors is left as it is, and the exit code is 2; with --check or --diff it is 1 if a file would
    change.
    """
    if STDIN in paths:
        if len(paths) > 1:
            message = "- stands alone: standard input and files do not go together"
            raise click.UsageError(message)
        return _from_standard_input(check=check, diff=diff)
    found = opened(Path(path) if path else "" for path in paths or (".",))
    errors = [error_text(GuidelineError("", (reason,))) for reason in found.unread]
    done: list[_Formatted] = []
    broken = 0
    for library in found.libraries:
        try:
            one = _formatted(library.main.name, library.main.data)
        except B12GuideError as error:
            errors.append(error_text(error))
            broken += 1
            continue
        try:
            if one.differs and not (check or diff):
                _write(Path(one.name), one.new)
        except B12GuideError as error:
            errors.append(error_text(error))
        else:
            done.append(one)
    return Output(
        text=_report(done, broken, check=check, diff=diff),
        errors="".join(errors),
        code=_code(done, errors, only_looked=check or diff),
    )


def _from_standard_input(*, check: bool, diff: bool) -> Output:
    main = standard_input().main
    one = _formatted(main.name, main.data)
    code = _code([one], (), only_looked=check or diff)
    if check or diff:
        return Output(text=_report([one], 0, check=check, diff=diff), code=code)
    return Output(text=one.new, code=code, content=Content.DATA)


def _formatted(name: str, content: bytes) -> _Formatted:
    """The file, formatted; its lines end as its first line does."""
    new = formatted(decoded(content, name))
    if re.match(rb"[^\n]*\r\n", content):
        new = new.replace("\n", "\r\n")
    return _Formatted(name=name, old=content.decode(), new=new)


def _write(file: Path, text: str) -> None:
    try:
        write_whole(file, text)
    except OSError as error:
        reason = (error.strerror or "the file system refuses").lower()
        message = f"cannot write {file}: {reason}"
        raise B12GuideError(message) from error


def _code(
    done: Iterable[_Formatted], errors: Iterable[str], *, only_looked: bool
) -> Exit:
    if any(errors):
        return Exit.UNUSABLE
    if only_looked and any(one.differs for one in done):
        return Exit.FINDINGS
    return Exit.FINE


def _report(done: Sequence[_Formatted], failed: int, *, check: bool, diff: bool) -> str:
    """What was done, or would be; after a difference, nothing that is no part of it."""
    changed = [one for one in done if one.differs]
    if diff:
        return "".join(line for one in changed for line in _difference(one))
    verb = "would change" if check else "formatted"
    lines = [f"{verb}: {visible(one.name)}\n" for one in changed]
    counts = {
        "would change" if check else "formatted": len(changed),
        "formatted already": len(done) - len(changed),
        "with errors, left alone": failed,
    }
    shown = (
        f"{number} {'file' if number == 1 else 'files'} {said}"
        for said, number in counts.items()
        if number
    )
    counted = ", ".join(shown)
    return "".join(lines) + (f"{counted}\n" if counted else "")


_INKS = {"-": Ink.ERROR, "+": Ink.HELP, "@": Ink.HEADING}


def _difference(one: _Formatted) -> Iterator[str]:
    """The lines of a unified difference, in colour on a terminal."""
    style = Style(coloured=has_colour(sys.stdout))
    name = visible(one.name)
    lines = unified_diff(_lines(one.old), _lines(one.new), name, name)
    for number, line in enumerate(lines):
        ink = Ink.BOLD if number < 2 else _INKS.get(line[0], Ink.NONE)
        end = "" if line.endswith("\n") else "\\ No newline at end of file\n"
        yield style(ink, line.rstrip("\n")) + "\n" + end


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)
