"""What commands are given (options, files, standard input), and how their answers are written."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Mapping
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click
from click.core import ParameterSource

from b12guide.cli.output import Content, Output, has_colour, width_of_terminal
from b12guide.diagnostics import Diagnostic
from b12guide.errors import GuidelineError
from b12guide.library import LARGEST_FILE, Library, SourceFile, locate
from b12guide.patient.model import Units

if TYPE_CHECKING:
    from b12guide.answers import Answer
    from b12guide.show.page import Page

DEFAULT_GUIDELINE = "mecobalamin_im"


class Format(Enum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    MERMAID = "mermaid"
    PLAIN = "plain"
    LINE = "line"
    JUNIT = "junit"
    CSV = "csv"
    ICS = "ics"
    SVG = "svg"
    PNG = "png"
    SARIF = "sarif"
    GITHUB = "github"
    SCHEMA = "schema"
    FHIR = "fhir"
    LATEX = "latex"

    @property
    def content(self) -> Content:
        """Whether people read it, or programs."""
        if self in {Format.JSON, Format.SARIF, Format.FHIR}:
            return Content.JSON
        return Content.DATA if self in _DATA else Content.TEXT


_DATA = {
    Format.CSV,
    Format.HTML,
    Format.ICS,
    Format.JUNIT,
    Format.LATEX,
    Format.MERMAID,
    Format.PNG,
    Format.SVG,
}


def day_of(_: click.Context, __: click.Parameter, value: str | None) -> dt.date | None:
    """The day of a date that is written as 2026-03-05."""
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        message = f"`{value}` is not a date; write it as 2026-03-05"
        raise click.BadParameter(message)
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        message = f"there is no day {value}"
        raise click.BadParameter(message) from error


Decorator: TypeAlias = Callable[[Callable[..., Output]], Callable[..., Output]]


seed_option: Decorator = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="The seed of their random numbers.",
)


_TEXTS = tuple(one for one in Format if one is not Format.PNG)
_SUFFIXES: Mapping[str, tuple[Format, ...]] = {
    ".txt": _TEXTS,  # the first of them is text
    ".json": (Format.JSON, Format.SARIF, Format.FHIR, Format.SCHEMA),
    ".sarif": (Format.SARIF,),
    ".md": (Format.MARKDOWN,),
    ".markdown": (Format.MARKDOWN,),
    ".html": (Format.HTML,),
    ".htm": (Format.HTML,),
    ".mmd": (Format.MERMAID,),
    ".xml": (Format.JUNIT,),
    ".csv": (Format.CSV,),
    ".ics": (Format.ICS,),
    ".svg": (Format.SVG,),
    ".png": (Format.PNG,),
    ".tex": (Format.LATEX,),
    **dict.fromkeys((".pdf", ".jpg", ".jpeg", ".gif", ".docx", ".xlsx"), ()),
}
"""What a file may hold whose name ends like this; what nothing is written in has no format."""


if TYPE_CHECKING:
    _ParamType = click.ParamType[Format]
else:
    _ParamType = click.ParamType  # no generic class before Click 8.4


class _OneFormat(_ParamType):
    """One of the formats of a command."""

    name = "format"

    def __init__(self, formats: tuple[Format, ...]) -> None:
        self.formats = formats

    @property
    def listed(self) -> str:
        return ", ".join(one.value for one in self.formats)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format:
        named = {one.value: one for one in self.formats}
        name = str(value).lower()
        if name not in named:
            self.fail(f"`{value}` is not one of {self.listed}", param, ctx)
        return named[name]


def format_option(*formats: Format) -> Decorator:
    """The option `--format`; the first format is the default."""
    return click.option(
        "--format",
        "format_",
        type=_OneFormat(formats),
        metavar=f"[{'|'.join(each.value for each in formats)}]",
        default=formats[0].value,
        show_default=True,
        is_eager=True,  # what `--output` means depends on it
        help="How the answer is written.",
    )


def _in_its_format(
    context: click.Context, _: click.Parameter, file: Path | None
) -> Path | None:
    """The file; without `--format`, the answer is in the format in which the name of the file ends.

    Raises:
        BadParameter: Its name is that of another format than is written.
    """
    types = (one.type for one in context.command.params)
    kind = next((one for one in types if isinstance(one, _OneFormat)), None)
    suffix = "" if file is None else file.suffix.lower()
    if kind is None or suffix not in _SUFFIXES:
        return file
    may_hold = [one for one in _SUFFIXES[suffix] if one in kind.formats]
    if not may_hold:
        message = f"this command writes no `{suffix}` file; it writes {kind.listed}"
        raise click.BadParameter(message)
    source = context.get_parameter_source("format_")
    if source is ParameterSource.DEFAULT:
        context.params["format_"] = may_hold[0]
    elif context.params["format_"] not in may_hold:
        message = (
            f"--format {context.params['format_'].value} writes no `{suffix}` file; leave it out, "
            "or name the file otherwise"
        )
        raise click.BadParameter(message)
    return file


def needs(needed: str, *dependents: str) -> None:
    """Refuse what was given of `dependents`, names of parameters, for want of an option.

    Raises:
        UsageError: One of them was given.
    """
    context = click.get_current_context()
    for one in context.command.params:
        source = context.get_parameter_source(one.name or "")
        if one.name in dependents and source is not ParameterSource.DEFAULT:
            message = f"{one.opts[-1]} says nothing without {needed}"
            raise click.UsageError(message)


def audience_option(help_: str) -> Decorator:
    """The option `--audience`."""
    return click.option(
        "--audience",
        type=click.Choice(["professional", "patient"]),
        default="professional",
        show_default=True,
        help=help_,
    )


guideline_option: Decorator = click.option(
    "-g",
    "--guideline",
    metavar="NAME|PATH",
    default=DEFAULT_GUIDELINE,
    show_default=True,
    help="A shipped guideline, or a .gdl file.",
)
on_option: Decorator = click.option(
    "--on",
    metavar="DATE",
    callback=day_of,
    help="The day asked for, such as 2026-03-05.  [default: today]",
)
bare_option: Decorator = click.option(
    "--units",
    type=click.Choice([choice.value for choice in Units]),
    default=Units.ASSUME.value,
    show_default=True,
    callback=lambda _context, _parameter, value: Units(value),
    help="Whether numbers without a unit are read in the measure's own, which the answer "
    "says, or refused.",
)
naming_option: Decorator = click.option(
    "--names",
    "naming",
    type=click.Choice([".", "_"]),
    default=".",
    show_default=True,
    help="The sign between the parts of a column's name.",
)
output_option: Decorator = click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    callback=_in_its_format,
    help="Write to FILE, whole or not at all, instead of standard output; without --format in "
    "the format in which its name ends, such as .json.",
)


STDIN = "-"
STDIN_NAME = "<stdin>"


def library_of(guideline: str) -> Library:
    """The library of a shipped guideline's name, of a path, or of standard input.

    Raises:
        GuidelineError: There is no such file, or it cannot be read.
    """
    return standard_input() if guideline == STDIN else locate(guideline)


def standard_input() -> Library:
    """What stands on standard input; what it uses is looked for in the current folder.

    Raises:
        GuidelineError: It is closed, or cannot be read.
    """
    if sys.stdin is None:  # as Python says that it is closed
        closed = "it is closed"
        raise _unreadable(closed)
    try:
        data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = (error.strerror or "it is refused").lower()
        raise _unreadable(reason) from error
    return Library(SourceFile(STDIN_NAME, data), Path())


def _unreadable(reason: str) -> GuidelineError:
    message = f"standard input cannot be read: {reason}"
    return GuidelineError(message, (Diagnostic(code="GDL229", message=message),))


def written_as(
    format_: Format,
    answer: Answer,
    file: Path | None,
    audience: str = "professional",
    *,
    short: bool = False,
) -> str:
    """An answer in a format that it has; colour goes to a terminal only.

    What makes it is imported when it is needed, so that an answer starts quickly.
    """
    if format_ is Format.JSON:
        return answer.to_json() + "\n"
    show: Any = import_module("b12guide.show.papers")
    text: str
    match format_:
        case Format.MARKDOWN:
            text = show.markdown_of(answer, audience=audience)
        case Format.HTML:
            text = show.html_of(answer, audience=audience)
        case Format.CSV | Format.ICS | Format.SVG | Format.LATEX:
            text = show.written_of(answer, format_.value)
        case _:
            text = show.text_of(
                answer,
                audience=audience,
                width=width_of_terminal(),
                colour=file is None and has_colour(sys.stdout),
                short=short,
            )
    return text


def page_as(format_: Format, page: Page, file: Path | None) -> str:
    """The page in a format that people read; colour goes to a terminal only.

    Each printer is imported when it is needed, so that an answer starts quickly.
    """
    text: str
    match format_:
        case Format.MARKDOWN:
            text = import_module("b12guide.show.to_text").to_markdown(page)
        case Format.HTML:
            text = import_module("b12guide.show.to_html").to_html(page)
        case _:
            colour = file is None and has_colour(sys.stdout)
            text = import_module("b12guide.show.to_text").to_text(
                page, width=width_of_terminal(), colour=colour
            )
    return text
