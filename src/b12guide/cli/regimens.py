"""The command `compare-regimens`: several regimens over years, side by side."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from b12guide.cli import option, tables
from b12guide.cli.failure import reported
from b12guide.cli.output import Output
from b12guide.cohort.paths import keep_apart
from b12guide.guideline import load

if TYPE_CHECKING:
    from collections.abc import Mapping

_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?)(?:\s*(?:-|to)\s*(?P<high>\d+(?:\.\d+)?))?")


def _ends(
    _: click.Context, __: click.Parameter, value: str | None
) -> tuple[Fraction, Fraction] | None:
    """A number, or the two ends of a range such as 3-12."""
    if value is None:
        return None
    found = _RANGE.fullmatch(value.strip())
    if found is None:
        message = f"`{value}` is no number and no range such as 3-12"
        raise click.BadParameter(message)
    return Fraction(found["low"]), Fraction(found["high"] or found["low"])


def _named(values: tuple[str, ...]) -> Mapping[str, str]:
    """The regimens by their names; one without a name goes by what it says."""
    found: dict[str, str] = {}
    for value in values:
        name, sign, regimen = (part.strip() for part in value.rpartition("="))
        if sign and not (name and regimen):
            message = f"`{value}` is no regimen; write it as 'NAME = REGIMEN'"
            raise click.UsageError(message)
        key = name or regimen
        if key in found:
            message = f"there are two regimens of the name `{key}`"
            raise click.UsageError(message)
        found[key] = regimen
    return found


def _cost(
    _: click.Context, __: click.Parameter, value: str | None
) -> str | bool | None:
    return False if value == "none" else value


_OF_PATIENTS = (
    *("units", "ignore", "otherwise", "assume", "fuzzy_threshold"),
    *("true", "false", "decimal", "divider", "encoding"),
)


@click.command("compare-regimens")
@click.argument("regimens", metavar="REGIMEN...", nargs=-1)
@click.option(
    "--loading", metavar="REGIMEN", help="The loading that comes before each."
)
@click.option(
    "--years",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    metavar="NUMBER",
    help="How many years are counted.",
)
@click.option(
    "--loading-weeks",
    callback=_ends,
    metavar="WEEKS",
    help="How long loading takes that lasts until an event, such as 3-12.",
)
@click.option(
    "--cost",
    callback=_cost,
    metavar="NAME|FILE|none",
    help="Published unit costs, or a TOML file of your own.  [default: ontario_2013]",
)
@click.option(
    "--discount",
    callback=_ends,
    default="0",
    metavar="RATE",
    help="By what share a cost counts for less each year, such as 0.03 or 0-0.05.",
)
@click.option(
    "--missed",
    callback=_ends,
    metavar="SHARE",
    help="With which probability a dose is missed, such as 0.05-0.2.",
)
@click.option(
    "--late-days",
    callback=_ends,
    metavar="DAYS",
    help="How many days an injection is late, such as 0-21.",
)
@click.option(
    "--from-planned",
    is_flag=True,
    help="Count the next dose from the planned day, not from the day given.",
)
@click.option(
    "--tolerance-days",
    type=click.IntRange(min=0),
    default=0,
    metavar="DAYS",
    help="How many days beyond its interval a dose still covers.",
)
@click.option(
    "--people",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="How many people are simulated for each regimen.",
)
@option.seed_option
@click.option(
    "--levels",
    is_flag=True,
    help="Work out serum and store by a model, in people made up from published ranges.",
)
@click.option(
    "--drug",
    metavar="NAME",
    help="The form whose levels these are, where a regimen names none or several.",
)
@option.guideline_option
@click.option(
    "--patients",
    metavar="FILE",
    help="A table of patients: what is recommended to each, and to how many each regimen.",
)
@tables.asking_options
@option.format_option(
    option.Format.TEXT,
    option.Format.JSON,
    option.Format.MARKDOWN,
    option.Format.HTML,
    option.Format.CSV,
    option.Format.SVG,
)
@option.output_option
@reported
def compare_regimens(
    *,
    regimens: tuple[str, ...],
    loading: str | None,
    years: int,
    loading_weeks: tuple[Fraction, Fraction] | None,
    cost: str | bool | None,
    discount: tuple[Fraction, Fraction],
    missed: tuple[Fraction, Fraction] | None,
    late_days: tuple[Fraction, Fraction] | None,
    from_planned: bool,
    tolerance_days: int,
    people: int,
    seed: int,
    levels: bool,
    drug: str | None,
    guideline: str,
    patients: str | None,
    asking: dict[str, Any],
    format_: option.Format,
    file: Path | None,
) -> Output:
    """Say what regimens ask and cost over years, side by side.

    A REGIMEN is English such as '1000 µg IM every 2 months', with a name before it if you like
    ('tablets = 1000 µg orally daily'). With --patients, the guideline says what it recommends to
    each, and for how many patients a regimen is advised, open, or something it is silent about.
    """
    if not regimens and patients is None:
        message = "name a REGIMEN, or --patients to whom something is recommended"
        raise click.UsageError(message)
    nothing = (Fraction(0), Fraction(0))
    is_modelled = missed is not None or late_days is not None
    if not is_modelled:
        model = "--missed or --late-days"
        option.needs(model, "people", "from_planned", "tolerance_days")
    if not levels:
        option.needs("--levels", "drug")
    if patients is None:
        option.needs("--patients", *_OF_PATIENTS)
    how: dict[str, Any] = {
        "loading": loading,
        "years": years,
        "loading_weeks": loading_weeks,
        "cost": cost,
        "discount": discount,
        "people": people,
        "seed": seed,
        "levels": {"drug": drug} if levels else False,
        "adherence": {
            "missed": missed or nothing,
            "late_days": late_days or nothing,
            "from_given": not from_planned,
            "tolerance_days": tolerance_days,
        }
        if is_modelled
        else None,
    }
    own = load(guideline).regimens
    named = _named(regimens)
    if patients is not None:
        keep_apart(file, Path(patients))
        found = own.compare(
            named or None,
            patients=tables.rows_in(patients, own.graph, **asking),
            **asking,
            **how,
        )
    elif guideline != option.DEFAULT_GUIDELINE or any(r in own for r in named.values()):
        found = own.compare(named, **how)
    else:  # no guideline has a say in it
        found = import_module("b12guide.regimens.counting").compare(named, **how)
    return Output(text=option.written_as(format_, found, file), file=file)
