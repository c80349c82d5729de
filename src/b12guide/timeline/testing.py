"""The tests of a timeline, each on a day that suits it.

A test that belongs before a dose is put on the day of the dose nearest to its date. Where doses
have no days yet, the test keeps its date, and a remark says that it cannot be placed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from b12guide.evaluate.answer import Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Monitoring
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.schedule import Window
from b12guide.timeline.model import Entry, Kind, Unplaced
from b12guide.values.calendar import add
from b12guide.values.duration import Duration

__all__ = ["testing"]


def testing(
    recommendation: Recommendation,
    doses: Sequence[Entry],
    start: dt.date,
    until: dt.date,
    *,
    is_open: bool,
) -> tuple[tuple[Entry, ...], tuple[Unplaced, ...]]:
    """The tests from `start` to `until` with what cannot be placed.

    Args:
        recommendation: What the guideline says.
        doses: The doses of the timeline.
        start: The day of the first dose: what months are counted from.
        until: The last day that is shown.
        is_open: Whether the doses' days wait for an event.
    """
    entries: list[Entry] = []
    unplaced: list[Unplaced] = []
    decided = recommendation.decisions[Decision.MONITORING]
    for option in decided.options:
        value = option.advice
        if not isinstance(value, Monitoring) or option.alternative:
            continue
        is_certain = option.certain and decided.outcome is not Outcome.SILENT
        if not is_certain:
            continue
        targets = tuple(_targets(value, recommendation, start, until))
        if not targets and value.every is None and not value.at:
            unplaced.append(_without_schedule(option, value, recommendation))
        for number, target in enumerate(targets, start=1):
            entry = _placed(option, value, number, target, doses, is_open=is_open)
            entries.append(entry)
            if entry.is_open:
                unplaced.append(_waiting(option, target))
    return tuple(entries), tuple(unplaced)


def _targets(
    value: Monitoring,
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
) -> Iterator[Window]:
    """The days on which a test is due by its schedule."""
    for time in value.at:
        day = add(start, time)
        if day is not None and day <= until:
            yield Window(day, day)
    if value.every is None:
        return
    begin = start if value.after is None else _last_check(value, recommendation, start)
    count = 1
    while True:
        low, high = shortest(value.every), longest(value.every)
        earliest = add(begin, Duration(low.value * count, low.unit))
        latest = add(begin, Duration(high.value * count, high.unit))
        if earliest is None or latest is None or earliest > until:
            return
        yield Window(earliest, latest)
        count += 1


def _last_check(
    value: Monitoring, recommendation: Recommendation, start: dt.date
) -> dt.date:
    """The last single check of a test: where nothing else is known, recurring ones follow it."""
    options = recommendation.decisions[Decision.MONITORING].options
    days = [
        day
        for option in options
        if isinstance(option.advice, Monitoring)
        and set(option.advice.tests) & set(value.tests)
        for time in option.advice.at
        if (day := add(start, time)) is not None
    ]
    return max(days, default=start)


def _placed(  # noqa: PLR0913 -- one argument for each thing that bears on a day
    option: Option,
    value: Monitoring,
    number: int,
    target: Window,
    doses: Sequence[Entry],
    *,
    is_open: bool,
) -> Entry:
    window, is_waiting = target, False
    if value.before_next_dose:
        settled = [d for d in doses if d.window is not None and not d.is_open]
        nearest = min(
            (d.window for d in settled if d.window is not None),
            key=lambda w: (w.distance(target.latest), w.earliest),
            default=None,
        )
        if is_open or nearest is None:
            is_waiting = True
        else:
            window = nearest
    return Entry(
        kind=Kind.TEST,
        decision=Decision.MONITORING,
        number=number,
        window=window,
        target=target.latest,
        is_open=is_waiting,
        after=() if value.after is None else (value.after,),
        tests=(*value.tests, *value.companions),
        before_dose=value.before_next_dose,
        rules=option.rules,
    )


def _waiting(option: Option, target: Window) -> Unplaced:
    return Unplaced(
        text=f"the test due on {target.latest} belongs before a dose, and the days of the "
        "doses around it are not settled yet",
        rules=option.rules,
    )


def _without_schedule(
    option: Option, value: Monitoring, recommendation: Recommendation
) -> Unplaced:
    known = recommendation.graph.vocabulary.tests
    names = ", ".join(known[t].label if t in known else t for t in value.tests)
    return Unplaced(text=f"the guideline names no day for {names}", rules=option.rules)
