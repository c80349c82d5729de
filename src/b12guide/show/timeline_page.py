"""A timeline as a page; a long run of like doses stands in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.graph.model import Decision
from b12guide.show.grounds import grounds_details, rules_named
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import guideline_particulars
from b12guide.show.timeline_text import entry_text, entry_title, window_text
from b12guide.show.wording import EDUCATION_NOTICE, capitalised, fact_text, plural
from b12guide.timeline.model import Entry, Kind, Timeline

__all__ = ["timeline_page"]

_SECTIONS = (
    ("Loading", Kind.DOSE, Decision.LOADING),
    ("Maintenance", Kind.DOSE, Decision.MAINTENANCE),
    ("Other drugs", Kind.DOSE, Decision.ADJUNCT),
    ("Tests", Kind.TEST, Decision.MONITORING),
)
_RUN = 8
"""Longer runs of single open days are told by their first and last."""


def timeline_page(timeline: Timeline) -> Page:
    """The page of a timeline: doses, tests, decisions, and what has no day."""
    graph = timeline.recommendation.graph
    particulars = [
        *guideline_particulars(graph),
        ("First day", timeline.start.isoformat()),
        ("Shown until", timeline.until.isoformat()),
    ]
    particulars += [
        ("Expected", f"{fact_text(graph, name)}: {day}")
        for name, day in timeline.events
    ]
    return Page(
        title=f"Timeline: {graph.title}",
        particulars=tuple(particulars),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(timeline)),
    )


def _sections(timeline: Timeline) -> Iterator[Section]:
    for title, kind, decision in _SECTIONS:
        entries = [
            e for e in timeline.entries if e.kind is kind and e.decision is decision
        ]
        if entries:
            yield Section(title=title, items=tuple(_items(entries, timeline)))
    decisions = [e for e in timeline.entries if e.kind is Kind.DECISION]
    if decisions:
        items = (_item(entry, timeline) for entry in decisions)
        yield Section(title="To decide", items=tuple(items))
    if timeline.unplaced:
        yield Section(
            title="Without a day",
            items=tuple(
                Item(text=capitalised(one.text), details=_details(timeline, one.rules))
                for one in timeline.unplaced
            ),
        )
    if timeline.assumptions:
        yield Section(
            title="Assumptions",
            items=tuple(Item(label=a.name, text=a.text) for a in timeline.assumptions),
        )


def _items(entries: Sequence[Entry], timeline: Timeline) -> Iterator[Item]:
    is_run = len(entries) > _RUN and all(
        e.window is not None and e.window.is_day for e in entries
    )
    if not is_run:
        yield from (_item(entry, timeline) for entry in entries)
        return
    first, second, last = entries[0], entries[1], entries[-1]
    days = ", ".join(window_text(e.window) for e in (first, second))
    graph = timeline.recommendation.graph
    yield Item(
        label=f"{days} ... {window_text(last.window)}",
        text=f"{plural(str(len(entries)), 'dose')}: {entry_text(first, graph)}",
        details=_details(timeline, first.rules),
    )


def _item(entry: Entry, timeline: Timeline) -> Item:
    graph = timeline.recommendation.graph
    text = entry_text(entry, graph)
    if entry.kind is Kind.DOSE:
        text = f"{entry_title(entry, graph)}: {text}"
    return Item(
        label=window_text(entry.window),
        text=capitalised(text),
        details=_details(timeline, entry.rules),
        tone=Tone.QUIET if entry.is_open and entry.window is None else Tone.PLAIN,
    )


def _details(timeline: Timeline, rules: Sequence[str]) -> tuple[str, ...]:
    graph = timeline.recommendation.graph
    return grounds_details(graph, rules_named(graph, rules))
