"""The commands for somebody who writes a guideline: `new`, `fmt` and `lsp`."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from unicodedata import normalize

import click
from attrs import frozen

from b12guide import extras, resources
from b12guide.cli.failure import error_text, reported
from b12guide.cli.option import STDIN, standard_input
from b12guide.cli.output import Content, Exit, Output, has_colour, write_whole
from b12guide.errors import B12GuideError, GuidelineError
from b12guide.frozen import Record
from b12guide.library import SUFFIX, opened, shipped
from b12guide.show.terminal import Ink, Style, visible
from b12guide.syntax.parse import decoded, parse, parse_partial
from b12guide.syntax.phrases import quoted
from b12guide.syntax.printing import formatted
from b12guide.text import Text

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 100
"""More is no name that anybody wants to type, and too long for some file systems."""


@click.group
def new() -> None:
    """Begin a guideline, or a vocabulary for several."""


_place_option = click.option(
    "-o",
    "--output",
    "place",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE, or into a folder.  [default: NAME.gdl in this folder]",
)


@new.command
@click.argument("name", metavar="NAME")
@_place_option
@reported
def guideline(name: str, place: Path | None) -> Output:
    """Write a guideline to begin with, with comments, one rule and one example.

    NAME is made of letters, digits and _. A file that is there already is never overwritten.
    """
    return _begun("guideline", name, place, ("check", "test"))


@new.command
@click.argument("name", metavar="NAME")
@_place_option
@reported
def vocabulary(name: str, place: Path | None) -> Output:
    """Write a vocabulary to begin with, with comments and a word of each kind.

    NAME is made of letters, digits and _. A file that is there already is never overwritten.
    """
    return _begun("vocabulary", name, place, ("check", "words -g"))


def _begun(kind: str, name: str, place: Path | None, trials: Iterable[str]) -> Output:
    """The file of a kind, written; and the commands to try on it."""
    _check(name, kind)
    file = Path(name + SUFFIX) if place is None else place
    if file.is_dir():
        file /= name + SUFFIX
    if os.path.lexists(file):
        message = f"there is already `{file}`, and it is not overwritten"
        raise B12GuideError(message)
    try:
        write_whole(file, _start(name, kind))
    except OSError as error:
        message = f"cannot write {file}: {(error.strerror or 'it is refused').lower()}"
        raise B12GuideError(message) from error
    path = shlex.quote(str(file))
    commands = "".join(f"  b12guide {trial} {path}\n" for trial in trials)
    return Output(text=f"wrote {file}; now try\n{commands}")


def _start(name: str, kind: str) -> str:
    """The template of a kind under another name."""
    template = kind + SUFFIX
    text = Text(template, resources.read("templates", template))
    (header,) = parse(text).headers
    characters = text.characters
    if header.title is not None:
        title = name.replace("_", " ").strip()
        span = header.title.span
        characters = (
            characters[: span.start]
            + quoted(title[:1].upper() + title[1:])
            + characters[span.end :]
        )
    span = header.name.span
    characters = characters[: span.start] + name + characters[span.end :]
    return formatted(Text(name + SUFFIX, characters))


def _check(name: str, kind: str) -> None:
    """Refuse what is no name of a file of a kind, and suggest one."""
    if name in shipped():
        reason = "is the name of a file that b12guide ships"
    elif not _NAME.fullmatch(name):
        reason = (
            "is no name: letters, digits and `_` make one, and a letter comes first"
        )
    elif _is_keyword(name):
        reason = "is a word of the language"
    elif len(name) > _LONGEST:
        reason = f"is longer than {_LONGEST} characters"
    else:
        return
    message = f"`{name}` {reason}; how about `{_suggestion(name, kind)}`?"
    raise B12GuideError(message)


def _suggestion(name: str, kind: str) -> str:
    """A name that is nearly what was meant, and can be used."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].removesuffix(SUFFIX)
    plain = normalize("NFKD", last).encode("ascii", "ignore").decode()
    made = "_".join(re.findall(r"[A-Za-z0-9]+", plain))[:_LONGEST].strip("_")
    if not made:
        return f"my_{kind}"
    if not made[0].isalpha():
        made = f"{kind}_{made}"
    if made in shipped() or _is_keyword(made):
        made = f"my_{made}"
    return made


def _is_keyword(name: str) -> bool:
    """Whether a guideline cannot have this name because the language needs the word."""
    _, diagnostics = parse_partial(Text("", f"language 1\nguideline {name}\n"))
    return bool(diagnostics)


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


@click.command
@reported
def lsp() -> Output:
    """Serve an editor that speaks the Language Server Protocol.

    Messages come on standard input and go to standard output, until the editor leaves.
    """
    server = extras.load("b12guide.lsp.serve", extra="lsp")
    return Output(code=server.serve())
