"""What the guideline does not address, as items: at the top of a page and beside a row.

Silence is neither permission nor prohibition, and a row that says "not now" or "every 3 months" is
read as if it were for everybody. So a silence stands in both places, on every page (M54).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from b12guide.graph.model import RuleGraph, Silence
from b12guide.show.page import Item, Tone
from b12guide.show.wording import Audience, brief_text, capitalised, listing, topic_text

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
