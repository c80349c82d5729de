"""The options of commands that read tables of patients, and what becomes of their progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import click

from b12guide.cli.option import Decorator
from b12guide.extras import load as load_extra

__all__ = [
    "TABLES",
    "ignore_option",
    "otherwise_option",
    "progress_bar",
    "table_in",
    "units_option",
]

TABLES = frozenset({".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv", ".tsv"})
"""The suffixes of files that hold a table."""

Progress: TypeAlias = Callable[[int, int], None]


def table_in(path: str | Path) -> Any:
    """The table in a file."""
    return load_extra("b12guide.cohort.table_file", extra="cohort").read_table(
        Path(path)
    )


def _units(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    found = {}
    for value in values:
        column, sign, unit = value.partition("=")
        if not (sign and column.strip() and unit.strip()):
            message = f"`{value}` names no column and unit; write it as egfr=mL/min"
            raise click.BadParameter(message)
        found[column.strip()] = unit.strip()
    return found


units_option: Decorator = click.option(
    "--units",
    multiple=True,
    callback=_units,
    metavar="COLUMN=UNIT",
    help="The unit of a column of numbers that is not in its measure's own.",
)
ignore_option: Decorator = click.option(
    "--ignore",
    multiple=True,
    metavar="COLUMN",
    help="Leave out a column, or all that match a pattern such as 'LBX*'.",
)
otherwise_option: Decorator = click.option(
    "--otherwise",
    type=click.Choice(["unknown", "absent"]),
    default="unknown",
    show_default=True,
    help="What holds of facts that have no column.",
)


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """A bar on a terminal, and nothing anywhere else."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, label="patients", file=sys.stderr) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(done - bar.pos)

        yield progress
