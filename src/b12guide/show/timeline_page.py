"""A timeline as a page. Entries that are alike stand in one line, and only those.

Alike are doses of one phase, and tests with the same names, rules and statements. Several different
tests on one day stand in one line that names them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from b12guide.evaluate.silence import silences_about
from b12guide.graph.model import Decision, Silence
from b12guide.show.advice import advice_text
from b12guide.show.grounds import grounds_details, rules_named
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.stated import guideline_particulars
from b12guide.show.timeline_text import (
    entry_text,
    entry_title,
    told,
    what_text,
    window_text,
)
from b12guide.show.unaddressed import HEADING, unaddressed, unaddressed_beside
from b12guide.show.wording import EDUCATION_NOTICE, capitalised, fact_text, plural
from b12guide.timeline.model import Entry, Kind, Timeline

__all__ = ["silences_beside", "timeline_page"]

_SECTIONS = (
    ("Loading", Kind.DOSE, Decision.LOADING),
    ("Maintenance", Kind.DOSE, Decision.MAINTENANCE),
    ("Other drugs", Kind.DOSE, Decision.ADJUNCT),
    ("Tests", Kind.TEST, Decision.MONITORING),
)
_RUN = 8
"""Longer runs of entries that are alike are told by their first and last."""


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
    recommendation = timeline.recommendation
    silent = tuple(unaddressed(recommendation.silences, recommendation.graph))
    if silent:
        yield Section(title=HEADING, items=silent)
    notices = tuple(Item(text=text) for text in told(timeline))
    if notices:
        yield Section(title="Notices", items=notices)
    for title, kind, decision in _SECTIONS:
        entries = [
            e for e in timeline.entries if e.kind is kind and e.decision is decision
        ]
        if entries:
            items = [*_items(entries, timeline), *_beside(entries, timeline)]
            yield Section(title=title, items=tuple(items))
    decisions = [e for e in timeline.entries if e.kind is Kind.DECISION]
    if decisions:
        items = [
            *(_item(e, timeline) for e in decisions),
            *_beside(decisions, timeline),
        ]
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


def silences_beside(
    entries: Sequence[Entry], timeline: Timeline
) -> tuple[Silence, ...]:
    """The silences that concern the decisions, rules, drugs or tests of some entries."""
    recommendation = timeline.recommendation
    rules = recommendation.graph.rules
    about: list[Decision | str] = []
    for entry in entries:
        about += [entry.decision, *entry.drugs, *entry.tests]
        about += [rules[name].decision for name in entry.rules]
    found = [
        s for each in dict.fromkeys(about) for s in silences_about(recommendation, each)
    ]
    return tuple(s for s in recommendation.silences if s in found)


def _beside(entries: Sequence[Entry], timeline: Timeline) -> Iterator[Item]:
    """What is not addressed about these entries, right below them."""
    silences = silences_beside(entries, timeline)
    yield from unaddressed_beside(silences, timeline.recommendation.graph)


# ----------------------------------------------------------------------- lines


def _items(entries: Sequence[Entry], timeline: Timeline) -> Iterator[Item]:
    """A line for each run of entries that are alike, and one for each day of the others."""
    runs: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        runs.setdefault(_alike(entry), []).append(entry)
    days: dict[object, list[Entry]] = {}
    for entry in entries:
        run = runs[_alike(entry)]
        if len(run) <= _RUN:
            days.setdefault(_day(entry), []).append(entry)
        elif entry is run[0]:
            days[id(entry)] = run
    for found in days.values():
        yield (
            _together(found, timeline) if len(found) <= _RUN else _run(found, timeline)
        )


def _alike(entry: Entry) -> tuple[object, ...]:
    """What entries have in common that one line may tell."""
    return (
        entry.kind,
        (entry.stage, entry.phase, entry.drugs),
        (entry.tests, entry.monitoring),
        entry.rules,
        (entry.is_open, entry.is_optional, entry.goes_on),
        entry.window is None,
    )


def _day(entry: Entry) -> object:
    """Tests of one day belong into one line; each dose has its own."""
    if entry.kind is Kind.TEST and entry.window is not None:
        return (entry.window.earliest, entry.window.latest)
    return id(entry)


def _run(entries: Sequence[Entry], timeline: Timeline) -> Item:
    """The first and the last of many, with the schedule that all of them follow."""
    graph = timeline.recommendation.graph
    first, second, last = entries[0], entries[1], entries[-1]
    shown = [first, second] if first.window and first.window.is_day else [first]
    days = ", ".join(window_text(entry.window) for entry in shown)
    count = plural(str(len(entries)), first.kind.value)
    if first.kind is Kind.DOSE:
        text = what_text(first, graph, whole=True)
        if first.is_optional:
            text += "; the lower end of the range leaves them out"
    elif first.monitoring is not None:
        text = advice_text(first.monitoring, graph)
    else:
        text = entry_text(first, graph)
    return Item(
        label=f"{days} ... {window_text(last.window)}",
        text=f"{count}: {text}",
        details=_details(timeline, first.rules),
    )


def _together(entries: Sequence[Entry], timeline: Timeline) -> Item:
    """One entry, or the tests of one day, in a line."""
    graph = timeline.recommendation.graph
    first = _item(entries[0], timeline)
    if len(entries) == 1:
        return first
    texts = dict.fromkeys(entry_text(entry, graph) for entry in entries)
    rules = dict.fromkeys(name for entry in entries for name in entry.rules)
    details = _details(timeline, tuple(rules))
    return evolve(first, text=capitalised("; ".join(texts)), details=details)


def _item(entry: Entry, timeline: Timeline) -> Item:
    graph = timeline.recommendation.graph
    text = entry_text(entry, graph)
    if entry.kind is Kind.DOSE:
        text = f"{entry_title(entry, graph)}: {text}"
    label = window_text(entry.window)
    return Item(
        label=f"{label} ..." if entry.goes_on else label,
        text=capitalised(text),
        details=_details(timeline, entry.rules),
        tone=Tone.QUIET if entry.is_open and entry.window is None else Tone.PLAIN,
    )


def _details(timeline: Timeline, rules: Sequence[str]) -> tuple[str, ...]:
    graph = timeline.recommendation.graph
    return grounds_details(graph, rules_named(graph, rules))
