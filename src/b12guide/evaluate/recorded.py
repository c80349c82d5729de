"""What an answer says of the record it was made from.

A number without a unit was read in the unit of its measure; a value may be of a later day than the
one asked for; a fact may be one that no rule reads. Unless that is said, those who read the advice
believe that the record was used as it was meant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction

from b12guide.graph.model import RuleGraph, Silence
from b12guide.graph.query import brief_text, facts_read_by
from b12guide.patient.model import Standing, Stated
from b12guide.values.quantity import format_number, format_quantity

__all__ = ["remarks_on_record", "unread_facts"]

_MOST_DAYS = 3


def remarks_on_record(
    stated: Stated, graph: RuleGraph, unread: Iterable[str] = ()
) -> Iterator[str]:
    """What is to be said of a record, `unread` being the facts that no rule reads."""
    assumed = [
        f"{brief_text(graph, d.fact)} {format_number(Fraction(d.value))} "
        f"was read as {_in_words(d.assumed)}"
        for d in stated.assumed
        if isinstance(d.value, Fraction | int)
    ]
    if assumed:
        yield f"no unit was given: {', '.join(assumed)}"
    later: dict[str, list[dt.date]] = {}
    for datum in stated.data:
        if datum.standing is Standing.LATER and datum.on is not None:
            later.setdefault(datum.fact, []).append(datum.on)
    for fact, days in later.items():
        told = ", ".join(day.isoformat() for day in days[:_MOST_DAYS])
        more = f" and {len(days) - _MOST_DAYS} more days" if days[_MOST_DAYS:] else ""
        yield (
            f"{brief_text(graph, fact)} is recorded for {told}{more}, after the day asked "
            f"for ({stated.on}): not used"
        )
    names = ", ".join(brief_text(graph, fact) for fact in unread)
    if names:
        yield f"recorded, read by no rule: {names}"


def _in_words(unit: str | None) -> str:
    """A unit without a number before it: units of time are words, and there are many."""
    return format_quantity(Fraction(0), unit).removeprefix("0 ")


def unread_facts(
    stated: Stated,
    graph: RuleGraph,
    heeded: frozenset[str],
    silences: Iterable[Silence],
) -> tuple[str, ...]:
    """The facts with a value that no rule reads, but for those that a silence speaks of."""
    spoken = {
        name
        for silence in silences
        for name in (
            *silence.topics,
            *(
                facts_read_by(silence.condition, graph.definitions)
                if silence.condition is not None
                else ()
            ),
        )
    }
    return tuple(
        name
        for name, value in stated.values.items()
        if value is not None and name not in heeded and name not in spoken
    )
