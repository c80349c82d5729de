"""The top of a page: the guideline and its status, the patient, what is not addressed.

Silence is neither permission nor prohibition, and a row that says "not now" or "every 3 months" is
read as if it were for everybody. So a silence stands at the top and beside the row, on every
page (M54).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.ages import becomes_so
from b12guide.graph.derived import words_of
from b12guide.graph.model import RuleGraph, Silence, Status
from b12guide.graph.query import brief_text, fact_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.derived_text import holding_text, worked_out_text
from b12guide.patient.model import Otherwise, Standing, Stated
from b12guide.say.names import Audience, stated_value, topic_text
from b12guide.say.schedules import currency_text
from b12guide.say.validity import effect_text, standing_text
from b12guide.say.words import capitalised, listing
from b12guide.show.page import Item, Tone
from b12guide.truth import Truth

SCOPE = {
    Truth.TRUE: "the guideline is written for this patient",
    Truth.FALSE: "the guideline is not written for this patient",
    Truth.UNKNOWN: "not known to be written for this patient; answered as if it were",
}


def guideline_particulars(
    graph: RuleGraph, on: dt.date | None = None
) -> Iterator[tuple[str, str]]:
    """Version and review status, and whether and when it holds, where it says so."""
    revised = f", revised {graph.revised}" if graph.revised else ""
    yield "Guideline", f"{graph.name} {graph.version}{revised}"
    reviewed = f"{graph.status.value}, not approved"
    if graph.status is Status.APPROVED:
        reviewed = f"approved by {graph.approved_by} on {graph.approved_on}"
    yield "Status", "; ".join(filter(None, (standing_text(graph, on), reviewed)))
    if in_effect := effect_text(graph):
        yield "In effect", in_effect


def assumed_particulars(
    assumed: Mapping[str, bool | str], *graphs: RuleGraph
) -> Iterator[tuple[str, str]]:
    """What a study assumes of patients for whom it is not known; nothing where it assumes nothing.

    >>> from b12guide import load
    >>> graph = load("mecobalamin_im").graph
    >>> list(assumed_particulars({"platelets": "250 x10^9/L", "diabetes": False}, graph))
    [('Assumed', 'where it is not known: platelet count 250 x10^9/L; no diabetes mellitus')]
    """
    if not assumed:
        return
    labels: dict[str, str] = {}
    for graph in graphs:
        for fact in graph.vocabulary.facts.values():
            labels.setdefault(fact.name, fact.label)
        for name, definition in graph.definitions.items():
            labels.setdefault(name, definition.label)
    said = (_assumed(labels.get(name, name), value) for name, value in assumed.items())
    yield "Assumed", f"where it is not known: {'; '.join(said)}"


def _assumed(label: str, value: bool | str) -> str:
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {value.replace('_', ' ')}"


def reminder(graph: RuleGraph) -> str:
    """The education notice and the review status, where no head of a page tells them."""
    about = dict(guideline_particulars(graph))
    return f"{EDUCATION_NOTICE} {about['Guideline']}: {about['Status']}."


def particulars(recommendation: Recommendation) -> Iterator[tuple[str, str]]:
    """What identifies an answer: the guideline, the patient, the day, the scope."""
    yield from guideline_particulars(recommendation.graph, recommendation.on)
    on = f" (on {recommendation.on.isoformat()})" if recommendation.on else ""
    stated, graph = recommendation.stated, recommendation.graph
    present, absent, unknown = [], [], []
    days = found_on(stated)
    bounded = {d.fact: d for d in stated.data if d.bound and d.counts}
    for name, value in stated.recorded.items():
        if value is None and name in bounded:
            one = bounded[name]
            written = f"{brief_text(graph, name)} {one.stated} {one.unit or ''}".strip()
            present.append(written + days.get(name, ""))
        elif value is None:
            unknown.append(brief_text(graph, name))
        elif value is False:
            absent.append(brief_text(graph, name) + days.get(name, ""))
        else:
            present.append(stated_value(graph, name, value) + days.get(name, ""))
    if stated.otherwise is Otherwise.ABSENT:
        rest = "findings not mentioned are absent"
    else:
        rest = "anything not mentioned is unknown"
    assumed = [
        stated_value(graph, name, value)
        for name, value in recommendation.assumed_absent.items()
    ]
    groups = [
        ", ".join(present),
        absent and f"not: {', '.join(absent)}",
        unknown and f"unknown: {', '.join(unknown)}",
        rest,
        assumed and f"{', '.join(assumed)}, as not mentioned",
    ]
    stated_text = "; ".join(group for group in groups if group)
    yield "Patient", stated_text + on
    if stated.worked_out:
        made = (worked_out_text(graph, one) for one in stated.worked_out)
        yield "Worked out", "; ".join(made)
    over_time = [*values_over_time(stated, graph)]
    if over_time:
        yield "Over time", "; ".join(over_time)
    if recommendation.holds_until is not None:
        yield "Holds until", holding(recommendation)
    yield "Scope", SCOPE[recommendation.scope]


def found_on(stated: Stated) -> Mapping[str, str]:
    """The day on which each dated value was found, as it stands behind the value."""
    return {
        d.fact: f" ({d.on.isoformat()})"
        for d in stated.data
        if d.on is not None and d.standing is Standing.COUNTS
    }


def values_over_time(stated: Stated, graph: RuleGraph) -> Iterator[str]:
    """What several values say together, each with the values and days that decide it."""
    for name, values in stated.deciding.items():
        told = ", ".join(
            f"{stated_value(graph, d.fact, d.value)} ({d.on})"
            for d in values
            if d.value is not None
        )
        yield f"{words_of(graph, name)}: {'yes' if stated.values[name] else 'no'}, by {told}"


def holding(recommendation: Recommendation) -> str:
    """Until when the answer holds by itself, and which values are too old then."""
    stated, graph, last = (
        recommendation.stated,
        recommendation.graph,
        recommendation.holds_until,
    )
    ending = [
        f"{brief_text(graph, d.fact)} of {d.on} counts for "
        f"{currency_text(graph.currencies[d.fact])}"
        for d in stated.data
        if d.until == last and d.standing is Standing.COUNTS
    ]
    derived = (holding_text(graph, d, last) for d in stated.worked_out if last)
    ending += [text for text in derived if text is not None]
    turning = [
        _turned(name, graph)
        for name, day in stated.turns.items()
        if day - dt.timedelta(days=1) == last
    ]
    if turning:
        ending.append(f"then {', '.join(turning)}")
    return f"{last}, unless more is recorded: {'; '.join(ending)}"


def _turned(name: str, graph: RuleGraph) -> str:
    """What is so from the day on which a fact turns that follows from the days of another."""
    if name in graph.series:
        return f"it is not known whether {fact_text(graph, name)}"
    becomes = becomes_so(graph.ages[name])
    return f"{'' if becomes else 'no longer '}{fact_text(graph, name)}"


HEADING = "Not addressed by the guideline"
PATIENT_HEADING = "What this guideline does not say about you"


def unaddressed(
    silences: Iterable[Silence],
    graph: RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
    own: Collection[str] = (),
) -> Iterator[Item]:
    """An item for each silence, each text once, for the top of a page.

    Those that name one of the patient's `own` facts are marked.
    """
    plain = audience is Audience.PATIENT
    found: dict[str, tuple[str, ...]] = {}
    for silence in silences:
        text = (_plain_text if plain else _text)(silence, graph)
        ids = (*found.get(text, ()), *silence.noted_as)
        recorded = [brief_text(graph, t) for t in silence.topics if t in own]
        if recorded:
            ids = (*ids, f"on record: {listing(recorded)}")
        found[text] = tuple(dict.fromkeys(ids))
    for text, ids in found.items():
        yield Item(text=text, details=() if plain else ids, tone=Tone.CAUTION)


def unaddressed_beside(
    silences: Iterable[Silence],
    graph: RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
) -> Iterator[Item]:
    """The same, for the row that it concerns."""
    for item in unaddressed(silences, graph, audience):
        if audience is Audience.PATIENT:
            yield item
        else:
            yield Item(
                text=f"not addressed: {item.text}", details=item.details, tone=item.tone
            )


def _text(silence: Silence, graph: RuleGraph) -> str:
    return capitalised(silence.text or _topics(silence, graph))


def _plain_text(silence: Silence, graph: RuleGraph) -> str:
    """The author's words for the patient; without any, the topic with the words for others."""
    if silence.grounds.patient:
        return capitalised(silence.grounds.patient)
    text = f"This guideline gives no answer for you about {_topics(silence, graph)}."
    return f"{text} {capitalised(silence.text)}".rstrip()


def _topics(silence: Silence, graph: RuleGraph) -> str:
    return listing(topic_text(graph, topic) for topic in silence.topics)
