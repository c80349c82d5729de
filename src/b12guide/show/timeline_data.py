"""A timeline for other programs: JSON, rows of a table, and a calendar (iCalendar)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from b12guide.extras import load
from b12guide.graph.model import RuleGraph, Silence
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.schedule import Window
from b12guide.say.numbers import number_json
from b12guide.say.words import capitalised
from b12guide.show.json_parts import asked_json, engine_json, events_json
from b12guide.show.patient_header import reminder, unaddressed
from b12guide.show.terminal import to_csv
from b12guide.show.timeline_page import entry_text, entry_title, silences_beside, told
from b12guide.show.to_json import guideline_json, silences_json
from b12guide.timeline.model import Entry, EntryKind, Timeline

SCHEMA = "b12guide.timeline/1"

COLUMNS = (
    *("kind", "phase", "stage", "number", "earliest", "latest", "spread", "target"),
    *("open", "optional", "goes_on", "after", "drugs", "low", "high", "unit", "route"),
    *("tests", "text", "rules", "statements", "silent"),
)


def timeline_to_json(timeline: Timeline) -> dict[str, Any]:
    """The timeline as a value that `json.dumps` takes."""
    graph = timeline.recommendation.graph
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(timeline),
        "education": EDUCATION_NOTICE,
        **asked_json(timeline.recommendation),
        "start": timeline.start.isoformat(),
        "until": timeline.until.isoformat(),
        "events": [
            {"event": name, "on": day.isoformat()} for name, day in timeline.events
        ],
        "entries": timeline_rows(timeline),
        "unplaced": [
            {
                "text": one.text,
                "rules": list(one.rules),
                "statements": list(timeline.statements(one.rules)),
            }
            for one in timeline.unplaced
        ],
        "assumptions": [{"id": a.name, "text": a.text} for a in timeline.assumptions],
        "silent": silences_json(
            timeline.recommendation.silences, graph, timeline.recommendation.stated.own
        ),
        "notices": list(told(timeline)),
    }


def timeline_to_csv(timeline: Timeline) -> str:
    """A table with a row for each entry."""
    return to_csv(COLUMNS, timeline_rows(timeline))


def timeline_rows(timeline: Timeline) -> list[dict[str, Any]]:
    """The entries as flat rows, ready for a data frame: `polars.DataFrame(rows)`."""
    return [_row(entry, timeline) for entry in timeline.entries]


def _row(entry: Entry, timeline: Timeline) -> dict[str, Any]:
    window, dose = entry.window, entry.dose
    return {
        "kind": entry.kind.value,
        "phase": entry.decision.value,
        "stage": entry.stage if entry.kind is EntryKind.DOSE else None,
        "number": entry.number,
        "earliest": window and window.earliest.isoformat(),
        "latest": window and window.latest.isoformat(),
        "spread": entry.spread and entry.spread.isoformat(),
        "target": entry.target and entry.target.isoformat(),
        "open": entry.is_open,
        "optional": entry.is_optional,
        "goes_on": entry.goes_on,
        "after": events_json(entry.after),
        "drugs": list(entry.drugs),
        "low": None if dose is None or dose.low is None else number_json(dose.low),
        "high": None if dose is None or dose.high is None else number_json(dose.high),
        "unit": None if dose is None else dose.unit,
        "route": entry.route,
        "tests": list(entry.tests),
        "text": entry_text(entry, timeline.recommendation.graph),
        "rules": list(entry.rules),
        "statements": list(timeline.statements(entry.rules)),
        "silent": [t for s in silences_beside([entry], timeline) for t in s.topics],
    }


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
    identity = f"{digest[:32]}@b12guide"
    event.add("uid", identity)
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
