"""`b12guide recommend`: what a guideline says about a patient."""

from __future__ import annotations

import datetime as dt
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.cli.asking import day_or_today, patient_in
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    Format,
    audience_option,
    bare_option,
    format_option,
    guideline_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Output, has_colour, width_of_terminal
from b12guide.guideline import load
from b12guide.patient.model import Units

if TYPE_CHECKING:
    from b12guide.answers import Answer
    from b12guide.show.page import Page

__all__ = ["page_as", "recommend", "written_as"]


@click.command
@click.argument("patient", metavar="PATIENT")
@guideline_option
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@audience_option("For whom the words are chosen; JSON always has both.")
@on_option
@bare_option
@output_option
@reported
def recommend(
    patient: str,
    guideline: str,
    format_: Format,
    audience: str,
    on: dt.date | None,
    units: Units,
    file: Path | None,
) -> Output:
    """Say what a guideline recommends for a patient.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input.
    """
    person = patient_in(patient)
    answer = load(guideline).recommend(person, on=day_or_today(on), units=units)
    return Output(text=written_as(format_, answer, file, audience), file=file)


def written_as(
    format_: Format, answer: Answer, file: Path | None, audience: str = "professional"
) -> str:
    """An answer in a format that every answer has; colour goes to a terminal only.

    What makes it is imported when it is needed, so that an answer starts quickly.
    """
    if format_ is Format.JSON:
        return answer.to_json() + "\n"
    show: Any = import_module("b12guide.show.answer")
    text: str
    match format_:
        case Format.MARKDOWN:
            text = show.markdown_of(answer, audience=audience)
        case Format.HTML:
            text = show.html_of(answer, audience=audience)
        case _:
            text = show.text_of(
                answer,
                audience=audience,
                width=width_of_terminal(),
                colour=file is None and has_colour(sys.stdout),
            )
    return text


def page_as(format_: Format, page: Page, file: Path | None) -> str:
    """The page in a format that people read; colour goes to a terminal only.

    Each printer is imported when it is needed, so that an answer starts quickly.
    """
    text: str
    match format_:
        case Format.MARKDOWN:
            text = import_module("b12guide.show.to_markdown").to_markdown(page)
        case Format.HTML:
            text = import_module("b12guide.show.to_html").to_html(page)
        case _:
            colour = file is None and has_colour(sys.stdout)
            text = import_module("b12guide.show.to_text").to_text(
                page, width=width_of_terminal(), colour=colour
            )
    return text
