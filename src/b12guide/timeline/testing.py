"""The tests of a timeline, each on a day that suits it.

A test that belongs before a dose is put on the day of the dose nearest to its date. Where doses
have no days yet, the test keeps its date, and a remark says that it cannot be placed. A test that
waits for an event of unknown day, or goes on until one, says so (M43, M53).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from b12guide.evaluate.answer import Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Monitoring
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.schedule import Window
from b12guide.timeline.model import Entry, Kind, Unplaced
from b12guide.values.calendar import add
from b12guide.values.duration import Duration

__all__ = ["testing"]

_NEXT, _MOST_LISTED = 4, 24
"""Recurring tests are listed one by one where no more than the second are shown; else the first."""


def testing(  # noqa: PLR0913 -- one argument for each thing that bears on a day
    recommendation: Recommendation,
    doses: Sequence[Window],
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
    *,
    is_open: bool,
) -> tuple[tuple[Entry, ...], tuple[Unplaced, ...]]:
    """The tests from `start` to `until` with what cannot be placed.

    Args:
        recommendation: What the guideline says.
        doses: The days of the doses of the treatment.
        start: The day of the first dose: what months are counted from.
        until: The last day that is shown.
        events: The days of events that came, or are expected.
        is_open: Whether the doses' days wait for an event.
    """
    entries: list[Entry] = []
    unplaced: list[Unplaced] = []
    decided = recommendation.decisions[Decision.MONITORING]
    for option in decided.options:
        value = option.advice
        if not isinstance(value, Monitoring) or option.alternative:
            continue
        if not option.certain or decided.outcome is Outcome.SILENT:
            continue
        if not value.at and value.every is None:
            unplaced.append(_without_schedule(option, value, recommendation))
            continue
        begin = _anchor(value, recommendation, start, events)
        if begin is None:
            entries.append(_waiting_for_event(option, value))
            continue
        placed = [
            _placed(option, value, number, target, doses, is_open=is_open)
            for number, target in enumerate(_targets(value, begin, until, events), 1)
        ]
        ends_open = value.until is not None and value.until not in events
        begins_open = value.after is not None and value.after not in events
        if ends_open or begins_open:
            placed = [evolve(entry, is_open=True) for entry in placed]
        unplaced += (_waiting(option, entry) for entry in placed if entry.awaits_dose)
        entries += _listed(placed, ends_open=ends_open)
    return tuple(entries), tuple(unplaced)


def _listed(placed: list[Entry], *, ends_open: bool) -> list[Entry]:
    """The tests that are listed one by one, the last for all that follow."""
    count = _NEXT if ends_open or len(placed) > _MOST_LISTED else len(placed)
    if len(placed) <= count + 1 or any(entry.before_dose for entry in placed):
        return placed
    windows = (entry.window for entry in placed[count:])
    further = tuple(window for window in windows if window is not None)
    return [*placed[:count], evolve(placed[count], further=further)]


def _anchor(
    value: Monitoring,
    recommendation: Recommendation,
    start: dt.date,
    events: Mapping[str, dt.date],
) -> dt.date | None:
    """The day from which a test is counted; None where it waits for an event."""
    if value.after is None:
        return start
    day = events.get(value.after)
    if day is not None and day > start:
        return day
    if value.every is None:
        return None if day is None else start
    # Recurring checks "once levels are stable" follow the last single check of the test.
    return _last_check(value, recommendation, start)


def _targets(
    value: Monitoring,
    begin: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> Iterator[Window]:
    """The days on which a test is due by its schedule, as long as it goes on."""
    last = until
    if value.until is not None:
        last = min(until, events.get(value.until, until))
    for time in value.at:
        day = add(begin, time)
        if day is not None and day <= last:
            yield Window(day, day)
    if value.every is None:
        return
    count = 1
    while True:
        low, high = shortest(value.every), longest(value.every)
        earliest = add(begin, Duration(low.value * count, low.unit))
        latest = add(begin, Duration(high.value * count, high.unit))
        if earliest is None or latest is None or earliest > last:
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
    doses: Sequence[Window],
    *,
    is_open: bool,
) -> Entry:
    window, is_waiting = target, False
    if value.before_next_dose:
        is_waiting = is_open or not doses
        if not is_waiting:
            window = min(doses, key=lambda w: (w.distance(target.latest), w.earliest))
    return Entry(
        kind=Kind.TEST,
        decision=Decision.MONITORING,
        number=number,
        window=window,
        target=target.latest,
        is_open=is_waiting,
        awaits_dose=is_waiting,
        after=() if value.after is None else (value.after,),
        tests=(*value.tests, *value.companions),
        before_dose=value.before_next_dose,
        monitoring=value,
        rules=option.rules,
    )


def _waiting_for_event(option: Option, value: Monitoring) -> Entry:
    """A test that is counted from an event of which nobody knows the day."""
    return Entry(
        kind=Kind.TEST,
        decision=Decision.MONITORING,
        window=None,
        is_open=True,
        after=() if value.after is None else (value.after,),
        tests=(*value.tests, *value.companions),
        before_dose=value.before_next_dose,
        monitoring=value,
        rules=option.rules,
    )


def _waiting(option: Option, entry: Entry) -> Unplaced:
    return Unplaced(
        text=f"the test due on {entry.target} belongs before a dose, and the days of the "
        "doses around it are not settled yet",
        rules=option.rules,
    )


def _without_schedule(
    option: Option, value: Monitoring, recommendation: Recommendation
) -> Unplaced:
    known = recommendation.graph.vocabulary.tests
    names = ", ".join(known[t].label if t in known else t for t in value.tests)
    return Unplaced(text=f"the guideline names no day for {names}", rules=option.rules)
