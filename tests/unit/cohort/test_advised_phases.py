"""What a value says of doses, phase by phase."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import asdict

from b12guide.cohort.advised_phases import (
    REGIMEN_DECISIONS,
    AdvisedPhase,
    advised_phases,
)
from b12guide.cohort.decision_values import DecisionValue, ValueWords, canonical
from b12guide.graph.model import Advice, Decision, FormChoice, NotNeeded
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.library import shipped_guidelines
from b12guide.pipeline import load

MONTH = 365.2425 / 12


def said(*texts: str, **parts: Any) -> tuple[AdvisedPhase, ...]:
    """What a value with these regimens says, where the guideline writes none of them."""
    value = DecisionValue(
        decision=Decision.MAINTENANCE, said=frozenset(map(advice, texts)), **parts
    )
    return advised_phases(value, ValueWords())


def advice(text: str) -> Advice:
    if text == "not needed":
        return NotNeeded()
    return canonical(regimen_from_english(text))


def filled(one: AdvisedPhase) -> dict[str, Any]:
    """What is said at all."""
    return {name: v for name, v in asdict(one).items() if v not in {None, False}}


PLACE = {"part": 1, "option": 1, "kind": "advised", "phase": 1}
MG = {"dose_low": 1.0, "dose_high": 1.0, "dose_unit": "mg"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 mg", MG),
        (
            "1 to 2 mg oral daily",
            {
                **MG,
                "dose_high": 2.0,
                "route": "oral",
                "interval_low_days": 1.0,
                "interval_high_days": 1.0,
            },
        ),
        ("at least 1 mg", {"dose_low": 1.0, "dose_unit": "mg"}),
        ("at most 1 mg", {"dose_high": 1.0, "dose_unit": "mg"}),
        (
            "15 mg/kg, at most 1000 mg",
            {
                "dose_low": 15.0,
                "dose_high": 15.0,
                "dose_unit": "mg/kg",
                "dose_limit": 1000.0,
                "dose_limit_unit": "mg",
            },
        ),
        (
            "1 mg 1 to 3 times per week",
            {**MG, "interval_low_days": 7 / 3, "interval_high_days": 7.0},
        ),
        (
            "1 mg every 2 to 3 months for life",
            {
                **MG,
                "interval_low_days": 2 * MONTH,
                "interval_high_days": 3 * MONTH,
                "until": "life",
            },
        ),
        ("1 mg indefinitely", {**MG, "until": "life"}),
        ("1 mg once", {**MG, "until": "1 dose"}),
        ("1 mg for 6 doses within 2 weeks", {**MG, "until": "6 doses within 2 weeks"}),
        ("1 mg for 1 to 2 months", {**MG, "until": "1 to 2 months"}),
        ("1 mg until neurological_plateau", {**MG, "until": "neurological_plateau"}),
        (
            "1 mg for 3 doses at least 1 month apart",
            {**MG, "until": "3 doses", "apart_days": MONTH},
        ),
        (
            "mecobalamin or hydroxocobalamin 1 mg as needed with food",
            {
                **MG,
                "drug": "hydroxocobalamin or mecobalamin",
                "as_needed": True,
                "with_food": True,
            },
        ),
        (
            "1 mg after loading_complete and b12_repleted",
            {**MG, "after": "b12_repleted and loading_complete"},
        ),
    ],
)
def test_a_phase_keeps_every_number_and_every_end(
    text: str, found: dict[str, Any]
) -> None:
    (one,) = said(text)

    assert filled(one) == PLACE | found


def test_phases_options_and_sides_are_numbered() -> None:
    other, first, second, nothing, side, against = said(
        "1 mg daily for 1 week, then 1 mg weekly",
        "2 mg daily",
        "not needed",
        sides=frozenset(map(advice, ("3 mg daily", "4 mg daily"))),
    )
    places = [
        (one.part, one.option, one.kind, one.phase)
        for one in (other, first, second, nothing, side, against)
    ]

    assert places == [
        (1, 1, "choice", 1),
        (1, 2, "choice", 1),
        (1, 2, "choice", 2),
        (1, 3, "choice", None),
        (2, 1, "side", 1),
        (2, 2, "side", 1),
    ]
    assert nothing.not_needed
    assert filled(nothing) == {
        "part": 1,
        "option": 3,
        "kind": "choice",
        "not_needed": True,
    }


def test_one_possibility_is_not_advised() -> None:
    (one,) = said("1 mg daily", certain=False)

    assert one.kind == "possible"


def test_sides_by_themselves_are_the_first_part() -> None:
    one, two = said(sides=frozenset(map(advice, ("3 mg daily", "4 mg daily"))))

    assert [one.part, two.part] == [1, 1]
    assert [one.option, two.option] == [1, 2]


def test_other_decisions_say_nothing_of_doses() -> None:
    form = DecisionValue(
        decision=Decision.FORM, said=frozenset([FormChoice(drugs=("mecobalamin",))])
    )

    assert advised_phases(form, ValueWords()) == ()
    assert REGIMEN_DECISIONS == (Decision.LOADING, Decision.MAINTENANCE)


@pytest.mark.parametrize("name", shipped_guidelines())
def test_units_and_lengths_are_those_of_the_text(name: str) -> None:
    graph = load(name).graph
    words = ValueWords.of(graph)
    for rule in graph.rules.values():
        for regimen in getattr(rule.value, "regimens", ()):
            value = DecisionValue(
                decision=Decision.LOADING, said=frozenset([canonical(regimen)])
            )
            text = words.text(value)
            assert text is not None
            for one in advised_phases(value, words):
                assert f" {one.dose_unit} " in text
                assert one.until in {None, "life"} or f" {one.until}" in text
