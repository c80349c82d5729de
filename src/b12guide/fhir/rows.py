"""The rows of a history that resources tell, each of which the guideline can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from b12guide.audit.history import history_from
from b12guide.errors import PatientError
from b12guide.fhir.told import Event, Unread
from b12guide.frozen import FrozenMap
from b12guide.graph.model import RuleGraph

__all__ = ["readable"]

_FIELDS = ("value", "amount", "unit", "site", "route")
"""What a row may lack and still tell what was done, in the order in which it is given up."""


def readable(
    events: Iterable[Event], graph: RuleGraph
) -> tuple[tuple[Mapping[str, Any], ...], list[Unread]]:
    """The rows in the order of time, and what had to be left out of them.

    A value or an amount that is implausible or in an unknown unit is left out; a row that cannot be
    read without it is left out as a whole.
    """
    rows: dict[Mapping[str, Any], None] = {}
    left: list[Unread] = []
    for event in sorted(events, key=_in_order):
        row = event.row
        problem = _problem(row, graph)
        if problem is not None:
            bare = {k: v for k, v in row.items() if k not in _FIELDS}
            is_bare = _problem(bare, graph) is None
            if (
                not is_bare or "test" not in row
            ):  # the value of a test is told as a fact
                reason = f"in the history: {problem}"
                left.append(
                    Unread(
                        reference=event.reference, pointer=event.pointer, reason=reason
                    )
                )
            if not is_bare:
                continue
            row = FrozenMap(bare)
        rows[row] = None
    return tuple(rows), left


def _problem(row: Mapping[str, Any], graph: RuleGraph) -> str | None:
    """Why the guideline cannot read a row; None where it can."""
    try:
        history_from([row], graph)
    except PatientError as error:
        return "; ".join(
            one.message.partition(": ")[2] or one.message for one in error.diagnostics
        )
    return None


def _in_order(event: Event) -> tuple[str, ...]:
    row = event.row
    return (str(row["on"]), *(f"{k}={row[k]}" for k in sorted(row)))
