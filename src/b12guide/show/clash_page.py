"""Whom two guidelines advise incompatible things: as a page, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.prove.witness import given_text
from b12guide.say.names import decision_text
from b12guide.say.words import listing
from b12guide.several.called import with_words_of_all
from b12guide.several.clash import Clashes, ClashingDecision, Compatibility
from b12guide.show.json_parts import Json, engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.panel_page import clash_items, clash_json
from b12guide.show.reports import patient_json
from b12guide.show.table_page import head_particulars, heads_json

CLASHES_SCHEMA = "b12guide.clashes/1"


def clashes_page(found: Clashes) -> Page:
    """Each decision on which somebody cannot follow both, then what is proved."""
    open_ = [d for d in found.decisions if d.settled is not Compatibility.COMPATIBLE]
    proved = [d for d in found.decisions if d not in open_]
    items = (*(_decision(one, found) for one in open_), *_proved(proved))
    return Page(
        title=f"Whether both can be followed: {listing(found.labels)}",
        particulars=tuple(head_particulars(found.guidelines, found.labels)),
        notice=EDUCATION_NOTICE,
        sections=(Section(title="Decisions", items=items),),
    )


def _proved(decisions: list[ClashingDecision]) -> Iterator[Item]:
    if decisions:
        names = listing(decision_text(d.decision).lower() for d in decisions)
        yield Item(text=f"proved, {Compatibility.COMPATIBLE.value}: {names}")


def _decision(one: ClashingDecision, found: Clashes) -> Item:
    return Item(
        label=decision_text(one.decision),
        text=one.settled.value,
        details=(f"held otherwise: {listing(one.facts)}",) if one.facts else (),
        tone=Tone.CAUTION,
        items=tuple(_shown(one, found)),
    )


def _shown(one: ClashingDecision, found: Clashes) -> Iterator[Item]:
    """The patient, and both sides of what clashes."""
    if one.witness is not None:
        text = given_text(one.witness.values, _words(found))
        yield Item(label="The smallest patient", text=text)
    for clash in one.clashes:
        for label, sides, graph in zip(
            found.labels, (clash.first, clash.second), found.guidelines, strict=True
        ):
            yield from clash_items(label, sides, graph)


def _words(found: Clashes) -> RuleGraph:
    return with_words_of_all(found.guidelines)


def clashes_to_json(found: Clashes) -> dict[str, Any]:
    """The same as a value that `json.dumps` takes."""
    return {
        "schema": CLASHES_SCHEMA,
        "guidelines": heads_json(found.guidelines, found.labels),
        "engine": engine_json(found),
        "education": EDUCATION_NOTICE,
        "on": None,
        "decisions": [_decision_json(one, found) for one in found.decisions],
        "nobody_is_advised_incompatible_things": found.is_proved_compatible,
    }


def _decision_json(one: ClashingDecision, found: Clashes) -> Json:
    witness = one.witness
    return {
        "decision": one.decision.value,
        "settled": one.settled.value,
        "facts": list(one.facts),
        "patient": witness and patient_json(witness.values, _words(found)),
        "reading": witness and witness.reading.value,
        "clashes": [
            {"sides": clash_json(clash, found.guidelines, found.labels)}
            for clash in one.clashes
        ],
    }
