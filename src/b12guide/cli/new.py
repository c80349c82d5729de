"""`b12guide new`: a start for whoever writes a guideline."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from unicodedata import normalize

import click

from b12guide import resources
from b12guide.cli.failure import reported
from b12guide.cli.output import Output, write_whole
from b12guide.errors import B12GuideError
from b12guide.library import SUFFIX, shipped
from b12guide.syntax.format import formatted
from b12guide.syntax.parse import parse, parse_partial
from b12guide.syntax.text_pieces import quoted
from b12guide.text import Text

__all__ = ["new"]

_TEMPLATE = "guideline" + SUFFIX
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LONGEST = 100
"""More is no name that anybody wants to type, and too long for some file systems."""


@click.group
def new() -> None:
    """Begin a guideline."""


@new.command
@click.argument("name", metavar="NAME")
@click.option(
    "-o",
    "--output",
    "place",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE, or into a folder.  [default: NAME.gdl in this folder]",
)
@reported
def guideline(name: str, place: Path | None) -> Output:
    """Write a guideline to begin with, with comments, one rule and one example.

    NAME is made of letters, digits and _. A file that is there already is never overwritten.
    """
    _check(name)
    file = Path(name + SUFFIX) if place is None else place
    if file.is_dir():
        file /= name + SUFFIX
    if os.path.lexists(file):
        message = f"there is already `{file}`, and it is not overwritten"
        raise B12GuideError(message)
    try:
        write_whole(file, _start(name))
    except OSError as error:
        message = f"cannot write {file}: {(error.strerror or 'it is refused').lower()}"
        raise B12GuideError(message) from error
    path = shlex.quote(str(file))
    return Output(
        text=f"wrote {file}; now try\n  b12guide check {path}\n  b12guide test {path}\n"
    )


def _start(name: str) -> str:
    """The template under another name."""
    text = Text(_TEMPLATE, resources.read("templates", _TEMPLATE))
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


def _check(name: str) -> None:
    """Refuse what is no name of a guideline, and suggest one."""
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
    message = f"`{name}` {reason}; how about `{_suggestion(name)}`?"
    raise B12GuideError(message)


def _suggestion(name: str) -> str:
    """A name that is nearly what was meant, and can be used."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].removesuffix(SUFFIX)
    plain = normalize("NFKD", last).encode("ascii", "ignore").decode()
    made = "_".join(re.findall(r"[A-Za-z0-9]+", plain))[:_LONGEST].strip("_")
    if not made:
        return "my_guideline"
    if not made[0].isalpha():
        made = f"guideline_{made}"
    if made in shipped() or _is_keyword(made):
        made = f"my_{made}"
    return made


def _is_keyword(name: str) -> bool:
    """Whether a guideline cannot have this name because the language needs the word."""
    _, diagnostics = parse_partial(Text("", f"language 1\nguideline {name}\n"))
    return bool(diagnostics)
