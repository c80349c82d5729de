"""`b12guide recommend`: what a guideline says about a patient."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from b12guide.cli.asking import day_or_today, patient_in
from b12guide.cli.failure import reported
from b12guide.cli.option import (
    Format,
    format_option,
    guideline_option,
    on_option,
    output_option,
)
from b12guide.cli.output import Output, has_colour, width_of_terminal
from b12guide.evaluate.answer import Recommendation
from b12guide.guideline import load
from b12guide.show.answer import recommendation_page
from b12guide.show.page import Page
from b12guide.show.to_html import to_html
from b12guide.show.to_json import to_json
from b12guide.show.to_markdown import to_markdown
from b12guide.show.to_text import to_text
from b12guide.show.wording import Audience

__all__ = ["page_as", "recommend"]


@click.command
@click.argument("patient", metavar="PATIENT")
@guideline_option
@format_option(Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML)
@click.option(
    "--audience",
    type=click.Choice([a.value for a in Audience]),
    default=Audience.PROFESSIONAL.value,
    show_default=True,
    help="For whom the words are chosen; JSON always has both.",
)
@on_option
@output_option
@reported
def recommend(
    patient: str,
    guideline: str,
    format_: Format,
    audience: str,
    on: dt.date | None,
    file: Path | None,
) -> Output:
    """Say what a guideline recommends for a patient.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input.
    """
    person = patient_in(patient)
    answer = load(guideline).recommend(person, on=day_or_today(on))
    return Output(text=_written(answer, format_, Audience(audience), file), file=file)


def _written(
    answer: Recommendation, format_: Format, audience: Audience, file: Path | None
) -> str:
    if format_ is Format.JSON:
        return json.dumps(to_json(answer), ensure_ascii=False, indent=2) + "\n"
    return page_as(format_, recommendation_page(answer, audience), file)


def page_as(format_: Format, page: Page, file: Path | None) -> str:
    """The page in a format that people read; colour goes to a terminal only."""
    match format_:
        case Format.MARKDOWN:
            return to_markdown(page)
        case Format.HTML:
            return to_html(page)
        case _:
            colour = file is None and has_colour(sys.stdout)
            return to_text(page, width=width_of_terminal(), colour=colour)
