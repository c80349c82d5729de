"""The columns of a frame that several guidelines share, of which some have no word for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from b12guide.cohort.columns import subject_of
from b12guide.cohort.options import Options
from b12guide.graph.model import RuleGraph
from b12guide.patient.fact_names import FactNames

__all__ = ["own_options", "strange_columns"]


def strange_columns(
    mine: Sequence[FactNames], others: Iterable[FactNames], columns: Iterable[str]
) -> tuple[str, ...]:
    """The columns that are a fact for one of `others`, and for none of `mine`."""
    some = tuple(others)
    return tuple(
        column
        for column in columns
        if any(subject_of(column, names) for names in some)
        and not any(subject_of(column, names) for names in mine)
    )


def own_options(
    mine: Iterable[RuleGraph],
    others: Iterable[RuleGraph],
    columns: Iterable[str],
    options: Options,
) -> Options:
    """`options` for guidelines that are asked about a frame which others are asked about as well.

    What `others` alone have a word for is left out: columns, assumptions, units. What nobody has a
    word for is not, and will be refused.

    Args:
        mine: The guidelines that are asked.
        others: Those that are asked beside them.
        columns: The columns of the frame.
        options: How it is read.
    """
    own, further = ([*map(FactNames, graphs)] for graphs in (mine, others))
    there = tuple(columns)

    def is_theirs(name: str) -> bool:
        return any(n.find(name) for n in further) and not any(n.find(name) for n in own)

    return evolve(
        options,
        ignore=(*options.ignore, *strange_columns(own, further, there)),
        assume={n: value for n, value in options.assume.items() if not is_theirs(n)},
        units={
            name: unit
            for name, unit in options.units.items()
            if name in there or not is_theirs(name)
        },
    )
