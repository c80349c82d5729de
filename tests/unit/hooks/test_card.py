"""Cards as data: what has nothing to say is left out, and a dose is never cut."""

from __future__ import annotations

from uuid import UUID

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from b12guide.hooks.card import (
    LONGEST_SUMMARY,
    Action,
    Card,
    Indicator,
    Source,
    Suggestion,
    fitting,
    uuid_of,
)
from tests.unit.hooks.conforming import problems

SOURCE = Source(label="A guideline")
CARD = Card(
    summary="Something",
    detail="More of it",
    indicator=Indicator.INFO,
    source=SOURCE,
    uuid=uuid_of("a"),
)


def test_a_card_has_no_empty_member() -> None:
    plain = CARD.to_dict()

    assert plain == {
        "uuid": str(uuid_of("a")),
        "summary": "Something",
        "detail": "More of it",
        "indicator": "info",
        "source": {"label": "A guideline"},
    }
    assert problems({"cards": [plain]}) == []


def test_selection_behavior_stands_exactly_beside_suggestions() -> None:
    action = Action(type="delete", description="Remove it", resource_id="A/1")
    one = Suggestion(label="Remove it", uuid=uuid_of("b"), actions=(action,))
    plain = evolve(CARD, suggestions=(one,)).to_dict()

    assert plain["selectionBehavior"] == "at-most-one"
    assert problems({"cards": [plain]}) == []
    assert (
        evolve(CARD, suggestions=(one,), takes_one=False).to_dict()["selectionBehavior"]
        == "any"
    )


def test_a_resource_comes_out_as_it_went_in() -> None:
    resource = {"resourceType": "A", "b": [{"c": [1, "d"]}], "e": {}}
    action = Action(type="create", description="Order it", resource=resource)

    assert action.to_dict()["resource"] == resource
    assert action.to_dict()["resource"] is not resource


def test_the_urgent_comes_first() -> None:
    ranked = sorted(Indicator, key=lambda one: one.rank)

    assert [one.value for one in ranked] == ["critical", "warning", "info"]


@given(st.lists(st.text(), max_size=4), st.sampled_from(["", " [under review]"]))
def test_a_summary_has_fewer_than_140_characters(texts: list[str], ending: str) -> None:
    found = fitting(texts, ending)

    assert 0 < len(found) <= LONGEST_SUMMARY or not "".join(texts).strip()
    assert found.endswith(ending)


def test_the_first_wording_that_fits_is_taken_whole() -> None:
    long = "x " * 100

    assert fitting([long, "short", "shorter"]) == "short"
    assert fitting([long]).endswith(" ...")


def test_names_depend_on_what_they_are_made_of() -> None:
    assert uuid_of("a", "b") == uuid_of("a", "b")
    assert uuid_of("a", "b") != uuid_of("b", "a")
    assert isinstance(uuid_of(), UUID)
    assert uuid_of("a").version == 5
