"""What all cards share: nothing that a label says is markup, and links lead to sources."""

from __future__ import annotations

import pytest

from b12guide import hooks
from tests.unit.hooks.asked import DEFICIENCY, ON, condition, order, request
from tests.unit.hooks.guidelines import guideline, rule

markdown = pytest.importorskip("markdown_it")

HOSTILE = (
    '<b onclick="x">b</b> **bold** [a](http://evil.example) https://evil.example '
    "www.evil.example a@evil.example ![i](x) `c` | t | ~~s~~ # h"
)


def test_nothing_of_an_order_or_label_is_markup() -> None:
    asked = guideline(
        rule("gate", "withhold folic_acid until b12_repleted", strength="do not")
    )
    draft = order("folic_acid")
    draft["medicationCodeableConcept"]["text"] = HOSTILE
    body = request("order-sign", condition(DEFICIENCY), orders=[draft])
    (card,) = hooks.respond(asked, "g-order-sign", body, on=ON)["cards"]
    renderer = markdown.MarkdownIt("gfm-like", {"html": True, "linkify": False})
    html = renderer.render(card["detail"])

    for made in ("<a ", "<img", "<b ", "<code", "<table", "<del", "<h1"):
        assert made not in html
    for sign in ("http://", "https://", "www.evil", "@evil"):
        assert sign not in card["detail"]
    assert "https&#58;//evil.example" in card["detail"]


def test_links_lead_to_the_sources_that_the_rules_cite() -> None:
    asked = guideline(
        rule("gate", "withhold folic_acid until b12_repleted", strength="do not")
    )
    body = request("order-sign", condition(DEFICIENCY), orders=[order("folic_acid")])
    (card,) = hooks.respond(asked, "g-order-sign", body, on=ON)["cards"]

    assert card["links"] == [
        {"label": "A book", "url": "https://example.org/book", "type": "absolute"}
    ]
    assert card["source"]["url"] == "https://example.org/book"


def test_every_card_has_the_notice_and_the_review_status() -> None:
    asked = guideline(
        rule("gate", "withhold folic_acid until b12_repleted", strength="do not")
    )
    body = request("order-sign", condition(DEFICIENCY), orders=[order("folic_acid")])
    (card,) = hooks.respond(asked, "g-order-sign", body, on=ON)["cards"]

    assert "For education and research." in card["detail"]
    assert "under review, not approved" in card["detail"]
