"""The commands that answer for one patient: `recommend`, `explain` and `ask`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import click

from b12guide.cli import option
from b12guide.cli.failure import reported
from b12guide.cli.output import Output, is_terminal
from b12guide.cli.records import STDIN, fhir_patient_in, fhir_reading, patient_on_stdin
from b12guide.evaluate.answer import Recommendation
from b12guide.guideline import Guideline, load
from b12guide.library import file_like
from b12guide.patient.from_file import read_patient, unreadable
from b12guide.patient.model import Patient, Units

_SUFFIXES = {".json", ".toml", ".yaml", ".yml"}


def day_or_today(day: dt.date | None) -> dt.date:
    """The day asked for, or today where the user is."""
    return day or dt.date.today()  # noqa: DTZ011 -- the user's own day is meant


def patient_in(
    source: str | None, asked: Guideline | None = None, on: dt.date | None = None
) -> Patient:
    """The patient in the file `source`, or nobody in particular.

    Args:
        source: The file, `-` for standard input, or None.
        asked: The guideline in whose words resources of FHIR are read; without it they are
            refused.
        on: The day for which an age is worked out from a date of birth.

    Raises:
        PatientError: The file cannot be used.
    """
    if source is None:
        return Patient()
    if source == STDIN:
        return patient_on_stdin(asked, on)
    found = None if asked is None else fhir_patient_in(source, asked, on)
    if found is not None:
        return found
    path = Path(source)
    if path.suffix.lower() in _SUFFIXES or path.exists():
        return read_patient(source)
    near = file_like(path, _SUFFIXES)
    remedy = f"did you mean `{near}`?" if near else None
    raise unreadable(source, "the file does not exist", remedy)


@click.command
@click.argument("patient", metavar="PATIENT")
@option.guideline_option
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.FHIR,
)
@option.audience_option(
    "The readers for whom the words are chosen; JSON always has both."
)
@option.on_option
@option.bare_option
@click.option(
    "--full/--short",
    "full",
    default=None,
    help="Everything, or what fits on one screen.  [default: --short at a terminal]",
)
@click.option(
    "--subject",
    metavar="REFERENCE",
    help="The patient of the drafts of --format fhir, such as Patient/1.  [default: the Patient "
    "among the resources]",
)
@option.output_option
@reported
def recommend(
    patient: str,
    guideline: str,
    format_: option.Format,
    audience: str,
    on: dt.date | None,
    units: Units,
    full: bool | None,
    subject: str | None,
    file: Path | None,
) -> Output:
    """Say what a guideline recommends for a patient.

    At a terminal the answer is one screen of 24 lines; what is piped or written to a file is
    whole.

    PATIENT is a .json, .toml or .yaml file, or - for JSON on standard input. JSON may hold
    resources of FHIR, such as a Bundle; standard error says what was not read of them.

    With --format fhir the answer is a Bundle of FHIR R4: drafts for people to check.
    """
    is_fhir = format_ is option.Format.FHIR
    if subject is not None and not is_fhir:
        message = "--subject is for --format fhir"
        raise click.UsageError(message)
    can_be_short = format_ is option.Format.TEXT and audience == "professional"
    if full is False and not can_be_short:
        message = "--short is for text for professionals"
        raise click.UsageError(message)
    asked, day = load(guideline), day_or_today(on)
    person = patient_in(patient, asked, day)
    answer = asked.recommend(person, on=day, units=units)
    if is_fhir:
        return Output(text=_drafts(answer, subject), file=file)
    if full is None:
        full = not can_be_short or file is not None or not is_terminal(sys.stdout)
    text = option.written_as(format_, answer, file, audience, short=not full)
    return Output(text=text, file=file)


def _drafts(answer: Recommendation, subject: str | None) -> str:
    """The answer as JSON of FHIR, about the patient whom the resources describe."""
    reading = fhir_reading()
    if reading is None:
        bundle = answer.to_fhir(subject=subject)
    else:
        bundle = answer.to_fhir(
            subject=subject or reading.subject, provenance=reading.provenance
        )
    return json.dumps(bundle, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


@click.command
@click.argument("target", metavar="NAME")
@click.argument("patient", metavar="[PATIENT]", required=False)
@option.guideline_option
@option.format_option(
    option.Format.TEXT, option.Format.JSON, option.Format.MARKDOWN, option.Format.HTML
)
@option.on_option
@option.bare_option
@option.output_option
@reported
def explain(
    target: str,
    patient: str | None,
    guideline: str,
    format_: option.Format,
    on: dt.date | None,
    units: Units,
    file: Path | None,
) -> Output:
    """Explain anything that has a name, for a patient if one is given.

    For a rule: its condition with the truth of each part, what overrides it, its grounds. For a
    decision: every rule that decides it, and why it applies or not. For a statement (S13), an
    assumption, challenge or silence (T31), a fact, a drug, a route, a test: what it is, and every
    rule that has to do with it.
    """
    asked, day = load(guideline), day_or_today(on)
    person = None if patient is None else patient_in(patient, asked, day)
    found = asked.explain(target, person, on=day, units=units)
    return Output(text=option.written_as(format_, found, file), file=file)


@click.command
@click.argument("question", metavar="QUESTION")
@click.argument("patient", metavar="[PATIENT]", required=False)
@option.guideline_option
@option.format_option(
    option.Format.TEXT, option.Format.JSON, option.Format.MARKDOWN, option.Format.HTML
)
@option.audience_option(
    "The readers for whom the words are chosen; JSON always has both."
)
@click.option(
    "--why", is_flag=True, help="Show how it was found: words, scores and verdicts."
)
@option.on_option
@option.bare_option
@option.output_option
@reported
def ask(
    question: str,
    patient: str | None,
    guideline: str,
    format_: option.Format,
    audience: str,
    why: bool,
    on: dt.date | None,
    units: Units,
    file: Path | None,
) -> Output:
    """Ask a question in plain words, such as "may she take tablets instead?".

    The answer is what the guideline itself says, three rules at most, each with its verdict for
    the patient, its strength and its citation; where the guideline contradicts itself; and what it
    does not address. Facts in the question, such as "eGFR 38", count as well. A question that the
    guideline does not answer gets silence, with the words that it never uses.
    """
    asked, day = load(guideline), day_or_today(on)
    person = None if patient is None else patient_in(patient, asked, day)
    found = asked.ask(question, person, why=why, on=day, units=units)
    return Output(text=option.written_as(format_, found, file, audience), file=file)
