"""What the source does not address reaches everybody whom it concerns, wherever they look."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.context import decisions_about, silences_about
from b12guide.graph.model import Decision
from b12guide.guideline import load
from b12guide.say.names import Audience, decision_text
from b12guide.show.explanation import explanation_page
from b12guide.show.page import Item, Page
from b12guide.show.papers import recommendation_page
from b12guide.show.to_html import to_html
from b12guide.show.to_json import to_json
from b12guide.show.to_text import to_markdown, to_text
from tests.clinical.asking import Json, shipped
from tests.clinical.people import people
from tests.clinical.test_authority import recommended

GRAPH = shipped()[0].graph


def flat(text: str) -> str:
    return " ".join(text.replace("\\", "").replace("&#x27;", "'").split())


def surfaces(page: Page) -> Iterator[str]:
    yield flat(to_text(page))
    yield flat(to_markdown(page))
    yield flat(to_html(page))


def texts(items: tuple[Item, ...]) -> Iterator[str]:
    for item in items:
        yield item.text
        yield from texts(item.items)


@given(people())
def test_professionals_read_every_silence_on_every_surface(facts: Json) -> None:
    answer = recommended(facts)

    found = json.loads(json.dumps(to_json(answer)))
    for silence in answer.silences:
        assert silence.text in {entry["text"] for entry in found["silent"]}
        for surface in surfaces(recommendation_page(answer)):
            assert silence.text in surface


@given(people())
def test_patients_read_every_silence_in_their_words(facts: Json) -> None:
    answer = recommended(facts)

    for silence in answer.silences:
        assert silence.grounds.patient
        for surface in surfaces(recommendation_page(answer, Audience.PATIENT)):
            assert silence.grounds.patient in surface


@pytest.mark.parametrize("audience", Audience)
@given(facts=people())
def test_a_silence_stands_first_and_beside_the_rows_that_it_concerns(
    audience: Audience, facts: Json
) -> None:
    answer = recommended(facts)
    page = recommendation_page(answer, audience)

    if answer.silences:
        first = " ".join(texts(page.sections[0].items))
        assert all(words(s, audience) in first for s in answer.silences)
    for decision in Decision:
        row = row_of(page, decision, audience)
        for silence in silences_about(answer, decision):
            decided = answer.decisions[decision]
            if not decided.is_silent or decisions_about(silence, GRAPH) == (decision,):
                assert words(silence, audience) in row


def words(silence: object, audience: Audience) -> str:
    text = getattr(silence, "text", "")
    patient: str = getattr(silence, "grounds").patient or ""  # noqa: B009
    return patient if audience is Audience.PATIENT else text


def row_of(page: Page, decision: Decision, audience: Audience) -> str:
    """All that stands in the row of a decision; nothing where it has none."""
    name = decision_text(decision, audience)
    if audience is Audience.PATIENT:
        rows = [s.items for s in page.sections if s.title == name]
    else:
        (said,) = [s for s in page.sections if s.title == "What it says"]
        rows = [(item,) for item in said.items if item.label == name]
    return " ".join(text for row in rows for text in texts(row))


def explained(answer: Recommendation, target: str, facts: Json) -> str:
    guideline = load("mecobalamin_im")
    explanation = guideline.explain(target, facts)
    return flat(to_text(explanation_page(explanation, answer, asked=True)))


def test_an_explanation_tells_what_is_not_addressed() -> None:
    facts: Json = {"age": "30 years", "b12_deficiency": True, "pregnancy": True}
    answer = recommended(facts)
    (on_folic_acid,) = silences_about(answer, "folic_acid")

    for target in ("permission", "folate_gate"):
        assert on_folic_acid.text in explained(answer, target, facts)
    assert on_folic_acid.text not in explained(answer, "loading", facts)
