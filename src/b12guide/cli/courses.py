"""The command `simulate`: what serum and store come to under a regimen."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from b12guide import course as courses
from b12guide.cli import option, tables
from b12guide.cli.failure import reported
from b12guide.cli.output import Output
from b12guide.cohort.paths import keep_apart
from b12guide.guideline import load

_RANGE = re.compile(
    r"(?P<low>[0-9.]+)\s*(?:(?:-|to)\s*(?P<high>[0-9.]+))?\s*(?P<unit>[^0-9.\s].*)?"
)


def _range(value: str) -> tuple[str, str]:
    """The two ends of `120-180 pg/mL` with their unit; one number is both."""
    found = _RANGE.fullmatch(value.strip())
    if found is None:
        message = f"`{value}` is no number and no range such as 3-12"
        raise click.BadParameter(message)
    unit = found["unit"] or ""
    low, high = found["low"], found["high"] or found["low"]
    return f"{low} {unit}".strip(), f"{high} {unit}".strip()


def _ends(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[str, str] | None:
    return None if value is None else _range(value)


def _weeks(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        low, high = (float(end) for end in _range(value))
    except ValueError:
        message = f"`{value}` is no number of weeks and no range such as 3-12"
        raise click.BadParameter(message) from None
    return low, high


def _ranges(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Ranges by name, written as NAME=RANGE."""
    found = {}
    for value in values:
        name, sign, ends = (part.strip() for part in value.partition("="))
        if not (name and sign and ends):
            message = f"`{value}` is not written as NAME=RANGE"
            raise click.BadParameter(message)
        found[name] = _range(ends)
    return found


def _factor(_: click.Context, __: click.Parameter, value: str) -> bool | None:
    return {"yes": True, "no": False, "unknown": None}[value]


@click.command
@click.argument("regimen", metavar="[REGIMEN]", required=False)
@click.option("--loading", metavar="REGIMEN", help="The loading that comes before it.")
@click.option(
    "--years",
    type=float,
    default=5,
    show_default=True,
    metavar="NUMBER",
    help="How long, from the first dose.",
)
@click.option("--drug", metavar="NAME", help="The form, where the regimen names none.")
@click.option(
    "--loading-weeks",
    callback=_weeks,
    metavar="WEEKS",
    help="How long loading takes that lasts until an event, such as 3-12.",
)
@click.option(
    "--intrinsic-factor",
    type=click.Choice(["yes", "no", "unknown"]),
    default="unknown",
    show_default=True,
    callback=_factor,
    help="Whether there is any; unknown: half of the people have it.",
)
@click.option(
    "--serum",
    callback=_ends,
    metavar="RANGE",
    help="The level at the start, such as '120-180 pg/mL'.  [default: deficient]",
)
@click.option(
    "--store",
    callback=_ends,
    metavar="RANGE",
    help="The store at the start, such as '0.3-0.6 mg'.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    callback=_ranges,
    metavar="NAME=RANGE",
    help="Another range for a parameter, such as store_loss='0.1-0.2 %/d'.",
)
@click.option(
    "--people",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="How many people are made up.  [default: 1000; 200 for each group of patients]",
)
@option.seed_option
@option.guideline_option
@click.option(
    "--patients",
    metavar="FILE",
    help="A table of patients: simulate what is recommended to them, group by group.",
)
@tables.asking_options
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
    option.Format.SVG,
    option.Format.PNG,
)
@option.output_option
@reported
def simulate(
    *,
    regimen: str | None,
    loading: str | None,
    people: int | None,
    guideline: str,
    patients: str | None,
    asking: dict[str, Any],
    format_: option.Format,
    file: Path | None,
    **known: Any,
) -> Output:
    """Say what serum and store come to under a regimen, in people made up from published ranges.

    REGIMEN is English, such as '1000 µg hydroxocobalamin IM every 2 months'. Serum is not store: a
    high level after a dose says little about what the body has in store. With --patients there is
    a course for each group of patients to whom the guideline recommends the same; where that is
    open, the patients are counted and nothing is simulated.
    """
    if format_ is option.Format.PNG and file is None:
        message = "a PNG needs a file: add --output FILE.png"
        raise click.UsageError(message)
    if people is not None:
        known["people"] = people
    found: Any
    match regimen, patients:
        case str(), None:
            found = courses.simulate(regimen, loading=loading, **known)
        case None, str():
            if loading is not None:
                message = (
                    "the guideline says what loading is given: leave out --loading"
                )
                raise click.UsageError(message)
            if format_ in {option.Format.SVG, option.Format.PNG}:
                message = (
                    f"the courses of --patients are not written as {format_.value}"
                )
                raise click.UsageError(message)
            keep_apart(file, Path(patients))
            asked = load(guideline)
            rows = tables.rows_in(patients, asked.graph, **asking)
            found = asked.study(rows, **asking).simulate(**known)
        case _:
            message = "name a REGIMEN, or --patients to whom something is recommended"
            raise click.UsageError(message)
    if format_ is option.Format.PNG:
        content: bytes = import_module("b12guide.show.course_svg").course_to_png(found)
        return Output(text=content, file=file)
    return Output(text=option.written_as(format_, found, file), file=file)
