"""Whether a guideline holds on a day (M87), and that every surface says so first."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

import b12guide
from b12guide.graph.data import digest_of
from b12guide.graph.model import Imprint, RuleGraph
from b12guide.say.names import Audience
from b12guide.say.validity import standing_text, validity_text
from b12guide.show.first_screen import first_screen_text

GUIDELINE = b12guide.load("mecobalamin_im")
RETIRED = Imprint(retired="2026-03", superseded_by="newer")


def with_imprint(imprint: Imprint) -> RuleGraph:
    return evolve(GUIDELINE.graph, imprint=imprint)


@pytest.mark.parametrize(
    ("imprint", "day", "told"),
    [
        (Imprint(), "2026-03-15", ""),
        (Imprint(retired="2026-03-16"), "2026-03-15", ""),
        (Imprint(retired="2026-03-16"), "2026-03-16", "retired as of 2026-03-16"),
        (Imprint(retired="2026-03"), "2026-02-28", ""),
        (Imprint(retired="2026-03"), "2026-03-01", "retired as of 2026-03"),
        (Imprint(retired="2026"), "2026-01-01", "retired as of 2026"),
        (Imprint(retired="2030"), None, "retired as of 2030"),
        (Imprint(superseded_by="b"), "2026-03-15", "superseded by b"),
        (Imprint(effective="2026-03-15"), "2026-03-15", ""),
        (Imprint(effective="2026-03"), "2026-03-31", ""),
        (Imprint(effective="2026-03"), None, ""),
        (
            Imprint(effective="2026-03"),
            "2026-02-28",
            "in effect from 2026-03 on, which is after 2026-02-28",
        ),
        (
            Imprint(effective="2026-03"),
            "2026-03-30",
            "in effect from some day of 2026-03 on, perhaps after 2026-03-30",
        ),
        (RETIRED, "2026-04-01", "retired as of 2026-03 and superseded by newer"),
    ],
)
def test_what_is_told_of_a_day(imprint: Imprint, day: str | None, told: str) -> None:
    on = None if day is None else dt.date.fromisoformat(day)

    assert standing_text(with_imprint(imprint), on) == told


def test_a_page_begins_with_it() -> None:
    answer = evolve(
        GUIDELINE.recommend({"b12_deficiency": True}, on=dt.date(2026, 4, 1)),
        graph=with_imprint(RETIRED),
    )
    first = "Retired as of 2026-03 and superseded by newer"
    plain = "This guideline is out of date: it is retired as of 2026-03"

    assert answer.to_text().startswith(first)
    assert first_screen_text(answer).startswith(first)
    assert answer.to_markdown().startswith(f"> **{first}")
    assert answer.to_text(audience="patient").startswith(plain)
    html = answer.to_html()
    assert html.index(first) < html.index('class="title"')
    assert answer.to_dict()["guideline"]["retired"] == "2026-03"
    assert answer.to_dict()["guideline"]["superseded_by"] == "newer"


def test_what_does_not_hold_yet_is_not_called_out_of_date() -> None:
    graph, on = with_imprint(Imprint(effective="2027")), dt.date(2026, 4, 1)

    for audience in Audience:
        told = validity_text(graph, on, audience)
        assert "may not hold yet" in told
        assert "out of date" not in told


def test_an_imprint_is_no_content() -> None:
    assert digest_of(with_imprint(RETIRED)) == GUIDELINE.graph.digest
