"""What the one who runs a service decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from attrs import evolve

import b12guide
from b12guide import ArgumentError, hooks
from b12guide.graph.model import Imprint
from tests.unit.hooks.guidelines import approved, guideline, rule

DAY = dt.date(2026, 11, 29)
PLAIN = guideline(rule("a", "form hydroxocobalamin"))


def test_suggestions_wait_for_an_approval() -> None:
    assert not hooks.Policy().may_suggest(PLAIN.graph, DAY)
    assert hooks.Policy(suggest=True).may_suggest(PLAIN.graph, DAY)
    assert hooks.Policy().may_suggest(approved(PLAIN).graph, DAY)


@pytest.mark.parametrize(
    "imprint",
    [Imprint(retired="2026-01"), Imprint(effective="2027"), Imprint(superseded_by="h")],
)
def test_a_guideline_that_does_not_hold_suggests_nothing(imprint: Imprint) -> None:
    graph = evolve(approved(PLAIN).graph, imprint=imprint)

    assert not hooks.Policy(suggest=True).may_suggest(graph, DAY)


@pytest.mark.parametrize("base", ["cds.example.org", "ftp://x", 5, ""])
def test_the_address_of_the_service_is_one_of_the_web(base: Any) -> None:
    with pytest.raises(ArgumentError):
        hooks.Policy(base=base)


def test_respond_takes_a_policy_and_nothing_else() -> None:
    with pytest.raises(ArgumentError):
        hooks.respond(b12guide.load("mecobalamin_im"), "x", {}, on=DAY, policy={})  # type: ignore[arg-type]
