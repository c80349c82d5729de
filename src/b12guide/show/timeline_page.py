"""A timeline in words and as a page. Entries that are alike stand in one line, and only those.

Alike are doses of one phase, and tests with the same names, rules and statements. Several different
tests on one day stand in one line that names them all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import assert_never

from attrs import evolve

from b12guide.evaluate.answer import Outcome
from b12guide.evaluate.context import silences_about
from b12guide.graph.model import Decision, RuleGraph, Silence
from b12guide.graph.query import fact_text, words_in
from b12guide.notice import EDUCATION_NOTICE
from b12guide.regimen.model import ForLife, Phase, Regimen, Until
from b12guide.regimen.schedule import Window
from b12guide.say.advice import advice_text
from b12guide.say.names import Audience, decision_text, drug_text, route_text, test_text
from b12guide.say.schedules import dose_text, every_text, frequency_text, schedule_text
from b12guide.say.validity import validity_text
from b12guide.say.words import capitalised, choice_text, listing, plural
from b12guide.show import patient_header
from b12guide.show.citations import grounds_details, rules_named
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.timeline.model import Entry, EntryKind, Timeline
from b12guide.truth import Truth

_PHASES = {
    Decision.LOADING: "Loading dose",
    Decision.MAINTENANCE: "Maintenance dose",
    Decision.ADJUNCT: "Course",
}


def entry_title(entry: Entry, graph: RuleGraph) -> str:
    """What an entry is, in a few words, such as a calendar shows."""
    match entry.kind:
        case EntryKind.DOSE:
            text = _PHASES.get(entry.decision, "Dose")
            if entry.number:
                text += f" {entry.number}"
            if entry.goes_on:
                text += " and on"
            return f"{text} (phase {entry.stage})" if entry.stage > 1 else text
        case EntryKind.TEST:
            return f"Test: {listing([test_text(graph, t) for t in entry.tests])}"
        case EntryKind.DECISION:
            return f"To decide: {entry.decision.value}"
        case _:
            assert_never(entry.kind)


def entry_text(entry: Entry, graph: RuleGraph) -> str:
    """What an entry asks for."""
    match entry.kind:
        case EntryKind.DOSE:
            text = what_text(entry, graph)
            if entry.window is None:
                return text + _without_day(entry, graph)
            if (
                entry.spread is not None
                and not entry.window.is_day
                and not entry.goes_on
            ):
                text += f" (evenly spread: {entry.spread})"
            if entry.is_optional:
                text += ", which the lower end of the range leaves out"
            if entry.goes_on and entry.phase is not None:
                # How doses go on after those that are listed, and until when.
                often = (
                    ""
                    if entry.phase.frequency is None
                    else frequency_text(entry.phase.frequency)
                )
                how_long = f"{often} {going_on(entry.phase, graph)}".strip()
                return f"{text}, and so on, {how_long}"
            if entry.is_open and entry.phase is not None:
                text += f", {_unless_over(entry.phase, graph)}"
            return text
        case EntryKind.TEST:
            return _test_text(entry, graph)
        case EntryKind.DECISION:
            return _decision_text(entry, graph)
        case _:
            assert_never(entry.kind)


def _without_day(entry: Entry, graph: RuleGraph) -> str:
    """Why a dose has no day."""
    if entry.text and not entry.after:
        return f"; {entry.text}"
    if not entry.after:
        return ""
    events = [fact_text(graph, name) for name in entry.after]
    if entry.text:
        return f", {entry.text} {listing(events)}"
    return f"; no day yet: waits until {' and until '.join(events)}"


def _unless_over(phase: Phase, graph: RuleGraph) -> str:
    if isinstance(phase.bound, Until):
        return f"unless already reached: {fact_text(graph, phase.bound.event)}"
    return "unless it is over before"


def going_on(phase: Phase, graph: RuleGraph) -> str:
    """Until when a phase without a day of its end goes on; nothing where it has one."""
    match phase.bound:
        case ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            return f"until {fact_text(graph, event)} (no day is printed for it)"
        case None if phase.frequency is not None:
            return "(no end is printed)"
        case _:
            return ""


def what_text(entry: Entry, graph: RuleGraph, *, whole: bool = False) -> str:
    """The drug, dose and route; the `whole` phase, or schedule, where it is to be told at once."""
    if entry.regimen is not None:
        return schedule_text(entry.regimen, graph) + _marked(entry, graph)
    if whole and entry.phase is not None:
        return schedule_text(Regimen((entry.phase,)), graph) + _marked(entry, graph)
    parts = []
    if entry.drugs:
        parts.append(choice_text(tuple(drug_text(graph, drug) for drug in entry.drugs)))
    if entry.dose is not None:
        parts.append(dose_text(entry.dose))
    if entry.route is not None:
        parts.append(route_text(graph, entry.route, Audience.PROFESSIONAL))
    return " ".join(parts) + _marked(entry, graph)


def _marked(entry: Entry, graph: RuleGraph) -> str:
    """What other decisions say to the drugs of a dose (M46 to M49)."""
    text = ""
    avoided = {
        drug
        for name in entry.avoided
        for drug in words_in(graph.rules[name].value).drugs
    }
    # In the order of the dose: that of a set is another in every process.
    against = [drug for drug in entry.drugs if drug in avoided]
    if against:
        drugs = listing([drug_text(graph, drug) for drug in against])
        text += f", yet {drugs} is to be avoided"
    if entry.contraindicated:
        drugs = listing([drug_text(graph, drug) for drug in entry.contraindicated])
        text += f" ({drugs} contraindicated)"
    if entry.drugs_open:
        text += " (which drug depends on what is not known yet)"
    return text


def _test_text(entry: Entry, graph: RuleGraph) -> str:
    monitoring = entry.monitoring
    text = listing([test_text(graph, test) for test in entry.tests])
    if entry.window is None and monitoring is not None:
        return f"{advice_text(monitoring, graph)}; no day yet"
    if entry.before_dose and not entry.awaits_dose:
        text += ", just before the dose"
    if entry.before_dose and entry.target is not None and entry.window is not None:
        distance = entry.window.distance(entry.target)
        if not entry.window.is_day or distance:
            away = f", {plural(str(distance), 'day')} away" if distance else ""
            text += f" that is nearest to {entry.target}{away}"
    if entry.awaits_dose:
        text += ", just before the dose nearest to this day, once it has a day"
    if entry.goes_on and monitoring is not None and monitoring.every is not None:
        text += f", and so on {every_text(monitoring.every)}"
    if entry.is_open and monitoring is not None:
        if monitoring.after is not None:
            text += f", once this is so: {fact_text(graph, monitoring.after)}"
        if monitoring.until is not None:
            text += f", until {fact_text(graph, monitoring.until)}"
        if monitoring.during is Decision.LOADING:
            text += ", as long as loading goes on"
    return text


def _decision_text(entry: Entry, graph: RuleGraph) -> str:
    text = entry.text
    if entry.regimen is not None:
        text += f": {what_text(entry, graph)}"
        if entry.is_open and entry.decision is Decision.MAINTENANCE:
            text += " (depends on what is not known yet)"
    elif entry.after:
        text += f": {listing([fact_text(graph, name) for name in entry.after])}"
    return text


def end_text(timeline: Timeline, last: Entry) -> str:
    """How doses go on after the last that is shown; nothing where they do not."""
    if last.phase is None or not (
        last.is_open or isinstance(last.phase.bound, ForLife | None)
    ):
        return ""
    said = going_on(last.phase, timeline.recommendation.graph)
    return f"goes on {said}" if said else ""


def told(timeline: Timeline) -> tuple[str, ...]:
    """What a timeline without doses has to say for itself, and the notices of the answer."""
    recommendation = timeline.recommendation
    said = [notice.text for notice in recommendation.notices]
    if recommendation.scope is Truth.FALSE:
        return tuple(map(capitalised, said))
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        decided = recommendation.decisions[decision]
        if decided.outcome is Outcome.NOT_NEEDED:
            said.append(f"{decision_text(decision)}: not needed")
        elif decided.outcome is Outcome.SILENT and not decided.options:
            left = "the guideline names no alternative to what is contraindicated"
            nothing = "not stated by the guideline"
            what = left if decided.not_offered else nothing
            said.append(f"{decision_text(decision)}: {what}")
    kinds = {entry.kind for entry in timeline.entries if entry.regimen or entry.phase}
    if not kinds & {EntryKind.DOSE, EntryKind.DECISION}:
        said.append("the guideline asks for no dose for this patient")
    return tuple(capitalised(one) for one in dict.fromkeys(said))


def window_text(window: Window | None) -> str:
    """The days of an entry: one, from one to another, or none yet."""
    if window is None:
        return "no day yet"
    if window.is_day:
        return _on_day(window.earliest)
    return f"{_on_day(window.earliest)} to {_on_day(window.latest)}"


def _on_day(day: dt.date) -> str:
    return day.isoformat()


_SECTIONS = (
    ("Loading", EntryKind.DOSE, Decision.LOADING),
    ("Maintenance", EntryKind.DOSE, Decision.MAINTENANCE),
    ("Other drugs", EntryKind.DOSE, Decision.ADJUNCT),
    ("Tests", EntryKind.TEST, Decision.MONITORING),
)
_RUN = 8
"""Longer runs of entries that are alike are reported by their first and last."""


def timeline_page(timeline: Timeline) -> Page:
    """The page of a timeline: doses, tests, decisions, and what has no day."""
    graph = timeline.recommendation.graph
    particulars = [
        *patient_header.guideline_particulars(graph, timeline.start),
        ("First day", timeline.start.isoformat()),
        ("Shown until", timeline.until.isoformat()),
    ]
    particulars += [
        ("Expected", f"{fact_text(graph, name)}: {day}")
        for name, day in timeline.events
    ]
    return Page(
        title=f"Timeline: {graph.title}",
        warning=validity_text(graph, timeline.start),
        particulars=tuple(particulars),
        notice=EDUCATION_NOTICE,
        sections=tuple(_sections(timeline)),
    )


def _sections(timeline: Timeline) -> Iterator[Section]:
    recommendation = timeline.recommendation
    silent = tuple(
        patient_header.unaddressed(recommendation.silences, recommendation.graph)
    )
    if silent:
        yield Section(title=patient_header.HEADING, items=silent)
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
    decisions = [e for e in timeline.entries if e.kind is EntryKind.DECISION]
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
    yield from patient_header.unaddressed_beside(
        silences, timeline.recommendation.graph
    )


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
    if entry.kind is EntryKind.TEST and entry.window is not None:
        return (entry.window.earliest, entry.window.latest)
    return id(entry)


def _run(entries: Sequence[Entry], timeline: Timeline) -> Item:
    """The first and the last of many, with the schedule that all of them follow."""
    graph = timeline.recommendation.graph
    first, second, last = entries[0], entries[1], entries[-1]
    shown = [first, second] if first.window and first.window.is_day else [first]
    days = ", ".join(window_text(entry.window) for entry in shown)
    count = plural(str(len(entries)), first.kind.value)
    if first.kind is EntryKind.DOSE:
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
    if entry.kind is EntryKind.DOSE:
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
