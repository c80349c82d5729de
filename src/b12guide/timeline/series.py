"""When the next dose of a series is due that is counted from events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Decision
from b12guide.regimen.model import Regimen
from b12guide.regimen.series import Counted, counted, earliest, latest

__all__ = ["NextDose", "next_dose"]


@frozen(kw_only=True)
class NextDose:
    """The window of the next dose, and the rules that make it."""

    earliest: dt.date
    latest: dt.date
    rules: tuple[str, ...]


def next_dose(
    recommendation: Recommendation,
    events: Mapping[str, dt.date],
    grace: dt.timedelta = dt.timedelta(0),
) -> NextDose | None:
    """When the next dose is due; None when none is, or an event is still awaited.

    Args:
        recommendation: What the guideline says with what is known.
        events: The days of the events from which doses are counted.
        grace: How long after its latest day a dose is not yet overdue.
    """
    series: list[Counted] = []
    rules: list[str] = []
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for option in recommendation.decisions[decision].options:
            if option.alternative or not option.certain:
                continue
            if isinstance(option.advice, Regimen):
                found = [counted(phase) for phase in option.advice.phases]
                series += (one for one in found if one is not None)
                rules += option.rules
    first = earliest(tuple(series), events)
    last = latest(tuple(series), events)
    if first is None or last is None:
        return None
    return NextDose(
        earliest=first,
        latest=max(first, last + grace),
        rules=tuple(dict.fromkeys(rules)),
    )
