"""The report tells what could have shown the model to be wrong, whichever way it comes out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from b12guide.course import falsification, predicted
from b12guide.course.falsification import Upheld, falsifications
from b12guide.course.parameters import parameters
from b12guide.course.published_report import published


def outcomes(
    monkeypatch: pytest.MonkeyPatch, **predictions: float
) -> dict[str, tuple[Upheld, str]]:
    """What is said where people are predicted to be within a tenth of these numbers.

    Args:
        monkeypatch: Puts the numbers in the place of the simulator.
        predictions: By `arm__quantity`; everything else is predicted as it was published.
    """

    def values(_: Any, point: Any, *__: Any) -> Any:
        name = f"{point.arm.name}__{point.quantity.replace(' ', '_').replace('-', '_')}"
        number = predictions.get(name, point.low or 1.0)
        return np.linspace(0.9, 1.1, 100)[:, None] * number

    monkeypatch.setattr(predicted.Runs, "values", values)
    report = published(people=100)
    return {
        one.title.split(" (")[0]: (one.outcome, one.words)
        for one in falsifications(report)
    }


def test_a_model_that_predicts_what_was_published_passes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = outcomes(monkeypatch)

    assert len(found) == 5
    assert {outcome for outcome, _ in found.values()} == {Upheld.PASSED}


def test_a_range_without_room_for_both_answers_of_a_source_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wide = parameters()
    assert "0.1 to 0.2" not in wide["store_loss"].text
    narrow = wide.replaced({"store_loss": ("0.1 %/d", "0.2 %/d")})
    monkeypatch.setattr(falsification, "parameters", lambda: narrow)
    outcome, words = outcomes(monkeypatch)[
        "A source that contradicts itself is a range"
    ]

    assert outcome is Upheld.FAILED
    assert "690 days" in words
    assert "0.059 %" in words
    assert "does not have room for both" in words


@pytest.mark.parametrize(
    ("title", "predictions", "outcome"),
    [
        (
            "Serum is not proportional to the store",
            {"kuzminski_oral__serum_difference": -200.0},
            Upheld.FAILED,
        ),
        (
            "Serum is not proportional to the store",
            {"kuzminski_oral__retained_amount": 50.0},
            Upheld.FAILED,
        ),
        (
            "As high after few tablets as after injections",
            {"bolaman_oral__serum": 110.0},
            Upheld.FAILED,
        ),
        (
            "As high after few tablets as after injections",
            {"bolaman_im__serum": 1900.0},
            Upheld.FAILED,
        ),
        ("Absorption saturates", {"adams_25__absorbed": 12.5}, Upheld.FAILED),
        (
            "Hydroxocobalamin over cyanocobalamin",
            {"glass_oh_1000__serum_ratio": 1.0},
            Upheld.FAILED,
        ),
        (
            "Hydroxocobalamin over cyanocobalamin",
            {"glass_oh_1000__retained_ratio": 1.0},
            Upheld.FAILED,
        ),
    ],
)
def test_a_model_that_is_wrong_is_told_to_be(
    monkeypatch: pytest.MonkeyPatch,
    title: str,
    predictions: dict[str, float],
    outcome: Upheld,
) -> None:
    assert outcomes(monkeypatch, **predictions)[title][0] is outcome


def test_a_misfit_stands_there_with_both_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    title = "As high after few tablets as after injections"
    _, words = outcomes(monkeypatch, bolaman_oral__serum=100.0)[title]

    assert "After tablets 214 was published and 91 to 109 pg/mL predicted" in words
    assert "above" in words
    assert "After injections 226 was published" in words
