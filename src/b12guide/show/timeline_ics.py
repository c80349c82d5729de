"""A timeline for a calendar program (iCalendar, RFC 5545).

Each entry that has days is an event of whole days. The identity of an event is made of what it is
and of the first day of the timeline, so a timeline that is exported again replaces the old one
instead of standing beside it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.extras import load
from b12guide.graph.model import RuleGraph, Silence
from b12guide.regimen.schedule import Window
from b12guide.show.stated import reminder
from b12guide.show.timeline_page import silences_beside
from b12guide.show.timeline_text import entry_text, entry_title, told
from b12guide.show.unaddressed import unaddressed
from b12guide.show.wording import capitalised
from b12guide.timeline.model import Entry, Timeline

__all__ = ["timeline_to_ics"]

_DAY = dt.timedelta(days=1)


def timeline_to_ics(timeline: Timeline) -> str:
    """The timeline as the text of an `.ics` file.

    Raises:
        MissingExtraError: The extra `calendar` is not installed.
    """
    ical: Any = load("icalendar", extra="calendar")
    graph = timeline.recommendation.graph
    calendar = ical.Calendar()
    calendar.add("prodid", "-//b12guide//timeline//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Timeline: {graph.title}")
    said = [*_unaddressed(timeline.recommendation.silences, graph), *told(timeline)]
    said += [
        f"Without a day: {entry_title(entry, graph)}: {entry_text(entry, graph)}."
        for entry in timeline.entries
        if entry.window is None
    ]
    calendar.add("x-wr-caldesc", " ".join([*said, reminder(graph)]))
    for entry in timeline.entries:
        if entry.window is not None:
            calendar.add_component(_event(ical, entry, entry.window, timeline))
    text: str = calendar.to_ical().decode("utf-8")
    return text


def _event(ical: Any, entry: Entry, window: Window, timeline: Timeline) -> Any:
    graph = timeline.recommendation.graph
    statements = ", ".join(timeline.statements(entry.rules))
    description = [
        capitalised(entry_text(entry, graph)),
        f"Statements: {statements}" if statements else "",
        *_unaddressed(silences_beside([entry], timeline), graph),
        reminder(graph),
    ]
    event = ical.Event()
    event.add("uid", _identity(entry, timeline))
    midnight = dt.datetime.combine(timeline.start, dt.time(), dt.UTC)
    event.add(
        "dtstamp", midnight
    )  # the day of the plan: a clock would change every export
    event.add("dtstart", window.earliest)
    event.add("dtend", window.latest + _DAY)
    event.add("summary", entry_title(entry, graph))
    event.add("description", "\n".join(filter(None, description)))
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if entry.is_open else "CONFIRMED")
    event.add("categories", [entry.kind.value])
    return event


def _unaddressed(silences: Iterable[Silence], graph: RuleGraph) -> Iterator[str]:
    for item in unaddressed(silences, graph):
        yield f"Not addressed: {item.text}"


def _identity(entry: Entry, timeline: Timeline) -> str:
    parts = (
        timeline.recommendation.graph.name,
        timeline.start.isoformat(),
        entry.kind.value,
        entry.decision.value,
        str(entry.number) if entry.stage == 1 else f"{entry.stage}.{entry.number}",
        " ".join(entry.tests),
        " ".join(entry.after),
        entry.route or "",
    )
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{digest[:32]}@b12guide"
