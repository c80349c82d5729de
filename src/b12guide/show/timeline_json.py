"""A timeline as JSON, schema `b12guide.timeline/1`, and as rows for a table."""

from __future__ import annotations

from typing import Any

from b12guide.show.advice_json import events_json
from b12guide.show.number import number_json
from b12guide.show.record_json import asked_json, engine_json
from b12guide.show.timeline_page import silences_beside
from b12guide.show.timeline_text import entry_text, told
from b12guide.show.to_json import guideline_json, silences_json
from b12guide.show.wording import EDUCATION_NOTICE
from b12guide.timeline.model import Entry, Kind, Timeline

__all__ = ["COLUMNS", "SCHEMA", "timeline_rows", "timeline_to_json"]

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


def timeline_rows(timeline: Timeline) -> list[dict[str, Any]]:
    """The entries as flat rows, ready for a data frame: `polars.DataFrame(rows)`."""
    return [_row(entry, timeline) for entry in timeline.entries]


def _row(entry: Entry, timeline: Timeline) -> dict[str, Any]:
    window, dose = entry.window, entry.dose
    return {
        "kind": entry.kind.value,
        "phase": entry.decision.value,
        "stage": entry.stage if entry.kind is Kind.DOSE else None,
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
        "low": None if dose is None else number_json(dose.low),
        "high": None if dose is None else number_json(dose.high),
        "unit": None if dose is None else dose.unit,
        "route": entry.route,
        "tests": list(entry.tests),
        "text": entry_text(entry, timeline.recommendation.graph),
        "rules": list(entry.rules),
        "statements": list(timeline.statements(entry.rules)),
        "silent": [t for s in silences_beside([entry], timeline) for t in s.topics],
    }
