"""Whether a guideline holds on a day: what a reader has to know before all else (M87).

A date may lack its day, or month and day; then it means any of the days that fit. A guideline that
may be retired counts as retired, and one that may not hold yet is said to be so: the reader is to
look, and not to rely on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from b12guide.graph.model import RuleGraph
from b12guide.say.names import Audience
from b12guide.say.words import capitalised, listing
from b12guide.values.calendar import days_within


def standing_text(graph: RuleGraph, on: dt.date | None = None) -> str:
    """In a few words, why the guideline is not to be relied on; empty where nothing is known."""
    return listing(part for part, _ in _standing(graph, on))


def is_over(graph: RuleGraph, on: dt.date | None = None) -> bool:
    """Whether the guideline is retired or superseded, or may be; on some day, if none is given."""
    return any(over for _, over in _standing(graph, on))


def validity_text(
    graph: RuleGraph,
    on: dt.date | None = None,
    audience: Audience = Audience.PROFESSIONAL,
) -> str:
    """The same as the first line of a page.

    Args:
        graph: The guideline.
        on: The day asked for. Without one, only what is retired or superseded is said.
        audience: Who reads it.
    """
    told = [*_standing(graph, on)]
    if not told:
        return ""
    plain = audience is Audience.PATIENT
    ended = [part for part, is_over in told if is_over]
    if plain:
        since = listing(ended) if ended else listing(part for part, _ in told)
        over = "is out of date" if ended else "may not hold yet"
        return (
            f"This guideline {over}: it is {since}. "
            "Ask the people who treat you what holds now."
        )
    rest = (
        "what it says may no longer hold" if ended else "what it says may not hold yet"
    )
    return f"{capitalised(listing(part for part, _ in told))}: {rest}."


def _standing(graph: RuleGraph, on: dt.date | None) -> Iterator[tuple[str, bool]]:
    """What is to be told of a guideline, and whether it means that its time is over."""
    about = graph.imprint
    if about.retired is not None and _has_begun(about.retired, on):
        yield f"retired as of {about.retired}", True
    if about.superseded_by is not None:
        yield f"superseded by {about.superseded_by}", True
    if about.effective is not None and on is not None:
        first, last = days_within(about.effective) or (on, on)
        if on < first:
            yield f"in effect from {about.effective} on, which is after {on}", False
        elif on < last:
            yield (
                f"in effect from some day of {about.effective} on, perhaps after {on}",
                False,
            )


def _has_begun(written: str, on: dt.date | None) -> bool:
    days = days_within(written)
    return on is None or days is None or days[0] <= on


def effect_text(graph: RuleGraph) -> str:
    """From when to when the guideline holds; empty where it does not say."""
    about = graph.imprint
    return " ".join(
        f"{word} {day}"
        for word, day in (("from", about.effective), ("until", about.retired))
        if day is not None
    )
