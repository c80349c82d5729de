"""The options of commands that read tables of patients, and what becomes of their progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from b12guide.cli.option import Decorator
from b12guide.cli.output import Output
from b12guide.extras import load as load_extra
from b12guide.patient.model import Units

if TYPE_CHECKING:
    from b12guide.graph.model import RuleGraph


def rows_in(path: str | Path, graph: RuleGraph | None = None, **asking: Any) -> Any:
    """The rows of a file, whose columns are facts of `graph`; `asking` as its options give it."""
    source = load_extra("b12guide.cohort.source", extra="cohort")
    options = import_module("b12guide.cohort.options").Options(**asking)
    return source.opened(Path(path), graph, options)


BARE = "b12guide.units"
"""Where the context of a command keeps whether numbers may lack their unit."""


def _units(
    context: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    is_of_audit = context.command.name == "audit"
    found = {}
    for value in values:
        if value in {choice.value for choice in Units} and is_of_audit:
            context.meta[BARE] = Units(value)
            continue
        column, sign, unit = value.partition("=")
        if not (sign and column.strip() and unit.strip()):
            message = f"`{value}` names no column and unit; write it as egfr=mL/min"
            raise click.BadParameter(message)
        found[column.strip()] = unit.strip()
    return found


def _assumed(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str | bool]:
    found: dict[str, str | bool] = {}
    for value in values:
        fact, sign, said = (part.strip() for part in value.partition("="))
        if not (sign and fact and said):
            message = f"`{value}` assumes nothing; write it as platelets='250 x10^9/L'"
            raise click.BadParameter(message)
        if fact in found:
            message = f"`{fact}` is assumed twice"
            raise click.BadParameter(message)
        found[fact] = {"true": True, "false": False}.get(said.lower(), said)
    return found


def names(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """The names in the values of an option, each of which may hold several."""
    return tuple(n.strip() for value in values for n in value.split(",") if n.strip())


units_option: Decorator = click.option(
    "--units",
    multiple=True,
    callback=_units,
    metavar="COLUMN=UNIT",
    help="The unit of a column of numbers that is not in its measure's own. For one patient: "
    "`required` refuses numbers without a unit.",
)
ignore_option: Decorator = click.option(
    "--ignore",
    multiple=True,
    callback=names,
    metavar="COLUMN",
    help="Leave out a column, or all that match a pattern such as 'LBX*'.",
)
assume_option: Decorator = click.option(
    "--assume",
    multiple=True,
    callback=_assumed,
    metavar="FACT=VALUE",
    help="Assume a value wherever it is not known, such as platelets='250 x10^9/L'.",
)
fuzzy_threshold_option: Decorator = click.option(
    "--fuzzy-threshold",
    type=click.Choice(["report", "lower", "upper"]),
    default="report",
    show_default=True,
    help="How to read a threshold that the source prints as a range.",
)
on_bad_option: Decorator = click.option(
    "--on-bad",
    type=click.Choice(["error", "unknown"]),
    default="error",
    show_default=True,
    help="What to do with implausible cells.",
)
otherwise_option: Decorator = click.option(
    "--otherwise",
    type=click.Choice(["unknown", "absent"]),
    default="unknown",
    show_default=True,
    help="What facts without a column are taken to be.",
)


class Progress(Protocol):
    """Told how much is done, of how much where that is known, and in which unit."""

    def __call__(self, done: int, of: int | None, unit: str = ..., /) -> None:
        """Show it."""
        ...


USUAL_READING: Mapping[str, Any] = {
    "truths": {},
    "decimal": ".",
    "divider": None,
    "encoding": "utf-8",
}
"""What `reading_options` give where nothing is said."""

_READING = (
    click.option(
        "--true",
        multiple=True,
        callback=names,
        metavar="WORD",
        help="A word that means yes, such as '1,yes'.",
    ),
    click.option(
        "--false",
        multiple=True,
        callback=names,
        metavar="WORD",
        help="A word that means no, such as '0,no'.",
    ),
    click.option(
        "--decimal",
        metavar="SIGN",
        default=".",
        show_default=True,
        help="The decimal sign: '.' or ','.",
    ),
    click.option(
        "--divider",
        metavar="SIGN",
        help="The cell separator of a CSV file, such as ';' or tab.  "
        "[default: as its first line shows]",
    ),
    click.option(
        "--encoding",
        metavar="NAME",
        default="utf-8",
        show_default=True,
        help="How a CSV file is encoded, such as latin-1.",
    ),
)


def reading_options(command: Callable[..., Output]) -> Callable[..., Output]:
    """The options that say how cells are written; the command gets them as `reading`."""

    @wraps(command)
    def run(
        *,
        true: tuple[str, ...],
        false: tuple[str, ...],
        decimal: str,
        divider: str | None,
        encoding: str,
        **others: Any,
    ) -> Output:
        for word in {*true} & {*false}:
            message = f"`{word}` is said to mean both yes and no"
            raise click.UsageError(message)
        reading = {
            "truths": dict.fromkeys(true, True) | dict.fromkeys(false, False),
            "decimal": decimal,
            "divider": divider,
            "encoding": encoding,
        }
        return command(reading=reading, **others)

    for option in reversed(_READING):
        run = option(run)
    return run


_ASKING = (
    units_option,
    ignore_option,
    otherwise_option,
    assume_option,
    fuzzy_threshold_option,
)


def asking_options(command: Callable[..., Output]) -> Callable[..., Output]:
    """The options that say how patients of a table are read; the command gets them as `asking`."""

    @wraps(command)
    def run(
        *,
        units: dict[str, str],
        ignore: tuple[str, ...],
        otherwise: str,
        assume: dict[str, str | bool],
        fuzzy_threshold: str,
        reading: dict[str, Any],
        **others: Any,
    ) -> Output:
        asking = {
            "units": units,
            "ignore": ignore,
            "otherwise": otherwise,
            "assume": assume,
            "fuzzy_threshold": fuzzy_threshold,
            **reading,
        }
        return command(asking=asking, **others)

    found: Callable[..., Output] = reading_options(run)
    for option in reversed(_ASKING):
        found = option(found)
    return found


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on a terminal, and nothing anywhere else."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _done, _of, _unit="": None
        return
    with ExitStack() as shown:
        bar: Any = None

        def progress(done: int, of: int | None, unit: str = "patients", /) -> None:
            nonlocal bar
            length = done + 1 if of is None else max(of, 1)
            if bar is None:  # not before it is known of how many
                bar = shown.enter_context(
                    click.progressbar(
                        length=length,
                        label=unit,
                        file=sys.stderr,
                        show_pos=True,
                        width=30,
                    )
                )
            bar.length = length
            bar.update(done - bar.pos)

        yield progress
